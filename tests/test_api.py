"""Searches from Python: on frames, arrays and files, and what comes back."""

import numpy as np
import pandas as pd
import pytest

from hpsearch.api import load, load_model, search
from hpsearch.errors import InvalidInput, StudyDiffers, UnknownName
from tests.command_line import succeed

QUICK = {
    "trials": 4,
    "epochs": 15,
    "hidden": (16,),
    "folds": 2,
    "stages": 1,
    "confirm": 0,
    "prune": "none",
    "optimizer": "adam",
    "workers": 1,
}


def people(rows=200, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": rng.integers(18, 80, rows), "city": rng.choice(["A", "B"], rows)})
    return frame.assign(churned=np.where((frame.age < 40) ^ (frame.city == "A"), "yes", "no"))


@pytest.fixture(scope="module")
def found():
    return search(people(), "churned", "lr=1e-3:0.1", progress=False, **QUICK)


def test_a_frame_is_searched_and_its_results_are_frames(found):
    best, trials = found.best(3), found.trials_dataframe()
    assert best["rank"].tolist() == [1, 2, 3]
    assert best.params_lr.between(1e-3, 0.1).all()
    assert trials.number.tolist() == [0, 1, 2, 3]
    assert set(trials.columns) >= {"value", "params_lr", "state", "duration", "split1_test_score"}
    assert best.score[0] == trials.value.max()
    assert "churned-lr: 4 of 4 trials" in repr(found)
    assert "Target    `churned`" in str(found)


def test_a_picture_shows_itself_in_a_notebook(found):
    picture = found.plot()
    assert picture._repr_svg_().startswith("<?xml")
    with pytest.raises(InvalidInput, match="no picture `9`"):
        found.plot(9)


def test_a_search_goes_on_and_ends_in_a_model(tmp_path):
    storage = f"sqlite:///{tmp_path}/a.db"
    asked = QUICK | {"storage": storage, "name": "mine", "progress": False}
    search(people(), "churned", "lr=1e-3:0.1", **asked)
    found = load("mine", storage, workers=1).resume(trials=6)
    assert len(found.trials_dataframe()) == 6
    model = found.finalize(seeds=2)
    assert (tmp_path / "mine.model.npz").exists()
    new = people(100, seed=1)
    assert (model.predict(new) == new.churned).mean() > 0.7
    back = load_model(tmp_path / "mine.model.npz")
    assert np.array_equal(back.predict_proba(new), model.predict_proba(new))
    with pytest.raises(InvalidInput, match="opened already"):
        found.finalize(seeds=3)
    shown = succeed("show", "mine", "--storage", storage, cwd=tmp_path)
    assert "the test set was opened once" in shown


def test_the_same_call_again_shows_the_same_study_and_another_question_is_refused(tmp_path):
    asked = QUICK | {"storage": f"sqlite:///{tmp_path}/a.db", "progress": False}
    first = search(people(), "churned", "lr", **asked)
    again = search(people(), "churned", "lr", **asked)
    pd.testing.assert_frame_equal(first.trials_dataframe(), again.trials_dataframe())
    with pytest.raises(StudyDiffers, match="epochs"):
        search(people(), "churned", "lr", **asked | {"epochs": 3})


def test_arrays_are_tables_or_images():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    x = rng.normal(size=(120, 4)) * [1, 10, 100, 1000] + y[:, None] * [3, 0, 0, 0]
    model = search(x, y, "lr=1e-3:0.1", progress=False, **QUICK).finalize(seeds=1)
    frame = pd.DataFrame(x, columns=["x0", "x1", "x2", "x3"])
    assert (model.predict(frame) == y).mean() > 0.8
    images = (rng.random((120, 3, 3)) * 255 * (0.2 + 0.8 * y[:, None, None])).astype(np.uint8)
    found = search(images, y, "lr=1e-3:0.1", progress=False, test=0.25, **QUICK)
    assert found.study.data.test_rows == 30
    assert (found.finalize(seeds=1).predict(images) == y).mean() > 0.8


def test_built_in_data_and_files_go_by_name(tmp_path):
    found = search("digits", space={"lr": "0.1:0.5"}, rows=200, progress=False, **QUICK)
    assert found.study.data.rows == 200
    people().to_csv(tmp_path / "people.csv", index=False)
    found = search(tmp_path / "people.csv", "churned", "lr", progress=False, **QUICK)
    assert found.name == "people.csv-lr" or found.name.startswith("people")


def test_progress_is_one_line_that_is_written_over(capsys):
    search(people(), "churned", "lr", **QUICK)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "4 of 4 trials · best 0." in told.err


@pytest.mark.parametrize(
    ("data", "target", "values", "said"),
    [
        (people(), None, {}, "name of its target"),
        (people(), "churn", {}, "no column `churn`"),
        (np.eye(4), None, {}, "an array needs its targets"),
        (np.eye(4), np.arange(3), {}, "4 rows of inputs and 3 targets"),
        (people(), "churned", {"epoch": 3}, "unknown setting `epoch`"),
        ("none", None, {}, "unknown data set `none`"),
    ],
)
def test_what_makes_no_sense_is_said(data, target, values, said):
    with pytest.raises(InvalidInput, match=said):
        search(data, target, "lr", progress=False, **QUICK | values)


def test_an_unknown_study_is_said_at_once(tmp_path):
    with pytest.raises(UnknownName):
        load("none", f"sqlite:///{tmp_path}/none.db")
