"""Curves that trials of other tools reported: kept, drawn and told to Optuna again."""

import json

import pytest

from hpsearch.bootstrap import opened
from hpsearch.domain.measurements import reported_of
from hpsearch.imports import import_optuna, import_table
from hpsearch.reporting.optuna_database import optuna_database
from hpsearch.reporting.pictures.reported_curves import reported_curves
from hpsearch.reports import report_files
from tests.importing.test_optuna_study import PRUNED, database, trial

STEPS = {0: 0.9, 10: 0.5, 25: 0.1234567890123}
TRIALS = (
    trial(0.125, steps=STEPS),
    trial(state=PRUNED, steps={0: 1.0, 10: float("nan"), 20: 0.75}),
    trial(0.5, lr=0.1),
)


@pytest.fixture
def storage(tmp_path):
    return f"sqlite:///{tmp_path}/hpsearch.db"


@pytest.fixture
def imported(tmp_path, storage):
    path = database(tmp_path, *TRIALS, direction="minimize")
    return import_optuna(storage, str(path), "theirs")


def reported(study):
    return [reported_of(each.evaluations[0].details) for each in study.trials]


def test_steps_and_values_are_those_of_the_study(imported):
    assert reported(imported) == [STEPS, {0: 1.0, 20: 0.75}, {}]


def test_they_are_told_to_optuna_again(imported, storage, tmp_path):
    with opened(storage) as store:
        data = optuna_database(
            imported,
            lambda numbers: store.evaluations(imported.id, numbers),
            store.finish_times(imported.id),
        )
    (tmp_path / "again.db").write_bytes(data)
    again = import_optuna(storage, str(tmp_path / "again.db"), "theirs", "again")
    assert reported(again) == reported(imported)


def test_a_report_shows_them(imported, storage):
    figure = reported_curves(imported).draw()
    (panel,) = figure.axes
    drawn = {line.get_label(): line.get_xydata().tolist() for line in panel.lines}
    assert drawn["Best-1"] == [[step, -value] for step, value in STEPS.items()]
    assert len(drawn) == 2  # and the pruned one, in grey
    assert [text.get_text() for text in figure.legends[0].texts] == ["Best-1", "others"]
    with opened(storage) as store:
        files = report_files(store, store.load_searched("theirs"))
    assert "learning-curves.png" in files
    assert "What each trial reported while it ran" in files["report.html"]
    assert [row["number"] for row in json.loads(files["best.json"])] == [0, 2]


def test_without_curves_there_is_no_picture_of_them(storage, tmp_path):
    (tmp_path / "t.csv").write_text("lr,score\n0.1,1\n0.2,2\n")
    study, _ = import_table(storage, str(tmp_path / "t.csv"), "score")
    assert reported_curves(study) is None
