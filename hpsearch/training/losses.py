"""Softmax cross-entropy of many lanes at once."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


class Targets(NamedTuple):
    """Classes of some rows, laid out for the loss.

    Attributes:
        labels: class of each row, `(row,)`.
        one_hot: 1 at the class of each row, `(class, row)`.
    """

    labels: NDArray[np.int64]
    one_hot: Array

    def rows(self, start: int, stop: int) -> "Targets":
        """Targets of the rows from `start` up to `stop`."""
        return Targets(self.labels[start:stop], self.one_hot[:, start:stop])


def targets_of(labels: NDArray[np.int64], class_count: int, dtype: np.dtype[Any]) -> Targets:
    """Targets of `labels`, `(row,)`."""
    return Targets(labels, np.eye(class_count, dtype=dtype)[:, labels])


def cross_entropy(
    logits: Array,
    targets: Targets,
    *,
    gradient: bool,
    smoothing: Array | None = None,
    scale: Array | None = None,
) -> tuple[Array, Array]:
    """Summed loss and number of right answers of each lane over some rows.

    The loss of a row is log Σ exp z - z[class] (log-softmax, so that it is exact however sure a
    network is). A row is right when no logit is larger than that of its class. The class is the
    first axis because reductions over a short last axis are several times slower.

    Label smoothing ε changes the gradient only, to that of the cross-entropy with targets
    (1 - ε) one_hot + ε / classes (Szegedy et al. 2016, section 7): losses stay comparable.

    Args:
        logits: `(class, lane, row)`, overwritten: by the gradient of the mean loss over the rows,
            (softmax(z) - one_hot) / rows, where `gradient` is asked for; else by nothing of use.
        smoothing: ε of each lane, `(lane, 1)`; None is 0 for all.
        scale: what the gradient of each lane is multiplied by, `(lane, 1)`; None is 1 for all.

    Returns:
        Sum of the losses and count of right rows, both `(lane,)`.
    """
    rows = logits.shape[2]
    logits -= logits.max(axis=0)
    of_class = logits[targets.labels, :, np.arange(rows)]  # (row, lane)
    right = np.count_nonzero(of_class == 0, axis=0)
    np.exp(logits, out=logits)
    total = logits.sum(axis=0)  # (lane, row)
    losses = np.log(total)
    losses -= of_class.T  # in place: the sum below must run over adjacent numbers in every lane
    if gradient:
        share = np.full((1, 1), 1 / rows, logits.dtype) if scale is None else scale / rows
        total /= share
        logits /= total
        logits -= targets.one_hot[:, None, :] * share
        if smoothing is not None:
            away = targets.one_hot[:, None, :] - logits.dtype.type(1 / len(logits))
            logits += smoothing * share * away
    return losses.sum(axis=1), right
