"""How planned evaluations are cut into cohorts: a matter of scheduling, never of results."""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

import numpy as np

from hpsearch.domain.trial import PlannedEvaluation
from hpsearch.domain.trial_settings import likeness, rough_size
from hpsearch.execution.work import Cohort

Item = TypeVar("Item")

COHORT_SECONDS = 1.5
LARGEST_ROUND = 4_000  # evaluations; so that even instant trainings are saved now and then
FEW_ALIKE = 8  # trials; below it the folds of a trial are the better company
FEW_OF_A_FOLD = 16  # evaluations; so few gain little by minibatches that they share


class Pace:
    """What an epoch takes, from all cohorts of a run so far: a first guess for the next ones.

    Args:
        seconds: guess of the time of one evaluation, before anything is measured.
    """

    def __init__(self, seconds: float) -> None:
        self._guess, self._epochs, self._seconds = seconds, 0, 0.0

    def measured(self, epochs: int, seconds: float) -> None:
        """Learn from a finished cohort that came to so many epochs in all."""
        self._epochs, self._seconds = self._epochs + epochs, self._seconds + seconds

    def of_evaluation(self, epochs: int, evaluations: int) -> float:
        """Seconds of one of some evaluations, which are so many epochs in all."""
        if not self._epochs:
            return self._guess
        return self._seconds / self._epochs * epochs / max(1, evaluations)


class Schedule:
    """Hands out cohorts that keep every worker busy to the end.

    Trials are taken in rounds: as many as keep all workers busy for about `COHORT_SECONDS`, those
    with networks alike one after the other. A round is cut by fold, because networks of one fold
    share their minibatches; the last one is cut evenly, so that all workers finish together.

    Where few trials are alike, a cohort is all folds of some trials, those that are alike together:
    the commonest first, of the others the largest networks. The last cohorts are small, because
    they may take unlike times. A round of few trials with many folds, such as those of
    confirmations, is cut into cohorts of about `COHORT_SECONDS`, whatever their folds.

    Args:
        planned: evaluations in trial order.
        workers: how many take cohorts side by side.
        seconds: first guess of the time of one evaluation; measured times replace it.
    """

    def __init__(self, planned: Sequence[PlannedEvaluation], workers: int, seconds: float) -> None:
        by_trial = groupby(planned, key=lambda each: each.number)
        kinds = _kinds([tuple(own) for _, own in by_trial])
        self._trials = deque(trial for kind in kinds for trial in kind)
        self._is_mixed = len(kinds) > 1 and len(self._trials) < FEW_ALIKE * len(kinds)
        self._left = len(planned)
        self._round: deque[Cohort] = deque()
        self._again: deque[Cohort] = deque()
        self._workers = workers
        self.seconds_per_evaluation = max(seconds, 1e-9)
        self._measured = 0, 0.0

    def next_cohort(self) -> Cohort:
        """The next evaluations to train together; empty when none are left."""
        if self._again:
            return self._again.popleft()
        if not self._round and self._trials:
            trial_seconds = len(self._trials[0]) * self.seconds_per_evaluation
            is_cheap = trial_seconds < COHORT_SECONDS
            is_mixed = self._is_mixed and is_cheap
            self._round.extend([self._mixed_cohort()] if is_mixed else self._next_round())
        return self._round.popleft() if self._round else ()

    def try_again(self, cohorts: Iterable[Cohort]) -> None:
        """Hand out again, as they are, what was handed out before and gave no result."""
        self._again.extend(cohorts)

    def drop(self, number: int) -> Cohort:
        """Take back what is left of a trial."""
        left = self._left_of(number)
        self._left -= sum(len(each) for each in self._trials if each[0].number == number)
        self._trials, self._round, self._again = (
            deque(filter(None, (_without(number, each) for each in waiting)))
            for waiting in (self._trials, self._round, self._again)
        )
        return left

    def _left_of(self, number: int) -> Cohort:
        waiting = (*self._again, *self._round, *self._trials)
        return tuple(each for cohort in waiting for each in cohort if each.number == number)

    def measured(self, evaluations: int, seconds: float) -> None:
        """Learn from a finished cohort that took one worker `seconds`."""
        self._measured = self._measured[0] + evaluations, self._measured[1] + seconds
        if self._is_mixed:  # each is unlike the next
            evaluations, seconds = self._measured
        self.seconds_per_evaluation = max(seconds / evaluations, 1e-9)

    def _next_round(self) -> list[Cohort]:
        round_seconds = self._workers * COHORT_SECONDS
        rounds = math.ceil(self._left * self.seconds_per_evaluation / round_seconds - 0.25)
        rounds = max(1, rounds, math.ceil(self._left / LARGEST_ROUND))
        count = math.ceil(len(self._trials) / rounds)
        if self._is_mixed:
            alike = _likeness(self._trials[0])
            count = min(count, sum(_likeness(each) == alike for each in self._trials))
        trials = [self._trials.popleft() for _ in range(count)]
        taken = [each for trial in trials for each in trial]
        self._left -= len(taken)
        return self._cohorts_of(taken, is_last=not self._trials and count > 1)

    def _cohorts_of(self, taken: Sequence[PlannedEvaluation], *, is_last: bool) -> list[Cohort]:
        """The evaluations of a round, cut."""
        in_order = _by_fold(taken)
        folds = [list(own) for _, own in groupby(in_order, key=_fold)]
        if len(taken) < FEW_OF_A_FOLD * len(folds):
            cohorts = round(len(taken) * self.seconds_per_evaluation / COHORT_SECONDS)
            return _cut(in_order, min(len(taken), max(cohorts, self._workers)))
        if is_last:
            return _cut(in_order, min(self._workers, len(taken)))
        parts = math.ceil(self._workers / len(folds))
        return [part for own in folds for part in _cut(own, min(parts, len(own)))]

    def _mixed_cohort(self) -> Cohort:
        """All folds of the next trials: so many, a few more or less to keep kinds together."""
        trial_seconds = len(self._trials[0]) * self.seconds_per_evaluation
        share = math.ceil(len(self._trials) / (2 * self._workers))
        wanted = max(1, min(share, round(COHORT_SECONDS / trial_seconds)))
        taken: list[Cohort] = []
        while self._trials:
            kind = [_likeness(each) for each in self._trials]
            count = kind.count(kind[0])
            if taken and len(taken) + count > wanted:
                break
            parts = max(1, round(count / wanted))
            taken += [self._trials.popleft() for _ in range(math.ceil(count / parts))]
            if parts > 1:
                break
        self._left -= sum(map(len, taken))
        return tuple(each for trial in taken for each in trial)


def _without(number: int, cohort: Cohort) -> Cohort:
    return tuple(each for each in cohort if each.number != number)


def _likeness(trial: Cohort) -> object:
    return likeness(trial[0].configuration)


def _kinds(trials: Sequence[Cohort]) -> list[list[Cohort]]:
    """Trials that are alike together; the commonest kinds first, then the largest networks."""
    kinds: dict[object, list[Cohort]] = {}
    for trial in trials:
        kinds.setdefault(_likeness(trial), []).append(trial)
    return sorted(kinds.values(), key=lambda kind: (-len(kind), -_size(kind[0])))


def _size(trial: Cohort) -> int:
    return rough_size(trial[0].configuration)


def _fold(planned: PlannedEvaluation) -> tuple[int, int]:
    return planned.repeat, planned.fold


def _by_fold(planned: Sequence[PlannedEvaluation]) -> list[PlannedEvaluation]:
    return sorted(planned, key=_fold)  # a stable sort: trials stay in order


def _cut(items: Sequence[Item], parts: int) -> list[tuple[Item, ...]]:
    """As many even parts, in order."""
    ends = np.linspace(0, len(items), parts + 1).round().astype(int).tolist()
    return [tuple(items[start:end]) for start, end in pairwise(ends)]
