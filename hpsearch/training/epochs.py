"""Epochs of a population: networks of one structure that see the same minibatches."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.training.activations import ActivationPair
from hpsearch.training.losses import Targets, cross_entropy
from hpsearch.training.network import Workspace, backward, forward, layer_views, weight_count
from hpsearch.training.optimizers import OptimizerPair

Array = NDArray[np.floating[Any]]

# Rows of one forward pass when a whole part is evaluated: few enough to stay in the cache. A
# constant, because the size of a matrix product may change the last bits of its rows: it must not
# depend on how many lanes there are.
EVALUATION_ROWS = 128


class Rows(NamedTuple):
    """Rows to learn from or to be scored on.

    Attributes:
        x: inputs, `(row, feature)`.
        targets: their classes.
    """

    x: Array
    targets: Targets


class Measures(NamedTuple):
    """Mean cross-entropy and accuracy of each lane, both `(lane,)`, float64."""

    loss: NDArray[np.float64]
    score: NDArray[np.float64]


class Population:
    """Networks of one structure, trained side by side.

    Args:
        sizes: features, hidden widths, classes.
        parameters: initial parameters, `(lane, parameter)`; changed in place.
        learning_rate: `(lane, 1)`.
        weight_decay: `(lane, 1)`.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: ActivationPair,
        optimizer: OptimizerPair,
        parameters: Array,
        learning_rate: Array,
        weight_decay: Array,
    ) -> None:
        self._sizes, self._activation, self._optimizer = tuple(sizes), activation, optimizer
        self._settle(parameters, learning_rate, weight_decay, optimizer.init(parameters))

    def _settle(
        self,
        parameters: Array,
        learning_rate: Array,
        weight_decay: Array,
        state: tuple[Array, ...],
    ) -> None:
        self.parameters, self._state = parameters, state
        self._learning_rate, self._weight_decay = learning_rate, weight_decay
        self.gradients = np.empty_like(parameters)
        self._layers = layer_views(parameters, self._sizes)
        self._layer_gradients = layer_views(self.gradients, self._sizes)
        self._workspaces: dict[int, Workspace] = {}

    def keep(self, lanes: NDArray[np.bool_]) -> None:
        """Drop the lanes that are False; the others go on unchanged."""
        self._settle(
            self.parameters[lanes],
            self._learning_rate[lanes],
            self._weight_decay[lanes],
            tuple(each[lanes] for each in self._state),
        )

    def train_epoch(self, rows: Rows, batch: int) -> Measures:
        """One step per minibatch of `batch` consecutive rows; running means over the epoch."""
        return self._mean(rows, batch, self._step)

    def evaluate(self, rows: Rows) -> Measures:
        """Loss and accuracy of each lane over all rows, without a step."""
        return self._mean(rows, EVALUATION_ROWS, self._loss)

    def gradient(self, rows: Rows) -> tuple[Array, Array]:
        """Summed loss `(lane,)`, right answers `(lane,)`; the mean loss's gradient is kept."""
        work = self._forward(rows.x)
        summed = cross_entropy(work.logits, rows.targets, gradient=True)
        backward(rows.x, self._layers, self._activation, work, self._layer_gradients)
        return summed

    def _mean(
        self, rows: Rows, size: int, summed: Callable[[Rows], tuple[Array, Array]]
    ) -> Measures:
        """Means of what `summed` gives for consecutive parts of `size` rows."""
        lanes, count = len(self.parameters), len(rows.x)
        loss, right = np.zeros(lanes), np.zeros(lanes)
        for start in range(0, count, size):
            part, share = _part(rows, start, min(start + size, count))
            part_loss, part_right = summed(part)
            loss += share * part_loss
            right += share * part_right
        return Measures(loss / count, right / count)

    def _loss(self, rows: Rows) -> tuple[Array, Array]:
        return cross_entropy(self._forward(rows.x).logits, rows.targets, gradient=False)

    def _forward(self, x: Array) -> Workspace:
        work = self._workspaces.get(len(x))
        if work is None:
            lanes = len(self.parameters)
            work = Workspace(self._sizes, lanes, len(x), self.parameters.dtype)
            self._workspaces[len(x)] = work
        forward(x, self._layers, self._activation, work)
        return work

    def _step(self, rows: Rows) -> tuple[Array, Array]:
        summed = self.gradient(rows)
        if self._weight_decay.any():
            self._decay_weights()
        self._optimizer.update(self._state, self.parameters, self.gradients, self._learning_rate)
        return summed

    def _decay_weights(self) -> None:
        """Apply the gradient λW of ½ λ Σ W²: for plain SGD that is W (1 - lr λ)."""
        weights = self.parameters[:, : weight_count(self._sizes)]
        weights *= 1 - self._learning_rate * self._weight_decay


def _part(rows: Rows, start: int, stop: int) -> tuple[Rows, float]:
    """Rows from `start` to `stop`, and what each counts.

    A single row is taken twice and counts half, which changes no mean: with one row, matrix
    products become vector products, whose last bits depend on the number of lanes.
    """
    if stop - start == 1:
        twice = np.array([start, start])
        labels, one_hot = rows.targets
        return Rows(rows.x[twice], Targets(labels[twice], one_hot[:, twice])), 0.5
    return Rows(rows.x[start:stop], rows.targets.rows(start, stop)), 1.0
