"""Several networks that answer as one: with the mean of their probabilities, or numbers.

The networks of an ensemble are lanes side by side. They see the same minibatches, and differ in
their initial weights and dropout masks.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def averaged(outputs: Array, members: int, *, is_class: bool) -> Array:
    """Outputs of ensembles: the mean of their members' numbers, or logits of mean probabilities.

    Args:
        outputs: `(output, lane, row)`, the lanes of an ensemble next to each other; overwritten.
        members: lanes of one ensemble; 1 leaves the outputs as they are.
        is_class: whether the outputs are logits of classes.

    Returns:
        `(output, ensemble, row)`.
    """
    if members == 1:
        return outputs
    if is_class:
        return _averaged_logits(outputs, members)
    count, lanes, rows = outputs.shape
    return np.asarray(outputs.reshape(count, lanes // members, members, rows).mean(axis=2))


def _averaged_logits(logits: Array, members: int) -> Array:
    """Logarithms of the mean of the members' probabilities; their softmax is that mean.

    Computed as a log-sum-exp of log-softmaxes, so that it is exact however sure the members are.
    """
    logits -= logits.max(axis=0)
    logits -= np.log(np.exp(logits).sum(axis=0))
    classes, lanes, rows = logits.shape
    each = logits.reshape(classes, lanes // members, members, rows)
    highest = each.max(axis=2)
    mean = np.exp(each - highest[:, :, None]).mean(axis=2)
    return np.asarray(highest + np.log(mean), logits.dtype)


def member_means(values: NDArray[Any], members: int) -> NDArray[Any]:
    """Mean over the members of each ensemble, `(ensemble, ...)`, of `(lane, ...)` values."""
    if members == 1:
        return values
    return np.asarray(values.reshape(-1, members, *values.shape[1:]).mean(axis=1))
