"""Two drivers that start on one study at the same moment, again and again.

`python -m tests.faults.races` lets 200 pairs race, kills each winner, and prints a row for
`docs/reliability.md`. The drivers are real commands in processes that have everything loaded.
"""

import argparse
import fcntl
import os
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from hpsearch.store.database import lock_path
from tests.command_line import ENDLESS
from tests.faults.placed import FILE, fresh
from tests.warm_commands import WarmCommands, warm_commands

# Nothing is saved for a long time: the winner is still training when the loser comes.
STUDY = (*ENDLESS, "--epochs", "100000", "--workers", "1")


@dataclass(frozen=True)
class Race:
    """How a race ended.

    Attributes:
        code: exit code of the loser.
        seconds: how long the loser ran after both were let go.
        told: what the loser said.
        winner: process id of the winner.
        freed: seconds from the kill of the winner until the lock could be had.
    """

    code: int
    seconds: float
    told: str
    winner: int
    freed: float

    @property
    def is_right(self) -> bool:
        """Whether the loser left with the code for it, and said who runs the study."""
        named = (f"pid {self.winner} on ", "a process that has just started")
        return self.code == 75 and any(each in self.told for each in named)


def race(commands: WarmCommands, folder: Path) -> Race:
    """Let two drivers go at once in a fresh folder, and kill the one that is left."""
    fresh(folder)
    one, other = (commands.started(*STUDY, cwd=folder) for _ in range(2))
    begun = time.monotonic()
    one.go()
    other.go()
    while not (one.is_over() or other.is_over()):
        time.sleep(0.001)
    loser, winner = (one, other) if one.is_over() else (other, one)
    seconds = time.monotonic() - begun
    ended = loser.ended()
    lock = lock_path(folder / FILE, "study-1")
    assert not _is_free(lock, fcntl.LOCK_NB)
    os.kill(winner.pid, signal.SIGKILL)
    killed = time.monotonic()
    assert _is_free(lock)
    freed = time.monotonic() - killed
    assert winner.ended().returncode == -signal.SIGKILL
    return Race(ended.returncode, seconds, ended.stderr, winner.pid, freed)


def _is_free(lock: Path, how: int = 0) -> bool:
    """Whether the lock can be had, at once or after waiting for it."""
    descriptor = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | how)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def main() -> None:
    """Race, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, warm_commands() as commands:
        races = [race(commands, Path(name) / "study") for _ in range(given.races)]
    wrong = [each for each in races if not each.is_right]
    seconds = sorted(each.seconds for each in races)
    print(
        f"| two drivers | {len(races)} races | {len(wrong)} with another end | the loser left "
        f"after {seconds[len(seconds) // 2]:.2f} s (median), {seconds[-1]:.2f} s (longest); the "
        f"lock was free {1000 * max(each.freed for each in races):.1f} ms after a kill (longest) |"
    )
    for each in wrong[:5]:
        print(each)


if __name__ == "__main__":
    main()
