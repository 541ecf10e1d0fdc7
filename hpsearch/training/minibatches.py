"""The order in which training rows are seen."""

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import Minibatches


def epoch_rows(
    kind: Minibatches, rows: int, batch: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Row positions of one epoch, in order; minibatches are consecutive runs of `batch`.

    A permutation uses each row once, the last minibatch being smaller where `batch` does not
    divide `rows`. With replacement, as in the book's script, each of `rows // batch` minibatches
    (at least one) is drawn from all rows.
    """
    if kind is Minibatches.PERMUTATION:
        return rng.permutation(rows)
    return rng.integers(rows, size=max(1, rows // batch) * batch)


def epoch_steps(kind: Minibatches, rows: int, batch: int, *, drops_single: bool) -> int:
    """Minibatches of one epoch.

    Args:
        drops_single: whether a last minibatch of one row is left out.
    """
    if kind is Minibatches.REPLACEMENT:
        return max(1, rows // batch)
    return -(-(rows - (drops_single and rows % batch == 1)) // batch)
