"""SIGKILL of worker processes while the driver lives on."""

import os
import random
import signal
import time

from tests.command_line import running, succeed, wait_until
from tests.faults.crash_study import STUDY


def test_killed_workers_change_no_bit(tmp_path, uninterrupted):
    chance = random.Random(0)
    folder = tmp_path / "study"
    folder.mkdir()
    killed = 0
    with running(*STUDY, cwd=folder) as live:
        for _ in range(3):
            wait_until(lambda: live.workers() or live.process.poll() is not None)
            time.sleep(chance.uniform(0, uninterrupted.seconds / 3))
            for pid in sorted(live.workers())[:1]:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        assert live.process.wait(60) == 0, live.stderr()
        live.assert_nothing_left(2.0)
    assert killed
    assert succeed("export", "crash", cwd=folder) == uninterrupted.export
