"""The parts of the long run that are not kills drawn at random."""

import random
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults import clock, combinations
from tests.faults.interruptions import LIMITS, STUDY, Press, finish, interrupted
from tests.faults.invariants import Broken
from tests.faults.mutant_hunt import MOST_KILLS, hunt
from tests.faults.mutants import MUTANTS

SURROUNDINGS, INTERRUPTIONS, CLOCKS, EXAMPLES = 40, 100, 40, 2_000


@dataclass(frozen=True)
class Part:
    """What came of one kind of fault.

    Attributes:
        broken: what did not hold.
    """

    fault: str
    count: str
    result: str
    broken: tuple[str, ...] = ()


def mutants(base: Path, seconds: float) -> list[Part]:
    """Kill each mutant until it is found."""
    parts = []
    for name in MUTANTS:
        if name == "ends_by_the_time_of_day":
            continue  # for the jumping clock
        found = hunt(name, base / name, seconds)
        said = found.broken.splitlines()
        parts.append(
            Part(
                f"mutant `{name}`",
                f"at most {MOST_KILLS} kills",
                f"found after {found.kills} kills: {said[0]}" if said else "not found",
                () if said else (f"{name} was not found",),
            )
        )
    return parts


def surroundings(base: Path, _: float) -> list[Part]:
    """The same study in surroundings drawn from seeds."""
    broken = _tried(lambda seed: combinations.check(seed, base / f"{seed}"), SURROUNDINGS)
    same = f"{SURROUNDINGS - len(broken)} exports identical"
    return [Part("surroundings that must not matter", str(SURROUNDINGS), same, broken)]


def interruptions(base: Path, seconds: float) -> list[Part]:
    """Ctrl-C and its like, each in turn; a study that has ended gives way to a fresh one."""
    chance, taken, broken = random.Random(0), defaultdict(list), []
    presses = list(Press)
    folder = _fresh(base, 0)
    for index in range(INTERRUPTIONS):
        press = presses[index % len(presses)]
        try:
            stopped = interrupted(press, folder, seconds, chance)
            if stopped is None or stopped.code == 0:
                finish(folder)
                folder = _fresh(base, index + 1)
            if stopped is not None:
                taken[press].append(stopped.seconds)
        except Broken as problem:
            broken.append(f"interruption {index}: {problem}")
    finish(folder)
    return [
        Part(
            f"{press} at a terminal",
            f"{len(times)}",
            f"ended in {statistics.median(times):.2f} s, at most {max(times):.2f} s "
            f"(allowed where nothing else runs: {LIMITS.get(press, 2.0)} s)",
        )
        for press, times in taken.items()
    ] + [Part("all of these", str(INTERRUPTIONS), f"{len(broken)} failures", tuple(broken))]


def clocks(base: Path, _: float) -> list[Part]:
    """A clock that jumps."""
    if clock.faketime() is None:
        return [Part("jumps of the clock", "0", "skipped: libfaketime is missing")]
    jumps = [0]

    def one(seed: int) -> None:
        jumps[0] += clock.jumped(seed, base / f"{seed}")

    broken = _tried(one, CLOCKS)
    same = f"{CLOCKS - len(broken)} exports identical, no time limit reached"
    return [Part("jumps of the clock", f"{jumps[0]} in {CLOCKS} studies", same, broken)]


def machine(_: Path, __: float) -> list[Part]:
    """The driver as a state machine."""
    from tests.search.driver_machine import DriverMachine

    chosen = settings(max_examples=EXAMPLES, stateful_step_count=20, deadline=None, database=None)
    try:
        run_state_machine_as_test(DriverMachine, settings=chosen)
    except AssertionError as problem:
        return [Part("the driver as a state machine", str(EXAMPLES), "failed", (repr(problem),))]
    return [Part("the driver as a state machine", f"{EXAMPLES} examples", "no failure")]


PARTS: dict[str, Callable[[Path, float], list[Part]]] = {  # what takes longest first
    "machine": machine,
    "interruptions": interruptions,
    "mutants": mutants,
    "surroundings": surroundings,
    "clock": clocks,
}


def carried_out(name: str, seconds: float) -> list[Part]:
    """One of `PARTS`, in a folder of its own."""
    base = Path(tempfile.mkdtemp(prefix=f"hpsearch-{name}-"))
    return PARTS[name](base, seconds)


def _tried(one: Callable[[int], None], count: int) -> tuple[str, ...]:
    """What broke when so many seeds were tried."""
    broken = []
    for seed in range(count):
        try:
            one(seed)
        except Broken as problem:
            broken.append(f"seed {seed}: {problem}")
    return tuple(broken)


def _fresh(base: Path, index: int) -> Path:
    folder = base / f"study-{index}"
    folder.mkdir()
    STUDY.write(folder)
    return folder
