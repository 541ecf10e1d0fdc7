"""What is done to a study, and when: drawn from a seed, and kept as JSON to be repeated."""

import json
import random
from dataclasses import asdict, dataclass
from enum import StrEnum

from tests.faults.short_studies import ShortStudy

STUDIES = tuple(
    (sampler, is_halved) for is_halved in (False, True) for sampler in ("random", "sobol", "tpe")
)
MOST_FAULTS = 15
START_SECONDS = 0.2


class Kind(StrEnum):
    """Who is killed, always by SIGKILL."""

    DRIVER = "driver"
    WORKER = "worker"
    GROUP = "group"
    HELD = "held"
    RIVAL = "rival"


MEANING = {
    Kind.DRIVER: "the driver",
    Kind.WORKER: "one of its workers; the run goes on",
    Kind.GROUP: "the driver and all its workers together",
    Kind.HELD: "the driver, while somebody else keeps the database from being written",
    Kind.RIVAL: "one of two drivers that were started at the same time",
}
WEIGHTS = {Kind.DRIVER: 9, Kind.WORKER: 5, Kind.GROUP: 4, Kind.HELD: 1, Kind.RIVAL: 1}


@dataclass(frozen=True)
class Fault:
    """One kill: first so many more lines are waited for, then a time.

    Attributes:
        lines: further lines on stderr.
        seconds: after these, or after the start.
        share: of the time that an undisturbed run takes, on top of these.
        workers: of the run that it is done to, if that is still to be started.
        is_resumed: whether such a run is started with `resume` rather than with the first line.
        chance: picks the worker.
    """

    kind: Kind
    lines: int
    seconds: float
    share: float
    workers: int
    is_resumed: bool
    chance: float


@dataclass(frozen=True)
class FaultPlan:
    """A study and what is done to it, in order.

    Attributes:
        seed: what it was drawn from.
        last_workers: of the run that finishes the study.
    """

    seed: int
    study: ShortStudy
    faults: tuple[Fault, ...]
    last_workers: int

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=1)


def plan_of(text: str) -> FaultPlan:
    """Inverse of `FaultPlan.text`."""
    values = json.loads(text)
    faults = [Fault(**each | {"kind": Kind(each["kind"])}) for each in values["faults"]]
    study = ShortStudy(**values["study"])
    return FaultPlan(values["seed"], study, tuple(faults), values["last_workers"])


def drawn(seed: int, study: ShortStudy | None = None) -> FaultPlan:
    """A plan; samplers, with and without halving, take turns from seed to seed."""
    chance = random.Random(seed)
    sampler, is_halved = STUDIES[seed % len(STUDIES)]
    study = study or ShortStudy(sampler, is_halved, chance.randrange(1000))
    faults: list[Fault] = []
    for _ in range(chance.randint(MOST_FAULTS // 2, MOST_FAULTS)):
        kind = chance.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
        # A trial that loses its worker three times in a run is lost, as it should be.
        if [each.kind for each in faults[-2:]] == [Kind.WORKER] * 2:
            kind = Kind.DRIVER
        goes_on = bool(faults) and faults[-1].kind is Kind.WORKER
        faults.append(_fault(kind, chance, goes_on=goes_on))
    return FaultPlan(seed, study, tuple(faults), chance.choice((1, 2, 4)))


def _fault(kind: Kind, chance: random.Random, *, goes_on: bool) -> Fault:
    """Uniform over the run, log-uniform over its first moments, or just after it says something.

    Args:
        goes_on: whether the run lives that the kill is meant for: then it has started long ago.
    """
    lines, seconds, share = 0, 0.0, 0.0
    where = chance.choices(("run", "start", "line"), (4, 3, 4))[0]
    if goes_on or kind in (Kind.WORKER, Kind.HELD, Kind.RIVAL) or where == "line":
        lines = chance.choice((1, 1, 2, 3)) + (kind is Kind.RIVAL)  # both are at work by then
        seconds = 0.1 * 10 ** chance.uniform(-3, 0)
    elif where == "start":
        seconds = START_SECONDS * 10 ** chance.uniform(-2.5, 0)
    else:
        share = chance.random()
    return Fault(
        kind=kind,
        lines=lines,
        seconds=seconds,
        share=share,
        workers=chance.choice((2, 4) if kind is Kind.WORKER else (1, 1, 2, 4)),
        is_resumed=chance.random() < 0.5,
        chance=chance.random(),
    )
