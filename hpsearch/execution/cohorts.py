"""How planned evaluations are cut into cohorts: a matter of scheduling, never of results."""

import math
from collections import deque
from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np

from hpsearch.domain.trial import PlannedEvaluation

COHORT_SECONDS = 1.5
LARGEST_ROUND = 4_000  # evaluations; so that even instant trainings are saved now and then


class Schedule:
    """Hands out cohorts that keep every worker busy to the end.

    Trials are taken in rounds: as many as keep all workers busy for about `COHORT_SECONDS`. A
    round is cut by fold, because the networks of one fold train side by side; the last one is cut
    evenly, so that all workers finish together.

    Args:
        planned: evaluations in trial order.
        workers: how many take cohorts side by side.
        seconds: first guess of the time of one evaluation; measured times replace it.
    """

    def __init__(self, planned: Sequence[PlannedEvaluation], workers: int, seconds: float) -> None:
        by_trial = groupby(planned, key=lambda each: each.number)
        self._trials = deque(tuple(own) for _, own in by_trial)
        self._left = len(planned)
        self._round: deque[tuple[PlannedEvaluation, ...]] = deque()
        self._workers = workers
        self.seconds_per_evaluation = max(seconds, 1e-9)

    def next_cohort(self) -> tuple[PlannedEvaluation, ...]:
        """The next evaluations to train together; empty when none are left."""
        if not self._round and self._trials:
            self._round.extend(self._next_round())
        return self._round.popleft() if self._round else ()

    def measured(self, evaluations: int, seconds: float) -> None:
        """Learn from a finished cohort that took one worker `seconds`."""
        self.seconds_per_evaluation = max(seconds / evaluations, 1e-9)

    def _next_round(self) -> list[tuple[PlannedEvaluation, ...]]:
        round_seconds = self._workers * COHORT_SECONDS
        rounds = math.ceil(self._left * self.seconds_per_evaluation / round_seconds - 0.25)
        rounds = max(1, rounds, math.ceil(self._left / LARGEST_ROUND))
        count = math.ceil(len(self._trials) / rounds)
        taken = [each for _ in range(count) for each in self._trials.popleft()]
        self._left -= len(taken)
        if not self._trials and count > 1:
            return _cut(_by_fold(taken), min(self._workers, len(taken)))
        folds = [list(own) for _, own in groupby(_by_fold(taken), key=_fold)]
        parts = math.ceil(self._workers / len(folds))
        return [part for own in folds for part in _cut(own, min(parts, len(own)))]


def _fold(planned: PlannedEvaluation) -> tuple[int, int]:
    return planned.repeat, planned.fold


def _by_fold(planned: Sequence[PlannedEvaluation]) -> list[PlannedEvaluation]:
    return sorted(planned, key=_fold)  # a stable sort: trials stay in order


def _cut(planned: list[PlannedEvaluation], parts: int) -> list[tuple[PlannedEvaluation, ...]]:
    """As many even parts, in order."""
    ends = np.linspace(0, len(planned), parts + 1).round().astype(int).tolist()
    return [tuple(planned[start:end]) for start, end in pairwise(ends)]
