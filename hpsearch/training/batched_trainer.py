"""Trains cohorts: any set of (trial, fold) networks, side by side, each as if it were alone."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.dataset import Fold
from hpsearch.domain.measurements import Measurement
from hpsearch.domain.row_results import packed
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import Activation, BatchNorm, NetworkSpec, ScoreEpoch, TrainingSpec
from hpsearch.domain.trial import Evaluation, PlannedEvaluation
from hpsearch.domain.trial_settings import SWITCHES, padded_width, settled
from hpsearch.training.cost import lanes_per_population, layer_sizes
from hpsearch.training.epochs import Measures, Population, Rates
from hpsearch.training.initial_weights import initial_parameters, padded_parameters
from hpsearch.training.learning_log import LearningLog
from hpsearch.training.losses import targets_of
from hpsearch.training.minibatches import epoch_steps
from hpsearch.training.network import Noise, layer_views, parameter_count
from hpsearch.training.rows import FoldRows, Rows, rows_of

# Rates whose 0 turns a technique off. Lanes with and without it form separate populations, so
# that neither pays for the other nor leaves a trace in it.


# With fewer lanes per fold than this, folds train side by side, each lane with rows of its own:
# copies that take up at most so many bytes. Sharing a minibatch gains little for so few.
LANES_THAT_SHARE = 16
OWN_ROWS_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Structure:
    """What the lanes of one population have in common.

    Attributes:
        epochs: passes over the training rows.
        steps: minibatches of one epoch.
        network: with searched widths padded to those of the arrays.
        training: with the per-lane rates replaced by 0.5 where they are on.
    """

    epochs: int
    steps: int
    network: NetworkSpec
    training: TrainingSpec


@dataclass(frozen=True, kw_only=True, eq=False)
class BatchedTrainer:
    """Trains planned evaluations on one data set; a plain value that travels to workers.

    The result of an evaluation depends on the data, the settings, the seed and its own plan, and
    on nothing that is trained beside it: bit for bit.

    Attributes:
        x: inputs, float32, `(row, feature)`.
        y: class of each row, `(row,)`, int64; or the numbers to be predicted, floating, `(row,)`
            or `(row, output)`. Classes are learned by cross-entropy and scored by accuracy,
            numbers by squared error and R².
        folds: the folds of each repeat, in order: `folds[repeat][fold]`.
        output_count: number of classes, or of numbers per row.
        seed: the study's seed.
    """

    x: NDArray[np.float32]
    y: NDArray[Any]
    folds: tuple[tuple[Fold, ...], ...]
    output_count: int
    network: NetworkSpec
    training: TrainingSpec
    seed: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features, hidden widths, outputs of the study's network."""
        return self._sizes(self.network)

    def evaluate(self, cohort: Sequence[PlannedEvaluation]) -> tuple[Evaluation, ...]:
        """Train all of `cohort`; results in its order."""
        finished: dict[PlannedEvaluation, Evaluation] = {}
        with np.errstate(all="ignore"):
            for structure, members in self._populations(cohort):
                for evaluation in self._train(structure, members):
                    finished[evaluation.planned] = evaluation
        return tuple(finished[planned] for planned in cohort)

    def _populations(
        self, cohort: Sequence[PlannedEvaluation]
    ) -> Iterator[tuple[Structure, tuple[PlannedEvaluation, ...]]]:
        groups: dict[Structure, list[PlannedEvaluation]] = defaultdict(list)
        for planned in cohort:
            groups[self._structure(planned)].append(planned)
        for structure, members in groups.items():
            for together, lanes in self._side_by_side(structure, members):
                for part in np.array_split(np.arange(len(together)), -(-len(together) // lanes)):
                    yield structure, tuple(together[index] for index in part)

    def _side_by_side(
        self, structure: Structure, members: Sequence[PlannedEvaluation]
    ) -> list[tuple[list[PlannedEvaluation], int]]:
        """Evaluations that may share a population, and how many of them should."""
        folds: dict[tuple[int, ...], list[PlannedEvaluation]] = defaultdict(list)
        for each in members:
            fold = self._fold(each)
            sizes = len(fold.train_rows), len(fold.validation_rows)
            folds[*sizes, each.repeat, each.fold].append(each)
        lanes = lanes_per_population(
            self._sizes(structure.network), structure.network, structure.training
        )
        copies = max(key[0] for key in folds) * self.x.shape[1] * self.x.itemsize
        own = min(lanes, OWN_ROWS_BYTES // copies)
        is_plain = structure.training.ensemble == 1 and not structure.training.measure
        if is_plain and own > 1 and len(members) < LANES_THAT_SHARE * len(folds):
            return [([each for key in sorted(folds) for each in folds[key]], own)]
        return [(each, lanes) for each in folds.values()]

    def _structure(self, planned: PlannedEvaluation) -> Structure:
        network, training = settled(self.network, self.training, planned.configuration)
        flags: dict[str, Any] = {n: 0.5 if getattr(training, n) else 0.0 for n in SWITCHES}
        shared = replace(training, lr=1.0, momentum=0.0, **flags)
        is_normalised = network.batchnorm is not BatchNorm.OFF
        rows = len(self._fold(planned).train_rows)
        steps = epoch_steps(training.minibatches, rows, training.batch, drops_single=is_normalised)
        if "width" in planned.configuration:
            network = _padded(network, training)
        return Structure(planned.epochs, steps, network, shared)

    def _train(
        self, structure: Structure, planned: Sequence[PlannedEvaluation]
    ) -> Iterator[Evaluation]:
        """Train lanes that share their structure."""
        started = time.perf_counter()
        training = structure.training
        rows, population = self._fold_rows(planned), self._population(structure, planned)
        log, patience = LearningLog(len(planned), training.score), _Patience(len(planned), training)
        train = rows.train()
        is_watched = Measurement.ACTIVATIONS in training.measure
        log.start(population.evaluate(train), population.activations(train) if is_watched else ())
        for _ in range(structure.epochs):
            epoch = rows.epoch(training.minibatches, training.batch)
            means = population.train_epoch(epoch, training.batch)
            measures = population.evaluate(rows.validation)
            is_alive = log.add(means, measures, population.gradient_norms)
            improved, is_out = patience.judge(log.alive, measures)
            if patience.is_needed:
                population.mark_best(improved)
            if (is_alive & is_out).any():
                _finish(log, population, is_alive & is_out, rows)
            stay = is_alive & ~is_out
            if not stay.all():
                log.leave(stay)
                if not stay.any():
                    break
                population.keep(stay)
                rows.keep(stay)
        if len(log.alive):
            _finish(log, population, np.ones(len(log.alive), np.bool_), rows)
        seconds = (time.perf_counter() - started) / len(planned)
        return (log.evaluation(lane, each, seconds) for lane, each in enumerate(planned))

    def _fold(self, planned: PlannedEvaluation) -> Fold:
        return self.folds[planned.repeat][planned.fold]

    def _fold_rows(self, planned: Sequence[PlannedEvaluation]) -> FoldRows:
        """Rows of the folds of some lanes."""
        parts, lanes = _parts_of(planned)
        folds = [self.folds[repeat][fold] for repeat, fold in parts]
        return FoldRows(
            [self._rows(fold.train_rows) for fold in folds],
            [self._rows(fold.validation_rows) for fold in folds],
            [generator(self.seed, "minibatches", *part) for part in parts],
            lanes,
        )

    def _rows(self, numbers: NDArray[np.int64]) -> Rows:
        dtype = np.dtype(self.training.dtype)
        columns, used = self._columns
        return rows_of(
            self.x[np.ix_(numbers, columns[:used])].astype(dtype, copy=False),
            targets_of(self.y[numbers], self.output_count, dtype),
        )

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], int]:
        """Columns with those that are 0 in every row last, and how many are not.

        Pixels at the border of an image are 0 throughout: they add nothing to any product, and
        their weights have no gradient. Left out, they cost nothing.
        """
        is_used = (self.x != 0).any(axis=0)
        return np.argsort(~is_used, kind="stable"), int(is_used.sum())

    def _population(self, structure: Structure, planned: Sequence[PlannedEvaluation]) -> Population:
        sizes, network = self._sizes(structure.network), structure.network
        shape = (
            len(planned) * structure.training.ensemble,
            parameter_count(sizes, network.batchnorm),
        )
        parameters = np.empty(shape, structure.training.dtype)
        generators = self._lane_generators("weights", structure, planned)
        for index, (lane, rng) in enumerate(zip(parameters, generators, strict=True)):
            each = planned[index // structure.training.ensemble]
            own = self._sizes(settled(self.network, self.training, each.configuration)[0])
            drawn = initial_parameters(own, network, rng)
            if own != sizes:
                drawn = padded_parameters(drawn, own, sizes, network.batchnorm)
            lane[...] = drawn
        first = layer_views(parameters, sizes, network.batchnorm)[0].weights
        first[...] = first[:, self._columns[0]]
        rates, training = self._rates(planned), structure.training
        return Population(
            sizes,
            network,
            training,
            parameters,
            rates,
            self._noise(structure, planned, rates) if training.dropout else None,
            self.training.epochs * structure.steps,
        )

    def _noise(
        self, structure: Structure, planned: Sequence[PlannedEvaluation], rates: Rates
    ) -> Noise:
        keys = [
            rng.integers(2**32, dtype=np.uint32)
            for rng in self._lane_generators("dropout", structure, planned)
        ]
        parts, lanes = _parts_of(planned)
        shared = [generator(self.seed, "dropout", *part) for part in parts]
        folds = np.repeat(lanes, structure.training.ensemble)
        mode = structure.training.dropout_mode
        return Noise(shared, np.array(keys), rates.dropout, mode, folds)

    def _rates(self, planned: Sequence[PlannedEvaluation]) -> Rates:
        """Settings of each lane: the configuration's, or else the study's."""
        trials = [settled(self.network, self.training, each.configuration)[1] for each in planned]
        lanes = [trial for trial in trials for _ in range(trial.ensemble)]
        dtype = self.training.dtype
        return Rates(
            *(
                np.array([getattr(lane, name) for lane in lanes], dtype)[:, None]
                for name in Rates._fields
            )
        )

    def _sizes(self, network: NetworkSpec) -> tuple[int, ...]:
        return layer_sizes(self.x.shape[1], network, self.output_count)

    def _lane_generators(
        self, purpose: str, structure: Structure, planned: Sequence[PlannedEvaluation]
    ) -> Iterator[np.random.Generator]:
        """A generator for each lane; the first member of an ensemble is the trial without one."""
        for each in planned:
            path = each.number, each.repeat, each.fold
            yield generator(self.seed, purpose, *path)
            for member in range(1, structure.training.ensemble):
                yield generator(self.seed, purpose, *path, member)


def _padded(network: NetworkSpec, training: TrainingSpec) -> NetworkSpec:
    """The network with more units that change nothing, so that more networks are alike.

    Not where they would not answer 0, nor where activations are looked at.
    """
    if network.activation is Activation.SIGMOID or training.measure:
        return network
    return replace(network, hidden=tuple(map(padded_width, network.hidden)))


def _parts_of(
    planned: Sequence[PlannedEvaluation],
) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
    """`(repeat, fold)` of each fold among some evaluations, and the index of each one's."""
    parts = list(dict.fromkeys((each.repeat, each.fold) for each in planned))
    return parts, np.array([parts.index((each.repeat, each.fold)) for each in planned])


def _finish(
    log: LearningLog, population: Population, lanes: NDArray[np.bool_], rows: FoldRows
) -> None:
    """Measure the lanes that have ended, with their best weights where those are kept."""
    ended = population if lanes.all() else population.taken(lanes)
    validation = rows.validation_of(lanes)
    results = ended.row_results(validation)
    if ended.restore_best() and log.scores_best:
        results = ended.row_results(validation)
    log.finish(
        log.alive[lanes],
        ended.evaluate(rows.train(lanes)),
        ended.clipped_shares(),
        [packed(each) for each in results],
    )


class _Patience:
    """Which lanes improve, and which have waited too long for it."""

    def __init__(self, lanes: int, training: TrainingSpec) -> None:
        self._epochs = training.early_stopping
        self.is_needed = training.early_stopping > 0 or training.score is ScoreEpoch.BEST
        self._lowest = np.full(lanes, np.inf)
        self._waited = np.zeros(lanes, np.int64)

    def judge(
        self, lanes: NDArray[np.int64], validation: Measures
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether each lane improved in this epoch, and whether its patience is at an end."""
        improved = validation.loss < self._lowest[lanes]
        self._lowest[lanes] = np.where(improved, validation.loss, self._lowest[lanes])
        self._waited[lanes] = np.where(improved, 0, self._waited[lanes] + 1)
        is_out = (self._waited[lanes] >= self._epochs) & (self._epochs > 0)
        return improved, is_out
