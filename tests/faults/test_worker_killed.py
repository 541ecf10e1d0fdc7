"""SIGKILL of worker processes while the driver lives on."""

import os
import random
import signal
import time

import pytest

from tests.command_line import running, succeed, wait_until
from tests.faults.crash_study import STUDY


@pytest.mark.parametrize("seed", range(2))
def test_killed_workers_change_no_bit(seed, tmp_path, uninterrupted):
    chance = random.Random(seed)
    folder = tmp_path / "study"
    folder.mkdir()
    killed = 0
    with running(*STUDY, cwd=folder) as live:
        for _ in range(2):
            wait_until(lambda: live.workers() or live.process.poll() is not None)
            time.sleep(chance.uniform(0, uninterrupted.seconds / 2))
            for pid in sorted(live.workers())[:1]:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        assert live.process.wait(60) == 0, live.stderr()
        live.assert_nothing_left(2.0)
    assert killed
    assert succeed("export", "crash", cwd=folder) == uninterrupted.export


def test_driver_and_workers_killed_at_once_lose_nothing(tmp_path, uninterrupted):
    folder = tmp_path / "study"
    folder.mkdir()
    with running(*STUDY, cwd=folder) as live:
        live.wait_for("saved")
        for pid in live.marked():
            os.kill(pid, signal.SIGKILL)
        live.process.wait()
        live.assert_nothing_left(2.0)
    assert uninterrupted.assert_holds(folder, set())
    succeed("resume", cwd=folder)
    assert succeed("export", "crash", cwd=folder) == uninterrupted.export
