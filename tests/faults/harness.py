"""Carries out a fault plan on the real command line, and checks what must hold after each kill.

A child runs `hpsearch`; what it says on stderr is the log of acknowledgements. This process kills
it as the plan says, looks at a copy of what is left, and starts it again, until the study is done.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hpsearch.store.database import write_lock
from tests.command_line import LiveCommand, running, saved_numbers
from tests.faults.fault_plan import Fault, FaultPlan, Kind, drawn
from tests.faults.invariants import (
    Broken,
    check_announced,
    check_end,
    check_stored,
    check_unchanged,
    demand,
)
from tests.faults.short_studies import FILE, NAME, ShortStudy, Snapshot, snapshot, truth_of
from tests.stored_studies import exported

PLAN_FILE = "plan.json"
LEFT_SECONDS = 2.0  # that a process may live on after its driver, where nothing else runs
RUN_SECONDS = 600.0  # no run takes so long, however busy the machine is
ROOT = Path(__file__).parents[2]
Start = Callable[..., contextlib.AbstractContextManager[LiveCommand]]


@dataclass
class Tally:
    """Counts of what was done.

    Attributes:
        kills: by kind.
        acknowledged: trials told as saved, each once for each study.
        resumed: seconds from the start of a run that goes on to the first trial it saves.
    """

    kills: Counter[Kind] = field(default_factory=Counter)
    studies: int = 0
    acknowledged: int = 0
    resumed: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take in what was counted elsewhere."""
        self.kills += other.kills
        self.studies += other.studies
        self.acknowledged += other.acknowledged
        self.resumed += other.resumed


def examine(
    plan: FaultPlan, base: Path, seconds: float, start: Start = running, most=None
) -> Tally:
    """Carry out a plan in the new folder `base`; whatever fails leaves it all there.

    Args:
        seconds: that an undisturbed run takes here.
        start: a command like `running` does, or one that is loaded already.
        most: kills after which nothing more is done to the study; None for the whole plan.

    Raises:
        Broken: an invariant does not hold; the text ends with how to repeat it.
    """
    base.mkdir(parents=True)
    (base / PLAN_FILE).write_text(plan.text())
    victim = _Victim(plan, base / "study", seconds, start, most)
    try:
        victim.run()
    except Broken as broken:
        raise Broken(f"{broken}\n{_how_to_repeat(plan, base)}") from None
    return victim.tally


def campaign(seed: int, kills: int, base: Path, seconds: float, start: Start = running) -> Tally:
    """Plans one after the other, from `seed` on, until there were so many kills."""
    done = Tally()
    while (left := kills - done.kills.total()) > 0:
        plan, folder = drawn(seed), base / f"plan-{seed}"
        done.add(examine(plan, folder, seconds, start, most=left))
        shutil.rmtree(folder)
        seed += 1
    return done


def undisturbed_seconds(folder: Path, start: Start = running) -> float:
    """How long a short study takes here from the command line, which gives the truth, too."""
    study = ShortStudy("random")
    study.write(folder)
    started = time.monotonic()
    with start("start", FILE, "--workers", "2", cwd=folder) as live:
        assert live.process.wait(RUN_SECONDS) == 0, live.stderr()
    taken = time.monotonic() - started
    assert exported(folder, NAME) == truth_of(study).export
    return taken


class _Victim:
    """A study that is killed again and again."""

    def __init__(self, plan, folder, seconds, start, most) -> None:
        folder.mkdir()
        self.plan, self.folder, self.start = plan, folder, start
        self.truth, self.seconds = truth_of(plan.study), seconds
        self.faults = deque(plan.faults)
        self.most = most if most is not None else len(plan.faults) + 1
        self.before: Snapshot | None = None
        self.acknowledged: set[int] = set()
        self.tally = Tally(studies=1)
        plan.study.write(folder)

    def run(self) -> None:
        """Do everything that the plan says, then let the study come to its end."""
        while self.faults and self._wants_more:
            if self._disturbed_run() == 0:
                break
        with self._started(self.plan.last_workers, is_resumed=self.before is not None) as live:
            code = self._code(live)
        demand(code == 0, f"I8: the last run ended with {code}:\n{live.stderr()}")
        self._check(live)
        check_end(self.folder, exported(self.folder, NAME), self.truth)
        self.tally.acknowledged = len(self.acknowledged)

    @property
    def _wants_more(self) -> bool:
        return self.tally.kills.total() < self.most

    def _disturbed_run(self) -> int:
        """One run with the faults that end it, and those before; its exit code."""
        first = self.faults[0]
        with contextlib.ExitStack() as stack:
            live = stack.enter_context(self._started(first.workers, is_resumed=first.is_resumed))
            runs = [live]
            if first.kind is Kind.RIVAL:
                runs.append(stack.enter_context(self._started(first.workers, is_resumed=False)))
            for live in runs:  # what is left of the faults is for the one that is left
                while self.faults and live.process.poll() is None and self._wants_more:
                    self._do(self.faults.popleft(), live)
            codes = [self._code(each) for each in runs]
            self._check(*runs)
        self._demand_codes(codes, runs)
        return 0 if 0 in codes else codes[0]

    def _demand_codes(self, codes: list[int], runs: list[LiveCommand]) -> None:
        allowed = {0, -signal.SIGKILL} | ({75} if len(runs) > 1 else set())
        told = "\n".join(each.stderr() for each in runs)
        demand(set(codes) <= allowed, f"I8: exit codes {codes}:\n{told}")
        saved = [saved_numbers(each.stderr()) for each in runs]
        twice = set.intersection(*saved) if len(saved) > 1 else set()
        demand(not twice, f"I2: two drivers saved trials {sorted(twice)}")

    @contextlib.contextmanager
    def _started(self, workers: int, *, is_resumed: bool) -> Iterator[LiveCommand]:
        line = ("resume", NAME) if is_resumed and self.before else ("start", FILE)
        self.started = time.monotonic()
        self.first_saved: float | None = None
        with self.start(*line, "--workers", str(workers), cwd=self.folder) as live:
            yield live

    def _do(self, fault: Fault, live: LiveCommand) -> None:
        """Wait, and kill unless the run has come to its end before."""
        self._wait(fault, live)
        if live.process.poll() is not None:
            return
        kind, workers = fault.kind, sorted(live.workers())
        if kind is Kind.WORKER and workers:
            os.kill(workers[int(fault.chance * len(workers))], signal.SIGKILL)
            self.tally.kills[kind] += 1
            return
        if kind is Kind.HELD and (self.folder / "hpsearch.db").exists():
            with write_lock(self.folder / "hpsearch.db"):
                said = self._lines(live)
                self._poll(live, lambda: self._lines(live) > said, self.seconds)
                live.process.kill()
                live.process.wait()
        elif kind is Kind.GROUP:
            self._kill_all(fault, live)
        elif kind is not Kind.RIVAL:
            kind = Kind.DRIVER
        live.process.kill()
        self.tally.kills[kind] += live.process.wait() == -signal.SIGKILL

    def _kill_all(self, fault: Fault, live: LiveCommand) -> None:
        others = [pid for pid in live.marked() if pid != live.process.pid]
        pids = [*others, live.process.pid]
        for pid in pids if fault.chance < 0.5 else reversed(pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _wait(self, fault: Fault, live: LiveCommand) -> None:
        wanted = self._lines(live) + fault.lines if fault.lines else 0
        self._poll(live, lambda: self._lines(live) >= wanted)
        _wait_for_end(live, fault.seconds + fault.share * self.seconds)

    def _lines(self, live: LiveCommand) -> int:
        said = live.stderr()
        if self.first_saved is None and "\nsaved " in said:
            self.first_saved = time.monotonic()
            if self.before and self.before.trials:
                self.tally.resumed.append(self.first_saved - self.started)
        return said.count("\n")

    def _code(self, live: LiveCommand) -> int:
        self._poll(live, lambda: False)
        return live.process.wait()

    def _poll(
        self, live: LiveCommand, is_there: Callable[[], bool], seconds: float | None = None
    ) -> None:
        """Until something is there, the run has ended, or so many seconds are over."""
        end = time.monotonic() + (seconds or RUN_SECONDS)
        while live.process.poll() is None and not is_there():
            if time.monotonic() > end:
                demand(seconds, f"I8: a run does not end:\n{live.stderr()}")
                return
            self._lines(live)
            time.sleep(0.003)

    def _check(self, *runs: LiveCommand) -> None:
        """Everything that must hold once no process of the study is left."""
        told: set[int] = set()
        for live in runs:
            end = time.monotonic() + max(LEFT_SECONDS, self.seconds)
            while left := live.marked():
                demand(time.monotonic() < end, f"I7: processes {left} are left: {_names(left)}")
                time.sleep(0.01)
            demand("Traceback" not in live.stderr(), f"a traceback:\n{live.stderr()}")
            told |= saved_numbers(live.stderr())
        self.acknowledged |= told
        found = self._look()
        if found is None:
            demand(not self.acknowledged, f"I1: no database, but {self.acknowledged} were saved")
            return
        check_stored(found, self.truth, self.acknowledged)
        check_announced(self.before, found, told)
        if self.before:
            check_unchanged(self.before, found)
        self.before = found if found.stages else None

    def _look(self) -> Snapshot | None:
        """What is in a copy, so that the next run meets the files just as the kill left them."""
        if not (self.folder / "hpsearch.db").exists():
            return None
        copy = self.folder.with_name("copy")
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in self.folder.glob("hpsearch.db*"):
            if path.is_file() and not path.name.endswith("-shm"):
                shutil.copy(path, copy)
        return snapshot(copy / "hpsearch.db")


def _wait_for_end(live: LiveCommand, seconds: float) -> None:
    """Until a run has ended, at most so long."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        live.process.wait(seconds)


def _names(pids: list[int]) -> list[str]:
    lines = [Path(f"/proc/{pid}/cmdline") for pid in pids]
    return [each.read_bytes().replace(b"\0", b" ").decode() for each in lines if each.exists()]


def _how_to_repeat(plan: FaultPlan, base: Path) -> str:
    return (
        f"seed {plan.seed}, commit {commit()}; what is left is in {base}\n"
        f"again: python -m tests.faults.replay {base / PLAN_FILE}"
    )


def commit() -> str:
    """Which version of the sources this is."""
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"
