"""`hpsearch finalize` and `predict`, as typed."""

import csv
import io
import json

import numpy as np
import pytest

from tests.command_line import assert_refused, contents, run, succeed
from tests.stored_studies import run_sections

SECTIONS = {
    "data": {"name": "digits", "rows": 300},
    "split": {"folds": 2},
    "network": {"hidden": "16"},
    "training": {"epochs": 8},
    "space": {"text": "lr=0.1:0.5"},
    "search": {"trials": 4, "stages": 1, "prune": "none", "confirm": 0},
}


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("searched")
    run_sections(folder, SECTIONS, "small")
    np.savez(folder / "new.npz", x=np.random.default_rng(0).integers(0, 17, (7, 64)))
    return folder


@pytest.fixture(scope="module")
def finalized(searched, tmp_path_factory):
    """What the command said, and the folder in which it was run."""
    folder = tmp_path_factory.mktemp("finalized")
    for name in ("hpsearch.db", "new.npz"):
        (folder / name).write_bytes((searched / name).read_bytes())
    return run("finalize", "small", "--seeds", "2", cwd=folder), folder


def test_a_model_is_made_and_its_test_told(finalized):
    told, folder = finalized
    assert told.returncode == 0, told.stderr
    assert "training 2 networks of trial" in told.stderr
    assert "small.model.npz: 2 networks together, trial " in told.stdout
    assert "Final test: the test set was opened once, for trial " in told.stdout
    assert "hpsearch predict small.model.npz DATA" in told.stdout
    assert (folder / "small.model.npz").exists()


def test_a_second_time_is_refused_and_says_how(finalized):
    _, folder = finalized
    before = contents(folder)
    told = run("finalize", "small", "--seeds", "2", cwd=folder)
    assert_refused(told, 2, "the test set of `small` was opened already: ")
    assert "`--again` opens it once more" in told.stderr
    assert contents(folder) == before


def test_again_is_counted_in_all_that_is_said(searched, tmp_path):
    (tmp_path / "hpsearch.db").write_bytes((searched / "hpsearch.db").read_bytes())
    succeed("finalize", "small", "--seeds", "1", cwd=tmp_path)
    again = ("finalize", "small", "--seeds", "1", "--again", "-o", "b.npz", "--format", "json")
    values = json.loads(succeed(*again, cwd=tmp_path))
    assert values["model"] == "b.npz"
    assert values["openings"] == values["test"]["number"] == 2
    said = "the test set was opened 2 times"
    for command in (("show", "small"), ("best", "small"), ("report", "small")):
        assert said in succeed(*command, cwd=tmp_path)
    assert said in (tmp_path / "small-report" / "report.md").read_text()
    shown = run("best", "small", "--format", "json", cwd=tmp_path)
    assert said in shown.stderr
    assert json.loads(shown.stdout)[0]["rank"] == 1


def test_predictions_as_csv_and_json(finalized):
    _, folder = finalized
    plain = succeed("predict", "small.model.npz", "new.npz", cwd=folder)
    rows = list(csv.reader(io.StringIO(plain)))
    assert rows[0] == ["prediction"]
    assert len(rows) == 8
    asked = ("predict", "small.model.npz", "new.npz", "--probabilities")
    whole = list(csv.reader(io.StringIO(succeed(*asked, cwd=folder))))
    assert whole[0] == ["prediction", *(f"probability_{digit}" for digit in range(10))]
    assert [row[0] for row in whole] == [row[0] for row in rows]
    values = json.loads(succeed(*asked, "--format", "json", cwd=folder))
    for row, value in zip(whole[1:], values, strict=True):
        assert int(row[0]) == value["prediction"]
        shares = list(map(float, row[1:]))
        assert shares == list(value["probabilities"].values())
        assert shares.index(max(shares)) == value["prediction"]
        assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_predictions_go_to_a_file_that_is_not_replaced(finalized, tmp_path):
    _, folder = finalized
    output = str(tmp_path / "p.csv")
    asked = ("predict", "small.model.npz", "new.npz", "-o", output)
    assert succeed(*asked, cwd=folder) == ""
    assert (tmp_path / "p.csv").read_text() == succeed(*asked[:3], cwd=folder)
    assert_refused(run(*asked, cwd=folder), 2, "exists")
    succeed(*asked, "--force", cwd=folder)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("finalize", "none"), "unknown study `none`"),
        (("finalize", "small", "--trial", "9", "--again"), "unknown trial `9`"),
        (("finalize", "small", "--again"), "`small.model.npz` exists"),
        (("finalize", "small", "--again", "-o", "no/a.npz"), "folder `no` of the model"),
        (("predict", "none.npz", "new.npz"), "model file `none.npz` does not exist"),
        (("predict", "new.npz", "new.npz"), "`new.npz` is no model of hpsearch"),
        (("predict", "hpsearch.db", "new.npz"), "is damaged, or no model"),
        (("predict", "small.model.npz", "none.npz"), "data file `none.npz` does not exist"),
        (("predict", "small.model.npz", "small.model.npz"), "has no array `x`"),
        (("predict", "small.model.npz", "narrow.npz"), "it takes rows of 64 numbers"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_and_changes_nothing(finalized, asked, said):
    _, folder = finalized
    np.savez(folder / "narrow.npz", x=np.zeros((2, 3)))
    before = contents(folder)
    assert_refused(run(*asked, cwd=folder), 2, said)
    assert contents(folder) == before
