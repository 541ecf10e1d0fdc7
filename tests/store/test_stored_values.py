"""Whatever a trial came to, the store gives it back to the last bit."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from hpsearch.domain.trial import Purpose
from tests.store.examples import (
    ENDINGS,
    START,
    add,
    created,
    curve,
    evaluation,
    opened,
    trial,
    values,
)


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path / "store.db")
    yield store
    store.close()


@pytest.fixture
def study(store):
    return created(store)


@pytest.mark.parametrize("number", range(len(ENDINGS)))
def test_a_trial_comes_back_to_the_last_bit_however_it_ended(number, store, study):
    stored = trial(number, *ENDINGS[number])
    add(store, study, stored)
    (found,) = store.load_study("example").trials
    assert values(found) == values(stored)
    assert all(each.curve is None for each in found.evaluations)
    kinds = [type(value) for value in found.configuration.values()]
    assert kinds == [float, float, int, str]


def test_what_was_stored_is_there_after_reopening(store, study, tmp_path):
    trials = [trial(number, *ending) for number, ending in enumerate(ENDINGS)]
    add(store, study, *trials)
    store.close()
    again = opened(tmp_path / "store.db", is_new_allowed=False)
    assert list(map(values, again.load_study("example").trials)) == list(map(values, trials))
    again.close()


def test_a_trial_can_be_finished_fold_by_fold(store, study):
    store.add(study.id, [evaluation(4, 1)], [])
    add(store, study, trial(2))
    (left,) = store.load_study("example").unfinished
    assert left.validation_score == evaluation(4, 1).validation_score
    finished = trial(4)
    store.add(study.id, [finished.evaluations[0]], [finished])
    found = store.load_study("example")
    assert found.unfinished == ()
    assert values(found.trials[1]) == values(finished)


def test_curves_come_back_to_the_last_bit_also_where_training_diverged(store, study):
    add(store, study, *(trial(number, *ending) for number, ending in enumerate(ENDINGS)))
    found = store.curves(study.id, [0, 2, 3])
    expected = {
        0: [curve(3), curve(3)],
        2: [curve(1, diverged=True), curve(3, diverged=True)],
        3: [curve(3)],
    }
    assert found.keys() == expected.keys()
    for number, curves in expected.items():
        for one, other in zip(found[number], curves, strict=True):
            for name in ("train_loss", "train_score", "validation_loss", "validation_score"):
                assert getattr(one, name).dtype == np.float32
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_many_curves_can_be_asked_for_at_once(store, study):
    add(store, study, trial(0))
    assert set(store.curves(study.id, range(40_000))) == {0}


def test_finish_times_are_those_of_the_clock(store, study):
    add(store, study, trial(0), trial(1))
    add(store, study, trial(2))
    seconds = {number: START + timedelta(seconds=s) for number, s in ((0, 1), (1, 1), (2, 2))}
    assert store.finish_times(study.id) == seconds


def test_a_study_without_a_score_is_listed_without_one(store, study):
    add(store, study, trial(0, *ENDINGS[2]))
    (listed,) = store.list_studies()
    assert (listed.finished, listed.best_score) == (1, None)


def test_a_deleted_study_takes_nothing_of_another_with_it(store, study):
    other = created(store, "another")
    add(store, other, trial(0), trial(1))
    add(store, study, trial(0))
    store.add(study.id, [evaluation(2, 0)], [])
    store.delete("example")
    assert [each.name for each in store.list_studies()] == ["another"]
    assert len(store.load_study("another").trials) == 2


def test_row_results_come_back_of_the_search_alone(store, study):
    search = replace(evaluation(2, 1), row_results=b"\x05\xe0")
    rung = replace(search, planned=replace(search.planned, purpose=Purpose.RUNG, epochs=1))
    store.add(study.id, [evaluation(2, 0), search, rung], ())
    assert store.row_results(study.id, [1, 2]) == {2: {(0, 1): b"\x05\xe0"}}
    assert store.row_results(study.id, range(5000)) == {2: {(0, 1): b"\x05\xe0"}}
