"""A clock that jumps while a study runs, by libfaketime: the time of day, as if somebody set it.

The monotonic clock is left alone, as the kernel leaves it alone when the time of day is set.
"""

import random
import time
from pathlib import Path

from tests.command_line import PROGRAM, running, saved_numbers
from tests.faults.harness import RUN_SECONDS
from tests.faults.invariants import demand
from tests.faults.short_studies import FILE, NAME, ShortStudy, truth_of
from tests.stored_studies import exported

STUDY = ShortStudy("random")
JUMPS = ("+1d", "-1d", "+1s", "-1s", "+400d", "-2h", "+2h", "+0")
MOST_SECONDS_APART = 0.3


def faketime() -> Path | None:
    """The library that fakes the time of day for programs with threads; None where it is not."""
    places = [*Path("/usr/lib").glob("*/faketime"), *Path("/usr/lib").glob("faketime")]
    found = [place / "libfaketimeMT.so.1" for place in places]
    return next((path for path in found if path.exists()), None)


def jumped(seed: int, folder: Path, program=PROGRAM, jumps=JUMPS) -> int:
    """Run a study while the clock jumps, with a time limit that is far away; how many jumps.

    The first jump comes as soon as a trial is saved, so that the run has begun to count.

    Args:
        jumps: where the clock may jump to.

    Raises:
        Broken: the limit ended it, it failed, or its export is another.
    """
    chance, jumped_so_far = random.Random(seed), 0
    folder.mkdir()
    STUDY.write(folder)
    stamp = folder.with_suffix(".stamp")
    stamp.write_text("+0\n")
    faked = {
        "LD_PRELOAD": faketime(),
        "FAKETIME_TIMESTAMP_FILE": stamp,
        "FAKETIME_NO_CACHE": 1,
        "FAKETIME_DONT_FAKE_MONOTONIC": 1,
        "DONT_FAKE_MONOTONIC": 1,
    }
    program = ("env", *(f"{key}={value}" for key, value in faked.items()), *program)
    line = ("start", FILE, "--workers", chance.choice("12"), "--timeout", "1h")
    with running(*line, cwd=folder, program=program) as live:
        end = time.monotonic() + RUN_SECONDS
        live.wait_for("saved ")
        while live.process.poll() is None:
            demand(time.monotonic() < end, f"I8: a run does not end:\n{live.stderr()}")
            _set(stamp, chance.choice(jumps))
            jumped_so_far += 1
            time.sleep(chance.uniform(0, MOST_SECONDS_APART))
        told = live.stderr()
        demand(live.process.wait() == 0, told)
    demand("time is up" not in told, f"the time limit ended the run:\n{told}")
    demand(saved_numbers(told) == set(truth_of(STUDY).rows.trials), told)
    demand(exported(folder, NAME) == truth_of(STUDY).export, "I6: the export differs")
    return jumped_so_far


def _set(stamp: Path, offset: str) -> None:
    fresh = stamp.with_suffix(".new")
    fresh.write_text(f"{offset}\n")
    fresh.rename(stamp)
