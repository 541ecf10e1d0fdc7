"""Programs to be timed, each in fresh processes, from their start to their end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hpsearch.execution.blas import worker_environment

PROCESSES = 2  # that train, of every tool that can use more than one
ROOT = Path(__file__).parents[1]
HPSEARCH = str(Path(sysconfig.get_path("scripts")) / "hpsearch")

Measures = dict[str, float]


def start_study(study: str, *options: str) -> Measures:
    """Time `hpsearch start STUDY` with a fresh database.

    Returns:
        `seconds` of the whole command, and `search` seconds from the line that opens the study to
        the last one that says what is saved.
    """
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        lines = list(_stamped_lines(["start", study, *options], folder))
        seconds = time.perf_counter() - started
    opened = next(stamp for stamp, line in lines if line.startswith("study "))
    saved = [stamp for stamp, line in lines if line.startswith("saved ")]
    return {"seconds": seconds, "search": saved[-1] - opened}


def best_score_of_study(study: str, *options: str) -> float:
    """Best score of `hpsearch start STUDY` with a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        list(_stamped_lines(["start", study, *options], folder))
        command = [HPSEARCH, "export", study, "--format", "json"]
        done = subprocess.run(
            command, cwd=folder, env=_environment(), check=True, capture_output=True
        )
    scores = [trial["score"] for trial in json.loads(done.stdout)["trials"]]
    return max(float(score) for score in scores if score is not None)


def first_saved() -> Measures:
    """Time `hpsearch start --space lr,wd` until its first trials are saved, then stop it."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with _started(["start", "--space", "lr,wd"], folder) as process:
            assert process.stderr is not None
            lines = []
            for line in process.stderr:
                lines.append(line)
                if line.startswith("saved "):
                    seconds = time.perf_counter() - started
                    process.send_signal(signal.SIGINT)
                    process.stderr.read()
                    return {"seconds": seconds}
    raise RuntimeError(f"nothing was saved: {''.join(lines)}")


def help_page() -> Measures:
    """Time `hpsearch --help`."""
    started = time.perf_counter()
    subprocess.run([HPSEARCH, "--help"], env=_environment(), check=True, capture_output=True)
    return {"seconds": time.perf_counter() - started}


def run_peer(module: str, task: Path, trials: int, processes: int, seed: int = 0) -> Measures:
    """Time a peer whose trials are shared evenly by some processes of one thread each.

    Returns:
        `seconds` from the start of the first to the end of the last, and the best `score`.
    """
    shares = [len(range(index, trials, processes)) for index in range(processes)]
    started = time.perf_counter()
    running = [
        _module(f"peers.{module}", str(task), str(share), str(processes * seed + index))
        for index, share in enumerate(shares)
        if share
    ]
    results = [json.loads(_output(process).splitlines()[-1]) for process in running]
    seconds = time.perf_counter() - started
    done = sum(result["trials"] for result in results)
    if done != trials:
        raise RuntimeError(f"{module} did {done} of {trials} trials")
    return {"seconds": seconds, "score": max(result["best"] for result in results)}


def run_module(name: str, *arguments: str) -> Any:
    """What a module of the benchmarks prints, as JSON."""
    return json.loads(_output(_module(name, *arguments)))


def sgemm_peak(processes: int = PROCESSES) -> float:
    """GFLOP/s of float32 products in all of some processes at once, in their best span of time."""
    running = [_module("sgemm") for _ in range(processes)]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    spans = [[float(each) for each in _output(process).split()] for process in running]
    return max(map(sum, zip(*spans, strict=True)))


def _module(name: str, *arguments: str) -> "subprocess.Popen[str]":
    """A module of the benchmarks as a process with one thread."""
    return subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=ROOT,
        env=worker_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _output(process: "subprocess.Popen[str]") -> str:
    text, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, text)
    return text


def _stamped_lines(arguments: Sequence[str], folder: str) -> Iterator[tuple[float, str]]:
    """Lines that `hpsearch` writes to stderr, each with the time when it came."""
    lines = []
    with _started([*arguments, "--workers", str(PROCESSES)], folder) as process:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            yield time.perf_counter(), line
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, "".join(lines))


@contextlib.contextmanager
def _started(arguments: Sequence[str], folder: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [HPSEARCH, *arguments],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def _environment() -> dict[str, str]:
    """The user's environment, with the default storage."""
    return {name: value for name, value in os.environ.items() if name != "HPSEARCH_STORAGE"}
