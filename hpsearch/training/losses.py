"""What many networks at once are measured by: a loss and a score, chosen by the kind of target.

Classes are learned by softmax cross-entropy and scored by accuracy, numbers by squared error and
R². Both give sums over rows, so that means over any rows add up.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.task import Metric

Array = NDArray[np.floating[Any]]
RowNumbers = slice | NDArray[np.int64]


class Classes(NamedTuple):
    """Classes of some rows, laid out for the loss.

    Attributes:
        labels: class of each row, `(row,)`; `(lane, row)` where lanes have rows of their own.
        one_hot: 1 at the class of each row, `(class, row)` or `(class, lane, row)`.
        weights: how much each row counts in the gradient, shaped like the labels; None for all
            the same.
        metric: what the score is.
    """

    labels: NDArray[np.int64]
    one_hot: Array
    weights: Array | None = None
    metric: Metric = Metric.ACCURACY

    def take(self, rows: RowNumbers) -> "Classes":
        """Classes of these rows."""
        weights = None if self.weights is None else self.weights[..., rows]
        return Classes(self.labels[..., rows], self.one_hot[..., rows], weights, self.metric)

    def lanes(self, lanes: slice, rows: int) -> "Classes":
        """The first rows of some lanes that have their own."""
        weights = None if self.weights is None else self.weights[lanes, :rows]
        one_hot = self.one_hot[:, lanes, :rows]
        return Classes(self.labels[lanes, :rows], one_hot, weights, self.metric)

    def fill(self, lane: int, fold: "Targets") -> None:
        """Take over a fold's classes as the first ones of a lane."""
        assert isinstance(fold, Classes)
        self.labels[lane, : len(fold.labels)] = fold.labels
        self.one_hot[:, lane, : len(fold.labels)] = fold.one_hot
        if self.weights is not None and fold.weights is not None:
            self.weights[lane, : len(fold.labels)] = fold.weights


class Numbers(NamedTuple):
    """Numbers that some rows are to be answered with.

    Attributes:
        values: `(output, row)`; `(output, lane, row)` where lanes have rows of their own.
        variance: of each output over the whole part that the rows belong to, `(output, 1, 1)` or
            `(output, lane, 1)`.
        unit: what a difference of 1 is in the target's own unit, shaped like the variance.
        metric: what the score is.
    """

    values: Array
    variance: Array
    unit: Array
    metric: Metric = Metric.R2

    def take(self, rows: RowNumbers) -> "Numbers":
        """Numbers of these rows, with the variance of the whole part."""
        return Numbers(self.values[..., rows], self.variance, self.unit, self.metric)

    def lanes(self, lanes: slice, rows: int) -> "Numbers":
        """The first rows of some lanes that have their own."""
        values, unit = self.values[:, lanes, :rows], self.unit[:, lanes]
        return Numbers(values, self.variance[:, lanes], unit, self.metric)

    def fill(self, lane: int, fold: "Targets") -> None:
        """Take over a fold's numbers as the first ones of a lane."""
        assert isinstance(fold, Numbers)
        self.values[:, lane, : fold.values.shape[1]] = fold.values
        self.variance[:, lane] = fold.variance[:, 0]
        self.unit[:, lane] = fold.unit[:, 0]


Targets = Classes | Numbers


def empty_targets(folds: Sequence[Targets], lanes: NDArray[np.int64], rows: int) -> Targets:
    """Targets for lanes with rows of their own, still to be filled.

    Args:
        folds: targets of each fold.
        lanes: index of each lane's fold, `(lane,)`.
        rows: of the longest fold.
    """
    first = folds[0]
    if isinstance(first, Classes):
        shape = len(first.one_hot), len(lanes), rows
        one_hot = np.zeros(shape, first.one_hot.dtype)
        weights = None if first.weights is None else np.zeros_like(one_hot[0])
        return Classes(np.zeros(shape[1:], np.int64), one_hot, weights, first.metric)
    values = np.zeros((len(first.values), len(lanes), rows), first.values.dtype)
    part = values[..., :1]
    return Numbers(values, np.zeros_like(part), np.zeros_like(part), first.metric)


def targets_of(
    y: NDArray[Any],
    outputs: int,
    dtype: np.dtype[Any],
    metric: Metric | None = None,
    weights: NDArray[Any] | None = None,
    unit: float = 1.0,
) -> Targets:
    """Targets of some rows: classes where `y` is whole, `(row,)`, else numbers, `(row, output)`.

    Args:
        outputs: number of classes, or of numbers per row.
        metric: what the score is; None for accuracy or R².
        weights: how much each row of classes counts in the gradient; None for all the same.
        unit: what a difference of 1 between numbers is in the target's own unit.
    """
    if np.issubdtype(y.dtype, np.integer):
        one_hot = np.eye(outputs, dtype=dtype)[:, y]
        each = None if weights is None else weights.astype(dtype)
        return Classes(y, one_hot, each, metric or Metric.ACCURACY)
    values = y.reshape(len(y), outputs).T
    variance = values.var(axis=1, dtype=np.float64)[:, None, None].astype(dtype)
    return Numbers(
        values.astype(dtype), variance, np.full_like(variance, unit), metric or Metric.R2
    )


def balanced_weights(y: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Weight of each row so that all classes weigh the same, and a row 1 on average."""
    counts = np.bincount(y, minlength=classes)
    return np.asarray(len(y) / (np.count_nonzero(counts) * np.maximum(counts, 1))[y])


def measured(
    outputs: Array,
    targets: Targets,
    *,
    gradient: bool,
    smoothing: Array | None = None,
    scale: Array | None = None,
) -> tuple[Array, Array]:
    """Summed loss and summed score of each lane over some rows, both `(lane,)`.

    Args:
        outputs: of the networks, `(output, lane, row)`, overwritten: by the gradient of the mean
            loss over the rows where that is asked for; else by nothing of use.
        smoothing: label smoothing of each lane, `(lane, 1)`; of classes only.
        scale: what the gradient of each lane is multiplied by, `(lane, 1)`; None is 1 for all.

    Returns:
        The loss, and what adds up to accuracy or R²; to the loss again where the metric is told
        from that.
    """
    if isinstance(targets, Classes):
        return cross_entropy(outputs, targets, gradient=gradient, smoothing=smoothing, scale=scale)
    if smoothing is not None:
        raise ValueError("label smoothing spreads a target over classes: numbers have none")
    return squared_error(outputs, targets, gradient=gradient, scale=scale)


def by_row(outputs: Array, targets: Targets) -> NDArray[Any]:
    """What each lane makes of each row, `(lane, row)`: whether it is right, or its squared error.

    Of classes and numbers as for `measured`, whose score and loss are means of it.

    Args:
        outputs: of the networks, `(output, lane, row)`, overwritten by nothing of use.
    """
    if isinstance(targets, Classes):
        return np.asarray(outputs.max(axis=0) == _of_class(outputs, targets.labels).T)
    outputs -= _by_lane(targets.values)
    return np.asarray((outputs * outputs).mean(axis=0))


def squared_error(
    outputs: Array, targets: Numbers, *, gradient: bool, scale: Array | None = None
) -> tuple[Array, Array]:
    """Summed squared error and R² of each lane over some rows.

    The loss of a row is the mean of (z - y)² over the outputs, without a half, so that the best
    constant answer costs the variance. R² is 1 - (z - y)² / variance in the mean over rows and
    outputs, 1 at best and 0 for that constant; an output that never varies scores 0.

    Args:
        outputs: z, `(output, lane, row)`, overwritten as by `measured`.
        scale: of the gradient, as for `measured`.

    Returns:
        Sums of both over the rows, `(lane,)`.
    """
    outputs -= _by_lane(targets.values)
    squares = outputs * outputs
    if gradient:
        outputs *= outputs.dtype.type(2 / (len(outputs) * outputs.shape[2]))
        if scale is not None:
            outputs *= scale
    varies = targets.variance > 0
    share = np.divide(squares, targets.variance, where=varies, out=np.ones_like(squares))
    scores = (1 - share).mean(axis=0)
    return squares.mean(axis=0).sum(axis=1), scores.sum(axis=1)


def cross_entropy(
    logits: Array,
    targets: Classes,
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
    (1 - ε) one_hot + ε / classes (Szegedy et al. 2016, section 7), and weights of rows multiply
    their gradient only: losses stay comparable.

    Args:
        logits: z, `(class, lane, row)`, overwritten as by `measured`; the gradient is
            (softmax(z) - one_hot) / rows.
        smoothing: ε of each lane, `(lane, 1)`; None is 0 for all.
        scale: what the gradient of each lane is multiplied by, `(lane, 1)`; None is 1 for all.

    Returns:
        Sum of the losses and count of right rows, both `(lane,)`.
    """
    rows = logits.shape[2]
    logits -= logits.max(axis=0)
    of_class = _of_class(logits, targets.labels)  # (row, lane)
    right = np.add.reduce(of_class == 0, axis=0)
    np.exp(logits, out=logits)
    total = logits.sum(axis=0)  # (lane, row)
    losses = np.log(total)
    losses -= of_class.T  # in place: the sum below must run over adjacent numbers in every lane
    if gradient:
        one_hot = _by_lane(targets.one_hot)
        share = np.full((1, 1), 1 / rows, logits.dtype) if scale is None else scale / rows
        total /= share
        logits /= total
        logits -= one_hot * share
        if smoothing is not None:
            away = one_hot - logits.dtype.type(1 / len(logits))
            logits += smoothing * share * away
        if targets.weights is not None:
            logits *= targets.weights
    return losses.sum(axis=1), right


def _by_lane(values: Array) -> Array:
    """Values of rows, `(output, row)`, as those of every lane."""
    return values if values.ndim == 3 else values[:, None]


def _of_class(logits: Array, labels: NDArray[np.int64]) -> Array:
    """Logits of the rows' own classes, `(row, lane)`."""
    lanes, rows = logits.shape[1:]
    if labels.ndim == 1:
        return logits[labels, :, _numbers(rows)]
    return logits[labels, _numbers(lanes)[:, None], _numbers(rows)].T


@lru_cache(maxsize=64)
def _numbers(count: int) -> NDArray[np.int64]:
    numbers = np.arange(count)
    numbers.flags.writeable = False
    return numbers
