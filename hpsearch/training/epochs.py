"""Epochs of a population: networks of one structure that see the same minibatches."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.measurements import LayerActivations, Measurement
from hpsearch.domain.spec import BatchNorm, NetworkSpec, Optimizer, TrainingSpec
from hpsearch.training import measuring, regularization
from hpsearch.training.ensembles import averaged, member_means
from hpsearch.training.losses import Classes, by_row
from hpsearch.training.metrics import Tally, measured_by_metric, tally_of
from hpsearch.training.network import Noise, Pass, layer_views, weight_part
from hpsearch.training.rows import Rows
from hpsearch.training.schedules import rate_factor
from hpsearch.training.updates import Rates, fresh_updates, kept_updates

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


class Snapshot(NamedTuple):
    """All that the steps so far have changed in one lane, or one ensemble of lanes.

    Attributes:
        steps: done so far.
        arrays: copies, in an order of the population's own, with the best parameters last where
            they are kept.
        words: state of the generator that dropout draws from; None without dropout.
    """

    steps: int
    arrays: tuple[NDArray[Any], ...]
    words: Mapping[str, Any] | None


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
        optimizers: of each lane, those of a kind next to each other; none where all lanes have
            that of the settings.

    Attributes:
        parameters: as they are now.
        running: mean and variance of each normalised layer, `(lane, 2, width)`, as they are now.
        gradients: of the last minibatch, shaped like the parameters.
        step_count: steps done.
        gradient_norms: of the layers of each lane (of an ensemble, its first member) in the first
            minibatch of the last epoch, as the loss gave them; empty unless the settings measure
            them.
    """

    def __init__(  # noqa: PLR0913 - all that a population is made of
        self,
        sizes: Sequence[int],
        network: NetworkSpec,
        training: TrainingSpec,
        parameters: Array,
        rates: Rates,
        noise: Noise | None = None,
        steps: int = 1,
        optimizers: Sequence[Optimizer] = (),
    ) -> None:
        self.sizes, self._network, self._training = tuple(sizes), network, training
        self._steps, self.step_count, self._members = steps, 0, training.ensemble
        lanes = len(parameters)
        widths = () if network.batchnorm is BatchNorm.OFF else self.sizes[1:-1]
        running = [np.zeros((lanes, 2, width), parameters.dtype) for width in widths]
        self.gradient_norms: list[list[float | None]] = []
        self._is_norm_due = False
        kinds = optimizers or [training.optimizer] * lanes
        self._updates = fresh_updates(kinds, training, rates, weight_part(sizes), parameters)
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
        smoothing, self._limits_norms = self._rates.label_smoothing, self._rates.max_norm.any()
        self._smoothing = smoothing if smoothing.any() else None
        self._are_linear = [each.is_linear for _, each in self._updates]

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
        self._updates = kept_updates(self._updates, lanes)
        self.running = [each[lanes] for each in self.running]
        self._noise = self._noise and self._noise.keep(lanes)
        self._rates = self._rates.keep(lanes)
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
        scale = learning_rate if all(self._are_linear) else None
        if scale is None and any(self._are_linear):
            scale = np.ones_like(learning_rate)
            for own, updates in self._updates:
                if updates.is_linear:
                    scale[own] = learning_rate[own]
        loss, right = self.gradient(rows, scale)
        if self._is_norm_due:
            scale = np.ones_like(learning_rate) if scale is None else scale
            norms = measuring.gradient_norms(self._layer_gradients, scale)
            self.gradient_norms, self._is_norm_due = norms[:: self._members], False
        self.step_count += 1
        for own, updates in self._updates:
            parameters, gradients = self.parameters[own], self.gradients[own]
            updates.apply(parameters, gradients, learning_rate[own], self.step_count)
        if self._limits_norms:
            regularization.limit_norms(self._layers, rates.max_norm)
        return member_means(loss, self._members), member_means(right, self._members)

    def clipped_shares(self) -> dict[str, NDArray[np.float64]]:
        """Share of the steps so far whose gradient was clipped, by the kind of clipping.

        `cut`: a component was cut to `clip_value`; `clipped`: the whole was shortened to
        `clip_norm`. Kinds that are off are left out.
        """
        kinds = self._updates[0][1].clipped
        steps = {
            name: np.concatenate([each.clipped[name] for _, each in self._updates])
            for name in kinds
        }
        return {
            name: member_means(each, self._members) / max(1, self.step_count)
            for name, each in steps.items()
        }

    def snapshot(self, lane: int) -> Snapshot:
        """What one lane, or ensemble, is after the steps so far."""
        own = slice(lane * self._members, (lane + 1) * self._members)
        words = None if self._noise is None else self._noise.state_of(own.start)
        arrays = tuple(each.copy() for each in self._changing(own))
        return Snapshot(self.step_count, arrays, words)

    def go_on(self, snapshots: Sequence[Snapshot]) -> None:
        """Take over the snapshots of all lanes, or ensembles, after equally many steps."""
        self.step_count = snapshots[0].steps
        if any(len(each.arrays) > len(self._changing(slice(0, 1))) for each in snapshots):
            self.mark_best(np.ones(len(snapshots), np.bool_))
        for lane, each in enumerate(snapshots):
            own = slice(lane * self._members, (lane + 1) * self._members)
            for array, values in zip(self._changing(own), each.arrays, strict=True):
                array[...] = values
            if self._noise is not None and each.words is not None:
                self._noise.go_on(own.start, each.words)

    def _changing(self, own: slice) -> list[NDArray[Any]]:
        """Views of what steps change in some lanes of one optimiser."""
        run, updates = next(each for each in self._updates if own.start < each[0].stop)
        inside = slice(own.start - run.start, own.stop - run.start)
        counts = list(updates.clipped.values())
        views = [self.parameters[own], *(each[inside] for each in (*updates.state, *counts))]
        return views + [each[own] for each in (*self.running, *(self._best or ()))]


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
