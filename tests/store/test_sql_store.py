"""What goes into the store comes out of it, and nothing half-way."""

import sqlite3

import numpy as np
import pytest

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    State,
    finished_trial,
)
from hpsearch.errors import InvalidInput, StoreFailed, StoreRefused, StudyBusy, UnknownName
from hpsearch.store.database import backup
from hpsearch.store.inspection import check_integrity

CONFIGURATION = Configuration((("lr", 0.1 + 0.2), ("wd", "off"), ("width", 64)))


def evaluation(number, fold, outcome=COMPLETED, curve=None):
    planned = PlannedEvaluation(number=number, configuration=CONFIGURATION, fold=fold, epochs=3)
    if not outcome.is_complete:
        return Evaluation(planned=planned, outcome=outcome, curve=curve)
    return Evaluation(
        planned=planned,
        outcome=outcome,
        train_loss=0.1,
        train_score=0.9,
        validation_loss=1 / 3,
        validation_score=0.7 + number / 100,
        curve=curve,
        seconds=0.5,
    )


def trial_of(number, *outcomes):
    return finished_trial(
        1, CONFIGURATION, [evaluation(number, fold, each) for fold, each in enumerate(outcomes)]
    )


@pytest.fixture
def store(open_store):
    return open_store()


@pytest.fixture
def study(store, spec, facts):
    return store.create_study("mine", spec, 10, facts, {"numpy": "2"})


def test_a_study_comes_back_as_it_was_asked(store, study, spec, facts):
    loaded = store.load_study("mine")
    assert (loaded.spec, loaded.data, loaded.trial_count) == (spec, facts, 10)
    assert (loaded.versions, loaded.trials, loaded.is_finished) == ((("numpy", "2"),), (), False)
    assert loaded.stages[0].space == spec.space


def test_trials_come_back_to_the_last_bit(store, study):
    trials = [
        trial_of(1, COMPLETED, COMPLETED),
        trial_of(0, COMPLETED, Outcome(State.DIVERGED, 2)),
        trial_of(2, Outcome(State.FAILED, reason="out of memory"), COMPLETED),
    ]
    for trial in trials:
        store.add(study.id, trial.evaluations, [trial])
    loaded = store.load_study("mine").trials
    assert [each.number for each in loaded] == [0, 1, 2]
    for stored, given in zip(loaded, sorted(trials, key=lambda each: each.number), strict=True):
        assert stored.configuration == CONFIGURATION
        assert isinstance(stored.configuration["width"], int)
        assert (stored.outcome, stored.score) == (given.outcome, given.score)
        for one, other in zip(stored.evaluations, given.evaluations, strict=True):
            assert one.planned == other.planned
            assert (one.outcome, one.train_loss, one.validation_loss, one.seconds) == (
                other.outcome,
                other.train_loss,
                other.validation_loss,
                other.seconds,
            )


def test_evaluations_of_unfinished_trials_are_kept_apart(store, study):
    store.add(study.id, [evaluation(3, 1)], [])
    loaded = store.load_study("mine")
    assert loaded.trials == ()
    assert [(e.planned.number, e.planned.fold) for e in loaded.unfinished] == [(3, 1)]


def test_curves_come_back_in_the_order_of_folds(store, study):
    def curve(start):
        series = (np.arange(count, dtype=np.float32) + start for count in (4, 3, 3, 3))
        names = ("train_loss", "train_score", "validation_loss", "validation_score")
        return Curve(**dict(zip(names, series, strict=True)))

    rows = [evaluation(0, 1, curve=curve(10)), evaluation(0, 0, curve=curve(20))]
    store.add(study.id, rows, [])
    first, second = store.curves(study.id, [0])[0]
    assert first.train_loss.tolist() == [20, 21, 22, 23]
    assert second.validation_score.tolist() == [10, 11, 12]


def test_a_cohort_is_stored_as_a_whole_or_not_at_all(store, study):
    store.add(study.id, [evaluation(0, 0)], [])
    with pytest.raises(Exception, match="UNIQUE"):
        store.add(study.id, [evaluation(1, 0), evaluation(0, 0)], [])
    assert [e.planned.number for e in store.load_study("mine").unfinished] == [0]


@pytest.mark.parametrize("table", ["trial", "evaluation"])
def test_stored_results_cannot_be_changed(store, study, table):
    trial = trial_of(0, COMPLETED, COMPLETED)
    store.add(study.id, trial.evaluations, [trial])
    with (
        sqlite3.connect(store.path) as connection,
        pytest.raises(sqlite3.IntegrityError, match=f"{table} rows are never changed"),
    ):
        connection.execute(f"UPDATE {table} SET state = 'complete'")
    connection.close()


def test_lengthening_changes_the_plan_and_nothing_else(store, study):
    longer = store.lengthen(study, 25)
    assert (longer.trial_count, longer.spec) == (25, study.spec)


def test_studies_are_listed_with_their_progress(store, study, spec, facts):
    trial = trial_of(5, COMPLETED, COMPLETED)
    store.add(study.id, trial.evaluations, [trial])
    store.create_study("other", spec, 7, facts, {})
    listed = [(s.name, s.finished, s.trial_count, s.best_score) for s in store.list_studies()]
    assert listed == [("mine", 1, 10, trial.score), ("other", 0, 7, None)]


@pytest.mark.parametrize("reader", ["list_studies", "finish_times"])
def test_what_is_told_of_a_trial_alone_is_held_against_its_checksum(store, study, reader):
    trial = trial_of(5, COMPLETED, COMPLETED)
    store.add(study.id, trial.evaluations, [trial])
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TRIGGER trial_never_changes")
        connection.execute("UPDATE trial SET score = 2, finished_at = '2020-01-01T00:00:00+00:00'")
    with pytest.raises(StoreRefused, match="does not fit its checksum"):
        getattr(store, reader)(*([study.id] if reader == "finish_times" else []))


def test_a_deleted_study_takes_everything_with_it(store, study):
    trial = trial_of(0, COMPLETED, COMPLETED)
    store.add(study.id, trial.evaluations, [trial])
    store.delete("mine")
    with sqlite3.connect(store.path) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("study", "stage", "trial", "evaluation")
        ]
    connection.close()
    assert counts == [0, 0, 0, 0]


def test_names_are_unique_and_can_be_changed(store, study, spec, facts):
    with pytest.raises(InvalidInput, match="`mine` exists"):
        store.create_study("mine", spec, 1, facts, {})
    store.rename("mine", "yours")
    assert store.load_study("yours").id == study.id
    with pytest.raises(UnknownName, match="unknown study `your`") as caught:
        store.load_study("your")
    assert "did you mean `yours`?" in caught.value.hint


def test_a_study_has_one_driver(open_store, study):
    other = open_store()
    with open_store().driving(study):
        with pytest.raises(StudyBusy, match="pid"), other.driving(study):
            pass
        with pytest.raises(StudyBusy):
            other.delete("mine")
    with other.driving(study):
        pass


def test_a_backup_is_a_store_of_its_own(store, study, tmp_path):
    trial = trial_of(0, COMPLETED, COMPLETED)
    store.add(study.id, trial.evaluations, [trial])
    backup(store.path, tmp_path / "copy.db")
    assert check_integrity(tmp_path / "copy.db") == []
    with pytest.raises(InvalidInput, match="exists"):
        backup(store.path, tmp_path / "copy.db")
    from hpsearch.store.inspection import HEAD, inspect

    assert inspect(tmp_path / "copy.db") == HEAD


def test_a_file_that_is_removed_while_in_use_is_noticed(store, study):
    store.path.rename(store.path.with_suffix(".away"))
    with pytest.raises(StoreFailed, match="removed or replaced"):
        store.add(study.id, [evaluation(0, 0)], [])
    store.path.with_suffix(".away").rename(store.path)
    store.add(study.id, [evaluation(0, 0)], [])
