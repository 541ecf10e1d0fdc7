"""How many kills it takes to find each of the mutants."""

import sys
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from tests.command_line import running
from tests.faults.fault_plan import drawn
from tests.faults.harness import Broken, Tally, examine
from tests.faults.mutants import MUTANTS
from tests.faults.short_studies import ShortStudy

MOST_KILLS = 100
# Studies in which a mutant can do harm; the usual ones in turn for all others.
HUNTED_IN = {
    "draws_without_a_seed": ShortStudy("random"),
    "proposes_in_order_of_completion": ShortStudy("tpe"),
}


@dataclass(frozen=True)
class Hunt:
    """How a mutant was found.

    Attributes:
        kills: that it survived before.
        broken: the invariant that it broke; empty where it was not found.
    """

    kills: int
    broken: str


def program_of(mutant: str) -> tuple[str, ...]:
    """The command line with that promise broken."""
    assert mutant in MUTANTS
    return (sys.executable, "-P", str(Path(__file__).with_name("mutants.py")), mutant)


def hunt(mutant: str, base: Path, seconds: float, seed: int = 0) -> Hunt:
    """Kill a mutant by one plan after the other until an invariant does not hold.

    Args:
        seconds: that an undisturbed run takes here.
        seed: of the first plan.
    """
    start = partial(running, program=program_of(mutant))
    survived = Tally()
    for each in count(seed):
        left = MOST_KILLS - survived.kills.total()
        if left <= 0:
            return Hunt(survived.kills.total(), "")
        plan = drawn(each, HUNTED_IN.get(mutant))
        try:
            survived.add(examine(plan, base / f"plan-{each}", seconds, start, most=left))
        except Broken as broken:
            return Hunt(survived.kills.total(), str(broken))
    raise AssertionError
