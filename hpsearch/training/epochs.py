"""Epochs of a population: networks of one structure that see the same minibatches."""

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.measurements import LayerActivations, Measurement
from hpsearch.domain.spec import BatchNorm, DecayMode, NetworkSpec, Optimizer, TrainingSpec
from hpsearch.training import measuring, regularization
from hpsearch.training.ensembles import averaged, member_means
from hpsearch.training.losses import Classes, by_row
from hpsearch.training.metrics import Tally, measured_by_metric, tally_of
from hpsearch.training.network import Noise, Pass, layer_views, weight_part
from hpsearch.training.optimizers import OPTIMIZERS, Step
from hpsearch.training.rows import Rows
from hpsearch.training.schedules import rate_factor

Array = NDArray[np.floating[Any]]
Summed = Callable[["Population", Rows], tuple[Array, Array]]

# Rows of one forward pass when a whole part is evaluated: few enough to stay in the cache. A
# constant, because the size of a matrix product may change the last bits of its rows: it must not
# depend on how many lanes there are.
EVALUATION_ROWS = 128


class Measures(NamedTuple):
    """Mean loss and score of each lane over some rows, both `(lane,)`, float64."""

    loss: NDArray[np.float64]
    score: NDArray[np.float64]


class Rates(NamedTuple):
    """Settings that may differ between the lanes of a population, each `(lane, 1)`."""

    lr: Array
    momentum: Array
    wd: Array
    l1: Array
    max_norm: Array
    dropout: Array
    clip_value: Array
    clip_norm: Array
    label_smoothing: Array

    def keep(self, lanes: NDArray[np.bool_] | slice) -> "Rates":
        """The same of some lanes."""
        return Rates(*(each[lanes] for each in self))


class Population:
    """Networks of one structure, trained side by side.

    With `ensemble` above 1 in the settings, so many lanes next to each other are one ensemble:
    measures and masks speak of ensembles, and all else of lanes.

    Args:
        sizes: features, hidden widths, outputs.
        network: structure; all lanes share it.
        training: settings that all lanes share.
        parameters: initial parameters, `(lane, parameter)`; changed in place.
        rates: settings of each lane.
        noise: what dropout draws from; None where no lane drops.
        steps: steps of the whole training, for the schedule.

    Attributes:
        parameters: as they are now.
        running: mean and variance of each normalised layer, `(lane, 2, width)`, as they are now.
        gradients: of the last minibatch, shaped like the parameters.
        step_count: steps done.
        gradient_norms: of the layers of each lane (of an ensemble, its first member) in the first
            minibatch of the last epoch, as the loss gave them; empty unless the settings measure
            them.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        network: NetworkSpec,
        training: TrainingSpec,
        parameters: Array,
        rates: Rates,
        noise: Noise | None = None,
        steps: int = 1,
    ) -> None:
        self.sizes, self._network, self._training = tuple(sizes), network, training
        self._steps, self.step_count, self._members = steps, 0, training.ensemble
        lanes = len(parameters)
        widths = () if network.batchnorm is BatchNorm.OFF else self.sizes[1:-1]
        running = [np.zeros((lanes, 2, width), parameters.dtype) for width in widths]
        self._clipped = {
            name: np.zeros(lanes, np.int64)
            for name, limit in (("cut", rates.clip_value), ("clipped", rates.clip_norm))
            if limit.any()
        }
        self.gradient_norms: list[list[float | None]] = []
        self._is_norm_due = False
        self._state = OPTIMIZERS[training.optimizer].init(parameters)
        self.running, self._noise, self._rates = running, noise, rates
        self._best: list[Array] | None = None
        self._settle(parameters)

    def _settle(self, parameters: Array) -> None:
        self.parameters, self.gradients = parameters, np.empty_like(parameters)
        batchnorm = self._network.batchnorm
        self._layers = layer_views(parameters, self.sizes, batchnorm)
        self._layer_gradients = layer_views(self.gradients, self.sizes, batchnorm)
        self._passes: dict[int, Pass] = {}
        self._parts: dict[tuple[int, int], Population] = {}
        rates = self._rates
        self._used = {name for name in Rates._fields if getattr(rates, name).any()}
        self._smoothing = rates.label_smoothing if "label_smoothing" in self._used else None
        self._is_linear = self._steps_are_linear()

    def taken(self, lanes: NDArray[np.bool_] | slice) -> "Population":
        """Another population with the lanes that are True; this one is left as it is.

        A slice of lanes is no copy but a part of this one.
        """
        other = copy.copy(self)
        other.keep(lanes)
        return other

    def mark_best(self, lanes: NDArray[np.bool_]) -> None:
        """Remember the parameters of the lanes that are True as their best so far."""
        if self._best is None:
            self._best = [np.copy(each) for each in (self.parameters, *self.running)]
        lanes = np.repeat(lanes, self._members)
        for kept, now in zip(self._best, (self.parameters, *self.running), strict=True):
            kept[lanes] = now[lanes]

    def restore_best(self) -> bool:
        """Go back to the parameters marked as best, where any were: whether there were."""
        if self._best is None:
            return False
        parameters, *self.running = [np.copy(each) for each in self._best]
        self._settle(parameters)
        return True

    def keep(self, lanes: NDArray[np.bool_] | slice) -> None:
        """Drop the lanes that are False; the others go on unchanged."""
        if not isinstance(lanes, slice):
            lanes = np.repeat(lanes, self._members)
        if self._best is not None:
            self._best = [each[lanes] for each in self._best]
        self._state = tuple(each[lanes] for each in self._state)
        self.running = [each[lanes] for each in self.running]
        self._noise = self._noise and self._noise.keep(lanes)
        self._rates = self._rates.keep(lanes)
        self._clipped = {name: steps[lanes] for name, steps in self._clipped.items()}
        self._settle(self.parameters[lanes])

    def train_epoch(self, rows: Rows, batch: int) -> Measures:
        """One step per minibatch of `batch` consecutive rows; running means over the epoch.

        Of an ensemble they are means over its members, each for itself.

        Batch normalisation has nothing to normalise over in a last minibatch of one row: that row
        is left out of the epoch.
        """
        if self._network.batchnorm is not BatchNorm.OFF:
            rows = rows.without_last(rows.counts % batch == 1)
        self._is_norm_due = Measurement.GRADIENTS in self._training.measure
        return self._mean(rows, batch, Population._step)

    def evaluate(self, rows: Rows) -> Measures:
        """Loss and score over all rows, without a step."""
        return self._mean(rows, EVALUATION_ROWS, Population._loss)

    def row_results(self, rows: Rows) -> list[NDArray[Any]]:
        """What each lane makes of each of its rows, as `losses.by_row` has it, `(row,)` each."""
        found = []
        for lanes, own in rows.alike():
            part = self._part(lanes)
            part.step_count = self.step_count
            starts = range(0, own.common, EVALUATION_ROWS)
            results = [part._by_row(own, start) for start in starts]  # noqa: SLF001 - its own kind
            found += list(np.concatenate(results, axis=1))
        return found

    def activations(self, rows: Rows) -> list[tuple[LayerActivations, ...]]:
        """Distribution of hidden activations over `rows`, as they are in training.

        Of each lane; of an ensemble, its first member.
        """
        normalises = self._network.batchnorm is not BatchNorm.OFF
        size = self._training.batch if normalises else EVALUATION_ROWS
        layers = measuring.layer_activations(self.sizes, self._network, self._layers, rows.x, size)
        return layers[:: self._members]

    def gradient(self, rows: Rows, scale: Array | None = None) -> tuple[Array, Array]:
        """Summed loss and score, both `(lane,)`; the gradient of the mean loss is kept.

        Args:
            scale: what the gradient of each lane is multiplied by, `(lane, 1)`; None is 1.
        """
        work = self._pass(rows.x.shape[-2])
        outputs = work.forward(rows.x, steps=self.step_count, is_training=True)
        summed = measured_by_metric(
            outputs, rows.targets, gradient=True, smoothing=self._smoothing, scale=scale
        )
        work.backward(rows.x, self._layer_gradients)
        return summed

    def _mean(self, rows: Rows, size: int, summed: Summed) -> Measures:
        """Means of what `summed` gives for consecutive parts of `size` rows.

        Where lanes have rows of their own, and not equally many, those that do end together.
        """
        lanes_in_all = len(self.parameters) // self._members
        loss, tally = np.zeros(lanes_in_all), tally_of(rows.targets, lanes_in_all)
        whole = rows.common // size * size
        _add_parts((loss, tally, slice(None)), self, rows, range(0, whole, size), summed)
        before = self.step_count
        for lanes, own in rows.alike():
            part = self._part(lanes)
            part.step_count = before
            rest = range(whole, own.common, size)
            _add_parts((loss[lanes], tally, lanes), part, own, rest, summed)
            self.step_count = part.step_count
        return Measures(loss / rows.counts, tally.scores(rows.counts))

    def _part(self, lanes: slice) -> "Population":
        """Some lanes, whose arrays are parts of this population's."""
        start, stop, _ = lanes.indices(len(self.parameters))
        if (start, stop) == (0, len(self.parameters)):
            return self
        if (start, stop) not in self._parts:
            self._parts[start, stop] = self.taken(lanes)
        return self._parts[start, stop]

    def _loss(self, rows: Rows) -> tuple[Array, Array]:
        return measured_by_metric(self._answers(rows), rows.targets, gradient=False)

    def _by_row(self, rows: Rows, start: int) -> NDArray[Any]:
        """Results of one part of some rows, which is taken as in `evaluate`."""
        stop = min(start + EVALUATION_ROWS, rows.common)
        is_single = stop - start == 1
        taken = rows.take(np.array([start, start]) if is_single else slice(start, stop))
        results = by_row(self._answers(taken), taken.targets)
        return results[:, :1] if is_single else results

    def _answers(self, rows: Rows) -> Array:
        work = self._pass(rows.x.shape[-2])
        outputs = work.forward(rows.x, steps=self.step_count, is_training=False)
        return averaged(outputs, self._members, is_class=isinstance(rows.targets, Classes))

    def _pass(self, rows: int) -> Pass:
        work = self._passes.get(rows)
        if work is None:
            work = Pass(self.sizes, self._network, self._layers, self.running, self._noise, rows)
            self._passes[rows] = work
        return work

    def _step(self, rows: Rows) -> tuple[Array, Array]:
        training, rates = self._training, self._rates
        factor = rate_factor(training.schedule, training.warmup, self.step_count, self._steps)
        learning_rate = rates.lr if factor == 1 else rates.lr * rates.lr.dtype.type(factor)
        loss, right = self.gradient(rows, learning_rate if self._is_linear else None)
        if self._is_norm_due:
            scale = learning_rate if self._is_linear else np.ones_like(learning_rate)
            norms = measuring.gradient_norms(self._layer_gradients, scale)
            self.gradient_norms, self._is_norm_due = norms[:: self._members], False
        self.step_count += 1
        self._regularize(learning_rate)
        step = Step(learning_rate, rates.momentum, self.step_count, training, self._is_linear)
        update = OPTIMIZERS[training.optimizer].update
        update(self._state, self.parameters, self.gradients, step)
        if "max_norm" in self._used:
            regularization.limit_norms(self._layers, rates.max_norm)
        return member_means(loss, self._members), member_means(right, self._members)

    def clipped_shares(self) -> dict[str, NDArray[np.float64]]:
        """Share of the steps so far whose gradient was clipped, by the kind of clipping.

        `cut`: a component was cut to `clip_value`; `clipped`: the whole was shortened to
        `clip_norm`. Kinds that are off are left out.
        """
        return {
            name: member_means(steps, self._members) / max(1, self.step_count)
            for name, steps in self._clipped.items()
        }

    def _regularize(self, learning_rate: Array) -> None:
        """Clipping of the loss's gradient, then what L1 and weight decay add to it."""
        rates, part = self._rates, weight_part(self.sizes)
        weights, gradients = self.parameters[:, part], self.gradients[:, part]
        if "clip_value" in self._used:
            is_cut = regularization.clip_values(self.gradients, rates.clip_value)
            self._clipped["cut"] += is_cut
        if "clip_norm" in self._used:
            is_shortened = regularization.clip_norms(self.gradients, rates.clip_norm)
            self._clipped["clipped"] += is_shortened
        if "l1" in self._used:
            regularization.add_l1(gradients, weights, rates.l1)
        if "wd" in self._used and self._is_coupled():
            regularization.add_decay(gradients, weights, rates.wd)
        elif "wd" in self._used:
            regularization.shrink(weights, rates.wd, learning_rate)

    def _steps_are_linear(self) -> bool:
        """Whether a step is proportional to the loss's gradient.

        The learning rate is then multiplied into the gradient at the outputs, which are few,
        instead of that of all parameters.
        """
        kinds = (Optimizer.SGD, Optimizer.MOMENTUM, Optimizer.NESTEROV)
        if self._training.optimizer not in kinds or {"clip_value", "clip_norm", "l1"} & self._used:
            return False
        return "wd" not in self._used or not self._is_coupled()

    def _is_coupled(self) -> bool:
        """Whether λW must go through the optimiser; for plain SGD shrinking is the same."""
        training = self._training
        shrinks = training.optimizer in (Optimizer.SGD, Optimizer.ADAMW)
        return training.wd_mode is DecayMode.COUPLED and not shrinks


def _add_parts(
    sums: tuple[Array, Tally, slice],
    population: Population,
    rows: Rows,
    starts: range,
    summed: Summed,
) -> None:
    """Add what `summed` gives for the consecutive parts of some rows.

    A single row is taken twice and counts half, which changes no mean: with one row, matrix
    products become vector products, whose last bits depend on the number of lanes.

    Args:
        sums: of the loss of the population's lanes; of its score; and which of its lanes they are.
    """
    loss, tally, lanes = sums
    for start in starts:
        stop = min(start + starts.step, rows.common)
        is_single = stop - start == 1
        part = rows.take(np.array([start, start]) if is_single else slice(start, stop))
        part_loss, part_score = summed(population, part)
        loss += part_loss / 2 if is_single else part_loss
        tally.add(lanes, part_score, part.targets, is_single=is_single)
