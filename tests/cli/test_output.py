import csv
import io
import json
import math
from importlib.util import find_spec

import pandas
import pytest
import yaml

from tests.command_line import assert_refused, contents, run, succeed
from tests.stored_studies import exported, run_partly, stored


@pytest.fixture(scope="module")
def json_text(finished):
    return succeed("export", "tiny", "--format", "json", cwd=finished)


def test_the_json_export_is_canonical(finished, json_text):
    assert json_text == exported(finished, "tiny")
    values = json.loads(json_text, parse_constant=pytest.fail)
    assert json_text == json.dumps(values, sort_keys=True, indent=2) + "\n"
    assert set(values) == {"study", "stages", "trials"}
    assert set(values["study"]) == {"name", "seed", "spec", "data"}
    assert set(values["study"]["data"]) == {"name", "fingerprint"}
    decided = {"verdicts", "stop", "finalists", "overrides"}
    assert set(values["stages"][0]) == {"number", "sampler", "ranges", *decided}
    assert [trial["number"] for trial in values["trials"]] == list(range(12))


def test_every_trial_is_exported_with_its_folds(json_text):
    for trial in json.loads(json_text)["trials"]:
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


def test_the_csv_export_has_the_columns_that_others_have(finished, json_text):
    rows = list(csv.DictReader(io.StringIO(_export("csv", finished))))
    assert list(rows[0]) == [
        *("number", "value", "datetime_complete", "duration", "params_lr", "params_wd", "state"),
        *("stage", "mean_train_score", "split0_test_score", "split1_test_score"),
    ]
    for row, trial in zip(rows, json.loads(json_text)["trials"], strict=True):
        assert int(row["number"]) == trial["number"]
        assert float(row["value"]) == trial["score"]
        assert float(row["params_lr"]) == trial["configuration"]["lr"]
        assert float(row["split1_test_score"]) == trial["folds"][1]["validation_score"]
        assert row["state"] == "COMPLETE"


def test_the_best_is_exported_as_yaml(finished):
    best = max(stored(finished, "tiny").trials, key=lambda trial: trial.score)
    text = _export("yaml", finished)
    values = yaml.safe_load(text)
    assert text.startswith(f"# Best of 12 trials of study tiny: trial {best.number}, ")
    assert values["network"]["hidden"] == [8]
    for name, value in best.configuration.items():
        assert values["training"][name] == value


def test_an_export_goes_to_a_file_and_replaces_it_only_by_force(folder, json_text):
    (folder / "tiny.json").write_text("mine")
    line = ("export", "tiny", "-o", "tiny.json")
    assert_refused(run(*line, cwd=folder), 2, "`tiny.json` exists")
    assert (folder / "tiny.json").read_text() == "mine"
    assert succeed(*line, "--force", cwd=folder) == ""
    assert (folder / "tiny.json").read_text() == json_text


def test_an_optuna_database_goes_to_a_new_file_only(folder):
    line = ("export", "tiny", "--format", "optuna")
    assert_refused(run(*line, cwd=folder), 2, "`--format optuna` is not text")
    assert succeed(*line, "-o", "trials.db", cwd=folder) == ""
    data = (folder / "trials.db").read_bytes()
    assert data.startswith(b"SQLite format 3")
    assert_refused(run(*line, "-o", "trials.db", cwd=folder), 2, "`trials.db` exists")
    before = contents(folder)
    itself = run(*line, "-o", "hpsearch.db", "--force", cwd=folder)
    assert_refused(itself, 2, "`hpsearch.db` holds the studies themselves")
    assert contents(folder) == before


@pytest.mark.skipif(find_spec("pyarrow") is not None, reason="pyarrow is there")
def test_parquet_names_the_package_that_it_lacks(folder):
    lacking = run("export", "tiny", "--format", "parquet", "-o", "tiny.parquet", cwd=folder)
    assert_refused(lacking, 2, "`pyarrow`")
    assert "hpsearch[parquet]" in lacking.stderr
    assert not (folder / "tiny.parquet").exists()


def test_parquet_holds_the_table_of_the_csv(folder):
    pytest.importorskip("pyarrow")
    succeed("export", "tiny", "--format", "parquet", "-o", "tiny.parquet", cwd=folder)
    frame = pandas.read_parquet(folder / "tiny.parquet")
    table = pandas.read_csv(io.StringIO(succeed("export", "tiny", "--format", "csv", cwd=folder)))
    assert list(frame.columns) == list(table.columns)
    assert frame["value"].tolist() == table["value"].tolist()
    assert frame["params_lr"].tolist() == table["params_lr"].tolist()
    assert set(map(type, frame["params_wd"])) == {str}  # some are `off`


def test_a_report_is_printed_and_written(folder):
    printed = succeed("report", "tiny", cwd=folder)
    report = folder / "tiny-report"
    assert (report / "report.txt").read_text() == printed
    assert (report / "report.md").read_text().startswith("# tiny\n")
    assert (report / "trials.csv").read_text().startswith("number,value,")
    assert "](learning-curves.svg)" in (report / "report.md").read_text()
    assert (report / "learning-curves.svg").read_bytes().startswith(b"<?xml")
    assert (report / "learning-curves.png").read_bytes().startswith(b"\x89PNG")
    assert (report / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert_refused(run("report", "tiny", cwd=folder), 2, "`tiny-report` exists")


def test_a_study_without_trials_is_exported_empty(tmp_path):
    run_partly(tmp_path / "hpsearch.db", "empty", 0)
    assert json.loads(succeed("export", "empty", cwd=tmp_path))["trials"] == []
    assert succeed("export", "empty", "--format", "csv", cwd=tmp_path).strip() in ("", '""')
    assert "0 of 12 trials" in succeed("show", "empty", cwd=tmp_path)
    toml = run("export", "empty", "--format", "toml", cwd=tmp_path)
    assert_refused(toml, 3, "`empty` has no finished trial yet")
    assert_refused(run("report", "empty", cwd=tmp_path), 3, "`empty` has no finished trial yet")
    assert not (tmp_path / "empty-report").exists()


def _export(kind, folder):
    return succeed("export", "tiny", "--format", kind, cwd=folder)
