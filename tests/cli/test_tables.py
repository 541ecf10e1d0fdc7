"""Tables of one's own on the real command line."""

import json
import shlex

import pytest

from tests.command_line import PLAIN, assert_refused, contents, run, succeed
from tests.data.tables_of_people import people

SMALL = ("--set", "hidden=8", "--epochs", "2", "--trials", "4", "--folds", "3", *PLAIN)
LINE = ("start", "--data", "people.csv", "--space", "lr,wd", *SMALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("tables")
    people().to_csv(made / "people.csv", index=False)
    return made


def exported(folder, storage):
    return succeed("export", "people", "--format", "json", "--storage", storage, cwd=folder)


def test_any_number_of_workers_gives_the_same_bytes(folder):
    for workers in ("1", "2"):
        line = (*LINE, "--target", "churned", "--metric", "roc_auc", "--workers", workers)
        shown = succeed(*line, "--storage", f"sqlite:///{workers}.db", cwd=folder)
        assert "(val ROC AUC: " in shown
        assert "about 0.5 by chance" in " ".join(shown.split())
    one, two = (exported(folder, f"sqlite:///{workers}.db") for workers in ("1", "2"))
    assert one == two
    data = json.loads(one)["study"]["spec"]["data"]
    assert data == {
        "name": "people.csv",
        "rows": None,
        "target": "churned",
        "metric": "roc_auc",
        "test": 0.2,
    }


def test_errors_are_minimised_and_shown_in_their_own_unit(folder):
    storage = ("--storage", "sqlite:///numbers.db")
    flags = ("--target", "income", "--metric", "mae", "--group", "family", "--workers", "1")
    shown = succeed(*LINE, *flags, *storage, cwd=folder)
    values = [float(each.split(")")[0]) for each in shown.split("val MAE: ")[1:]]
    assert values == sorted(values)
    assert values[0] > 0
    listed = succeed("list", *storage, cwd=folder)
    assert f"{values[0]:.3f}"[:4] in listed
    assert "Target    `income`, regression by MAE, rows grouped by `family`" in succeed(
        "show", "people", *storage, cwd=folder
    )


def test_changed_data_are_refused_with_both_hashes(folder, tmp_path):
    people().to_csv(tmp_path / "people.csv", index=False)
    succeed(*LINE, "--target", "churned", "--workers", "1", cwd=tmp_path)
    frame = people()
    frame.loc[:, "income"] += 1
    frame.to_csv(tmp_path / "people.csv", index=False)
    before = contents(tmp_path)
    refused = run("resume", "people", "--trials", "6", "--workers", "1", cwd=tmp_path)
    assert_refused(refused, 2, "`people.csv` has changed since it was started")
    for part in ("rows searched on", "rows set aside"):
        assert f"  {part}: " in refused.stderr
    assert refused.stderr.count(" when it was started, ") == 2
    assert contents(tmp_path) == before


def test_what_a_file_holds_is_told_before_a_search(folder):
    shown = succeed("data", "people.csv", "--target", "churned", cwd=folder)
    assert "160 rows and 11 columns, 40 more sealed as test part" in shown
    for told in ("left out: it is always `Earth`", "standardised, and whether it is missing"):
        assert told in shown
    values = json.loads(succeed("data", "people.csv", "--format", "json", cwd=folder))
    assert values["rows"] == 200
    assert values["classes"] is None
    assert {each["kind"] for each in values["columns"]} >= {"id", "date", "constant"}
    assert "iris" in succeed("data", cwd=folder)
    assert "regression: 25 to 3" in succeed("data", "diabetes", cwd=folder)


def test_the_line_that_searches_a_file_asks_what_was_looked_at(tmp_path):
    rows = [f"{i % 5},{i % 7},{i * i % 17},{'yes' if i % 2 else 'no'}" for i in range(60)]
    (tmp_path / "two words.csv").write_text("\n".join(["a b,c,d,y", *rows]))
    flags = ("--target", "y", "--group", "a b", "--drop", "c", "--test", "0.3")
    looked = run("data", "two words.csv", *flags, cwd=tmp_path)
    line = shlex.split(looked.stderr.partition("Search it: ")[2])
    assert line[2:-2] == ["--data", "two words.csv", *flags]
    assert "100 trials" in succeed(*line[1:], "--folds", "3", "--dry-run", cwd=tmp_path)
