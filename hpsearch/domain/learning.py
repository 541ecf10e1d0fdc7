"""What the curves of a trial say: whether it learned, and which of two trials went better.

Where nothing has learned yet, scores say nothing. There the curves still tell a trial that moves
too slowly from one that was thrown off, and so on which side a better range lies.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.baseline import Baseline
from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import FAILURES, Evaluation, Origin, Purpose, State, Trial

LEAST_LOSS = 1e-12  # what logarithms see of a loss that has reached 0
LEARNED_LOSS = 0.95  # of the constant prediction's
STUCK_LOSS = 0.98  # of the constant prediction's
LEARNED_FALL = 0.02
STUCK_RISE = 0.02

Series = NDArray[np.float64]


class Course(StrEnum):
    """What became of a training, best first.

    `slow` moves, too slowly to tell yet; `stuck` was thrown off and came to rest without having
    learned, as at a large learning rate; `failed` gave no training to judge.
    """

    LEARNED = "learned"
    SLOW = "slow"
    STUCK = "stuck"
    DIVERGED = "diverged"
    FAILED = "failed"

    @property
    def is_unstable(self) -> bool:
        """Whether its steps were too large for it."""
        return self in (Course.STUCK, Course.DIVERGED)


ORDER = {course: rank for rank, course in enumerate(Course)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What the range rule keeps of a trial's training.

    Attributes:
        epochs: passes that were planned: the rung that it reached.
        score: mean over folds of the validation score, larger is better; None without one.
        validation_loss: mean over folds; None without one.
        fall: ln(L_start / L_end) of the training loss L, before the first step and at the end.
        rise: ln(max L / L_start).
        ended: epoch in which it diverged, from 1; None otherwise.
        is_memorised: whether it learned the training rows and nothing of the validation rows.
        is_pruned: whether it was given up early.
        fold_scores: validation score of each training, by repeat and fold.
        fold_count: folds of a repeat.
    """

    course: Course
    epochs: int
    score: float | None = None
    validation_loss: float | None = None
    fall: float = 0.0
    rise: float = 0.0
    ended: int | None = None
    is_memorised: bool = False
    is_pruned: bool = False
    fold_scores: tuple[float, ...] = ()
    fold_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One trial as the range rule sees it.

    Attributes:
        number: of the trial, from 0 across the study.
        is_drawn: whether the sampler proposed it; others are no evidence of where good ones lie.
    """

    number: int
    configuration: Configuration
    learning: Learning
    is_drawn: bool = True


def order_key(observation: Observation) -> tuple[float, ...]:
    """Sorts observations, best first; a total order.

    Learned before slow, stuck, diverged and failed. Among the learned those trained longer come
    first (a trial that was given up lost to them), then higher scores, then lower validation
    losses. Slow ones go by the fall of the training loss per epoch, not by the loss: differences
    between initial weights drown those between losses where nothing has learned yet. Stuck ones go
    by the smaller rise, diverged ones by the later end. Ties go to the lower number.
    """
    one = observation.learning
    loss = math.inf if one.validation_loss is None else one.validation_loss
    score = -loss if one.score is None else one.score
    within: tuple[float, ...]
    match one.course:
        case Course.LEARNED:
            within = (-one.epochs, -score, loss)
        case Course.SLOW:
            within = (-one.fall / one.epochs, -score, loss)
        case Course.STUCK:
            within = (one.rise, 0.0, 0.0)
        case _:
            within = (-(one.ended or 0), 0.0, 0.0)
    return (ORDER[one.course], *within, observation.number)


def observation(trial: Trial, baseline: Baseline) -> Observation:
    """A finished trial as the range rule sees it."""
    return Observation(
        number=trial.number,
        configuration=trial.configuration,
        learning=learning(trial, baseline),
        is_drawn=trial.origin is Origin.SAMPLER,
    )


def learning(
    trial: Trial, baseline: Baseline, *, epochs: int | None = None, averaged: int = 1
) -> Learning:
    """What the search's own trainings of a trial say, or would have said after fewer epochs.

    Of trainings of several lengths the longest count. Losses are averaged over folds and repeats
    epoch by epoch, before any logarithm or comparison, and scores as ever; a training that stopped
    early keeps its last loss. One that diverged or failed decides for the trial, the earliest
    first.
    Without curves, the last measures alone decide: learned, diverged, or else slow.

    Args:
        epochs: look no further than this into the curves; None for the end.
        averaged: last epochs over which each fold's score is averaged.
    """
    trained = _longest(trial)
    reached = trained[0].planned.epochs if epochs is None else epochs
    is_pruned = trial.outcome.state is State.PRUNED
    if any(each.outcome.state in FAILURES for each in trained):
        return Learning(course=Course.FAILED, epochs=reached, is_pruned=is_pruned)
    ends = [end for end in map(_end, trained) if end is not None and end <= reached]
    if ends:
        return Learning(
            course=Course.DIVERGED, epochs=reached, ended=min(ends), is_pruned=is_pruned
        )
    measured = _Measured.of(trained, epochs, averaged)
    return _judged(measured, baseline, reached, is_pruned=is_pruned)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """Means over folds and repeats.

    Attributes:
        losses: training loss before the first step and of each epoch; None without curves.
        last_loss: training loss at the end; None if unknown.
    """

    losses: Series | None
    last_loss: float | None
    validation_loss: float | None
    fold_scores: tuple[float, ...]
    fold_count: int

    @classmethod
    def of(cls, trained: Sequence[Evaluation], epochs: int | None, averaged: int) -> "_Measured":
        losses = _mean_losses(trained, epochs)
        last = _mean([each.train_loss for each in trained])
        validation = [_validation_loss(each, epochs) for each in trained]
        scores = [_score(each, epochs, averaged) for each in trained]
        return cls(
            losses=losses,
            last_loss=last if losses is None else float(losses[-1]),
            validation_loss=_mean(validation),
            fold_scores=tuple(score for score in scores if score is not None),
            fold_count=len({each.planned.fold for each in trained}),
        )


def _judged(measured: _Measured, baseline: Baseline, reached: int, *, is_pruned: bool) -> Learning:
    movement = NO_CURVE if measured.losses is None else _movement(measured.losses)
    scores = measured.fold_scores
    score = math.fsum(scores) / len(scores) if scores else None
    course = _course(measured, movement, baseline, score)
    return Learning(
        course=course,
        epochs=reached,
        score=score,
        validation_loss=measured.validation_loss,
        fall=movement.fall,
        rise=movement.rise,
        ended=reached if course is Course.DIVERGED else None,
        is_memorised=_is_memorised(measured, baseline),
        is_pruned=is_pruned,
        fold_scores=scores,
        fold_count=measured.fold_count,
    )


class _Movement(NamedTuple):
    """Logarithms of ratios of training losses.

    Attributes:
        fall: from the start to the end.
        half: the part of the fall in the second half.
        rise: from the start to the highest.
    """

    fall: float
    half: float
    rise: float


NO_CURVE = _Movement(0.0, 0.0, 0.0)


def _movement(losses: Series) -> _Movement:
    start, middle, end, highest = (
        math.log(max(float(each), LEAST_LOSS))
        for each in (losses[0], losses[(len(losses) - 1) // 2], losses[-1], losses.max())
    )
    return _Movement(start - end, middle - end, highest - start)


def _course(
    measured: _Measured, movement: _Movement, baseline: Baseline, score: float | None
) -> Course:
    last, validation = measured.last_loss, measured.validation_loss
    if last is not None and not last <= baseline.loss_limit:
        return Course.DIVERGED
    is_better = validation is not None and validation <= LEARNED_LOSS * baseline.constant_loss
    if score is not None and baseline.score_limit is not None:
        is_better = is_better or score >= baseline.score_limit
    if is_better and (measured.losses is None or movement.fall >= LEARNED_FALL):
        return Course.LEARNED
    is_at_rest = movement.fall > 0.01 and movement.half < 0.1 * movement.fall
    is_high = last is not None and last >= STUCK_LOSS * baseline.constant_loss
    is_stuck = movement.rise > STUCK_RISE or (is_high and is_at_rest)
    return Course.STUCK if is_stuck else Course.SLOW


def _is_memorised(measured: _Measured, baseline: Baseline) -> bool:
    last, validation = measured.last_loss, measured.validation_loss
    if last is None or validation is None:
        return False
    return last <= LEARNED_LOSS * baseline.constant_loss and validation >= baseline.constant_loss


def _longest(trial: Trial) -> list[Evaluation]:
    """The search's evaluations of a trial, one per repeat and fold, of the longest trainings."""
    own = [
        each for each in trial.evaluations if each.planned.purpose in (Purpose.SEARCH, Purpose.RUNG)
    ]
    most = max(each.planned.epochs for each in own)
    longest = [each for each in own if each.planned.epochs == most]
    return sorted(longest, key=lambda each: (each.planned.repeat, each.planned.fold))


def _end(evaluation: Evaluation) -> int | None:
    """Epoch in which a training diverged."""
    if evaluation.outcome.state is not State.DIVERGED:
        return None
    return evaluation.outcome.epoch or 1


def _mean_losses(trained: Sequence[Evaluation], epochs: int | None) -> Series | None:
    curves = [each.curve.train_loss for each in trained if each.curve is not None]
    if len(curves) < len(trained):
        return None
    if epochs is not None:
        curves = [each[: epochs + 1] for each in curves]
    longest = max(map(len, curves))
    total = np.zeros(longest)
    for each in curves:
        total[: len(each)] += each
        total[len(each) :] += each[-1]
    return total / len(curves)


def _validation_loss(evaluation: Evaluation, epochs: int | None) -> float | None:
    curve = evaluation.curve
    if curve is None or (epochs is None and evaluation.validation_loss is not None):
        return evaluation.validation_loss
    return float(curve.validation_loss[:epochs][-1])


def _score(evaluation: Evaluation, epochs: int | None, averaged: int) -> float | None:
    curve = evaluation.curve
    is_stored = epochs is None and averaged == 1 and evaluation.validation_score is not None
    if curve is None or is_stored:
        return evaluation.validation_score
    return float(curve.validation_score[:epochs][-averaged:].mean(dtype=np.float64))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known and len(known) == len(values) else None
