"""Ctrl-C and its like at a terminal, at instants drawn from a seed.

Once, twice, `SIGTERM`, `SIGHUP`, and the terminal closed: the program ends soon with the right code
and without a traceback, leaves no process, and the study can be finished with the same bytes.
"""

import contextlib
import random
import signal
import time
import uuid
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pexpect

from tests.command_line import PROGRAM, environment, marked_with, succeed
from tests.faults.invariants import demand
from tests.faults.short_studies import FILE, NAME, ShortStudy, truth_of
from tests.stored_studies import exported

STUDY = ShortStudy("random")
TWICE_SECONDS = 0.05  # between the two
QUIET_RUN = 2.5  # seconds of an undisturbed run where nothing else runs; limits grow with it
STARTING = -signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP  # nobody listens yet


class Press(StrEnum):
    """What somebody does who wants the program to stop."""

    ONCE = "Ctrl-C"
    TWICE = "Ctrl-C twice"
    TERM = "SIGTERM"
    HUP = "SIGHUP"
    CLOSED = "terminal closed"


CODES = {Press.ONCE: 130, Press.TWICE: 130, Press.TERM: 143, Press.HUP: 143, Press.CLOSED: 143}
LIMITS = {Press.TWICE: 0.5}  # seconds after which the program has ended; 2 for all others


class Stopped(NamedTuple):
    """How a program ended: its exit code, negative for a signal, and how long it took."""

    code: int
    seconds: float


def interrupted(
    press: Press, folder: Path, seconds: float, chance: random.Random
) -> Stopped | None:
    """Run a study at a terminal and stop it; None if it had ended before.

    Args:
        seconds: that an undisturbed run takes here.

    Raises:
        Broken: it did not end as it should.
    """
    mark = uuid.uuid4().hex
    terminal = pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], "start", FILE, "--workers", chance.choice("122")],
        cwd=str(folder),
        env=environment(TERM="xterm", STARTED_BY=mark),
        encoding="utf-8",
        timeout=120,
        dimensions=(40, 160),
    )
    try:
        if not _waited(terminal, seconds, chance):
            return None
        started = time.monotonic()
        _do(press, terminal)
        code, told = _end(press, terminal)
        taken = time.monotonic() - started - (TWICE_SECONDS if press is Press.TWICE else 0)
        _check(press, code, told, taken, seconds)
        _check_nothing_left(mark)
    finally:
        terminal.close(force=True)
    return Stopped(code, taken)


def finish(folder: Path) -> None:
    """Let the study come to its end, and compare."""
    succeed("start", FILE, cwd=folder)
    demand(exported(folder, NAME) == truth_of(STUDY).export, "I6: the export differs")


def _waited(terminal: pexpect.spawn, seconds: float, chance: random.Random) -> bool:
    """Wait for an instant of the run, or of what follows something saved; whether it still runs."""
    delay = chance.uniform(0.05, 1) * seconds
    if chance.random() < 0.5:
        if terminal.expect(["saved [0-9]", pexpect.EOF]):
            return False
        delay = 0.2 * chance.random() ** 2
    return bool(terminal.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=delay))


def _do(press: Press, terminal: pexpect.spawn) -> None:
    match press:
        case Press.ONCE:
            terminal.sendintr()
        case Press.TWICE:
            terminal.sendintr()
            time.sleep(TWICE_SECONDS)
            with contextlib.suppress(OSError):
                terminal.sendintr()
        case Press.CLOSED:
            terminal.ptyproc.fileobj.close()
        case _:
            terminal.kill(signal.SIGTERM if press is Press.TERM else signal.SIGHUP)


def _end(press: Press, terminal: pexpect.spawn) -> tuple[int, str]:
    """Exit code (negative for a signal), and what was said at last."""
    told = ""
    if press is not Press.CLOSED:
        terminal.expect(pexpect.EOF, timeout=30)
        told = terminal.before
    ended = terminal.ptyproc
    ended.wait()
    return (-ended.signalstatus if ended.exitstatus is None else ended.exitstatus), told


def _check(press: Press, code: int, told: str, taken: float, seconds: float) -> None:
    demand(code in (0, CODES[press], *STARTING), f"{press}: exit code {code}:\n{told}")
    slower = max(1.0, seconds / QUIET_RUN)
    limit = LIMITS.get(press, 2.0) * slower
    demand(taken < limit, f"{press}: it took {taken:.2f} s to end, and {limit:.2f} are allowed")
    # The interpreter itself may say something before it has come to the program.
    demand("Traceback" not in told or "hpsearch" not in told, f"{press}: a traceback:\n{told}")
    if code == CODES[press] and "study crash" in told and press not in LIMITS:
        demand("Continue: hpsearch resume crash" in told, f"{press}: no word how to go on:\n{told}")


def _check_nothing_left(mark: str) -> None:
    end = time.monotonic() + 2
    while left := marked_with(mark):
        demand(time.monotonic() < end, f"I7: processes {left} are left")
        time.sleep(0.01)
