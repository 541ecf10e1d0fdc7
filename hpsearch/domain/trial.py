"""Trials and their evaluations: what was trained and what came of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.space import Configuration


class State(StrEnum):
    """How a training, or a trial as a whole, ended."""

    COMPLETE = "complete"
    PRUNED = "pruned"
    DIVERGED = "diverged"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    LOST = "lost"


FAILURES = (State.FAILED, State.TIMED_OUT, State.LOST)  # ends that a machine is to blame for


@dataclass(frozen=True, slots=True)
class Outcome:
    """End of a training or trial.

    Attributes:
        state: how it ended.
        epoch: the epoch in which it diverged or was pruned, from 1; None otherwise.
        reason: why it failed or was lost, in one line; empty otherwise.
    """

    state: State
    epoch: int | None = None
    reason: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether it has a score."""
        return self.state is State.COMPLETE


COMPLETED = Outcome(State.COMPLETE)


class Purpose(StrEnum):
    """What an evaluation was trained for."""

    RUNG = "rung"
    SEARCH = "search"
    AUDIT = "audit"
    CONFIRM = "confirm"
    REPLAY = "replay"
    FINAL = "final"


class Origin(StrEnum):
    """Where a trial's configuration came from; only drawn ones may enter statistics of draws."""

    SAMPLER = "sampler"
    DEFAULT = "default"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEvaluation:
    """One training that is still to be done: a configuration on one fold.

    Attributes:
        number: the trial's number, from 0.
        repeat: 0 for the search itself; further repeats have fresh seeds.
        fold: index of the fold, from 0.
        epochs: passes over the training rows.
    """

    number: int
    configuration: Configuration
    fold: int
    epochs: int
    purpose: Purpose = Purpose.SEARCH
    repeat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Learning curve of one training, float32; shorter where the training diverged.

    Attributes:
        train_loss: `(epoch + 1,)`; before the first step, then running means over the minibatches.
        train_score: `(epoch,)`; running mean of the score.
        validation_loss: `(epoch,)`; after each epoch.
        validation_score: `(epoch,)`; after each epoch.
    """

    train_loss: NDArray[np.float32]
    train_score: NDArray[np.float32]
    validation_loss: NDArray[np.float32]
    validation_score: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """One training of a trial on one fold, finished.

    Losses are means over rows without the weight-decay term: cross-entropy in nats for classes,
    squared error for numbers; for a toy function, its value. Scores are higher where better:
    accuracy in [0, 1] for classes, R² up to 1 for numbers, minus the value of a function. Train
    values are over all training rows after the last epoch; validation values are those of the last
    epoch. All four are None unless the outcome is complete.

    Attributes:
        details: what else was measured, as values that JSON can hold; None where there is nothing.
            With gradient clipping: `clipped`, the share of steps whose gradient was shortened, and
            `cut`, of those in which a component was cut by value.
        row_results: what it makes of each validation row, in the order of the fold, packed
            (`domain.row_results`); None where it was not kept.
    """

    planned: PlannedEvaluation
    outcome: Outcome
    train_loss: float | None = None
    train_score: float | None = None
    validation_loss: float | None = None
    validation_score: float | None = None
    curve: Curve | None = None
    seconds: float = 0.0
    details: Mapping[str, Any] | None = None
    row_results: bytes | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One configuration, evaluated over all folds in one stage.

    Attributes:
        number: from 0 across the study.
        stage: number of the stage, from 1.
        outcome: complete, or the first way in which a fold ended otherwise.
        evaluations: in the order of purpose, repeat and fold.
        origin: where its configuration came from.
    """

    number: int
    stage: int
    configuration: Configuration
    outcome: Outcome
    evaluations: tuple[Evaluation, ...]
    origin: Origin = Origin.SAMPLER

    @cached_property
    def score(self) -> float | None:
        """Mean over repeats and folds of the validation score; None unless complete."""
        return self._mean("validation_score")

    @cached_property
    def validation_loss(self) -> float | None:
        """Mean over repeats and folds of the validation loss; None unless complete."""
        return self._mean("validation_loss")

    @cached_property
    def train_score(self) -> float | None:
        """Mean over repeats and folds of the score on the training rows; None unless complete."""
        return self._mean("train_score")

    @property
    def seconds(self) -> float:
        """Training time, summed over folds; lanes of one population share theirs equally."""
        return sum(each.seconds for each in self.evaluations)

    @cached_property
    def confirmed_score(self) -> float | None:
        """Mean validation score of its confirmations; None without one, or if one failed."""
        return mean([each.validation_score for each in self.of(Purpose.CONFIRM)])

    def of(self, purpose: Purpose) -> tuple[Evaluation, ...]:
        """Its evaluations of one purpose."""
        return tuple(each for each in self.evaluations if each.planned.purpose is purpose)

    def _mean(self, attribute: str) -> float | None:
        if not self.outcome.is_complete:
            return None
        return mean([getattr(each, attribute) for each in self.of(Purpose.SEARCH)])


class Ending(NamedTuple):
    """How a trial ended, without what was trained: of very many, that fits the memory.

    Attributes:
        rung_score: of one that was given up, what it scored at its last rung; None where nobody
            looked.
    """

    number: int
    stage: int
    outcome: Outcome
    score: float | None
    origin: Origin
    configuration: Configuration
    rung_score: float | None = None

    @property
    def state(self) -> State:
        """The state of its outcome."""
        return self.outcome.state


def ending_of(trial: Trial) -> Ending:
    """How a trial ended."""
    return Ending(
        number=trial.number,
        stage=trial.stage,
        outcome=trial.outcome,
        score=trial.score,
        origin=trial.origin,
        configuration=trial.configuration,
        rung_score=_rung_score(trial) if trial.outcome.state is State.PRUNED else None,
    )


def _rung_score(trial: Trial) -> float | None:
    """Mean over folds of the validation score at the last rung that the trial reached."""
    searched = (Purpose.SEARCH, Purpose.RUNG)
    rungs = [each for each in trial.evaluations if each.planned.purpose in searched]
    last = max((each.planned.epochs for each in rungs), default=0)
    scores = [
        each.validation_score
        for each in rungs
        if each.planned.epochs == last and each.validation_score is not None
    ]
    return math.fsum(scores) / len(scores) if scores else None


def mean(values: Sequence[float | None]) -> float | None:
    """Mean of the measures of some trainings; None where there are none, or one is unknown."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    return math.fsum(known) / len(known)


def finished_trial(
    stage: int,
    configuration: Configuration,
    evaluations: Sequence[Evaluation],
    *,
    origin: Origin = Origin.SAMPLER,
    pruned_at: int | None = None,
) -> Trial:
    """The trial that its evaluations add up to.

    Args:
        pruned_at: epoch after which it was given up, unless it had ended otherwise by then.
    """
    ordered = sorted(evaluations, key=evaluation_order)
    unfinished = [each.outcome for each in ordered if not each.outcome.is_complete]
    end = COMPLETED if pruned_at is None else Outcome(State.PRUNED, pruned_at)
    return Trial(
        number=ordered[0].planned.number,
        stage=stage,
        configuration=configuration,
        outcome=unfinished[0] if unfinished else end,
        evaluations=tuple(ordered),
        origin=origin,
    )


def evaluation_order(evaluation: Evaluation) -> tuple[int, int, int, int]:
    """Sorts the evaluations of a trial: by purpose, epochs, repeat and fold."""
    planned = evaluation.planned
    return PURPOSES.index(planned.purpose), planned.epochs, planned.repeat, planned.fold


PURPOSES = tuple(Purpose)
