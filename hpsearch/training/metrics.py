"""Metrics of many networks at once, from what is added up over minibatches.

Accuracy and R² are sums over rows, and come with the loss (`losses`). The others are told from
what this module adds up in their place: counts of each class that was taken for each other,
absolute errors, or, for the area under the ROC curve, the answers themselves.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.task import Metric
from hpsearch.training.losses import Classes, Numbers, Targets, measured

Array = NDArray[np.floating[Any]]

BY_LOSS = (Metric.LOG_LOSS, Metric.RMSE)
CONFUSIONS = (Metric.BALANCED_ACCURACY, Metric.MACRO_F1)


class Tally(Protocol):
    """What is added up over some rows, and the score that it comes to."""

    def add(self, lanes: slice, part: Array, targets: Targets, *, is_single: bool) -> None:
        """Add a part of some lanes.

        Args:
            part: what `measured_by_metric` gave as its second value.
            targets: of the rows of the part.
            is_single: whether it is one row, taken twice.
        """

    def scores(self, counts: NDArray[np.int64] | int) -> NDArray[np.float64]:
        """Score of each lane, `(lane,)`.

        Args:
            counts: rows of each lane.
        """


def tally_of(targets: Targets, lanes: int) -> Tally:
    """An empty tally for the metric of some targets."""
    if targets.metric is Metric.ROC_AUC:
        return _Answers(lanes)
    return _Sums(targets, lanes)


class _Sums:
    """Sums over rows."""

    def __init__(self, targets: Targets, lanes: int) -> None:
        self._targets = targets
        is_confusion = targets.metric in CONFUSIONS
        classes = len(targets.one_hot) if isinstance(targets, Classes) else 0
        self._sum = np.zeros((lanes, classes, classes) if is_confusion else lanes)

    def add(self, lanes: slice, part: Array, _: Targets, *, is_single: bool) -> None:
        self._sum[lanes] += part / 2 if is_single else part

    def scores(self, counts: NDArray[np.int64] | int) -> NDArray[np.float64]:
        if self._sum.ndim == 3:
            return confusion_score(self._sum, self._targets.metric)
        mean: NDArray[np.float64] = self._sum / counts
        match self._targets.metric:
            case Metric.LOG_LOSS:
                return -mean
            case Metric.RMSE:
                return -np.sqrt(mean) * _unit(self._targets)
            case Metric.MAE:
                return -mean * _unit(self._targets)
        return mean


class _Answers:
    """The answers to all rows, for metrics that depend on their order."""

    def __init__(self, lanes: int) -> None:
        self._parts: list[list[tuple[Array, NDArray[np.int64]]]] = [[] for _ in range(lanes)]

    def add(self, lanes: slice, part: Array, targets: Targets, *, is_single: bool) -> None:
        assert isinstance(targets, Classes)
        rows = slice(1) if is_single else slice(None)
        labels = np.broadcast_to(targets.labels, part.shape[::2])
        members = range(len(self._parts))[lanes]
        for lane, answers, own in zip(members, part, labels, strict=True):
            self._parts[lane].append((answers[:, rows], own[rows]))

    def scores(self, counts: NDArray[np.int64] | int) -> NDArray[np.float64]:
        areas = [
            area_under_curve(
                np.concatenate([answers for answers, _ in parts], axis=1),
                np.concatenate([labels for _, labels in parts]),
            )
            for parts in self._parts
        ]
        return np.array(areas)


def measured_by_metric(
    outputs: Array,
    targets: Targets,
    *,
    gradient: bool,
    smoothing: Array | None = None,
    scale: Array | None = None,
) -> tuple[Array, Array]:
    """Summed loss of each lane, `(lane,)`, and what the tally of the metric adds up.

    Arguments are those of `losses.measured`.
    """
    counted = _statistic(outputs, targets)
    loss, score = measured(outputs, targets, gradient=gradient, smoothing=smoothing, scale=scale)
    if targets.metric in BY_LOSS:
        return loss, loss
    return loss, score if counted is None else counted


def _statistic(outputs: Array, targets: Targets) -> Array | None:
    """What is added up for the metric of `targets`; None where the loss's own values will do."""
    metric = targets.metric
    if isinstance(targets, Numbers):
        if metric is not Metric.MAE:
            return None
        wanted = targets.values if targets.values.ndim == 3 else targets.values[:, None]
        return np.asarray(np.abs(outputs - wanted).mean(axis=0).sum(axis=1))
    if metric in CONFUSIONS:
        return _confusions(outputs, targets.labels)
    return _probabilities(outputs) if metric is Metric.ROC_AUC else None


def confusion_score(counts: Array, metric: Metric) -> NDArray[np.float64]:
    """Balanced accuracy or macro F1 of each lane.

    Balanced accuracy is the mean recall of the classes that occur, macro F1 the mean over classes
    that occur or are answered.

    Args:
        counts: rows of each class (second axis) that were taken for each class (third axis).
    """
    right = np.einsum("lcc->lc", counts)
    occur, answered = counts.sum(axis=2), counts.sum(axis=1)
    if metric is Metric.BALANCED_ACCURACY:
        counted, shares = occur > 0, right / np.maximum(occur, 1)
    else:
        counted = occur + answered > 0
        shares = 2 * right / np.maximum(occur + answered, 1)
    return np.asarray((shares * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1))


def area_under_curve(answers: Array, labels: NDArray[np.int64]) -> float:
    """Area under the ROC curve; with more than two classes, the mean of each against the rest.

    Classes that all or none of the rows have are left out; 0.5 where no class is left.

    Args:
        answers: what is ranked for each class, `(class, row)`.
        labels: class of each row, `(row,)`.
    """
    classes = range(len(answers))[1:] if len(answers) == 2 else range(len(answers))
    areas = [_area(answers[each], labels == each) for each in classes]
    known = [each for each in areas if each is not None]
    return float(np.mean(known)) if known else 0.5


def _area(values: Array, is_of_class: NDArray[np.bool_]) -> float | None:
    """Share of the pairs of a row of the class and another that are in order; ties count half."""
    inside = int(is_of_class.sum())
    outside = len(values) - inside
    if not inside or not outside:
        return None
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[places]
    return float((ranks[is_of_class].sum() - inside * (inside + 1) / 2) / (inside * outside))


def _confusions(outputs: Array, labels: NDArray[np.int64]) -> Array:
    """How many rows of each class were taken for each class, `(lane, class, class)`."""
    classes, lanes, _ = outputs.shape
    cells = np.arange(lanes)[:, None] * classes + labels
    cells = cells * classes + outputs.argmax(axis=0)
    counts = np.bincount(cells.ravel(), minlength=lanes * classes * classes)
    return np.asarray(counts.reshape(lanes, classes, classes), np.float64)


def _probabilities(outputs: Array) -> Array:
    """Probability of each class, `(lane, class, row)`; of two classes, what ranks like it."""
    if len(outputs) == 2:
        margin = outputs[1] - outputs[0]
        return np.stack([-margin, margin], axis=1)
    powers = np.exp(outputs - outputs.max(axis=0))
    powers /= powers.sum(axis=0)
    return np.asarray(powers.transpose(1, 0, 2))


def _unit(targets: Targets) -> Array:
    assert isinstance(targets, Numbers)
    return targets.unit[0, :, 0]
