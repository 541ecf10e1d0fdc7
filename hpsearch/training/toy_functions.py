"""Lets the optimisers of the networks descend a toy function, many side by side."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.measurements import TRAJECTORY
from hpsearch.domain.spec import NetworkSpec, TrainingSpec
from hpsearch.domain.toy_functions import ToyFunction
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    State,
)
from hpsearch.domain.trial_settings import settled
from hpsearch.training.optimizers import OPTIMIZERS, Step
from hpsearch.training.schedules import rate_factor

SECONDS_PER_UPDATE = 1e-5  # roughly, of one of many descents


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """Descends planned evaluations on one function; a plain value that travels to workers.

    Every number follows from the function and the settings: there is nothing random, and repeats
    and folds are all alike.

    Attributes:
        training: settings that the configurations do not replace.
    """

    function: ToyFunction
    training: TrainingSpec

    def evaluate(self, cohort: Sequence[PlannedEvaluation]) -> tuple[Evaluation, ...]:
        """Descend for all of `cohort`; results in its order."""
        groups: dict[tuple[TrainingSpec, int], list[PlannedEvaluation]] = defaultdict(list)
        for planned in cohort:
            shared = replace(self._settings(planned), lr=1.0, momentum=0.0)
            groups[shared, planned.epochs].append(planned)
        finished: dict[PlannedEvaluation, Evaluation] = {}
        with np.errstate(all="ignore"):
            for (training, updates), members in groups.items():
                for evaluation in self._descend(training, updates, members):
                    finished[evaluation.planned] = evaluation
        return tuple(finished[planned] for planned in cohort)

    def _descend(
        self, training: TrainingSpec, updates: int, planned: Sequence[PlannedEvaluation]
    ) -> Iterator[Evaluation]:
        """Descend side by side where only the rates differ."""
        started = time.perf_counter()
        paths = self._paths(training, updates, [self._settings(each) for each in planned])
        values = self.function.value(paths)
        seconds = (time.perf_counter() - started) / len(planned)
        return (
            _evaluation(each, path, value, seconds)
            for each, path, value in zip(planned, paths, values, strict=True)
        )

    def _paths(
        self, training: TrainingSpec, updates: int, lanes: Sequence[TrainingSpec]
    ) -> NDArray[np.float64]:
        """Where each lane is before the first update and after each, `(lane, update + 1, 2)`."""
        points = np.tile(np.array(self.function.start, training.dtype), (len(lanes), 1))
        lr, momentum = (
            np.array([[getattr(lane, name)] for lane in lanes], training.dtype)
            for name in ("lr", "momentum")
        )
        optimizer = OPTIMIZERS[training.optimizer]
        state, path = optimizer.init(points), [points.copy()]
        for number in range(1, updates + 1):
            factor = rate_factor(training.schedule, training.warmup, number - 1, updates)
            step = Step(lr * lr.dtype.type(factor), momentum, number, training)
            optimizer.update(state, points, self.function.gradient(points), step)
            path.append(points.copy())
        return np.stack(path, axis=1).astype(np.float64)

    def _settings(self, planned: PlannedEvaluation) -> TrainingSpec:
        return settled(NetworkSpec(), self.training, planned.configuration)[1]


def _evaluation(
    planned: PlannedEvaluation,
    path: NDArray[np.float64],
    values: NDArray[np.float64],
    seconds: float,
) -> Evaluation:
    """What a descent came to; one that left all numbers behind ends where it did."""
    is_finite = np.isfinite(values)
    count = len(values) if is_finite.all() else int(np.argmin(is_finite))
    details = {TRAJECTORY: path[:count].tolist()}
    curve = _curve(values[: count + 1])
    if count < len(values):
        return Evaluation(
            planned=planned,
            outcome=Outcome(State.DIVERGED, count),
            curve=curve,
            seconds=seconds,
            details=details,
        )
    end = float(values[-1])
    return Evaluation(
        planned=planned,
        outcome=COMPLETED,
        train_loss=end,
        train_score=-end,
        validation_loss=end,
        validation_score=-end,
        curve=curve,
        seconds=seconds,
        details=details,
    )


def _curve(values: NDArray[np.float64]) -> Curve:
    losses = values.astype(np.float32)
    after = losses[1:]
    return Curve(
        train_loss=losses, train_score=-after, validation_loss=after, validation_score=-after
    )
