"""Faults that are placed: a process is killed, or fails, at its n-th system call of a kind."""

import contextlib
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# What can change a file or a folder. A kill takes effect before the call is made, which is also
# just after the one before it: killing at each of them leaves every state that files can be in.
CHANGING = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "link")
CALLS = (*CHANGING, "openat", "mkdir")
LINE = re.compile(r"(?P<call>\w+)\((?P<rest>.*)")
INJECTED = "(INJECTED)"


@dataclass(frozen=True)
class Point:
    """The n-th call of a kind (from 1) that a process makes."""

    call: str
    number: int

    def killed(self) -> tuple[str, ...]:
        """Options of strace: SIGKILL at this call."""
        return self._injected(f"signal=SIGKILL:when={self.number}")

    def failed(self, error: str, *, for_ever: bool = False) -> tuple[str, ...]:
        """Options of strace: this call, or it and all later ones of its kind, fails."""
        return self._injected(f"error={error}:when={self.number}{'+' if for_ever else ''}")

    def _injected(self, what: str) -> tuple[str, ...]:
        return (*TRACE, "-e", f"inject={self.call}:{what}")


TRACE = ("-y", "-e", f"trace={','.join(CALLS)}")


def why_not() -> str:
    """Why no faults can be placed here; empty where they can."""
    if sys.platform != "linux" or not shutil.which("strace"):
        return "strace is missing: it places the faults"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "this system does not let strace trace" if tried.returncode else ""


@contextlib.contextmanager
def attached(pid: int, log: Path, options: Sequence[str]) -> Iterator[None]:
    """Trace a running process, and what it forks, until it ends."""
    line = ["strace", "-f", "-o", str(log), *options, "-p", str(pid)]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as tracer:
        told = tracer.stderr.readline()
        assert "attached" in told, told
        yield
        tracer.stderr.read()


def points(log: Sequence[str], file: str) -> list[Point]:
    """The calls of a traced run that can change files whose path holds `file`, in their order."""
    counts: Counter[str] = Counter()
    found = []
    for call, rest in calls(log):
        counts[call] += 1
        is_opening = call == "openat" and "O_CREAT" not in rest
        if file in rest and not is_opening:
            found.append(Point(call, counts[call]))
    return found


def calls(log: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name of each call of the first process of a log, and the rest of its line."""
    first = log[0].split(" ", 1)[0] if log else ""
    for line in log:
        pid, _, text = line.partition(" ")
        match = LINE.match(text.strip())
        if pid == first and match:
            yield match["call"], match["rest"]


def is_hit(log: Sequence[str]) -> bool:
    """Whether a fault was injected into the run that left this log."""
    return any(INJECTED in line or "killed by SIGKILL" in line for line in log)
