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
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.command_line import LiveCommand, environment, killed_at_the_end
from tests.faults.strace import attached

ROOT = Path(__file__).parents[1]
ANY_PROCESS_MAY_TRACE = (0x59616D61, ctypes.c_ulong(-1))  # prctl: PR_SET_PTRACER, ..._ANY
LOADED = (  # what a search and the commands that read load when they come to it
    *("alembic.command", "alembic.runtime.migration", "sqlalchemy.dialects.sqlite", "pydantic"),
    *(
        "sklearn.datasets",
        "sklearn.model_selection",
        "sklearn.preprocessing",
        "scipy.stats",
        "threadpoolctl",
    ),
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
    """A command that waits to be let go.

    Args:
        folder: of its own, in which it says its process id and how it ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._report = (folder / "report").open()
        self.pid = int(self._report.readline())
        self.returncode: int | None = None

    def go(self) -> None:
        """Let it run."""
        (self._folder / "gate").write_text("go")

    def is_over(self, seconds: float | None = 0) -> bool:
        """Whether it has ended, after so many seconds at most; None to wait for it."""
        return bool(select.select([self._report], [], [], seconds)[0])

    def poll(self) -> int | None:
        """Its exit code, or the signal that killed it, negative; None while it runs."""
        return self.wait(0)

    def wait(self, seconds: float | None = None) -> int | None:
        """The same, after so many seconds at most."""
        if self.returncode is None and self.is_over(seconds):
            self.returncode = os.waitstatus_to_exitcode(int(self._report.readline()))
            self._report.close()
        return self.returncode

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> Ended:
        """Wait for its end."""
        code = self.wait()
        assert code is not None
        out, err, log = ((self._folder / each).read_text() for each in ("x.out", "x.err", "log"))
        return Ended(code, out, err, tuple(log.splitlines()))


@dataclass(frozen=True)
class LiveWarmCommand(LiveCommand):
    """A warm command that is running, with the processes that it started."""

    process: Started

    def marked(self) -> list[int]:
        """Process ids of all living ones; its own environment is that of a fresh process."""
        own = [self.process.pid] if self.process.poll() is None else []
        return [*own, *super().marked()]


class WarmCommands:
    """Runs commands, each in a folder of its own below `folder`."""

    def __init__(self, server: subprocess.Popen, folder: Path) -> None:
        self._server, self._folder, self._count = server, folder, count()

    def run(self, *args: str, cwd: Path, trace: Sequence[str] = ()) -> Ended:
        """Run a command to its end, with `strace` and these options attached if there are any."""
        folder = self._new_folder()
        started = self._started(args, cwd, folder)
        with attached(started.pid, folder / "log", trace) if trace else contextlib.nullcontext():
            started.go()
            started.is_over(None)
        return started.ended()

    def started(self, *args: str, cwd: Path) -> Started:
        """A command that does nothing yet."""
        return self._started(args, cwd, self._new_folder())

    @contextlib.contextmanager
    def running(self, *args: str, cwd: Path) -> Iterator[LiveWarmCommand]:
        """A command in the background; whatever is left of it at the end is killed."""
        mark, folder = uuid.uuid4().hex, self._new_folder()
        started = self._started(args, cwd, folder, STARTED_BY=mark)
        live = LiveWarmCommand(started, mark, folder / "x")
        with killed_at_the_end(live):
            started.go()
            yield live

    def _new_folder(self) -> Path:
        folder = self._folder / str(next(self._count))
        folder.mkdir()
        return folder

    def _started(self, args: Sequence[str], cwd: Path, folder: Path, **more: str) -> Started:
        (folder / "log").touch()
        for name in ("gate", "report"):
            os.mkfifo(folder / name)
        order = {"args": args, "cwd": str(cwd), "folder": str(folder), "environment": more}
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return Started(folder)


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
        if not (keeper := os.fork()):
            _keep(json.loads(line))
        os.waitpid(keeper, 0)


def _keep(order: dict) -> None:
    """Fork the command, and tell its process id and its end; several can run at a time."""
    if os.fork():
        os._exit(0)  # nobody waits for a keeper
    report = os.open(Path(order["folder"]) / "report", os.O_WRONLY)
    if not (pid := os.fork()):
        os.close(report)
        _become(order)
    with contextlib.suppress(BrokenPipeError):  # who asked for it has gone
        os.write(report, f"{pid}\n".encode())
        os.write(report, f"{os.waitpid(pid, 0)[1]}\n".encode())
    os._exit(0)


def _become(order: dict) -> None:
    """Turn this process into the command, once somebody opens the gate."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order["cwd"])
    os.environ.update(order["environment"])
    folder = Path(order["folder"])
    for number, path in ((0, os.devnull), (1, folder / "x.out"), (2, folder / "x.err")):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, number)
        os.close(descriptor)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*ANY_PROCESS_MAY_TRACE)
    (folder / "gate").read_text()
    sys.argv = ["hpsearch", *order["args"]]
    from hpsearch.cli.main import main

    main()
    sys.exit(0)


if __name__ == "__main__":
    serve()
