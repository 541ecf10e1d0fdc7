"""Memory of a command and of all processes that it starts, watched while it runs (Linux)."""

import contextlib
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

EVERY = 0.05  # seconds


class Watch:
    """Takes the proportional set size of a process and its descendants, again and again.

    Pages that several processes map count once in all of it (`Pss` in proc(5)).

    Attributes:
        phase: what is going on now; each has its own peak.
        peaks: largest sum so far, in megabytes, by phase.
    """

    def __init__(self, process: int, phase: str) -> None:
        self.phase, self.peaks = phase, defaultdict[str, float](float)
        self._root, self._is_over = process, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(EVERY):
            total = sum(map(_megabytes, _family(self._root)))
            self.peaks[self.phase] = max(self.peaks[self.phase], total)


def watched(command: Sequence[str], folder: str, phases: dict[str, str]) -> dict[str, list[float]]:
    """Run a command; seconds and peak megabytes of each phase.

    Args:
        phases: name of a phase by what the first line on stderr that opens it starts with.
    """
    started, spans = time.perf_counter(), {}
    waiting = dict(phases)
    with (
        subprocess.Popen(
            command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as process,
        Watch(process.pid, "start") as watch,
    ):
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            for opening in [each for each in waiting if line.startswith(each)]:
                spans[watch.phase] = time.perf_counter() - started
                watch.phase, started = waiting.pop(opening), time.perf_counter()
    spans[watch.phase] = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError("".join(lines))
    return {name: [seconds, watch.peaks[name]] for name, seconds in spans.items()}


def _family(root: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            with contextlib.suppress(OSError, IndexError):
                parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
                children[int(parent)].append(int(path.name))
    found = [root]
    for each in found:
        found.extend(children[each])
    return found


def _megabytes(process: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1e3
    return 0.0
