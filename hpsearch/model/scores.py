"""How well answers fit a test part."""

import numpy as np
from numpy.typing import NDArray

from hpsearch.model.trained_model import softmax


def class_scores(
    logits: NDArray[np.float64], y: NDArray[np.int64], commonest: int
) -> dict[str, float]:
    """Accuracy, mean cross-entropy in nats, and the accuracy of always naming one class.

    Args:
        logits: answers, `(row, class)`.
        y: true classes.
        commonest: the class that most rows of the search have.
    """
    chosen = softmax(logits)[np.arange(len(y)), y]
    with np.errstate(divide="ignore"):
        losses = -np.log(chosen)
    return {
        "accuracy": float((logits.argmax(axis=1) == y).mean()),
        "log_loss": float(np.minimum(losses, 1e4).mean()),
        "chance": float((y == commonest).mean()),
    }
