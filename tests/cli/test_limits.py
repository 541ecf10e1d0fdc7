"""Limits for one trial, on the command line, with networks that are really too large."""

import json
import signal
import sys
import time

import pytest

from tests.command_line import (
    PLAIN,
    PROCESSES,
    PROGRAM,
    assert_refused,
    contents,
    run,
    running,
    saved_numbers,
    succeed,
)
from tests.memory_groups import memory_group
from tests.stored_studies import exported, run_sections, stored

needs_proc = pytest.mark.skipif(not PROCESSES.is_dir(), reason="processes are found through /proc")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel counts arrays on Linux")
FEW_MB = "300MB"
NARROW = {  # what `widths(8, 16, epochs=10)` asks
    "data": {"name": "digits"},
    "split": {"holdout": 0.2},
    "network": {"hidden": "8,8"},
    "training": {"epochs": 10},
    "space": {"width": "8|16"},
    "search": {"sampler": "grid", "stages": 1, "prune": "none", "confirm": 0},
}


def widths(*values, epochs=2):
    """A study of networks with these widths; 6,000 takes a second an epoch, 12,000 2 GB."""
    space = "width=" + "|".join(map(str, values))
    return (
        *("start", "--data", "digits", "--sampler", "grid", "--space", space, "--name", "wide"),
        *("--set", "hidden=8,8", "--epochs", str(epochs), "--holdout", "0.2", *PLAIN),
    )


def test_a_trial_that_takes_too_long_is_given_up_and_told(tmp_path):
    """One worker is asked for, and is a process of its own, which can be stopped."""
    line = widths(8, 16, 6000, epochs=10)
    result = run(*line, "--trial-timeout", "2s", "--workers", "1", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert saved_numbers(result.stderr) == {0, 1, 2}
    assert " · trial 2 timed out: took longer than 2 s · best " in result.stderr
    told = " ".join(result.stdout.split())
    assert "Without a score, of 3 trials: 1 timed out; `hpsearch show wide` says why." in told
    shown = " ".join(succeed("show", "wide", cwd=tmp_path).split())
    assert "Timed out: trial 2: took longer than 2 s. Time-dependent: " in shown
    trials = json.loads(exported(tmp_path, "wide"))["trials"]
    assert trials.pop()["state"] == "timed_out"
    other = tmp_path / "other"
    other.mkdir()
    run_sections(other, NARROW, "wide")
    assert trials == json.loads(exported(other, "wide"))["trials"]


@on_linux
def test_a_trial_that_does_not_fit_into_its_worker_fails_alone(tmp_path):
    line = widths(8, 16, 12000)
    result = run(*line, "--worker-memory", FEW_MB, "--workers", "1", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert " · trial 2 failed: out of memory · " in result.stderr
    states = [each.outcome.state.value for each in stored(tmp_path, "wide").trials]
    assert states == ["complete", "complete", "failed"]


@on_linux
def test_a_study_whose_trials_all_fail_ends_and_can_be_gone_on_with(tmp_path):
    line = widths(*range(12000, 12007), 8)
    result = run(*line, "--worker-memory", FEW_MB, cwd=tmp_path)
    assert_refused_late(result, "every trial fails with: out of memory (5 of 5)")
    assert "`hpsearch resume wide`" in result.stderr
    assert len(stored(tmp_path, "wide").trials) == 5
    result = run("resume", "wide", "--worker-memory", FEW_MB, "--max-failures", "2", cwd=tmp_path)
    assert_refused_late(result, "2 trials have failed in this run, and `--max-failures` is 2")
    assert len(stored(tmp_path, "wide").trials) >= 7


def assert_refused_late(result, error):
    """Code 3 and one error, after the lines of the run."""
    assert result.returncode == 3, result.stderr
    assert "Traceback" not in result.stderr
    *_, last, hint = result.stderr.splitlines()
    assert last.startswith(f"error: {error}")
    assert hint.startswith("hint: ")


@needs_proc
def test_a_worker_that_the_kernel_kills_for_its_memory_costs_its_trial_alone(tmp_path):
    """The driver is in the same control group, and lives."""
    with memory_group(600_000_000) as group:
        join = f'echo $$ > {group}/cgroup.procs; exec "$@"'
        program = ("sh", "-c", join, "sh", *PROGRAM)
        folder = tmp_path / "folder"
        folder.mkdir()
        line = (*widths(8, 16, 12000), "--workers", "2")
        with running(*line, cwd=folder, program=program) as live:
            assert live.process.wait(90) == 0, live.stderr()
            live.assert_nothing_left(2.0)
            stderr = live.stderr()
    assert " · trial 2 lost: its worker died 3 times, last by SIGKILL, probably out of" in stderr
    assert "try `--workers 1`" in stderr
    states = [each.outcome.state.value for each in stored(folder, "wide").trials]
    assert states == ["complete", "complete", "lost"]


@needs_proc
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_a_study_whose_trial_hangs(number, code, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    line = (*widths(8, 6000, epochs=100), "--trial-timeout", "1h", "--workers", "2")
    with running(*line, cwd=folder) as live:
        live.wait_for("saved 0")
        live.process.send_signal(number)
        sent = time.monotonic()
        assert live.process.wait(10) == code
        assert time.monotonic() - sent < 2
        live.assert_nothing_left(0.5)
        assert "Stopped. 1 of 2 trials saved." in live.stderr()
        assert "Traceback" not in live.stderr()


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--trial-timeout", "0", "trial-timeout: `0` is no length of time"),
        ("--trial-timeout", "soon", "trial-timeout: `soon` is no length of time"),
        ("--worker-memory", "2", "worker-memory: `2` is no size of memory"),
        ("--worker-memory", "10MB", "worker-memory: `10MB` is less than a worker needs"),
    ],
)
def test_limits_that_make_no_sense_are_refused(option, value, named, tmp_path):
    assert_refused(run(*widths(8, 16), option, value, cwd=tmp_path), 2, named)
    assert contents(tmp_path) == {}


def test_a_dry_run_tells_of_the_limits(tmp_path):
    limits = ("--trial-timeout", "90", "--worker-memory", "2GB", "--max-failures", "9")
    told = succeed(*widths(8, 16), *limits, "--dry-run", cwd=tmp_path)
    told = " ".join(told.split())
    assert "A trial is given up that trains longer than 90 s on a fold: which ones" in told
    assert "A worker may have 2 GB of memory" in told
    assert "A run ends once 9 trials have failed." in told
    assert contents(tmp_path) == {}
