"""`hpsearch import`, and what the other commands make of what it brought in."""

import io
import json

import pandas
import pytest

from tests.command_line import assert_refused, contents, run, succeed

RUNS = "lr,layers,val_loss\n0.1,2,0.5\n0.01,3,0.25\n0.001,1,0.75\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brought")
    (folder / "runs.csv").write_text(RUNS)
    result = run(
        "import", "csv", "runs.csv", "--score", "val_loss", "--direction", "minimize", cwd=folder
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == "study runs: 3 trials: 3 complete, from the table runs.csv\n"
    assert result.stdout == "  hpsearch best runs\n  hpsearch report runs\n"
    return folder


def test_it_is_listed_shown_and_ranked(folder):
    assert "runs  csv   lr,layers  3 of 3  0.25" in succeed("list", cwd=folder)
    shown = succeed("show", "runs", cwd=folder)
    assert "imported from the table runs.csv; ranges are those of the values" in shown
    best = succeed("best", "runs", "2", cwd=folder).splitlines()
    assert best[0] == "Best-1 (val_loss: 0.25) | lr: 0.01, layers: 3"
    assert best[1] == "Best-2 (val_loss: 0.5) | lr: 0.1, layers: 2"
    assert "One score for each trial is all that is known" in "\n".join(best)


@pytest.mark.parametrize(
    "command",
    [
        ("resume", "runs"),
        ("narrow", "runs"),
        ("confirm", "runs"),
        ("finalize", "runs"),
        ("replay", "runs", "0"),
        ("verify", "runs"),
        ("compare", "runs", "runs2"),
        ("export", "runs", "--format", "toml"),
        ("export", "runs", "--format", "yaml"),
    ],
)
def test_what_would_train_it_says_why_not(folder, command):
    before = contents(folder)
    assert_refused(run(*command, cwd=folder), 2, "`runs` was imported from the table runs.csv")
    assert contents(folder) == before


def test_it_is_exported_with_the_values_that_stood_there(folder):
    document = json.loads(succeed("export", "runs", cwd=folder))
    assert document["study"]["source"]["direction"] == "minimize"
    assert [each["score"] for each in document["trials"]] == [-0.5, -0.25, -0.75]
    table = pandas.read_csv(io.StringIO(succeed("export", "runs", "--format", "csv", cwd=folder)))
    assert list(table["value"]) == [0.5, 0.25, 0.75]
    assert list(table["params_layers"]) == [2, 3, 1]
    assert not [each for each in table.columns if "split" in each or "train" in each]


def test_it_is_exported_as_parquet_with_the_same_values(folder, tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "runs.parquet"
    succeed("export", "runs", "--format", "parquet", "-o", str(path), cwd=folder)
    assert list(pandas.read_parquet(path)["value"]) == [0.5, 0.25, 0.75]


def test_its_name_is_taken(folder):
    started = run("start", "--space", "lr", "--name", "runs", cwd=folder)
    assert_refused(started, 2, "a study named `runs` exists")
    resumed = run("resume", cwd=folder)
    assert_refused(resumed, 2, "unknown unfinished study")


def test_a_file_that_cannot_be_used_makes_no_database(tmp_path):
    (tmp_path / "runs.csv").write_text(RUNS)
    for arguments, said in (
        (("csv", "runs.csv", "--score", "loss"), "unknown column `loss`"),
        (("csv", "none.csv", "--score", "loss"), "`none.csv` does not exist"),
        (("optuna", "runs.csv", "x"), "is not a database of Optuna"),
        (("optuna", "sqlite:///none.db", "x"), "`none.db` is no file"),
    ):
        assert_refused(run("import", *arguments, cwd=tmp_path), 2, said)
    assert [each.name for each in tmp_path.iterdir()] == ["runs.csv"]
