"""Several networks that answer as one: the mean of the probabilities that they give.

The networks of an ensemble are lanes side by side. They see the same minibatches, and differ in
their initial weights and dropout masks.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def averaged_logits(logits: Array, members: int) -> Array:
    """Logits of ensembles: logarithms of the mean of their members' probabilities.

    Their softmax is that mean. Computed as a log-sum-exp of log-softmaxes, so that it is exact
    however sure the members are.

    Args:
        logits: `(class, lane, row)`, the lanes of an ensemble next to each other; overwritten.
        members: lanes of one ensemble; 1 leaves the logits as they are.

    Returns:
        `(class, ensemble, row)`.
    """
    if members == 1:
        return logits
    logits -= logits.max(axis=0)
    logits -= np.log(np.exp(logits).sum(axis=0))
    classes, lanes, rows = logits.shape
    each = logits.reshape(classes, lanes // members, members, rows)
    highest = each.max(axis=2)
    mean = np.exp(each - highest[:, :, None]).mean(axis=2)
    return np.asarray(highest + np.log(mean), logits.dtype)


def member_means(values: NDArray[Any], members: int) -> NDArray[Any]:
    """Mean over the members of each ensemble, `(ensemble,)`, of `(lane,)` values."""
    return values if members == 1 else values.reshape(-1, members).mean(axis=1)
