"""The real command line in a forked process in which everything is loaded already.

A command spends nine tenths of its time on loading libraries, and a fault at every system call
needs hundreds of commands. With the database it does the same as in a fresh process.
"""

import contextlib
import ctypes
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.command_line import environment
from tests.faults.strace import attached

ROOT = Path(__file__).parents[1]
ANY_PROCESS_MAY_TRACE = (0x59616D61, ctypes.c_ulong(-1))  # prctl: PR_SET_PTRACER, ..._ANY
LOADED = (  # what a search and the commands that read load when they come to it
    *("alembic.command", "alembic.runtime.migration", "sqlalchemy.dialects.sqlite", "pydantic"),
    *("sklearn.datasets", "sklearn.model_selection", "scipy.stats", "threadpoolctl"),
    *("hpsearch.assessing", "hpsearch.bootstrap", "hpsearch.estimates"),
    *("hpsearch.cli.main", "hpsearch.cli.running", "hpsearch.data.sklearn_process"),
    *("hpsearch.reporting.best", "hpsearch.reporting.stages_text"),
    *("hpsearch.reporting.study_text", "hpsearch.statistics.student"),
)


@dataclass(frozen=True)
class Ended:
    """A command that has ended.

    Attributes:
        returncode: its exit code, or the signal that killed it, negative.
        log: what was traced of it, line by line.
    """

    returncode: int
    stdout: str
    stderr: str
    log: tuple[str, ...]


class Started:
    """A command that waits to be let go."""

    def __init__(self, server: subprocess.Popen, folder: Path) -> None:
        self._server, self._folder = server, folder
        self.pid = int(server.stdout.readline())

    def go(self) -> None:
        """Let it run."""
        (self._folder / "gate").write_text("go")

    def is_over(self) -> bool:
        """Whether it has ended."""
        return bool(select.select([self._server.stdout], [], [], 0)[0])

    def ended(self) -> Ended:
        """Wait for its end."""
        status = int(self._server.stdout.readline())
        out, err, log = ((self._folder / each).read_text() for each in ("out", "err", "log"))
        return Ended(os.waitstatus_to_exitcode(status), out, err, tuple(log.splitlines()))


class WarmCommands:
    """Runs one command after another."""

    def __init__(self, server: subprocess.Popen, folder: Path) -> None:
        self._server, self._folder = server, folder

    def run(self, *args: str, cwd: Path, trace: Sequence[str] = ()) -> Ended:
        """Run a command to its end, with `strace` and these options attached if there are any."""
        started = self.started(*args, cwd=cwd)
        log = self._folder / "log"
        with attached(started.pid, log, trace) if trace else contextlib.nullcontext():
            started.go()
            select.select([self._server.stdout], [], [])
        return started.ended()

    def started(self, *args: str, cwd: Path) -> Started:
        """A command that does nothing yet; only one at a time."""
        out, err, log, gate = (self._folder / each for each in ("out", "err", "log", "gate"))
        gate.unlink(missing_ok=True)
        os.mkfifo(gate)
        log.write_text("")
        order = {"args": args, "cwd": cwd, "out": out, "err": err, "gate": gate}
        self._server.stdin.write(json.dumps(order, default=str) + "\n")
        self._server.stdin.flush()
        return Started(self._server, self._folder)


@contextlib.contextmanager
def warm_commands() -> Iterator[WarmCommands]:
    """A process that has everything loaded; it ends with the block."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "tests.warm_commands"],
            cwd=ROOT,
            env=environment(OPENBLAS_NUM_THREADS="1"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server,
    ):
        assert server.stdout.readline() == "ready\n"
        yield WarmCommands(server, Path(folder))
        server.stdin.close()


def serve() -> None:
    """Load what a search loads; then fork a command for each order that comes in."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when its pipe does
    for name in LOADED:
        importlib.import_module(name)
    print("ready", flush=True)  # noqa: T201 - what the other side waits for
    for line in sys.stdin:
        if not (pid := os.fork()):
            _become(json.loads(line))
        print(pid, flush=True)  # noqa: T201
        print(os.waitpid(pid, 0)[1], flush=True)  # noqa: T201


def _become(order: dict) -> None:
    """Turn this process into the command, once somebody opens the gate."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order["cwd"])
    for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, number)
        os.close(descriptor)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*ANY_PROCESS_MAY_TRACE)
    Path(order["gate"]).read_text()
    sys.argv = ["hpsearch", *order["args"]]
    from hpsearch.cli.main import main

    main()
    sys.exit(0)


if __name__ == "__main__":
    serve()
