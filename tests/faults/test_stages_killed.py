"""SIGKILL of a search in stages, which gives up early and confirms, at random instants."""

import os
import random
import shutil
import signal
import time

import pytest

from tests.command_line import run, running, saved_numbers, succeed, wait_until
from tests.faults.crash_study import assert_sound
from tests.stored_studies import exported, stored

# Two stages of 24 and 18 trials, rungs of 2, 6 and 20 epochs, audits, and 24 confirmations.
STAGED = (
    *("start", "--data", "digits", "--space", "lr=1e-3:1,wd", "--name", "staged"),
    *("--set", "hidden=16", "--epochs", "20", "--trials", "42", "--folds", "2"),
    *("--stages", "2", "--prune", "halving", "--confirm", "3", "--try", "lr=0.3"),
)
KILLS = 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The export of a run that nothing disturbs, and how long it took."""
    folder = tmp_path_factory.mktemp("whole")
    started = time.monotonic()
    succeed(*STAGED, "--workers", "1", cwd=folder)
    export = exported(folder, "staged")
    for purpose in ("rung", "search", "audit", "confirm"):
        assert f'"purpose": "{purpose}"' in export
    return export, time.monotonic() - started


@pytest.mark.parametrize("seed", [0, 1])
def test_a_staged_study_that_is_killed_again_and_again_ends_with_the_same_bytes(
    seed, tmp_path, whole
):
    export, _ = whole
    chance, killed, attempt = random.Random(seed), 0, 0
    while killed < KILLS:  # a run may end before it is killed: then in another folder
        folder, attempt, acknowledged, code = tmp_path / f"{attempt}", attempt + 1, set(), -9
        folder.mkdir()
        while killed < KILLS and code:
            code, saved = killed_shortly_after(chance.choice((1, 1, 2, 3)), folder, chance)
            acknowledged |= saved
            killed += code != 0
        result = run("resume", "staged", "--workers", "2", cwd=folder)
        assert result.returncode == 0, result.stderr
        assert exported(folder, "staged") == export
        assert acknowledged <= {trial.number for trial in stored(folder, "staged").trials}


def killed_shortly_after(lines, folder, chance):
    """Run until so many lines were told and a moment longer; exit code and acknowledged trials."""
    with running(*STAGED, "--workers", chance.choice("12"), cwd=folder) as live:
        wait_until(lambda: live.stderr().count("\n") >= lines or live.process.poll() is not None)
        time.sleep(chance.uniform(0, 0.1))
        live.process.kill()
        code = live.process.wait()
        live.assert_nothing_left(2.0)
        saved = saved_numbers(live.stderr())
    assert code in (0, -signal.SIGKILL), live.stderr()
    assert_sound(copy_of(folder) / "hpsearch.db")
    return code, saved


def test_a_killed_worker_leaves_no_trace(tmp_path, whole):
    export, seconds = whole
    chance, folder = random.Random(2), tmp_path / "study"
    folder.mkdir()
    with running(*STAGED, "--workers", "2", cwd=folder) as live:
        for _ in range(3):
            time.sleep(chance.uniform(0, seconds / 4))
            for pid in sorted(live.workers())[:1]:
                os.kill(pid, signal.SIGKILL)
        assert live.process.wait(90) == 0, live.stderr()
    assert exported(folder, "staged") == export


def copy_of(folder):
    """The database as a kill left it, so that the next run meets the files untouched."""
    copy = folder.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in folder.glob("hpsearch.db*"):
        if path.is_file() and not path.name.endswith("-shm"):
            shutil.copy(path, copy)
    return copy
