"""How planned evaluations are cut into cohorts: a matter of scheduling, never of results."""

import math
from collections.abc import Sequence

from hpsearch.domain.trial import PlannedEvaluation

COHORT_SECONDS = 1.5
LARGEST_COHORT = 2_000  # evaluations; so that even instant trainings are saved now and then


class Schedule:
    """Hands out cohorts that keep every worker busy to the end.

    A cohort is about `COHORT_SECONDS` of work, whole trials where they are cheap, single folds
    where they are dear. The last rounds are cut evenly, so that all workers finish together.

    Args:
        planned: evaluations in trial order.
        workers: how many take cohorts side by side.
        seconds: first guess of the time of one evaluation; measured times replace it.
    """

    def __init__(self, planned: Sequence[PlannedEvaluation], workers: int, seconds: float) -> None:
        self._queue = list(reversed(planned))
        self._workers = workers
        self.seconds_per_evaluation = max(seconds, 1e-9)

    def __len__(self) -> int:
        return len(self._queue)

    def next_cohort(self) -> tuple[PlannedEvaluation, ...]:
        """The next evaluations to train together; empty when none are left."""
        size = self._size()
        cohort = [self._queue.pop() for _ in range(min(size, len(self._queue)))]
        folds_of_last = self._folds_of_next(cohort)
        if folds_of_last and len({each.number for each in cohort}) > 1:
            # Give back a trial that was cut apart: its folds belong together.
            while cohort[-1].number == self._queue[-1].number:
                self._queue.append(cohort.pop())
        return tuple(cohort)

    def measured(self, evaluations: int, seconds: float) -> None:
        """Learn from a finished cohort that took one worker `seconds`."""
        self.seconds_per_evaluation = max(seconds / evaluations, 1e-9)

    def _size(self) -> int:
        left = len(self._queue)
        round_seconds = self._workers * COHORT_SECONDS
        rounds = max(1, math.ceil(left * self.seconds_per_evaluation / round_seconds - 0.25))
        return max(1, min(math.ceil(left / (self._workers * rounds)), LARGEST_COHORT))

    def _folds_of_next(self, cohort: list[PlannedEvaluation]) -> bool:
        return bool(cohort and self._queue and cohort[-1].number == self._queue[-1].number)
