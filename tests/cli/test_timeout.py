"""`--timeout`: a run that ends in time, and goes on later."""

import json
import re
import shlex
import time

from tests.command_line import ENDLESS, TINY, contents, run, saved_numbers, succeed
from tests.stored_studies import exported, stored


def test_a_run_ends_when_its_time_is_over_with_everything_saved(tmp_path):
    started = time.monotonic()
    result = run(*ENDLESS, "--timeout", "4s", "--workers", "2", cwd=tmp_path)
    assert time.monotonic() - started < 40
    assert result.returncode == 0, result.stderr
    study = stored(tmp_path, "endless")
    saved = saved_numbers(result.stderr)
    assert saved == {trial.number for trial in study.trials}
    assert 0 < len(saved) < 5000
    *_, up, go_on = result.stderr.splitlines()
    assert up == f"time is up: {len(saved)} of 5000 trials saved"
    assert go_on == "Continue: hpsearch resume endless"
    assert result.stdout.startswith("Best-1 ")
    assert f"{len(saved)} of 5000 trials are in hpsearch.db" in result.stdout
    assert "\n  hpsearch resume endless\n" in result.stdout
    shown = " ".join(succeed("show", "endless", cwd=tmp_path).split())
    assert "Time-dependent: a limit of 4 s ended a run on " in shown
    values = json.loads(succeed("show", "endless", "--format", "json", cwd=tmp_path))
    assert values["time_limits"] == [{"seconds": 4.0, "trials": len(saved)}]


def test_a_run_that_is_too_short_for_a_trial_is_gone_on_with_to_the_same_bytes(finished, tmp_path):
    result = run(*TINY, "--timeout", "0.001", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    (command,) = re.findall("^Continue: hpsearch (.*)$", result.stderr, re.MULTILINE)
    result = run(*shlex.split(command), "--timeout", "2h", cwd=tmp_path)
    assert saved_numbers(result.stderr) == set(range(12))
    assert "time is up" not in result.stderr
    assert exported(tmp_path, "tiny") == exported(finished, "tiny")


def test_a_finished_study_is_shown_whatever_the_time(folder):
    before = contents(folder)
    assert succeed(*TINY, "--timeout", "1", cwd=folder).startswith("Best-1 ")
    assert contents(folder) == before
