"""How well answers fit a test part, beside what is reached without looking at the inputs."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.seeds import generator
from hpsearch.domain.task import Metric
from hpsearch.model.trained_model import softmax
from hpsearch.statistics.resampling import resampled_interval
from hpsearch.training.metrics import area_under_curve, confusion_score


def class_scores(
    logits: NDArray[np.float64],
    y: NDArray[np.int64],
    commonest: int,
    metric: Metric = Metric.ACCURACY,
) -> dict[str, float]:
    """Metric of the study, accuracy, log loss, and the accuracy of always naming one class.

    Where the metric is not the accuracy, also the ends of its 95 % interval, `low` and `high`.

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
    if metric is Metric.ACCURACY:
        return scores

    def score(rows: NDArray[np.int64]) -> float:
        if metric is Metric.LOG_LOSS:
            return float(np.minimum(losses[rows], 1e4).mean())
        return _class_metric(metric, logits[rows], y[rows])

    return {metric.value: score(np.arange(len(y))), **scores, **_interval(score, len(y))}


def _interval(score: Callable[[NDArray[np.int64]], float], rows: int) -> dict[str, float]:
    low, high = resampled_interval(score, rows, generator(0, "test interval"))
    return {"low": low, "high": high}


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

    The metric of the study comes first; `low` and `high` are the ends of its 95 % interval.

    Args:
        predicted: `(row,)`, in the unit of the target.
        y: true numbers.
        usual: the mean of the target over the rows of the search.
    """
    rows = np.arange(len(y))
    scores = {
        each.value: _number_metric(each, predicted, y, rows)
        for each in (Metric.R2, Metric.RMSE, Metric.MAE)
    }
    chance = _number_metric(Metric.R2, np.full(len(y), usual), y, rows)

    def score(rows: NDArray[np.int64]) -> float:
        return _number_metric(metric, predicted, y, rows)

    first = {metric.value: scores[metric.value]}
    return {**first, **scores, "chance": chance, **_interval(score, len(y))}


def _number_metric(
    metric: Metric,
    predicted: NDArray[np.float64],
    y: NDArray[np.float64],
    rows: NDArray[np.int64],
) -> float:
    errors, true = predicted[rows] - y[rows], y[rows]
    if metric is Metric.MAE:
        return float(np.abs(errors).mean())
    squared = float((errors**2).mean())
    if metric is Metric.RMSE:
        return math.sqrt(squared)
    spread = float(((true - true.mean()) ** 2).mean()) or 1.0
    return 1 - squared / spread
