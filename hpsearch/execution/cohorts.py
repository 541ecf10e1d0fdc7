"""How planned evaluations are cut into cohorts: a matter of scheduling, never of results."""

import math
from collections import deque
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import TypeVar

import numpy as np

from hpsearch.domain.trial import PlannedEvaluation
from hpsearch.domain.trial_settings import likeness

Cohort = tuple[PlannedEvaluation, ...]
Item = TypeVar("Item")

COHORT_SECONDS = 1.5
LEAST_SECONDS = 0.4  # of a cohort that is made small so that workers finish together
LARGEST_ROUND = 4_000  # evaluations; so that even instant trainings are saved now and then
FEW_ALIKE = 8  # trials; below it the folds of a trial are the better company


class Schedule:
    """Hands out cohorts that keep every worker busy to the end.

    Trials are taken in rounds: as many as keep all workers busy for about `COHORT_SECONDS`, those
    with networks alike one after the other. A round is cut by fold, because networks of one fold
    share their minibatches; the last one is cut evenly, so that all workers finish together. Where
    hardly any trials are alike, a round is cut by trial: then the folds of each train side by side.

    Args:
        planned: evaluations in trial order.
        workers: how many take cohorts side by side.
        seconds: first guess of the time of one evaluation; measured times replace it.
    """

    def __init__(self, planned: Sequence[PlannedEvaluation], workers: int, seconds: float) -> None:
        by_trial = groupby(planned, key=lambda each: each.number)
        self._trials = deque(_alike_together([tuple(own) for _, own in by_trial]))
        self._left = len(planned)
        self._round: deque[Cohort] = deque()
        self._workers = workers
        self.seconds_per_evaluation = max(seconds, 1e-9)

    def next_cohort(self) -> Cohort:
        """The next evaluations to train together; empty when none are left."""
        if not self._round and self._trials:
            self._round.extend(self._next_round())
        return self._round.popleft() if self._round else ()

    def measured(self, evaluations: int, seconds: float) -> None:
        """Learn from a finished cohort that took one worker `seconds`."""
        self.seconds_per_evaluation = max(seconds / evaluations, 1e-9)

    def _next_round(self) -> list[Cohort]:
        round_seconds = self._workers * COHORT_SECONDS
        rounds = math.ceil(self._left * self.seconds_per_evaluation / round_seconds - 0.25)
        rounds = max(1, rounds, math.ceil(self._left / LARGEST_ROUND))
        count = math.ceil(len(self._trials) / rounds)
        trials = [self._trials.popleft() for _ in range(count)]
        taken = [each for trial in trials for each in trial]
        self._left -= len(taken)
        trial_seconds = len(trials[0]) * self.seconds_per_evaluation
        if _are_unlike(trials) and trial_seconds < COHORT_SECONDS:
            # The last ones in small parts: they may take unlike times. Not in too small ones, since
            # each part trains fewer networks side by side.
            small = int(len(trials) * trial_seconds / LEAST_SECONDS)
            parts = self._workers if self._trials else min(small, 8 * self._workers)
            parts = max(parts, self._workers)
            return [tuple(sum(part, ())) for part in _cut(trials, min(parts, count))]
        if not self._trials and count > 1:
            return _cut(_by_fold(taken), min(self._workers, len(taken)))
        folds = [list(own) for _, own in groupby(_by_fold(taken), key=_fold)]
        parts = math.ceil(self._workers / len(folds))
        return [part for own in folds for part in _cut(own, min(parts, len(own)))]


def _likeness(trial: Cohort) -> object:
    return likeness(trial[0].configuration)


def _alike_together(trials: Sequence[Cohort]) -> list[Cohort]:
    """Trials in the order in which the first of their likeness comes."""
    first: dict[object, int] = {}
    for index, trial in enumerate(trials):
        first.setdefault(_likeness(trial), index)
    return sorted(trials, key=lambda trial: first[_likeness(trial)])


def _are_unlike(trials: Sequence[Cohort]) -> bool:
    """Whether the trials of a round have several folds each, and hardly any others like them."""
    kinds = len({_likeness(trial) for trial in trials})
    return len(trials[0]) > 1 and kinds > 1 and len(trials) < FEW_ALIKE * kinds


def _fold(planned: PlannedEvaluation) -> tuple[int, int]:
    return planned.repeat, planned.fold


def _by_fold(planned: Sequence[PlannedEvaluation]) -> list[PlannedEvaluation]:
    return sorted(planned, key=_fold)  # a stable sort: trials stay in order


def _cut(items: Sequence[Item], parts: int) -> list[tuple[Item, ...]]:
    """As many even parts, in order."""
    ends = np.linspace(0, len(items), parts + 1).round().astype(int).tolist()
    return [tuple(items[start:end]) for start, end in pairwise(ends)]
