"""A worker process as its driver sees it: started, talked to, killed, and what it died of."""

import contextlib
import math
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from hpsearch.execution.blas import worker_environment
from hpsearch.execution.memory import OUT_OF_MEMORY, bytes_of_usage
from hpsearch.execution.work import Cohort


@dataclass(eq=False)
class Worker:
    """One worker, and the cohort that it was given.

    Attributes:
        cohort: what it trains; empty while it has nothing to do.
        ends_at: when it must be through, by `time.monotonic`; never before it has begun.
    """

    process: subprocess.Popen[bytes]
    pipe: Connection
    cohort: Cohort = ()
    ends_at: float = math.inf

    def send(self, message: object) -> None:
        """Send it its trainer or a cohort."""
        # A broken pipe means that the worker died; whoever waits for it finds that out.
        with contextlib.suppress(OSError):
            self.pipe.send(message)

    @property
    def is_overdue(self) -> bool:
        """Whether its time is over, and it has not answered either."""
        return time.monotonic() >= self.ends_at and not self.pipe.poll()

    def stop(self) -> None:
        """Kill it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        self.pipe.close()

    def death(self) -> "Death":
        """What a worker died of whose pipe is closed."""
        try:
            _, status, usage = os.wait4(self.process.pid, 0)
        except ChildProcessError:  # somebody else has waited for it
            return Death(self.process.wait())
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return Death(self.process.returncode, bytes_of_usage(usage))


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended.

    Attributes:
        code: its exit code, or minus the signal.
        most_bytes: it never had more memory than that; 0 if unknown.
    """

    code: int
    most_bytes: int = 0

    @property
    def is_by_own_limit(self) -> bool:
        """Whether it ended itself because it had more memory than it may have."""
        return self.code == OUT_OF_MEMORY

    def words(self, workers: int) -> str:
        """The same in a few words.

        Args:
            workers: how many shared the memory.
        """
        if self.code >= 0:
            return f"exit code {self.code}"
        known = -self.code in set(signal.Signals)
        name = signal.Signals(-self.code).name if known else f"signal {-self.code}"
        if -self.code != signal.SIGKILL:
            return name
        fewer = "; try `--workers 1`" if workers > 1 else ""
        crowd = f"{workers} worker{'s' if workers > 1 else ''}"
        peak = f"{self.most_bytes / 1e6:.0f} MB at most, " if self.most_bytes else ""
        return f"{name}, probably out of memory ({peak}{crowd}){fewer}"


def started_worker(worker_bytes: int | None = None) -> Worker:
    """A worker in a session of its own, so that a Ctrl-C at the terminal does not reach it.

    Args:
        worker_bytes: memory of its own that it may have; None for no limit.
    """
    ours, theirs = socket.socketpair()
    limit = [] if worker_bytes is None else [str(worker_bytes)]
    with theirs:
        process = subprocess.Popen(
            # -P: a file named like a module in the user's folder must not be imported instead.
            [sys.executable, "-P", "-m", "hpsearch.execution.worker", str(theirs.fileno()), *limit],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=worker_environment(),
            start_new_session=True,
        )
    return Worker(process, Connection(ours.detach()))
