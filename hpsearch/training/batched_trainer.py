"""Trains cohorts: any set of (trial, fold) networks, side by side, each as if it were alone."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.dataset import Fold
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import NetworkSpec, TrainingSpec
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    State,
)
from hpsearch.training.activations import ACTIVATIONS
from hpsearch.training.cost import lanes_per_population, layer_sizes
from hpsearch.training.epochs import Measures, Population, Rows
from hpsearch.training.initial_weights import initial_parameters
from hpsearch.training.losses import targets_of
from hpsearch.training.minibatches import epoch_rows
from hpsearch.training.optimizers import OPTIMIZERS


@dataclass(frozen=True, kw_only=True, eq=False)
class BatchedTrainer:
    """Trains planned evaluations on one data set; a plain value that travels to workers.

    The result of an evaluation depends on the data, the settings, the seed and its own plan, and
    on nothing that is trained beside it: bit for bit.

    Attributes:
        x: inputs, float32, `(row, feature)`.
        y: class of each row, `(row,)`.
        folds: the folds of the search, in order.
        class_count: number of classes.
        seed: the study's seed.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    folds: tuple[Fold, ...]
    class_count: int
    network: NetworkSpec
    training: TrainingSpec
    seed: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features, hidden widths, classes."""
        return layer_sizes(self.x.shape[1], self.network, self.class_count)

    def evaluate(self, cohort: Sequence[PlannedEvaluation]) -> tuple[Evaluation, ...]:
        """Train all of `cohort`; results in its order."""
        finished: dict[PlannedEvaluation, Evaluation] = {}
        with np.errstate(all="ignore"):
            for population in self._populations(cohort):
                for evaluation in self._train(population):
                    finished[evaluation.planned] = evaluation
        return tuple(finished[planned] for planned in cohort)

    def _populations(
        self, cohort: Sequence[PlannedEvaluation]
    ) -> Iterator[tuple[PlannedEvaluation, ...]]:
        lanes = lanes_per_population(self.sizes, self.training.batch, self.training.dtype)
        for _, group in groupby(sorted(cohort, key=_shared), key=_shared):
            members = tuple(group)
            for part in np.array_split(np.arange(len(members)), -(-len(members) // lanes)):
                yield tuple(members[index] for index in part)

    def _train(self, planned: Sequence[PlannedEvaluation]) -> Iterator[Evaluation]:
        """Train lanes that share fold, repeat and epochs."""
        started = time.perf_counter()
        fold, first = self.folds[planned[0].fold], planned[0]
        train, validation = self._rows(fold.train_rows), self._rows(fold.validation_rows)
        order = generator(self.seed, "minibatches", first.repeat, first.fold)
        population, log = self._population(planned), _Log(len(planned))
        log.start(population.evaluate(train))
        for epoch in range(1, first.epochs + 1):
            rows = epoch_rows(self.training.minibatches, len(train.x), self.training.batch, order)
            means = population.train_epoch(_reordered(train, rows), self.training.batch)
            survivors = log.add(epoch, means, population.evaluate(validation))
            if not survivors.all():
                population.keep(survivors)
            if not survivors.any():
                break
        log.finish(population.evaluate(train))
        seconds = (time.perf_counter() - started) / len(planned)
        return (log.evaluation(lane, each, seconds) for lane, each in enumerate(planned))

    def _rows(self, numbers: NDArray[np.int64]) -> Rows:
        dtype = np.dtype(self.training.dtype)
        return Rows(
            self.x[numbers].astype(dtype, copy=False),
            targets_of(self.y[numbers], self.class_count, dtype),
        )

    def _population(self, planned: Sequence[PlannedEvaluation]) -> Population:
        dtype = np.dtype(self.training.dtype)
        parameters = [
            initial_parameters(
                self.sizes,
                self.network.init,
                generator(self.seed, "weights", each.number, each.repeat, each.fold),
            )
            for each in planned
        ]
        return Population(
            self.sizes,
            ACTIVATIONS[self.network.activation],
            OPTIMIZERS[self.training.optimizer],
            np.stack(parameters).astype(dtype),
            self._per_lane(planned, "lr"),
            self._per_lane(planned, "wd"),
        )

    def _per_lane(self, planned: Sequence[PlannedEvaluation], name: str) -> NDArray[Any]:
        """A setting of each lane, `(lane, 1)`: the configuration's, or else the study's."""
        fixed = getattr(self.training, name)
        values = [each.configuration.get(name, fixed) for each in planned]
        return np.array(values, self.training.dtype)[:, None]


class _Log:
    """Measures of the lanes of a population, epoch by epoch, including those that diverged."""

    def __init__(self, lanes: int) -> None:
        self._alive = np.arange(lanes)
        self._curves: list[list[list[float]]] = [[[], [], [], []] for _ in range(lanes)]
        self._diverged: dict[int, int] = {}
        self._final: dict[int, tuple[float, float]] = {}

    def start(self, before: Measures) -> None:
        for lane, loss in zip(self._alive, before.loss, strict=True):
            self._curves[lane][0].append(loss)

    def add(self, epoch: int, train: Measures, validation: Measures) -> NDArray[np.bool_]:
        """Record an epoch; False for each lane that diverged in it."""
        for lane, *values in zip(
            self._alive, train.loss, train.score, validation.loss, validation.score, strict=True
        ):
            for series, value in zip(self._curves[lane], values, strict=True):
                series.append(value)
        survivors = np.isfinite(train.loss) & np.isfinite(validation.loss)
        self._diverged |= dict.fromkeys(self._alive[~survivors].tolist(), epoch)
        self._alive = self._alive[survivors]
        return survivors

    def finish(self, train: Measures) -> None:
        """Record the measures over all training rows after the last epoch."""
        for lane, loss, score in zip(self._alive.tolist(), train.loss, train.score, strict=True):
            self._final[lane] = float(loss), float(score)
            if not np.isfinite(loss):
                self._diverged[lane] = len(self._curves[lane][1])

    def evaluation(self, lane: int, planned: PlannedEvaluation, seconds: float) -> Evaluation:
        series = [np.array(values, np.float32) for values in self._curves[lane]]
        curve = Curve(
            train_loss=series[0],
            train_score=series[1],
            validation_loss=series[2],
            validation_score=series[3],
        )
        if lane in self._diverged:
            outcome = Outcome(State.DIVERGED, self._diverged[lane])
            return Evaluation(planned=planned, outcome=outcome, curve=curve, seconds=seconds)
        return Evaluation(
            planned=planned,
            outcome=COMPLETED,
            train_loss=self._final[lane][0],
            train_score=self._final[lane][1],
            validation_loss=float(self._curves[lane][2][-1]),
            validation_score=float(self._curves[lane][3][-1]),
            curve=curve,
            seconds=seconds,
        )


def _shared(planned: PlannedEvaluation) -> tuple[int, int, int]:
    """What the lanes of one population have in common."""
    return planned.repeat, planned.fold, planned.epochs


def _reordered(rows: Rows, order: NDArray[np.int64]) -> Rows:
    labels, one_hot = rows.targets
    return Rows(rows.x[order], type(rows.targets)(labels[order], one_hot[:, order]))
