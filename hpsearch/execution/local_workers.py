"""Training in local worker processes.

Workers are plain subprocesses at the other end of a socket pair (see
docs/decisions/0002-plain-subprocess-workers.md). A worker that dies is replaced, and the trials
that it held are tried again one by one, with the same numbers and seeds.
"""

import contextlib
import signal
import socket
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType

from hpsearch.domain.trial import Evaluation, PlannedEvaluation, State
from hpsearch.execution.blas import worker_environment
from hpsearch.execution.checkpoints import KeptCheckpoints
from hpsearch.execution.cohorts import Schedule
from hpsearch.execution.deadline import IsOver, never
from hpsearch.execution.work import Cohort, Trainer, ended, one_by_one

DEATHS_UNTIL_LOST = 3


@dataclass(eq=False)
class _Worker:
    process: subprocess.Popen[bytes]
    pipe: Connection
    cohort: Cohort = ()

    def send(self, message: object) -> None:
        # A broken pipe means that the worker died; `wait` finds that out and replaces it.
        with contextlib.suppress(OSError):
            self.pipe.send(message)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.pipe.close()

    def death(self) -> str:
        """How the process ended, in a few words."""
        code = self.process.wait()
        if code >= 0:
            return f"exit code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return f"{name}, probably out of memory" if -code == signal.SIGKILL else name


class LocalWorkers:
    """A fixed number of worker processes, started on entry and killed on exit.

    Args:
        count: how many.
        is_over: whether the time of the run is over; no cohort starts after that, and those that
            are being trained are finished.
    """

    def __init__(self, count: int, is_over: IsOver = never) -> None:
        self._count, self._is_over = count, is_over
        self._workers: list[_Worker] = []
        self._deaths: Counter[int] = Counter()
        self._checkpoints = KeptCheckpoints()

    def __enter__(self) -> "LocalWorkers":
        self._workers = [_started_worker() for _ in range(self._count)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.stop()

    def load(self, trainer: Trainer, seconds_per_evaluation: float) -> None:
        """Send the trainer to all workers, with a first guess of what one evaluation costs."""
        self._trainer, self._seconds = trainer, seconds_per_evaluation
        self._checkpoints = KeptCheckpoints()
        for worker in self._workers:
            worker.send(trainer)

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Cohorts as they finish; every worker has its next one before a result is passed on."""
        schedule = Schedule(planned, self._count, self._seconds)
        again: deque[Cohort] = deque()
        for worker in self._workers:
            self._dispatch(worker, schedule, again)
        while busy := {each.pipe.fileno(): each for each in self._workers if each.cohort}:
            for ready in wait(list(busy)):
                assert isinstance(ready, int)
                yield from self._collect(busy[ready], schedule, again)
            for worker in self._workers:
                if not worker.cohort:
                    self._dispatch(worker, schedule, again)

    def _dispatch(self, worker: _Worker, schedule: Schedule, again: deque[Cohort]) -> None:
        if self._is_over():
            worker.cohort = ()
        else:
            worker.cohort = again.popleft() if again else schedule.next_cohort()
        if worker.cohort:
            worker.send((worker.cohort, self._checkpoints.starts(worker.cohort)))

    def _collect(
        self, worker: _Worker, schedule: Schedule, again: deque[Cohort]
    ) -> list[tuple[Evaluation, ...]]:
        """Take a worker's message and give it the next cohort; what can be stored now."""
        cohort = worker.cohort
        try:
            result, seconds = worker.pipe.recv()
        except (EOFError, OSError):
            return self._bury(worker, again)
        if isinstance(result, str):
            apart = one_by_one(cohort)
            again.extend(apart if len(apart) > 1 else ())
            self._dispatch(worker, schedule, again)
            return [] if len(apart) > 1 else [ended(cohort, State.FAILED, result)]
        evaluations, checkpoints = result
        schedule.measured(len(cohort), seconds)
        self._checkpoints.keep(cohort, checkpoints)
        self._dispatch(worker, schedule, again)
        return [evaluations]

    def _bury(self, worker: _Worker, again: deque[Cohort]) -> list[tuple[Evaluation, ...]]:
        """Replace a dead worker; its trials are lost or queued again, each for itself."""
        death, cohort = worker.death(), worker.cohort
        worker.stop()
        fresh = _started_worker()
        fresh.send(self._trainer)
        self._workers[self._workers.index(worker)] = fresh
        parts, lost = one_by_one(cohort), []
        if len(parts) > 1:  # nobody knows which of them it was
            again.extend(parts)
            return []
        for part in parts:
            number = part[0].number
            self._deaths[number] += 1
            if self._deaths[number] >= DEATHS_UNTIL_LOST:
                reason = f"its worker died {DEATHS_UNTIL_LOST} times, last by {death}"
                lost.append(ended(part, State.LOST, reason))
            else:
                again.append(part)
        return lost


def _started_worker() -> _Worker:
    """A worker in a session of its own, so that a Ctrl-C at the terminal does not reach it."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            # -P: a file named like a module in the user's folder must not be imported instead.
            [sys.executable, "-P", "-m", "hpsearch.execution.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=worker_environment(),
            start_new_session=True,
        )
    return _Worker(process, Connection(ours.detach()))
