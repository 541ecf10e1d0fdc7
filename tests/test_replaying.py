"""Stored trials, trained again."""

from dataclasses import replace

import pytest

from hpsearch import replaying
from hpsearch.bootstrap import opened
from hpsearch.errors import StudyDiffers, UnknownName
from hpsearch.reporting.replay_text import replay_text, spread_text
from tests.stored_studies import TINY_SECTIONS, run_sections

CONFIRMED = TINY_SECTIONS | {
    "data": {"name": "digits", "rows": 300},
    "training": {"epochs": 4},
    "search": {"trials": 12, "stages": 1, "confirm": 1, "prune": "halving"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replayed")
    run_sections(folder, CONFIRMED, "mine")
    return folder


@pytest.fixture
def store(folder):
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        yield store


@pytest.fixture
def study(store):
    return store.load_study("mine")


def test_every_training_of_every_trial_comes_out_the_same(store, study):
    found = replaying.replay(store, study, replaying.sampled(study, 100))
    assert len(found) == sum(len(trial.evaluations) for trial in study.trials)
    assert {each.stored.planned.purpose.value for each in found} >= {"rung", "search", "confirm"}
    assert [each.differences for each in found] == [()] * len(found)


def test_a_difference_is_found_and_told(store, study, monkeypatch):
    real = store.evaluations

    def changed(*arguments):
        first, *rest = real(*arguments)
        return [replace(first, train_loss=(first.train_loss or 0.0) + 1e-12), *rest]

    monkeypatch.setattr(store, "evaluations", changed)
    number = study.trials[0].number
    found = replaying.replay(store, study, [number])
    assert [each.differences for each in found if each.differences] == [("train_loss",)]
    compared = [(each.stored, each.again, each.differences) for each in found]
    told = replay_text(study, study.trials[0], compared)
    assert told.count("differs: train_loss") == 1
    assert told.count("the same") == len(found) - 1


def test_fresh_seeds_give_other_scores_and_store_nothing(store, study):
    number = study.finalists[0]
    scores = replaying.fresh_scores(study, number, 3)
    assert len({*scores, replaying.trial_of(study, number).score}) == 4
    assert scores[:2] == replaying.fresh_scores(study, number, 2)
    again = store.load_study("mine")
    assert [len(t.evaluations) for t in again.trials] == [len(t.evaluations) for t in study.trials]


def test_an_unknown_trial_is_refused(store, study):
    with pytest.raises(UnknownName, match="unknown trial `99`") as error:
        replaying.replay(store, study, [99])
    assert error.value.hint == "its trials are 0 to 11"


def test_changed_data_are_refused(store, study):
    other = replace(study, data=replace(study.data, fingerprint="0" * 64))
    with pytest.raises(StudyDiffers, match="data: stored"):
        replaying.replay(store, other, [0])


def test_a_sample_is_spread_over_the_study(study):
    assert replaying.sampled(study, 3) == [0, 4, 8]
    assert replaying.sampled(study, 12) == list(range(12))


def test_the_spread_in_words(study):
    told = " ".join(spread_text(study, [0.5, 0.6, None, 0.7]).split())
    assert told.startswith("4 trainings with fresh seeds and fresh splits: accuracy 0.600 on aver")
    assert "standard deviation 0.1; from 0.500 to 0.700; 1 ended without a score." in told
    assert spread_text(study, [None]).endswith("none has a score.")
    assert "interval" not in spread_text(study, [0.5])
