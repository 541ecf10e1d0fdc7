"""Learning curves of several trainings of one trial, as a mean with a band."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.trial import Curve

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveSummary:
    """One series of several trainings, up to the epoch that all of them reached.

    Attributes:
        epochs: from 0 (before the first step) or 1, `(epoch,)`.
        mean: `(epoch,)`.
        deviation: standard deviation between the trainings, `(epoch,)`; 0 for a single one.
    """

    epochs: NDArray[np.int64]
    mean: Array
    deviation: Array


def summary(curves: Sequence[Curve], series: str) -> CurveSummary:
    """Mean and sample standard deviation of `series`, an attribute of `Curve`.

    Ends before the first value that is not finite.
    """
    values = [getattr(curve, series) for curve in curves]
    length = min(map(len, values), default=0)
    table = np.array([each[:length] for each in values], np.float64).reshape(len(values), length)
    is_usable = np.isfinite(table).all(axis=0)
    count = length if is_usable.all() else int(np.argmin(is_usable))
    table = table[:, :count]
    first = 0 if series == "train_loss" else 1
    return CurveSummary(
        epochs=np.arange(first, first + count),
        mean=table.mean(axis=0) if len(table) else np.zeros(0),
        deviation=table.std(axis=0, ddof=1) if len(table) > 1 else np.zeros(count),
    )
