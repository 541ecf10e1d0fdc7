"""Studies of very many trials: time and memory of the commands, size of the database.

python -m benchmarks.many_trials [--trials 1000 10000 100000] [--folder FOLDER] [--rounds 3]
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.commands import HPSEARCH, Measures, run_module
from benchmarks.large_study import EPOCHS, FOLDS, NAME
from benchmarks.options import add_trials, parser
from benchmarks.table import header
from hpsearch.reporting.text import markdown_table

COLUMNS = ("trials", "work", "time", "of a core", "peak memory", "target")
COMMANDS = {
    "list": ["list"],
    "show": ["show", NAME],
    "best": ["best", NAME],
    "export, csv": ["export", NAME, "--format", "csv", "-o", "trials.csv"],
    "export, json": ["export", NAME, "--format", "json", "-o", "trials.json"],
    "report": ["report", NAME, "-o", "report"],
}
RESUME = "resume, to the first new trial"
DRIVER = "driver and database, per trial"
SIZE = "database, per trial"
MORE = 1_000  # trials that a resumed study is lengthened by: they outlast the measurement
MEMORY = "400 MB"
TARGETS = {
    100: {"report": "3 s"},
    10_000: {"report": "10 s, 500 MB"},
    100_000: {
        DRIVER: "within 20 % of 1,000",
        SIZE: "1 kB without curves, 4 kB with",
        "list": f"1 s, {MEMORY}",
        "show": f"1 s, {MEMORY}",
        "best": f"1 s, {MEMORY}",
        RESUME: f"5 s, {MEMORY}",
        "export, csv": "5 s",
        "report": "30 s",
    },
}
NOTES = (
    f"{FOLDS} folds and curves of {EPOCHS} epochs, random search over lr and wd; a landscape stands"
    " for the training, so that the rest is what the package does.",
    "Commands are whole, from their start to their end; a command that does nothing takes the time "
    "of `hpsearch list` with few trials. Where other programs are active, the time of a core tells "
    "more than the clock.",
    "The driver's time has everything in it but imports: proposals, transactions, the judgement of "
    "the stage, confirming the finalists; and the trainer's own, which is the same per trial. "
    "It is that of a trial beyond those of the number above; the first row has the start-up in it.",
)


class Cost(NamedTuple):
    """What a process took: seconds by the clock, seconds of a core, and megabytes at most."""

    seconds: float
    busy: float
    megabytes: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the databases, time everything, and print the table."""
    options = parser("many_trials", "studies of very many trials", rounds=1)
    add_trials(options, 100, 1_000, 10_000, 100_000)
    options.add_argument(
        "--folder", type=Path, metavar="FOLDER", help="keep the databases, and use those there"
    )
    given = options.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        counts = sorted(given.trials)
        made = [_made(folder, count) for count in counts]
        rows = [
            row
            for index, count in enumerate(counts)
            for row in (
                _driver_row(made, counts, index),
                *_rows(folder / f"{count}.db", count, given.rounds),
            )
        ]
    print(f"## Very many trials\n\n{header(given.rounds)}\n\n{markdown_table(COLUMNS, rows)}\n")
    print("\n".join(f"- {note}" for note in NOTES), flush=True)


def _made(folder: Path, trials: int) -> Measures:
    """Make a database unless it is there; what that took."""
    database, notes = folder / f"{trials}.db", folder / f"{trials}.json"
    if not notes.exists():
        _progress(f"making {trials:,} trials")
        measures = run_module("large_study", str(database), str(trials))
        notes.write_text(json.dumps(measures), encoding="utf-8")
    found: Measures = json.loads(notes.read_text(encoding="utf-8"))
    return found


def _driver_row(made: Sequence[Measures], counts: Sequence[int], index: int) -> tuple[str, ...]:
    """Time of a trial beyond those of the row above, which know the start-up."""
    now, count = made[index], counts[index]
    before, fewer = (made[index - 1], counts[index - 1]) if index else (dict[str, float](), 0)
    each = [
        f"{1000 * (now[key] - before.get(key, 0.0)) / (count - fewer):.3g} ms"
        for key in ("seconds", "busy")
    ]
    return _row(count, DRIVER, *each, f"{now['megabytes']:.0f} MB")


def _rows(database: Path, trials: int, rounds: int) -> Iterator[tuple[str, ...]]:
    yield _row(trials, SIZE, _size_text(database, trials), "", "")
    for work, command in COMMANDS.items():
        costs = [_whole(command, database) for _ in range(rounds)]
        yield _row(trials, work, *_texts(costs))
    yield _row(trials, RESUME, *_texts([_first_saved(database, trials) for _ in range(rounds)]))


def _row(trials: int, work: str, *measured: str) -> tuple[str, ...]:
    _progress(f"{trials:,} trials: {work} {' '.join(measured)}")
    return (f"{trials:,}", work, *measured, TARGETS.get(trials, {}).get(work, ""))


def _texts(costs: Sequence[Cost]) -> tuple[str, str, str]:
    seconds, busy, megabytes = (median(each) for each in zip(*costs, strict=True))
    return f"{seconds:.2f} s", f"{busy:.2f} s", f"{megabytes:.0f} MB"


def _size_text(database: Path, trials: int) -> str:
    """Bytes of a trial without and with its curves."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        (curves,) = connection.execute("SELECT sum(length(curve)) FROM evaluation").fetchone()
    size = database.stat().st_size
    return f"{(size - curves) / trials / 1000:.2f} kB, {size / trials / 1000:.2f} kB with curves"


def _whole(command: Sequence[str], database: Path) -> Cost:
    """A command in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return _cost(_started(command, database, folder))


def _first_saved(database: Path, trials: int) -> Cost:
    """`hpsearch resume` on a copy, lengthened, until it says that something was saved."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        shutil.copy(database, copy)
        resume = ["resume", NAME, "--trials", str(trials + MORE), "--workers", "1"]
        started = time.perf_counter()
        process = _started(resume, copy, folder)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("saved "):
                break
        seconds = time.perf_counter() - started
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        return _cost(process)._replace(seconds=seconds)


def _started(command: Sequence[str], database: Path, folder: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [HPSEARCH, *command, "--storage", f"sqlite:///{database.resolve()}"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _cost(process: "subprocess.Popen[str]") -> Cost:
    """Wait for the end of a process that has just been started."""
    started = time.perf_counter()
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 128 + signal.SIGINT):
        raise subprocess.CalledProcessError(process.returncode, process.args, stderr=told)
    seconds = time.perf_counter() - started
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
