"""From a finished search to a model: trained on all rows, tested once, saved, told ever after."""

import contextlib
import json
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from hpsearch import replaying
from hpsearch.bootstrap import opened
from hpsearch.data import sources
from hpsearch.domain.trial import Purpose
from hpsearch.errors import DataChanged, InvalidInput, InvalidStudy, StudyBusy
from hpsearch.finalization import Wish, finalize
from hpsearch.model import model_file
from hpsearch.reporting.best import best_text
from hpsearch.reporting.study_text import report_markdown, show_text, show_values
from hpsearch.statistics.intervals import wilson
from tests.command_line import environment
from tests.stored_studies import exported, run_partly, run_sections, stored

SECTIONS = {
    "data": {"name": "digits", "rows": 300},
    "split": {"folds": 2},
    "network": {"hidden": "16"},
    "training": {"epochs": 10},
    "space": {"text": "lr=0.1:0.5,dropout"},
    "search": {"trials": 6, "stages": 1, "prune": "none", "confirm": 2},
}


def storage(folder):
    return f"sqlite:///{folder}/hpsearch.db"


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("searched")
    run_sections(folder, SECTIONS, "small")
    return folder


@pytest.fixture
def folder(searched, tmp_path, monkeypatch):
    """A folder with a finished search, in which commands would run."""
    (tmp_path / "hpsearch.db").write_bytes((searched / "hpsearch.db").read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_best_confirmed_trial_becomes_a_model_that_scores_what_is_said(folder):
    finished = finalize(storage(folder), Wish(name="small", networks=3))
    study = stored(folder, "small")
    best = max(study.finalists, key=lambda n: study.trials[n].confirmed_score)
    assert finished.trial.number == best
    assert finished.path.name == "small.model.npz"
    model, opening = model_file.load(folder / "small.model.npz"), finished.opening
    assert model.network.members == 3
    assert model.about["trial"] == best
    assert model.about["data"]["fingerprint"] == study.data.fingerprint
    test = sources.load_test_part(study.spec.data, study.spec.seed)
    assert opening.rows == len(test.y) == 1797 - 300
    raw = (test.x * 16).astype(np.uint8)  # pixels as they are stored
    assert opening.scores["accuracy"] == (model.predict(raw) == test.y).mean() > 0.7
    assert opening.fingerprint == test.fingerprint == study.data.test_fingerprint


def test_final_trainings_are_replayed_on_all_rows_to_the_last_bit(folder):
    finished = finalize(storage(folder), Wish(name="small", networks=2))
    with opened(storage(folder)) as store:
        study = store.load_study("small")
        found = replaying.replay(store, study, replaying.sampled(study, 100))
    finals = [each for each in found if each.stored.planned.purpose is Purpose.FINAL]
    assert [each.stored.planned.number for each in finals] == [finished.trial.number] * 2
    assert len({each.again.train_loss for each in finals}) == 2
    assert [each.differences for each in found] == [()] * len(found)


def test_a_model_answers_to_the_rows_it_learned_as_its_trainer_measured(folder):
    """Through the file, from pixels as they are stored: nothing is lost between the two."""
    finished = finalize(storage(folder), Wish(name="small", networks=1))
    (final,) = finished.study.trials[finished.trial.number].of(Purpose.FINAL)
    dataset = sources.load(finished.study.spec.data, finished.study.spec.seed)
    assert len(dataset.y) == 300
    model = model_file.load(finished.path)
    shares = model.predict_proba((dataset.x * 16).astype(np.uint8))
    assert (shares.argmax(axis=1) == dataset.y).mean() == pytest.approx(final.train_score)
    losses = -np.log(shares[np.arange(300), dataset.y])
    assert losses.mean() == pytest.approx(final.train_loss, rel=1e-4)
    assert final.validation_score is None


def test_the_same_study_gives_the_same_model(folder, searched, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "hpsearch.db").write_bytes((searched / "hpsearch.db").read_bytes())
    first = finalize(storage(folder), Wish(name="small", networks=2))
    second = finalize(
        storage(other), Wish(name="small", networks=2, output=other / "small.model.npz")
    )
    assert first.path.read_bytes() == second.path.read_bytes()
    assert exported(folder, "small") == exported(other, "small")


def test_a_second_look_must_be_asked_for_and_is_told_ever_after(folder):
    finalize(storage(folder), Wish(name="small", networks=1))
    with pytest.raises(InvalidInput, match="the test set of `small` was opened already") as told:
        finalize(storage(folder), Wish(name="small", networks=2, replaces=True))
    assert "--again" in told.value.hint
    wish = Wish(name="small", networks=2, is_again=True, replaces=True)
    assert finalize(storage(folder), wish).opening.number == 2
    study = stored(folder, "small")
    known = sources.card(study.spec.data)
    for text in (best_text(study, 1), show_text(study, known), report_markdown(study, known)):
        assert "the test set was opened 2 times" in text
    assert [each["networks"] for each in show_values(study)["openings"]] == [1, 2]
    openings = json.loads(exported(folder, "small"))["openings"]
    assert [each["number"] for each in openings] == [1, 2]


def test_what_is_said_of_a_study_before_its_test_is_opened_says_nothing_of_it(folder):
    study = stored(folder, "small")
    assert "test set" not in best_text(study, 1)
    assert "openings" not in json.loads(exported(folder, "small"))


def test_the_score_stands_beside_chance_with_its_interval(folder):
    opening = finalize(storage(folder), Wish(name="small", networks=1)).opening
    accuracy, rows = opening.scores["accuracy"], opening.rows
    low, high = wilson(accuracy * rows, rows)
    text = best_text(stored(folder, "small"), 1).replace("\n", " ")
    assert f"accuracy {accuracy:.3f} on 1497 rows (95 % interval {low:.3f} to {high:.3f})" in text
    assert f"chance level {opening.scores['chance']:.3f} (the commonest class)" in text


def test_a_lost_model_is_made_anew_without_another_look(folder):
    first = finalize(storage(folder), Wish(name="small", networks=2))
    before = first.path.read_bytes()
    with pytest.raises(InvalidInput, match="opened already"):
        finalize(storage(folder), Wish(name="small", networks=2))
    first.path.unlink()
    again = finalize(storage(folder), Wish(name="small", networks=2))
    assert again.path.read_bytes() == before
    assert len(again.study.openings) == 1
    assert again.opening.scores == first.opening.scores


KILLED = """
import os, sys
from hpsearch import finalization
from hpsearch.data import sources
from hpsearch.model import model_file

homes = {"load_test_part": sources, "finalize": finalization.SqlStudyStore}
setattr(homes.get(sys.argv[1], model_file), sys.argv[1], lambda *_, **__: os._exit(137))
finalization.finalize("sqlite:///hpsearch.db", finalization.Wish(name="small", networks=2))
"""


@pytest.mark.parametrize(
    ("where", "looks"), [("load_test_part", 0), ("finalize", 0), ("_put_in_place", 1)]
)
def test_a_kill_leaves_nothing_or_a_look_on_record(folder, where, looks):
    """Whenever a score could have been seen, it is on record; and the same line then ends well."""
    command = [sys.executable, "-c", KILLED, where]
    assert subprocess.run(command, cwd=folder, env=environment()).returncode == 137
    assert not (folder / "small.model.npz").exists()
    assert len(stored(folder, "small").openings) == looks
    finished = finalize(storage(folder), Wish(name="small", networks=2))
    assert len(finished.study.openings) == 1
    assert model_file.load(finished.path).network.members == 2
    assert not list(folder.glob(".*.new"))


def test_an_opening_can_never_be_changed(folder):
    finalize(storage(folder), Wish(name="small", networks=1))
    with (
        contextlib.closing(sqlite3.connect(folder / "hpsearch.db")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        connection.execute("UPDATE opening SET scores = '{}'")


def test_a_file_in_the_way_is_refused_before_anything_is_trained_or_opened(folder):
    (folder / "small.model.npz").write_text("mine")
    with pytest.raises(InvalidInput, match="exists"):
        finalize(storage(folder), Wish(name="small"))
    assert not stored(folder, "small").openings
    assert (folder / "small.model.npz").read_text() == "mine"


def test_a_trial_can_be_named(folder):
    finished = finalize(storage(folder), Wish(name="small", networks=1, trial=0))
    assert finished.trial.number == 0
    assert finished.opening.trial == 0


def test_more_networks_go_on_from_those_that_are_stored(folder):
    finalize(storage(folder), Wish(name="small", networks=1))
    wish = Wish(name="small", networks=3, is_again=True, replaces=True)
    finished = finalize(storage(folder), wish)
    finals = finished.study.trials[finished.trial.number].of(Purpose.FINAL)
    assert [each.planned.repeat for each in finals] == [0, 1, 2]


def test_a_search_that_has_not_ended_is_refused(tmp_path):
    run_partly(tmp_path / "hpsearch.db", "tiny", 1)
    with pytest.raises(InvalidStudy, match="has not ended yet"):
        finalize(storage(tmp_path), Wish(name="tiny", output=tmp_path / "a.npz"))


def test_a_study_that_is_being_run_is_left_alone(folder):
    with (
        opened(storage(folder)) as store,
        store.driving(store.load_study("small")),
        pytest.raises(StudyBusy),
    ):
        finalize(storage(folder), Wish(name="small"))


def test_a_function_has_no_network_to_keep(tmp_path):
    sections = {
        "data": {"name": "bowl"},
        "space": {"lr": [0.1, 0.2]},
        "search": {"sampler": "grid"},
    }
    run_sections(tmp_path, sections, "bowl")
    with pytest.raises(InvalidStudy, match="trains no network"):
        finalize(storage(tmp_path), Wish(name="bowl"))


def write(folder, *, seed=0, test_seed=1):
    rng, other = np.random.default_rng(seed), np.random.default_rng(test_seed)
    y = np.arange(90) % 3
    x = rng.normal(size=(90, 6)) + 2 * y[:, None]
    x[60:] += other.normal(size=(30, 6))
    names = np.array(["ham", "spam", "tram"])[y]
    arrays = {"x_train": x[:60], "y_train": names[:60], "x_test": x[60:], "y_test": names[60:]}
    np.savez(folder / "shapes.npz", **arrays)
    return arrays


ARCHIVE = {
    "data": {"name": "shapes.npz"},
    "split": {"folds": 2},
    "network": {"hidden": "8", "batchnorm": "pre"},
    "training": {"epochs": 20, "batch": 8, "early_stopping": 4, "dropout_mode": "book"},
    "space": {"text": "lr=0.05:0.3,width=4:9,dropout=off|0.2"},
    "search": {"trials": 5, "stages": 1, "prune": "none", "confirm": 0},
}


def test_an_archive_with_its_own_test_part(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arrays = write(tmp_path)
    run_sections(tmp_path, ARCHIVE, "shapes")
    finished = finalize(storage(tmp_path), Wish(name="shapes", networks=2))
    model = model_file.load("shapes.model.npz")
    assert finished.opening.rows == 30
    right = model.predict(arrays["x_test"]) == arrays["y_test"]
    assert finished.opening.scores["accuracy"] == right.mean() > 0.6
    finals = finished.study.trials[finished.trial.number].of(Purpose.FINAL)
    assert {each.planned.epochs for each in finals} <= set(range(1, 21))


@pytest.mark.parametrize(("changed", "looks"), [({"seed": 5}, 0), ({"test_seed": 5}, 0)])
def test_changed_rows_are_refused_with_both_hashes(tmp_path, monkeypatch, changed, looks):
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    run_sections(tmp_path, ARCHIVE, "shapes")
    write(tmp_path, **changed)
    with pytest.raises(DataChanged, match=r"\w{64}"):
        finalize(storage(tmp_path), Wish(name="shapes", networks=1))
    assert len(stored(tmp_path, "shapes").openings) == looks
    assert not (tmp_path / "shapes.model.npz").exists()


def test_without_a_test_part_a_model_is_made_and_nothing_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    np.savez("plain.npz", x=rng.normal(size=(40, 3)), y=np.arange(40) % 2)
    run_sections(tmp_path, {**ARCHIVE, "data": {"name": "plain.npz"}}, "plain")
    finished = finalize(storage(tmp_path), Wish(name="plain", networks=1))
    assert finished.opening is None
    assert not finished.study.openings
    assert model_file.load(finished.path).predict(np.zeros((1, 3))) in (0, 1)
