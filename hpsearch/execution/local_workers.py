"""Training in local worker processes.

Workers are plain subprocesses at the other end of a socket pair (see
docs/decisions/0002-plain-subprocess-workers.md). A worker that dies is replaced, and the trials
that it held are tried again one by one, with the same numbers and seeds. So are those of a cohort
that takes too long where there is a limit (docs/decisions/0014-a-limit-for-one-training.md).
"""

import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import wait
from types import TracebackType

from hpsearch.domain.run_limits import NO_LIMITS, RunLimits
from hpsearch.domain.trial import Evaluation, PlannedEvaluation, State
from hpsearch.execution.checkpoints import KeptCheckpoints
from hpsearch.execution.cohorts import Pace, Schedule
from hpsearch.execution.deadline import IsOver, never
from hpsearch.execution.work import (
    OUT_OF_MEMORY_REASON,
    STARTED,
    Cohort,
    Trainer,
    ended,
    one_by_one,
)
from hpsearch.execution.worker_process import Worker, started_worker

DEATHS_UNTIL_LOST = 3
# A cohort may take so many times what it was predicted to before a culprit is looked for in it.
PATIENCE = 5

Ended = list[tuple[Evaluation, ...]]


class LocalWorkers:
    """A fixed number of worker processes, started on entry and killed on exit.

    Args:
        count: how many.
        is_over: whether the time of the run is over; no cohort starts after that, and those that
            are being trained are finished.
        limits: for one training, and for the memory of each worker.
    """

    def __init__(self, count: int, is_over: IsOver = never, limits: RunLimits = NO_LIMITS) -> None:
        self._count, self._is_over, self._limits = count, is_over, limits
        self._workers: list[Worker] = []
        self._deaths: Counter[int] = Counter()
        self._checkpoints = KeptCheckpoints()

    def __enter__(self) -> "LocalWorkers":
        self._workers = [started_worker(self._limits.worker_bytes) for _ in range(self._count)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.stop()

    def expect(self, kind: type) -> None:
        """Let workers load the module of a trainer while there is none yet."""
        for worker in self._workers:
            worker.send(kind)

    def load(self, trainer: Trainer, seconds_per_evaluation: float) -> None:
        """Send the trainer to all workers, with a first guess of what one evaluation costs."""
        self._trainer, self._pace = trainer, Pace(seconds_per_evaluation)
        self._checkpoints = KeptCheckpoints()
        for worker in self._workers:
            worker.send(trainer)

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Cohorts as they finish; every worker has its next one before a result is passed on."""
        seconds = self._pace.of_evaluation(self._checkpoints.epochs_left(planned), len(planned))
        schedule = Schedule(planned, self._count, seconds)
        self._dispatch_to_idle(schedule)
        while busy := {each.pipe.fileno(): each for each in self._workers if each.cohort}:
            for ready in wait(list(busy), _seconds_left(busy.values())):
                assert isinstance(ready, int)
                yield from self._collect(busy[ready], schedule)
            for worker in self._workers:
                if worker.is_overdue:
                    yield from self._stop_overdue(worker, schedule)
            self._dispatch_to_idle(schedule)

    def _dispatch_to_idle(self, schedule: Schedule) -> None:
        for worker in self._workers:
            if not worker.cohort:
                self._dispatch(worker, schedule)

    def _dispatch(self, worker: Worker, schedule: Schedule) -> None:
        worker.cohort = () if self._is_over() else schedule.next_cohort()
        worker.ends_at = math.inf
        if worker.cohort:
            worker.send((worker.cohort, self._checkpoints.starts(worker.cohort)))

    def _collect(self, worker: Worker, schedule: Schedule) -> Ended:
        """Take a worker's message and give it the next cohort; what can be stored now."""
        cohort = worker.cohort
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            return self._bury(worker, schedule)
        if message is STARTED:
            worker.ends_at = time.monotonic() + self._allowance(cohort, schedule)
            return []
        result, seconds = message
        if isinstance(result, str):
            apart = one_by_one(cohort)
            schedule.try_again(apart if len(apart) > 1 else ())
            self._dispatch(worker, schedule)
            return [] if len(apart) > 1 else [ended(cohort, State.FAILED, result)]
        evaluations, checkpoints = result
        schedule.measured(len(cohort), seconds)
        self._pace.measured(self._checkpoints.epochs_left(cohort), seconds)
        self._checkpoints.keep(cohort, checkpoints)
        self._dispatch(worker, schedule)
        return [evaluations]

    def _allowance(self, cohort: Cohort, schedule: Schedule) -> float:
        """Seconds that a cohort may take: the limit for one training, and more for many together.

        A cohort that takes longer is only looked at more closely, so that a guess is good enough.
        """
        limit = self._limits.training_seconds
        if limit is None:
            return math.inf
        predicted = len(cohort) * schedule.seconds_per_evaluation
        return min(len(cohort) * limit, max(limit, PATIENCE * predicted))

    def _stop_overdue(self, worker: Worker, schedule: Schedule) -> Ended:
        """Kill a worker that takes too long; its trainings are tried alone, or one has failed."""
        cohort = worker.cohort
        self._replace(worker)
        if len(cohort) > 1:  # nobody knows which of them it is
            schedule.try_again([(each,) for each in cohort])
            return []
        left = schedule.drop(cohort[0].number)
        reason = f"took longer than {self._limits.training_seconds:.6g} s"
        return [ended((*cohort, *left), State.TIMED_OUT, reason)]

    def _bury(self, worker: Worker, schedule: Schedule) -> Ended:
        """Replace a dead worker; its trials are lost or queued again, each for itself."""
        death, cohort = worker.death(), worker.cohort
        self._replace(worker)
        parts = one_by_one(cohort)
        if len(parts) > 1:  # nobody knows which of them it was
            schedule.try_again(parts)
            return []
        if not cohort:
            return []
        if death.is_by_own_limit:
            return [ended(cohort, State.FAILED, OUT_OF_MEMORY_REASON)]
        number = cohort[0].number
        self._deaths[number] += 1
        if self._deaths[number] < DEATHS_UNTIL_LOST:
            schedule.try_again(parts)
            return []
        words = death.words(self._count)
        reason = f"its worker died {DEATHS_UNTIL_LOST} times, last by {words}"
        return [ended(cohort, State.LOST, reason)]

    def _replace(self, worker: Worker) -> None:
        worker.stop()
        fresh = started_worker(self._limits.worker_bytes)
        fresh.send(self._trainer)
        self._workers[self._workers.index(worker)] = fresh


def _seconds_left(workers: Iterable[Worker]) -> float | None:
    """Seconds until the first of them is overdue; None for never."""
    first = min(each.ends_at for each in workers)
    return None if first == math.inf else max(0.0, first - time.monotonic())
