"""How well answers fit a test part, beside what is reached without looking at the inputs."""

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


def number_scores(
    predicted: NDArray[np.float64], y: NDArray[np.float64], usual: float
) -> dict[str, float]:
    """R², root mean squared and mean absolute error, and the R² of always naming one number.

    Args:
        predicted: `(row,)`, in the unit of the target.
        y: true numbers.
        usual: the mean of the target over the rows of the search.
    """
    spread = float(((y - y.mean()) ** 2).mean()) or 1.0
    squared = float(((predicted - y) ** 2).mean())
    return {
        "r2": 1 - squared / spread,
        "rmse": squared**0.5,
        "mae": float(np.abs(predicted - y).mean()),
        "chance": 1 - float(((usual - y) ** 2).mean()) / spread,
    }
