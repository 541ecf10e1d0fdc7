"""Studies that go out to other tools and come back, and reports of what others have found."""

import contextlib
import csv
import json
import sqlite3

import pytest

from hpsearch.bootstrap import opened
from hpsearch.domain.task import Direction
from hpsearch.errors import InvalidInput, NotOurs, NoValidTrial, StoreRefused
from hpsearch.imports import import_optuna, import_table
from hpsearch.reporting.export import export_csv, export_json
from hpsearch.reporting.optuna_database import optuna_database
from hpsearch.reports import report_files
from hpsearch.store.checking import check
from tests.stored_studies import run_sections, stored

SECTIONS = {
    "data": {"name": "digits", "metric": "log_loss"},
    "split": {"folds": 2},
    "network": {"hidden": "8,8", "activation": "identity"},
    "training": {"epochs": 4},
    "space": {
        "optimizer": ["sgd", "adam"],
        "lr": {"sgd": "1e-3:10", "adam": "1e-4:1e-2"},
        "wd": "1e-6:0.1",
        "width": "4:16",
    },
    "search": {"trials": 42, "stages": 2, "prune": "epochs:2", "confirm": 1},
}
GAPS = "0,0.1,0.5,complete\n4,0.2,0.25,complete\n9,0.3,,failed\n"  # numbers are left out


def url(folder):
    return f"sqlite:///{folder}/hpsearch.db"


def written(folder, name):
    """A study of `folder` as the file of an Optuna database."""
    path = folder / f"{name}.optuna.db"
    with opened(url(folder)) as store:
        study = store.load_searched(name)
        data = optuna_database(
            study,
            lambda numbers: store.evaluations(study.id, numbers),
            store.finish_times(study.id),
        )
    path.write_bytes(data)
    return path


def told(text):
    """Number, stage, state, score and configuration of each trial of an export."""
    keys = ("number", "stage", "state", "score", "configuration")
    return [{key: trial[key] for key in keys} for trial in json.loads(text)["trials"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("imports")
    run_sections(folder, SECTIONS, "ours")
    import_optuna(url(folder), str(written(folder, "ours")), "ours", "back")
    return folder


@pytest.fixture(scope="module")
def database(folder):
    """What Optuna was told of `ours`."""
    return str(folder / "ours.optuna.db")


def imported(folder, name):
    with opened(url(folder)) as store:
        return store.load_searched(name)


def test_a_study_comes_back_from_optuna_as_it_went(folder):
    ours, back = stored(folder, "ours"), imported(folder, "back")
    states = {trial.outcome.state.value for trial in ours.trials}
    assert {"complete", "pruned", "diverged"} <= states
    assert told(export_json(back)) == told(export_json(ours))
    assert [stage.space for stage in back.stages] == [stage.space for stage in ours.stages]
    assert [t.outcome.epoch for t in back.trials] == [t.outcome.epoch for t in ours.trials]
    with opened(url(folder)) as store:
        whole = {
            number: at.replace(microsecond=0) for number, at in store.finish_times(ours.id).items()
        }
        times = store.finish_times(back.id)
    assert {number: at.replace(microsecond=0) for number, at in times.items()} == whole


def test_an_imported_study_goes_on_to_optuna_and_comes_back_again(folder):
    again = import_optuna(url(folder), str(written(folder, "back")), "back", "again")
    assert told(export_json(again)) == told(export_json(imported(folder, "back")))


def test_a_table_of_trials_comes_back_with_the_same_values(folder, tmp_path):
    back = imported(folder, "back")
    with opened(url(folder)) as store, store.summarised("back") as (study, trials):
        text = export_csv(trials, study.source)
    (tmp_path / "t.csv").write_text(text)
    table, left_out = import_table(
        url(tmp_path), str(tmp_path / "t.csv"), "value", Direction.MINIMIZE
    )
    assert table.name == "t"
    assert left_out == ("datetime_complete", "stage")
    for one, other in zip(told(export_json(table)), told(export_json(back)), strict=True):
        assert one["configuration"].keys() == other["configuration"].keys()
        assert one["configuration"]["wd"] == pytest.approx(other["configuration"]["wd"])
        assert one["score"] == pytest.approx(other["score"])
        assert one["state"] == other["state"]


def test_the_report_says_only_what_one_score_each_can_say(folder):
    with opened(url(folder)) as store:
        files = report_files(store, store.load_searched("back"), 7)
        assert files == report_files(store, store.load_searched("back"), 7)
    page, text = files["report.html"], " ".join(files["report.md"].split())
    assert "imported from Optuna study <code>ours</code>" in page
    assert "so there is no interval, and no test" in text.lower()
    for word in (
        "95 %",
        "Shaded",
        "chance level",
        "folds as",
        "hpsearch replay",
        "hpsearch confirm",
    ):
        assert word not in page
    assert len(json.loads(files["best.json"])) == 7
    assert "best.toml" not in files
    assert files["best.tex"].count(r" \\") == 8


def test_it_is_listed_renamed_and_deleted_like_any_other(folder, database, tmp_path):
    import_optuna(url(tmp_path), database, "ours", "theirs")
    with opened(url(tmp_path)) as store:
        (line,) = store.list_studies()
        best = min(-t.score for t in stored(folder, "ours").trials if t.score is not None)
        assert (line.data, line.is_imported, line.finished) == ("optuna", True, 42)
        assert line.best_value == best
        store.rename("theirs", "renamed")
        assert store.load_searched("renamed").source.study == "ours"
        store.delete("renamed")
        assert store.list_studies() == []


def test_every_row_of_it_is_checked(folder, database, tmp_path):
    (tmp_path / "t.csv").write_text("number,params_lr,loss,state\n" + GAPS)
    import_table(url(tmp_path), str(tmp_path / "t.csv"), "loss")
    import_optuna(url(tmp_path), database, "ours", "theirs")
    path = tmp_path / "hpsearch.db"
    found = check(path)
    assert found.problems == ()
    assert (found.rows, found.without) == (1 + 1 + 3 + 3 + 1 + 2 + 42 + 42, 0)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE study SET source = replace(source, 'maximize', 'minimize')", "a row of `study`"),
        ("UPDATE stage SET trial_count = 2", "a row of `stage`"),
        ("UPDATE trial SET score = 0.75 WHERE number = 4", "a row of `trial` (number 4)"),
        ("UPDATE evaluation SET seconds = 2 WHERE number = 4", "a row of `evaluation` (number 4"),
        ("DELETE FROM evaluation WHERE number = 4", "trial 4 has no evaluation"),
    ],
)
def test_a_row_of_it_that_was_changed_is_never_shown(statement, told, tmp_path):
    (tmp_path / "t.csv").write_text("number,params_lr,loss,state\n" + GAPS)
    import_table(url(tmp_path), str(tmp_path / "t.csv"), "loss")
    path = tmp_path / "hpsearch.db"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
    assert check(path).problems
    with opened(url(tmp_path)) as store, pytest.raises(StoreRefused) as refused:
        store.load_searched("t")
    assert told in str(refused.value)


def test_a_score_without_its_trial_is_found(tmp_path):
    (tmp_path / "t.csv").write_text("number,params_lr,loss,state\n" + GAPS)
    import_table(url(tmp_path), str(tmp_path / "t.csv"), "loss")
    with contextlib.closing(sqlite3.connect(tmp_path / "hpsearch.db")) as connection, connection:
        connection.execute("DELETE FROM trial WHERE number = 4")
    assert check(tmp_path / "hpsearch.db").problems == (
        "a score of trial 4 of study 1, which was imported, has no trial",
    )


def test_nothing_of_it_can_be_trained(folder):
    with opened(url(folder)) as store, pytest.raises(NotOurs, match="nothing to train"):
        store.load_study("back")


def test_a_name_that_is_taken_or_unsafe_writes_nothing(folder, database, tmp_path):
    before = len(imported_names(folder))
    with pytest.raises(InvalidInput, match="a study named `ours` exists"):
        import_optuna(url(folder), database, "ours")
    assert len(imported_names(folder)) == before
    with pytest.raises(InvalidInput, match="not a safe study name"):
        import_optuna(url(tmp_path), database, "ours", "<b>")
    with pytest.raises(InvalidInput, match="unknown Optuna study"):
        import_optuna(url(tmp_path), database, "other")
    assert not list(tmp_path.glob("hpsearch.db*"))


def imported_names(folder):
    with opened(url(folder)) as store:
        return [each.name for each in store.list_studies()]


def test_markup_formulas_and_dollars_stay_text(tmp_path):
    wild = ("<img src=x onerror=alert(1)>", "a|b", "=1+1", "$x$", "名前")
    with (tmp_path / "wild.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*wild, "words", "score"])
        rows.writerows([[row, 2, row % 7, 4, 5, wild[row % 5], row % 9] for row in range(25)])
    import_table(url(tmp_path), f"{tmp_path}/wild.csv", "score")
    with opened(url(tmp_path)) as store:
        files = report_files(store, store.load_searched("wild"))
    assert "<img" not in files["report.html"]
    assert "<img" not in files["report.md"].replace("```", "")
    table = [line for line in files["report.md"].splitlines() if line.startswith("| ")]
    widths = {line.replace(r"\|", "").count("|") for line in table}
    assert len(widths) == 2  # one for each of the two tables
    assert ",=1+1" not in files["trials.csv"]


def test_a_study_without_a_score_is_kept_but_not_reported(tmp_path):
    (tmp_path / "t.csv").write_text("lr,score,state\n0.1,,failed\n0.2,,failed\n")
    study, _ = import_table(url(tmp_path), str(tmp_path / "t.csv"), "score")
    with opened(url(tmp_path)) as store, pytest.raises(NoValidTrial, match="none of the 2 trials"):
        report_files(store, study)
    assert len(json.loads(export_json(study))["trials"]) == 2
