"""Every call of a small study that can change its database, as a point at which it is killed.

`python -m tests.faults.crash_points` runs all of it, for an hour or more, and prints rows for
`docs/reliability.md`; `--part NAME` one part of it, `--every N` a sample. Ctrl-C ends a part, and
tells what it tried.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hpsearch.store.inspection import REVISIONS
from tests.faults.placed import (
    FILE,
    STUDY,
    Truth,
    assert_finishes,
    assert_nothing_lost,
    copy_of,
    failed,
    fresh,
    killed,
    migration_disturbed,
    migration_points,
    truth,
)
from tests.faults.strace import TRACE, is_hit, points, why_not
from tests.warm_commands import WarmCommands, warm_commands

LOOKING = ("show", "crash")
START_STATES = 5
ERRORS = {
    "ENOSPC": ("pwrite64", "write", "ftruncate"),
    "EIO": ("pwrite64", "write", "fdatasync", "fsync", "ftruncate"),
}


def kills(commands: WarmCommands, folder: Path, true: Truth, every: int) -> Iterator[str]:
    """Kill the study at each call; the calls that were hit."""
    for point in true.points[::every]:
        if killed(commands, fresh(folder / "study"), point, true):
            yield point.call


def recoveries(commands: WarmCommands, folder: Path, true: Truth, every: int) -> Iterator[str]:
    """Kill what opens a database after a kill: a command that reads, and the study itself."""
    step = len(true.points) // (START_STATES + 1)
    for start in true.points[step : START_STATES * step + 1 : step]:
        state = fresh(folder / "state")
        commands.run(*STUDY, cwd=state, trace=start.killed())
        for command in (LOOKING, STUDY):
            whole = commands.run(*command, cwd=copy_of(state, folder / "study"), trace=TRACE)
            for point in points(whole.log, FILE)[::every]:
                study = copy_of(state, folder / "study")
                again = commands.run(*command, cwd=study, trace=point.killed())
                assert_nothing_lost(study, set(), true)
                assert_finishes(commands, study, true)
                if is_hit(again.log):
                    yield f"{command[0]} {point.call}"


def errors(commands: WarmCommands, folder: Path, true: Truth, every: int) -> Iterator[str]:
    """Let each call fail, once and from then on."""
    cases = [
        (point, error, for_ever)
        for error, names in ERRORS.items()
        for point in true.points
        for for_ever in (False, True)
        if point.call in names
    ]
    for point, error, for_ever in cases[::every]:
        options = point.failed(error, for_ever=for_ever)
        ended = failed(commands, fresh(folder / "study"), options, true)
        if ended:
            yield f"{error} {point.call}, exit code {ended.returncode}"


def migrations(commands: WarmCommands, folder: Path, _: Truth, every: int) -> Iterator[str]:
    """Kill the upgrade from each older schema at each call, and let each write fail."""
    for schema in REVISIONS[:-1]:
        study = folder / "study"
        for point in migration_points(commands, study, schema)[::every]:
            ways = [("kill", point.killed())]
            if point.call in ("pwrite64", "fdatasync", "fsync"):
                ways.append(("EIO", point.failed("EIO")))
            for name, options in ways:
                if is_hit(migration_disturbed(commands, study, schema, options).log):
                    yield f"{schema} {name}"


PARTS = {"kills": kills, "recovery": recoveries, "errors": errors, "migrations": migrations}


def main() -> None:
    """Run the parts that were asked for, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--every", type=int, default=1, help="only every N-th point")
    given = parser.parse_args()
    if reason := why_not():
        parser.error(reason)
    with tempfile.TemporaryDirectory() as name, warm_commands() as commands:
        folder = Path(name)
        true = truth(commands, folder / "truth")
        print(f"{len(true.points)} calls: {_text(each.call for each in true.points)}", flush=True)
        for part in given.part or PARTS:
            hits: Counter[str] = Counter()
            try:
                for hit in PARTS[part](commands, folder, true, given.every):
                    hits[hit] += 1
            except KeyboardInterrupt:
                part = f"{part}, stopped before the end"
            print(row(part, hits), flush=True)


def row(part: str, hits: Counter[str]) -> str:
    """A row of a Markdown table."""
    return f"| {part} | {hits.total()} | {_text(hits.elements())} | 0 lost, all the same bytes |"


def _text(names: Iterator[str]) -> str:
    return "; ".join(f"{name} {count}" for name, count in sorted(Counter(names).items()))


if __name__ == "__main__":
    main()
