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
        low: lower edge of the band, `(epoch,)`: a sample standard deviation below the mean, but no
            lower than any training was, so that a loss stays above 0.
        high: its upper edge, likewise; of a single training both are the mean.
    """

    epochs: NDArray[np.int64]
    mean: Array
    low: Array
    high: Array

    @property
    def has_band(self) -> bool:
        """Whether there is anything between the edges."""
        return bool((self.high > self.low).any())


def summary(curves: Sequence[Curve], series: str) -> CurveSummary:
    """Mean and band of `series`, an attribute of `Curve`.

    Ends before the first value that is not finite.
    """
    values = [getattr(curve, series) for curve in curves]
    length = min(map(len, values), default=0)
    table = np.array([each[:length] for each in values], np.float64).reshape(len(values), length)
    is_usable = np.isfinite(table).all(axis=0)
    count = length if is_usable.all() else int(np.argmin(is_usable))
    first = 0 if series == "train_loss" else 1
    epochs = np.arange(first, first + count)
    if not count:
        return CurveSummary(epochs=epochs, mean=np.zeros(0), low=np.zeros(0), high=np.zeros(0))
    table = table[:, :count]
    mean = table.mean(axis=0)
    deviation = table.std(axis=0, ddof=1) if len(table) > 1 else np.zeros(count)
    return CurveSummary(
        epochs=epochs,
        mean=mean,
        low=np.maximum(mean - deviation, table.min(axis=0)),
        high=np.minimum(mean + deviation, table.max(axis=0)),
    )
