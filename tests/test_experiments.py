"""A packaged experiment in miniature, from the command to the numbers that it is about."""

import re

import pytest

from tests.command_line import run, succeed
from tests.stored_studies import stored

MINIATURE = (
    *("start", "weight-init", "--rows", "400", "--epochs", "40", "--repeats", "2"),
    *("--set", "batch=32", "--workers", "1"),
)


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("experiment")
    result = run(*MINIATURE, cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder


def test_small_weights_stand_still_and_those_of_he_learn_faster_than_those_of_xavier(compared):
    still, xavier, he = stored(compared, "weight-init").trials
    assert [trial.configuration["init"] for trial in (still, xavier, he)] == [0.01, "xavier", "he"]
    assert still.validation_loss == pytest.approx(2.3026, abs=0.01)
    assert he.validation_loss < xavier.validation_loss < 2.2
    assert min(xavier.train_score, he.train_score) > 0.5 > 0.2 > still.train_score
    assert {len(trial.evaluations) for trial in (still, xavier, he)} == {2}


def test_its_report_shows_each_value_in_a_picture(compared):
    succeed("report", "weight-init", cwd=compared)
    report = (compared / "weight-init-report" / "report.md").read_text()
    pictures = re.findall(r"!\[.*\]\((.*\.(?:png|svg))\)", report)
    assert pictures
    for each in pictures:
        assert (compared / "weight-init-report" / each).stat().st_size > 1000
    assert "Repeats   2, each with fresh weights" in report
