"""Training in the driver's own process, without any child."""

import time
from collections.abc import Iterator, Sequence
from types import TracebackType

from hpsearch.domain.trial import Evaluation, PlannedEvaluation, State
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.execution.checkpoints import MOST_BYTES, KeptCheckpoints, trained
from hpsearch.execution.cohorts import Schedule
from hpsearch.execution.deadline import IsOver, never
from hpsearch.execution.work import Cohort, Trainer, ended, one_by_one, reason_of


class InProcess:
    """One cohort after the other, with the same BLAS limit as a worker.

    Args:
        is_over: whether the time of the run is over; no cohort starts after that.
        goes_on: whether a training may go on where a shorter one of the same ended.
    """

    def __init__(self, is_over: IsOver = never, *, goes_on: bool = True) -> None:
        self._is_over, self._most_bytes = is_over, MOST_BYTES if goes_on else 0

    def __enter__(self) -> "InProcess":
        limit_to_one_thread()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing to release."""

    def expect(self, kind: type) -> None:
        """Whoever knows the class of a trainer has loaded it in this process already."""

    def load(self, trainer: Trainer, seconds_per_evaluation: float) -> None:
        """Take the trainer, with a first guess of what one evaluation costs."""
        self._trainer, self._seconds = trainer, seconds_per_evaluation
        self._checkpoints = KeptCheckpoints(self._most_bytes)

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Cohorts in order, until the time is over."""
        schedule = Schedule(planned, 1, self._seconds)
        while not self._is_over() and (cohort := schedule.next_cohort()):
            started = time.perf_counter()
            evaluations = self._train(cohort)
            schedule.measured(len(cohort), time.perf_counter() - started)
            yield evaluations

    def _train(self, cohort: Cohort) -> tuple[Evaluation, ...]:
        try:
            evaluations, found = trained(self._trainer, cohort, self._checkpoints.starts(cohort))
        except Exception as error:
            reason = reason_of(error)
        else:
            self._checkpoints.keep(cohort, found)
            return evaluations
        # Not in the handler: there the error still holds on to the memory that was too much.
        apart = one_by_one(cohort)
        if len(apart) == 1:
            return ended(cohort, State.FAILED, reason)
        return tuple(each for part in apart for each in self._train(part))
