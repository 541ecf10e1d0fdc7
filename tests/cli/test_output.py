import csv
import io
import json
import math
import tomllib

import pytest
import yaml

from tests.command_line import assert_refused, run, succeed
from tests.partial_study import run_partly


@pytest.fixture(scope="module")
def exported(finished):
    return succeed("export", "tiny", "--format", "json", cwd=finished)


def test_the_json_export_is_canonical(exported):
    values = json.loads(exported, parse_constant=pytest.fail)
    assert exported == json.dumps(values, sort_keys=True, indent=2) + "\n"
    assert set(values) == {"study", "stages", "trials"}
    assert set(values["study"]) == {"name", "seed", "spec", "data"}
    assert set(values["study"]["data"]) == {"name", "fingerprint"}
    assert set(values["stages"][0]) == {"number", "sampler", "ranges", "verdicts"}
    assert [trial["number"] for trial in values["trials"]] == list(range(12))


def test_every_trial_is_exported_with_its_folds(exported):
    for trial in json.loads(exported)["trials"]:
        assert set(trial) == {"number", "stage", "state", "score", "configuration", "folds"}
        assert (trial["stage"], trial["state"]) == (1, "complete")
        assert set(trial["configuration"]) == {"lr", "wd"}
        assert [fold["fold"] for fold in trial["folds"]] == [0, 1]
        scores = [fold["validation_score"] for fold in trial["folds"]]
        assert trial["score"] == math.fsum(scores) / 2
        for fold in trial["folds"]:
            assert (fold["purpose"], fold["repeat"], fold["epochs"]) == ("search", 0, 2)
            assert 0 <= fold["train_score"] <= 1
            assert fold["train_loss"] > 0
            assert fold["validation_loss"] > 0


def test_the_csv_export_has_the_columns_that_others_have(finished, exported):
    rows = list(csv.DictReader(io.StringIO(_export("csv", finished))))
    assert list(rows[0]) == [
        *("number", "value", "datetime_complete", "duration", "params_lr", "params_wd", "state"),
        *("stage", "mean_train_score", "split0_test_score", "split1_test_score"),
    ]
    for row, trial in zip(rows, json.loads(exported)["trials"], strict=True):
        assert int(row["number"]) == trial["number"]
        assert float(row["value"]) == trial["score"]
        assert float(row["params_lr"]) == trial["configuration"]["lr"]
        assert float(row["split1_test_score"]) == trial["folds"][1]["validation_score"]
        assert row["state"] == "COMPLETE"


def test_the_best_is_exported_as_toml_and_yaml(finished):
    best = json.loads(succeed("best", "tiny", "1", "--format", "json", cwd=finished))[0]
    text = _export("toml", finished)
    values = tomllib.loads(text)
    assert yaml.safe_load(_export("yaml", finished)) == values
    assert text.startswith(f"# Best of 12 trials of study tiny: trial {best['number']}, ")
    assert values["network"]["hidden"] == [8]
    for name, value in best["configuration"].items():
        assert values["training"][name] == value


def test_the_toml_export_is_the_fixed_part_of_a_study_file(finished, tmp_path):
    (tmp_path / "best.toml").write_text(_export("toml", finished).replace("lr = ", "# lr = "))
    printed = succeed("start", "best.toml", "--space", "lr", "--dry-run", cwd=tmp_path)
    assert "64-8-10" in printed


def test_an_export_goes_to_a_file_that_is_not_there_yet(folder, exported):
    succeed("export", "tiny", "-o", "tiny.json", cwd=folder)
    assert (folder / "tiny.json").read_text() == exported
    (folder / "tiny.json").write_text("mine")
    assert_refused(run("export", "tiny", "-o", "tiny.json", cwd=folder), 2, "`tiny.json` exists")
    assert (folder / "tiny.json").read_text() == "mine"
    succeed("export", "tiny", "-o", "tiny.json", "--force", cwd=folder)
    assert (folder / "tiny.json").read_text() == exported


def test_a_report_is_printed_and_written(folder):
    printed = succeed("report", "tiny", cwd=folder)
    report = folder / "tiny-report"
    assert (report / "report.txt").read_text() == printed
    assert (report / "report.md").read_text().startswith("# tiny\n")
    assert (report / "trials.csv").read_text() == _export("csv", folder)
    assert_refused(run("report", "tiny", cwd=folder), 2, "`tiny-report` exists")
    succeed("report", "tiny", "--force", cwd=folder)


def test_a_study_without_trials_is_exported_empty(tmp_path):
    run_partly(tmp_path, "empty", 0)
    assert json.loads(succeed("export", "empty", cwd=tmp_path))["trials"] == []
    assert succeed("export", "empty", "--format", "csv", cwd=tmp_path).strip() in ("", '""')
    assert "0 of 12 trials" in succeed("show", "empty", cwd=tmp_path)
    for command in (("best", "empty"), ("export", "empty", "--format", "toml")):
        assert_refused(run(*command, cwd=tmp_path), 3, "`empty` has no finished trial yet")


def _export(kind, folder):
    return succeed("export", "tiny", "--format", kind, cwd=folder)
