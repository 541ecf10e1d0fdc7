"""SIGKILL of the driver, at random instants and right after it acknowledged something."""

import os
import random
import signal
import time

import pytest

from hpsearch.store.database import write_lock
from tests.command_line import LiveCommand, run, running, saved_numbers, succeed, wait_until
from tests.faults.crash_study import STUDY, Uninterrupted


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_driver_loses_no_saved_trial_and_no_bit(seed, tmp_path, uninterrupted):
    chance = random.Random(seed)
    delays = [chance.uniform(0, 0.3)]
    delays += [chance.uniform(0, uninterrupted.seconds) for _ in range(4)]
    survivor = Survivor(tmp_path / "first", uninterrupted, chance)
    for index, delay in enumerate(delays):
        while not survivor.killed(after(delay)):
            survivor.assert_finishes_the_same()  # it ended before: another study, killed sooner
            survivor = Survivor(tmp_path / f"after-{index}-{delay}", uninterrupted, chance)
            delay *= 0.8
    survivor.assert_finishes_the_same()


def test_a_driver_killed_just_after_a_save_keeps_it(tmp_path, uninterrupted):
    chance = random.Random(100)
    survivor = Survivor(tmp_path / "study", uninterrupted, chance)

    def shortly_after_the_first_save(live: LiveCommand) -> None:
        wait_until(lambda: saved_numbers(live.stderr()) or live.process.poll() is not None)
        time.sleep(chance.uniform(0, 0.02))

    survivor.killed(shortly_after_the_first_save)
    survivor.killed(shortly_after_the_first_save, with_workers=True)
    assert survivor.acknowledged
    survivor.assert_finishes_the_same()


def test_nothing_is_told_as_saved_that_is_not_in_the_database(tmp_path, uninterrupted):
    """Another process keeps the database from being written until the driver is killed."""

    def while_nothing_can_be_written(live: LiveCommand) -> None:
        live.wait_for("study crash")
        with write_lock(survivor.folder / "hpsearch.db"):
            time.sleep(uninterrupted.seconds)
            live.process.kill()
            live.process.wait()

    survivor = Survivor(tmp_path / "study", uninterrupted, random.Random(0))
    assert survivor.killed(while_nothing_can_be_written)


def after(seconds: float):
    def wait(live: LiveCommand) -> None:
        end = time.monotonic() + seconds
        while live.process.poll() is None and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.01))

    return wait


class Survivor:
    """A study that is killed again and again and goes on with one worker or two.

    Attributes:
        acknowledged: the trials that it ever told as saved.
    """

    def __init__(self, folder, uninterrupted: Uninterrupted, chance: random.Random) -> None:
        folder.mkdir()
        self.folder, self.truth, self.chance = folder, uninterrupted, chance
        self.acknowledged: set[int] = set()
        self.line = (*STUDY, "--workers", chance.choice("12"))

    def killed(self, wait, *, with_workers=False) -> bool:
        """Run, wait, kill, check what is left; False if the run came to its end before."""
        with running(*self.line, cwd=self.folder) as live:
            wait(live)
            for pid in live.marked() if with_workers else ():
                os.kill(pid, signal.SIGKILL)
            live.process.kill()
            code = live.process.wait()
            live.assert_nothing_left(2.0)
            stderr = live.stderr()
        assert "Traceback" not in stderr
        assert code in (0, -9), stderr
        self.acknowledged |= saved_numbers(stderr)
        if self.truth.assert_holds(self.folder, self.acknowledged):
            again = self.chance.choice([STUDY, ("resume", "crash")])
            self.line = (*again, "--workers", self.chance.choice("12"))
        return code == -9

    def assert_finishes_the_same(self) -> None:
        result = run(*self.line, cwd=self.folder)
        assert result.returncode == 0, result.stderr
        assert succeed("export", "crash", "--format", "json", cwd=self.folder) == self.truth.export
