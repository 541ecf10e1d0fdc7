"""The long run: thousands of kills, and the rest of what takes too long for every day.

`python -m tests.faults.long --kills 3000 --studies 300 --processes 2` runs until there were so many
of both, then tries the other faults, and prints rows for `docs/reliability.md`. What was killed is
kept in a file, line by line: the same command goes on with it, and `--show` prints what there is so
far. `--only PART` does one part: kills, mutants, surroundings, interruptions, clock or machine.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    as_completed,
    wait,
)
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import count
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

from benchmarks.table import cpu_name
from hpsearch.reporting.text import markdown_table
from tests.command_line import running
from tests.faults.fault_plan import Kind, drawn
from tests.faults.harness import Broken, Start, Tally, commit, examine, undisturbed_seconds
from tests.faults.other_faults import PARTS, carried_out
from tests.warm_commands import WarmCommands, warm_commands

COLD_EVERY = 5  # plans, of all six kinds; the commands of the others have their libraries loaded
MEASURED_EVERY = 20  # plans; how long a run takes here may change while others use the machine


@dataclass(frozen=True)
class Result:
    """What came of one plan.

    Attributes:
        is_warm: whether its commands were forked from a process that had the libraries loaded.
        version: of the sources.
        broken: which invariant did not hold, and how to repeat it; empty where all did.
    """

    seed: int
    kills: dict[Kind, int] = field(default_factory=dict)
    studies: int = 0
    acknowledged: int = 0
    resumed: list[float] = field(default_factory=list)
    broken: str = ""
    is_warm: bool = False
    version: str = ""


def main() -> None:
    """Do all parts, or those asked for; exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=3000)
    parser.add_argument("--studies", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0, help="of the first plan")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="start nothing new after so long")
    parser.add_argument("--state", type=Path, default=Path("kills.jsonl"))
    parser.add_argument("--show", action="store_true", help="only print what the state holds")
    parser.add_argument("--only", choices=("kills", *PARTS), action="append", help="a part")
    given = parser.parse_args()
    parts = given.only or ("kills", *PARTS)
    broken = "kills" in parts and _kills(given)
    if not given.show:
        others = [each for each in parts if each != "kills"]
        broken |= bool(others) and _others(others, given.processes)
    sys.exit(broken)


def _kills(given: argparse.Namespace) -> bool:
    """Kill until there were enough; whether anything failed."""
    done = _kept(given.state)
    if not given.show:
        with given.state.open("a") as state:
            for result in _results(given, done):
                done.append(result)
                state.write(json.dumps(asdict(result)) + "\n")
                state.flush()
                print(_progress(done), flush=True)
    print(_summary(done))
    return any(each.broken for each in done)


def _others(names: list[str], processes: int) -> bool:
    """Carry out the other parts side by side and print their rows; whether anything failed."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = undisturbed_seconds(Path(folder))
    broken: list[str] = []
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        running = [pool.submit(carried_out, name, seconds) for name in names]
        for ended in as_completed(running):
            found = ended.result()
            rows = [(each.fault, each.count, each.result) for each in found]
            print(markdown_table(("fault", "how often", "result"), rows), flush=True)
            broken += [text for each in found for text in each.broken]
    print("\n\n".join(broken))
    return bool(broken)


def _kept(state: Path) -> list[Result]:
    lines = state.read_text().splitlines() if state.exists() else []
    return [Result(**json.loads(line)) for line in lines]


def _results(given: argparse.Namespace, done: list[Result]):
    """New results as they come, from the first seed on that has none yet."""
    known = {each.seed for each in done}
    seeds = (seed for seed in count(given.seed) if seed not in known)
    kills = sum(sum(each.kills.values()) for each in done)
    studies = sum(each.studies for each in done)
    end = time.monotonic() + 60 * given.minutes if given.minutes else float("inf")
    with ProcessPoolExecutor(given.processes, get_context("spawn")) as pool:
        running: set[Future[Result]] = set()
        while running or (kills < given.kills or studies < given.studies):
            is_enough = kills >= given.kills and studies >= given.studies
            if is_enough or time.monotonic() > end:
                if not running:
                    return
            else:
                while len(running) < given.processes:
                    running.add(pool.submit(_carried_out, next(seeds)))
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for each in ended:
                result = each.result()
                kills += sum(result.kills.values())
                studies += result.studies
                yield result


_measured: dict[bool, list[float]] = {False: [], True: []}  # in each process: see `_seconds`


@cache
def _commands() -> WarmCommands:
    """Loaded when they are first needed, until this process ends."""
    loaded = ExitStack()
    Finalize(None, loaded.close, exitpriority=1)
    return loaded.enter_context(warm_commands())


def _carried_out(seed: int) -> Result:
    is_warm = seed % COLD_EVERY != 0
    start = _commands().running if is_warm else running
    folder = Path(tempfile.mkdtemp(prefix="hpsearch-kills-"))
    seconds = _seconds(folder, start, _measured[is_warm])
    try:
        tally = examine(drawn(seed), folder / "plan", seconds, start)
    except Broken as broken:
        return Result(seed, broken=str(broken), is_warm=is_warm, version=commit())
    shutil.rmtree(folder)
    return Result(
        seed=seed,
        kills=dict(tally.kills),
        studies=tally.studies,
        acknowledged=tally.acknowledged,
        resumed=tally.resumed,
        is_warm=is_warm,
        version=commit(),
    )


def _seconds(folder: Path, start: Start, measured: list[float]) -> float:
    """How long an undisturbed run takes; measured once in a while, noted for every plan."""
    if len(measured) % MEASURED_EVERY == 0:
        (folder / "undisturbed").mkdir()
        measured.append(undisturbed_seconds(folder / "undisturbed", start))
    else:
        measured.append(measured[-1])
    return measured[-1]


def _tally(results: list[Result]) -> Tally:
    done = Tally()
    for each in results:
        done.kills.update(each.kills)
        done.studies += each.studies
        done.acknowledged += each.acknowledged
        done.resumed += each.resumed
    return done


def _progress(results: list[Result]) -> str:
    done, broken = _tally(results), sum(bool(each.broken) for each in results)
    last = results[-1]
    told = f"plan {last.seed}: {done.kills.total()} kills of {done.studies} studies so far, "
    told += f"{done.acknowledged} trials acknowledged, {broken} failures"
    return f"{told}\n{last.broken}" if last.broken else told


def _summary(results: list[Result]) -> str:
    """A Markdown table with all counts, and what failed."""
    rows = [_row("fresh processes", [each for each in results if not each.is_warm])]
    rows.append(_row("forked from a loaded one", [each for each in results if each.is_warm]))
    versions = " and ".join(sorted({each.version for each in results}))
    rows.append(_row(f"all, {time.strftime('%Y-%m-%d')}, {versions}, {cpu_name()}", results))
    columns = (
        *("commands", "kills", "studies", "acknowledged trials", "studies that lost one"),
        *("exports not identical", "failures of any kind", "resume to first new trial, p50 / p99"),
    )
    broken = [each.broken for each in results if each.broken]
    return "\n\n".join([markdown_table(columns, rows), *broken])


def _row(name: str, results: list[Result]) -> tuple[str, ...]:
    done = _tally(results)
    broken = [each.broken for each in results if each.broken]
    kinds = ", ".join(f"{done.kills[each]} {each}" for each in Kind)
    waits = statistics.quantiles(done.resumed, n=100) if len(done.resumed) > 1 else [0.0] * 99
    return (
        name,
        f"{done.kills.total()} ({kinds})",
        str(done.studies + len(broken)),
        str(done.acknowledged),
        str(sum(each.startswith("I1") for each in broken)),
        str(sum(each.startswith("I6") for each in broken)),
        str(len(broken)),
        f"{waits[49]:.1f} s / {waits[98]:.1f} s",
    )


if __name__ == "__main__":
    main()
