"""A disk that is really full: a small file system of its own, which somebody else fills."""

import contextlib
import os
import shutil
import subprocess

import pytest

from tests.command_line import ENDLESS, running, saved_numbers
from tests.faults.placed import STUDY, assert_finishes, assert_nothing_lost, assert_told, fresh
from tests.stored_studies import stored


@pytest.fixture
def small_disk(tmp_path):
    """`small_disk(kilobytes)`: a folder with so much room in all; again: more room."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(kilobytes):
        how = "remount," if os.path.ismount(folder) else ""
        line = ("mount", "-t", "tmpfs", "-o", f"{how}size={kilobytes}k", "tmpfs", str(folder))
        if not shutil.which("mount") or subprocess.run(line, capture_output=True).returncode:
            pytest.skip("a file system of its own needs root")
        return folder

    yield mount
    subprocess.run(("umount", "-l", str(folder)), capture_output=True, check=False)


def test_a_full_disk_ends_a_study_that_goes_on_with_more_room(small_disk, warm, true):
    ends = []
    for room in (60, 100, 140, 180, 220):
        disk = small_disk(room)
        ended = warm.run(*STUDY, cwd=disk)
        ends.append(ended.returncode)
        small_disk(50_000)
        assert_told(ended, true)
        assert_nothing_lost(disk, saved_numbers(ended.stderr), true)
        assert_finishes(warm, disk, true)
        fresh(disk)
    assert ends.count(74) >= 3


def test_a_disk_that_somebody_else_fills_costs_nothing_that_was_saved(small_disk):
    disk = small_disk(2000)
    with running(*ENDLESS, "--workers", "1", cwd=disk) as live:
        live.wait_for("saved")
        fill(disk / "filler")
        live.process.wait(90)
        told = live.stderr()
    assert live.process.returncode == 74, told
    assert f"{len(saved_numbers(told))} of 5000 trials are safe" in told
    assert "note: 1.9 MB are free" in told
    (disk / "filler").unlink()
    assert saved_numbers(told) <= {each.number for each in stored(disk, "endless").trials}


def fill(path):
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))
