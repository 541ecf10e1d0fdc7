"""How well answers fit a test part, beside what is reached without looking at the inputs."""

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.task import Metric
from hpsearch.model.trained_model import softmax
from hpsearch.training.metrics import area_under_curve, confusion_score


def class_scores(
    logits: NDArray[np.float64],
    y: NDArray[np.int64],
    commonest: int,
    metric: Metric = Metric.ACCURACY,
) -> dict[str, float]:
    """Metric of the study, accuracy, log loss, and the accuracy of always naming one class.

    Args:
        logits: answers, `(row, class)`.
        y: true classes.
        commonest: the class that most rows of the search have.
    """
    chosen = softmax(logits)[np.arange(len(y)), y]
    with np.errstate(divide="ignore"):
        losses = -np.log(chosen)
    scores = {
        "accuracy": float((logits.argmax(axis=1) == y).mean()),
        "log_loss": float(np.minimum(losses, 1e4).mean()),
        "chance": float((y == commonest).mean()),
    }
    if metric.value in scores:
        return {metric.value: scores[metric.value], **scores}
    return {metric.value: _class_metric(metric, logits, y), **scores}


def _class_metric(metric: Metric, logits: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    if metric is Metric.ROC_AUC:
        return area_under_curve(softmax(logits).T, y)
    counts = np.zeros((logits.shape[1], logits.shape[1]))
    np.add.at(counts, (y, logits.argmax(axis=1)), 1)
    return float(confusion_score(counts[None], metric)[0])


def number_scores(
    predicted: NDArray[np.float64],
    y: NDArray[np.float64],
    usual: float,
    metric: Metric = Metric.R2,
) -> dict[str, float]:
    """R², root mean squared and mean absolute error, and the R² of always naming one number.

    The metric of the study comes first.

    Args:
        predicted: `(row,)`, in the unit of the target.
        y: true numbers.
        usual: the mean of the target over the rows of the search.
    """
    spread = float(((y - y.mean()) ** 2).mean()) or 1.0
    squared = float(((predicted - y) ** 2).mean())
    scores = {
        "r2": 1 - squared / spread,
        "rmse": squared**0.5,
        "mae": float(np.abs(predicted - y).mean()),
        "chance": 1 - float(((usual - y) ** 2).mean()) / spread,
    }
    return {metric.value: scores[metric.value], **scores}
