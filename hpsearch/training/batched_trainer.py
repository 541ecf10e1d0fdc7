"""Trains cohorts: any set of (trial, fold) networks, side by side, each as if it were alone."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.data_spec import ClassWeights
from hpsearch.domain.dataset import Fold
from hpsearch.domain.encoding import Encoding
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import NetworkSpec, TrainingSpec
from hpsearch.domain.task import Metric
from hpsearch.domain.trial import Evaluation, PlannedEvaluation
from hpsearch.domain.trial_settings import settled
from hpsearch.training.cost import lanes_per_population, layer_sizes
from hpsearch.training.epochs import Population
from hpsearch.training.initial_weights import initial_parameters, resized_parameters
from hpsearch.training.lane_training import Checkpoint, LaneTraining
from hpsearch.training.losses import balanced_weights, targets_of
from hpsearch.training.network import Noise, layer_views, parameter_count
from hpsearch.training.rows import FoldRows, Rows, encoded, rows_of
from hpsearch.training.structure import Structure, structure_of
from hpsearch.training.trained_network import TrainedNetwork, taken_from
from hpsearch.training.updates import Rates

# With fewer lanes per fold than this, folds train side by side, each lane with rows of its own:
# copies that take up at most so many bytes. Sharing a minibatch gains little for so few.
LANES_THAT_SHARE = 16
OWN_ROWS_BYTES = 16_000_000


class Kept(Enum):
    """What is kept of a training beside its result."""

    NOTHING = auto()
    CHECKPOINTS = auto()
    NETWORKS = auto()


class Ended(NamedTuple):
    """A training that has ended, and what was kept of it."""

    evaluation: Evaluation
    network: TrainedNetwork | None
    checkpoint: Checkpoint | None


@dataclass(frozen=True, kw_only=True, eq=False)
class BatchedTrainer:
    """Trains planned evaluations on one data set; a plain value that travels to workers.

    The result of an evaluation depends on the data, the settings, the seed and its own plan, and
    on nothing that is trained beside it: bit for bit.

    Attributes:
        x: inputs, float32, `(row, feature)`; a raw table where there are encodings.
        y: class of each row, `(row,)`, int64; or the numbers to be predicted, floating, `(row,)`
            or `(row, output)`. Classes are learned by cross-entropy and scored by accuracy,
            numbers by squared error and R², unless `metric` says otherwise.
        folds: the folds of each repeat, in order: `folds[repeat][fold]`.
        output_count: number of classes, or of numbers per row.
        seed: the study's seed.
        encodings: what the training rows of each fold taught about its inputs, laid out like the
            folds; none where `x` are the inputs of all folds.
        metric: what the score is; None for accuracy or R².
        class_weights: how much each class counts in the gradient.
    """

    x: NDArray[Any]
    y: NDArray[Any]
    folds: tuple[tuple[Fold, ...], ...]
    output_count: int
    network: NetworkSpec
    training: TrainingSpec
    seed: int
    encodings: tuple[tuple[Encoding, ...], ...] = ()
    metric: Metric | None = None
    class_weights: ClassWeights = ClassWeights.NONE

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features, hidden widths, outputs of the study's network."""
        return self._sizes(self.network)

    def evaluate(self, cohort: Sequence[PlannedEvaluation]) -> tuple[Evaluation, ...]:
        """Train all of `cohort`; results in its order."""
        return tuple(each.evaluation for each in self._trained(cohort, {}, Kept.NOTHING))

    def evaluate_from(
        self, cohort: Sequence[PlannedEvaluation], starts: Mapping[PlannedEvaluation, Checkpoint]
    ) -> tuple[tuple[Evaluation, ...], dict[PlannedEvaluation, Checkpoint]]:
        """The same results, faster where a shorter training of the same has been done.

        Args:
            starts: how far some of `cohort` have come; no further than they are to go.

        Returns:
            Results in the order of the cohort, and how far those have come that end before the
            last epoch of the study.
        """
        ended = self._trained(cohort, starts, Kept.CHECKPOINTS)
        kept = {each.evaluation.planned: each.checkpoint for each in ended if each.checkpoint}
        return tuple(each.evaluation for each in ended), kept

    def fit(
        self, cohort: Sequence[PlannedEvaluation]
    ) -> tuple[tuple[Evaluation, TrainedNetwork | None], ...]:
        """The same trainings, with their networks; None for one that did not end well."""
        return tuple(
            (each.evaluation, each.network if each.evaluation.outcome.is_complete else None)
            for each in self._trained(cohort, {}, Kept.NETWORKS)
        )

    def _trained(
        self,
        cohort: Sequence[PlannedEvaluation],
        starts: Mapping[PlannedEvaluation, Checkpoint],
        kept: Kept,
    ) -> tuple[Ended, ...]:
        finished: dict[PlannedEvaluation, Ended] = {}
        with np.errstate(all="ignore"):
            for structure, members in self._populations(cohort, starts):
                own = [starts[each] for each in members] if structure.start else []
                for each in self._train(structure, members, own, kept):
                    finished[each.evaluation.planned] = each
        return tuple(finished[planned] for planned in cohort)

    def _populations(
        self,
        cohort: Sequence[PlannedEvaluation],
        starts: Mapping[PlannedEvaluation, Checkpoint],
    ) -> Iterator[tuple[Structure, tuple[PlannedEvaluation, ...]]]:
        groups: dict[Structure, list[PlannedEvaluation]] = defaultdict(list)
        for planned in cohort:
            start = starts[planned].epochs if planned in starts else 0
            groups[self._structure(planned, start)].append(planned)
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
        optimizers = {each: self._settled(each)[1].optimizer for each in members}
        lanes = min(
            lanes_per_population(
                self._sizes(structure.network),
                structure.network,
                replace(structure.training, optimizer=optimizer),
            )
            for optimizer in dict.fromkeys(optimizers.values())
        )
        copies = max(key[0] for key in folds) * self._features * 4
        own = min(lanes, OWN_ROWS_BYTES // copies)
        is_plain = structure.training.ensemble == 1 and not structure.training.measure
        if is_plain and own > 1 and len(members) < LANES_THAT_SHARE * len(folds):
            in_order = [each for key in sorted(folds) for each in folds[key]]
            return [(sorted(in_order, key=optimizers.__getitem__), own)]
        return [(sorted(each, key=optimizers.__getitem__), lanes) for each in folds.values()]

    def _settled(self, planned: PlannedEvaluation) -> tuple[NetworkSpec, TrainingSpec]:
        return _settled(self.network, self.training, planned.configuration)

    def _structure(self, planned: PlannedEvaluation, start: int = 0) -> Structure:
        rows = len(self._fold(planned).train_rows)
        return structure_of(planned, self._settled(planned), rows, start)

    def _train(
        self,
        structure: Structure,
        planned: Sequence[PlannedEvaluation],
        starts: Sequence[Checkpoint],
        kept: Kept,
    ) -> Iterator[Ended]:
        """Train lanes that share their structure."""
        started = time.perf_counter()
        networks: dict[int, TrainedNetwork] = {}

        def keep(ended: Population, lanes: list[int]) -> None:
            for at, lane in enumerate(lanes if kept is Kept.NETWORKS else ()):
                own = self._settled(planned[lane])
                networks[lane] = taken_from(ended, at, own, self._columns)

        population, rows = self._population(structure, planned), self._fold_rows(planned)
        lanes = LaneTraining(population, rows, structure.training, len(planned), keep)
        if starts:
            lanes.go_on(starts)
        else:
            lanes.start()
        lanes.run(structure.epochs - structure.start)
        if kept is Kept.CHECKPOINTS and structure.epochs < self.training.epochs:
            lanes.keep_checkpoints(structure.epochs)
        lanes.finish()
        seconds = (time.perf_counter() - started) / len(planned)
        for lane, each in enumerate(planned):
            evaluation = lanes.log.evaluation(lane, each, seconds)
            yield Ended(evaluation, networks.get(lane), lanes.checkpoints.get(lane))

    def _fold(self, planned: PlannedEvaluation) -> Fold:
        return self.folds[planned.repeat][planned.fold]

    def _fold_rows(self, planned: Sequence[PlannedEvaluation]) -> FoldRows:
        """Rows of the folds of some lanes."""
        parts, lanes = _parts_of(planned)
        both = [(self.folds[repeat][fold], (repeat, fold)) for repeat, fold in parts]
        return FoldRows(
            [self._rows(fold.train_rows, part, weighs=True) for fold, part in both],
            [self._rows(fold.validation_rows, part) for fold, part in both],
            [generator(self.seed, "minibatches", *part) for part in parts],
            lanes,
        )

    def _rows(
        self, numbers: NDArray[np.int64], part: tuple[int, int], *, weighs: bool = False
    ) -> Rows:
        """Some rows of a fold, as it sees them.

        Args:
            weighs: whether classes count by their weights.
        """
        dtype, y, unit = np.dtype(self.training.dtype), self.y[numbers], 1.0
        if self.encodings:
            encoding = self.encodings[part[0]][part[1]]
            unit = encoding.target_scale
            y = y if np.issubdtype(y.dtype, np.integer) else encoding.target(y)
        is_balanced = weighs and self.class_weights is ClassWeights.BALANCED
        weights = balanced_weights(y, self.output_count) if is_balanced else None
        targets = targets_of(y, self.output_count, dtype, self.metric, weights, unit)
        if self.encodings:
            return Rows(encoded(self.x, numbers, encoding, dtype), targets)
        columns, used = self._columns
        x = self.x[np.ix_(numbers, columns[:used])]
        return rows_of(x.astype(dtype, copy=False), targets)

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], int]:
        """Columns with those that are 0 in every row last, and how many are not.

        Pixels at the border of an image are 0 throughout: they add nothing to any product, and
        their weights have no gradient. Left out, they cost nothing.
        """
        if self.encodings:
            return np.arange(self._features), self._features
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
            own = self._sizes(self._settled(each)[0])
            drawn = initial_parameters(own, network, rng)
            if own != sizes:
                (drawn,) = resized_parameters(drawn[None], own, sizes, network.batchnorm)
            lane[...] = drawn
        first = layer_views(parameters, sizes, network.batchnorm)[0].weights
        first[...] = first[:, self._columns[0]]
        rates, training = self._rates(planned), structure.training
        optimizers = [self._settled(each)[1].optimizer for each in planned]
        return Population(
            sizes,
            network,
            training,
            parameters,
            rates,
            self._noise(structure, planned, rates) if training.dropout else None,
            self.training.epochs * structure.steps,
            [each for each in optimizers for _ in range(training.ensemble)],
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
        trials = [self._settled(each)[1] for each in planned]
        lanes = [trial for trial in trials for _ in range(trial.ensemble)]
        dtype = self.training.dtype
        return Rates(
            *(
                np.array([getattr(lane, name) for lane in lanes], dtype)[:, None]
                for name in Rates._fields
            )
        )

    def _sizes(self, network: NetworkSpec) -> tuple[int, ...]:
        return layer_sizes(self._features, network, self.output_count)

    @property
    def _features(self) -> int:
        """Inputs of a network."""
        return self.encodings[0][0].feature_count if self.encodings else self.x.shape[1]

    def _lane_generators(
        self, purpose: str, structure: Structure, planned: Sequence[PlannedEvaluation]
    ) -> Iterator[np.random.Generator]:
        """A generator for each lane; the first member of an ensemble is the trial without one."""
        for each in planned:
            path = each.number, each.repeat, each.fold
            yield generator(self.seed, purpose, *path)
            for member in range(1, structure.training.ensemble):
                yield generator(self.seed, purpose, *path, member)


# Asked for several times of each training, and the folds of a trial share it.
_settled = lru_cache(maxsize=4096)(settled)


def _parts_of(
    planned: Sequence[PlannedEvaluation],
) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
    """`(repeat, fold)` of each fold among some evaluations, and the index of each one's."""
    parts = list(dict.fromkeys((each.repeat, each.fold) for each in planned))
    return parts, np.array([parts.index((each.repeat, each.fold)) for each in planned])
