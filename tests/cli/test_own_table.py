"""A table of one's own, from nothing to predictions, as typed."""

import pandas as pd
import pytest

from tests.command_line import PLAIN, assert_refused, contents, run, succeed
from tests.test_own_table import churn

START = (
    *("start", "--data", "churn.csv", "--target", "churned", "--space", "lr=0.05:0.3"),
    *("--drop", "spend", "--name", "churn", "--set", "hidden=16", "--epochs", "15"),
    *("--trials", "4", "--folds", "3", "--workers", "1", *PLAIN),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("churn")
    churn().to_csv(folder / "churn.csv", index=False)
    churn(50, seed=1).drop(columns="churned").to_csv(folder / "new.csv", index=False)
    succeed(*START, cwd=folder)
    succeed("finalize", "churn", "--seeds", "2", cwd=folder)
    return folder


def test_new_rows_are_predicted_in_their_order(folder):
    told = run("predict", "churn.model.npz", "new.csv", cwd=folder)
    assert told.returncode == 0, told.stderr
    (folder / "answers.csv").write_text(told.stdout)
    answers = pd.read_csv(folder / "answers.csv")
    assert (answers.prediction == churn(50, seed=1).churned).mean() > 0.75
    assert told.stderr == ""
    shares = succeed("predict", "churn.model.npz", "new.csv", "--probabilities", cwd=folder)
    assert shares.splitlines()[0] == "prediction,probability_no,probability_yes"


def test_columns_and_values_that_are_new_are_noted(folder):
    other = churn(20, seed=2).assign(colour="red", city="Paris")
    other.to_csv(folder / "other.csv", index=False)
    told = run("predict", "churn.model.npz", "other.csv", cwd=folder)
    assert told.returncode == 0
    assert len(told.stdout.splitlines()) == 21
    assert "note: columns that the model does not know are ignored: `colour`" in told.stderr
    assert "note: column `city`: 20 rows have a value that is rare or new" in told.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns=["age", "city"]), "lack the columns `age`, `city`"),
        (lambda frame: frame.rename(columns={"city": "City "}), "lack the column `city`"),
        (lambda frame: frame.assign(age="old"), "`old` in row 1 is no number"),
        (lambda frame: frame.assign(since="yesterday"), "is no date"),
        (lambda frame: frame.iloc[:0], "has a header but no rows"),
    ],
)
def test_data_that_do_not_fit_are_refused(folder, tmp_path, change, said):
    change(churn(9, seed=2)).to_csv(tmp_path / "bad.csv", index=False)
    before = contents(folder)
    told = run("predict", "churn.model.npz", str(tmp_path / "bad.csv"), cwd=folder)
    assert_refused(told, 2, said)
    assert "bad.csv`" in told.stderr.splitlines()[0]
    assert contents(folder) == before
