"""The real command line, run as a user runs it: in a process of its own."""

import contextlib
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAM = (sys.executable, "-P", "-m", "hpsearch")
# One stage in which every trial is trained in full, and nothing after it.
PLAIN = ("--stages", "1", "--prune", "none", "--confirm", "0")
TINY = (
    *("start", "--data", "digits", "--space", "lr,wd", "--name", "tiny"),
    *("--set", "hidden=8", "--epochs", "2", "--trials", "12", "--folds", "2"),
    *PLAIN,
)
ENDLESS = (
    *("start", "--data", "digits", "--space", "lr,wd", "--name", "endless"),
    *("--set", "hidden=8", "--epochs", "20", "--trials", "5000", "--folds", "2"),
    *PLAIN,
)
PROCESSES = Path("/proc")


def environment(**more: str) -> dict[str, str]:
    """This environment without anything that steers hpsearch, then `more`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HPSEARCH_")}
    return kept | more


def run(*args: str, cwd: Path, timeout: float = 90, **more: str) -> subprocess.CompletedProcess:
    """One command, run to its end in the folder `cwd`."""
    return subprocess.run(
        [*PROGRAM, *args],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def succeed(*args: str, cwd: Path, **more: str) -> str:
    """What a command prints that must end well."""
    result = run(*args, cwd=cwd, **more)
    assert result.returncode == 0, result.stderr
    return result.stdout


def assert_refused(result: subprocess.CompletedProcess, code: int, named: str = "") -> None:
    """The command failed as the user can expect: a code, one line that names the cause."""
    assert "Traceback" not in result.stderr, result.stderr[-400:]
    assert result.returncode == code, (result.returncode, result.stderr)
    lines = result.stderr.splitlines()
    assert sum(line.startswith("error:") for line in lines) == 1, result.stderr
    assert lines[0].startswith("error:"), result.stderr
    told = "\n".join(line for line in lines if not line.startswith("hint:"))
    assert named in told, result.stderr
    assert result.stdout == ""


def contents(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder`; folders and lock files stand with an empty one."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest()
            if path.is_file() and path.parent.suffix != ".locks"
            else ""
        )
        for path in sorted(folder.rglob("*"))
    }


def saved_numbers(stderr: str) -> set[int]:
    """Numbers of the trials that the command acknowledged as saved."""
    numbers: set[int] = set()
    for runs in re.findall(r"^saved ([\d,-]+) \(", stderr, re.MULTILINE):
        for each in runs.split(","):
            first, _, last = each.partition("-")
            numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Poll until `condition` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


@dataclass(frozen=True)
class LiveCommand:
    """A command that is running, with the processes that it started.

    They are known by a variable in their environment, which outlives their parent.
    """

    process: subprocess.Popen
    mark: str
    output: Path

    def stdout(self) -> str:
        return self.output.with_suffix(".out").read_text()

    def stderr(self) -> str:
        return self.output.with_suffix(".err").read_text()

    def wait_for(self, text: str) -> None:
        """Wait until the command has said `text` on stderr."""
        wait_until(lambda: text in self.stderr() or self.process.poll() is not None)
        assert text in self.stderr(), self.stderr()

    def workers(self) -> list[int]:
        """Process ids of its living workers."""
        return [
            pid
            for pid in self.marked()
            if b"hpsearch.execution.worker" in read_or_nothing(PROCESSES / str(pid) / "cmdline")
        ]

    def marked(self) -> list[int]:
        """Process ids of all living processes that it started, itself included."""
        return marked_with(self.mark)

    def assert_nothing_left(self, seconds: float) -> None:
        """No process of the command lives longer than `seconds` from now."""
        end = time.monotonic() + seconds
        while left := self.marked():
            assert time.monotonic() < end, f"processes {left} are left"
            time.sleep(0.01)


def marked_with(mark: str) -> list[int]:
    """Process ids of all living processes with that mark in their environment."""
    wanted = f"STARTED_BY={mark}".encode()
    return [
        int(path.name)
        for path in PROCESSES.iterdir()
        if path.name.isdigit() and wanted in read_or_nothing(path / "environ").split(b"\0")
    ]


def wait_until_idle(pid: int) -> None:
    """Until a process waits for something: it uses no more processor time."""
    used = None
    while used != (used := _processor_time(pid)):
        time.sleep(0.4)


def _processor_time(pid: int) -> list[str]:
    return (PROCESSES / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[11:13]


def read_or_nothing(path: Path) -> bytes:
    """A file of a process that may be ending."""
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


@contextlib.contextmanager
def running(*args: str, cwd: Path, program: tuple[str, ...] = PROGRAM) -> Iterator[LiveCommand]:
    """A command in the background; whatever is left of it at the end is killed."""
    mark = uuid.uuid4().hex
    output = cwd.parent / f"{cwd.name}-{mark}"
    with output.with_suffix(".out").open("wb") as out, output.with_suffix(".err").open("wb") as err:
        process = subprocess.Popen(
            [*program, *args],
            cwd=cwd,
            env=environment(STARTED_BY=mark),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
    live = LiveCommand(process, mark, output)
    with killed_at_the_end(live):
        yield live


@contextlib.contextmanager
def killed_at_the_end(live: LiveCommand) -> Iterator[None]:
    """Whatever is left of a command at the end of the block is killed."""
    try:
        yield
    finally:
        live.process.kill()
        live.process.wait()
        for pid in live.marked():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
