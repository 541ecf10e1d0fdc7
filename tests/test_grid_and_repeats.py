"""Grids and repeats through the whole program: bits, resuming, export."""

import csv
import io
import json

import pytest
import yaml

from hpsearch.bootstrap import ask, describe, opened, resume
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.spec_text import layered
from hpsearch.domain.trial_settings import settled
from hpsearch.errors import InvalidStudy
from hpsearch.execution import cohorts as cohort_schedule
from hpsearch.reporting.best import best_text
from hpsearch.reporting.export import export_csv, export_yaml
from hpsearch.reporting.study_text import show_text
from tests.stored_studies import TINY_SECTIONS, exported, run_sections, stored

GRID = {
    **TINY_SECTIONS,
    "network": {"hidden": "8,8"},
    "space": {"lr": "0.1|0.01", "wd": "off|0.1", "init": "0.3|he", "residual": "off|on"},
    "search": {"sampler": "grid", "repeats": 3},
}


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A folder with a finished grid of 16 combinations, each trained three times on two folds."""
    folder = tmp_path_factory.mktemp("grid")
    run_sections(folder, GRID, "compared")
    return folder


def test_a_grid_tries_each_combination_once_and_exports_its_values(compared):
    values = json.loads(exported(compared, "compared"))
    tried = [tuple(trial["configuration"].values()) for trial in values["trials"]]
    assert len(tried) == len(set(tried)) == 16
    first, last = values["trials"][0]["configuration"], values["trials"][-1]["configuration"]
    assert first == {"lr": 0.1, "wd": "off", "init": 0.3, "residual": "off"}
    assert last == {"lr": 0.01, "wd": 0.1, "init": "he", "residual": "on"}
    assert values["stages"][0]["ranges"]["init"] == {"choices": [0.3, "he"]}
    assert values["study"]["spec"]["search"]["repeats"] == 3


def test_every_repeat_and_fold_is_exported_and_counts_alike(compared):
    for trial in json.loads(exported(compared, "compared"))["trials"]:
        assert [(each["repeat"], each["fold"]) for each in trial["folds"]] == [
            *((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1))
        ]
        scores = [each["validation_score"] for each in trial["folds"]]
        assert trial["score"] == pytest.approx(sum(scores) / 6)
        assert len(set(scores)) > 2
    with opened(f"sqlite:///{compared}/hpsearch.db") as store:
        study = store.load_study("compared")
        with store.summarised("compared") as (_, trials):
            table = export_csv(trials)
        assert [len(curves) for curves in store.curves(study.id, [0, 5]).values()] == [6, 6]
    assert "split5_test_score" in next(csv.reader(io.StringIO(table)))


def test_repeat_0_is_what_a_study_without_repeats_gives(compared, tmp_path):
    run_sections(tmp_path, layered(GRID, {"search": {"repeats": 1}}), "once")
    once = json.loads(exported(tmp_path, "once"))
    assert "repeats" not in once["study"]["spec"]["search"]
    for trial, repeated in zip(
        once["trials"], json.loads(exported(compared, "compared"))["trials"], strict=True
    ):
        assert trial["folds"] == repeated["folds"][:2]


def test_a_resumed_grid_is_byte_for_byte_the_uninterrupted_one(compared, tmp_path, monkeypatch):
    # So that it is saved in many parts.
    monkeypatch.setattr(cohort_schedule, "COHORT_SECONDS", 0.01)
    run_sections(tmp_path, GRID, "compared", workers=2, cohorts=1)
    assert 0 < len(stored(tmp_path, "compared").trials) < 16
    run_sections(tmp_path, GRID, "compared")
    assert exported(tmp_path, "compared") == exported(compared, "compared")


def test_a_grid_cannot_be_lengthened(compared):
    with (
        pytest.raises(InvalidStudy, match="`17` is more than the 16 combinations"),
        resume(f"sqlite:///{compared}/hpsearch.db", "compared", 1, 17),
    ):
        pass


def test_reports_tell_of_repeats(compared):
    study = stored(compared, "compared")
    told = " ".join(best_text(study, 1).split())
    assert "1797 validation rows over 2 folds, mean of 3 repeats," in told
    assert "Repeats   3, each with fresh" in show_text(study, describe("digits"))


def test_the_best_is_exported_as_settings_that_can_be_read_again(compared):
    study = stored(compared, "compared")
    sections = yaml.safe_load(export_yaml(study))
    del sections["training"]["label_smoothing"]
    spec = ask(None, {**sections, "space": {"label_smoothing": [0, 0.1]}}, None).spec
    (best,) = best_trials(study.trials, 1)
    assert (spec.network, spec.training) == settled(
        study.spec.network, study.spec.training, best.configuration
    )
    assert spec.repeats == 3
