import contextlib
from dataclasses import replace

import pytest

from hpsearch.domain.trial import COMPLETED, Outcome, Purpose, State
from hpsearch.reporting.failures_text import failure_hint, failure_notes, failure_values
from hpsearch.reporting.study_text import outcome_text
from tests.store.examples import add, created, evaluation, opened, trial

MEMORY = Outcome(State.FAILED, reason="out of memory")
LATE = Outcome(State.TIMED_OUT, reason="took longer than 10 s")


@pytest.fixture
def study_of(tmp_path):
    """`study_of(*trials)`: a stored study with these."""

    def made(*trials):
        with contextlib.closing(opened(tmp_path / "a.db")) as store:
            add(store, created(store, trial_count=100), *trials)
            return store.load_study("example")

    return made


def test_what_failed_is_told_by_reason_the_most_frequent_first(study_of):
    ends = [COMPLETED, LATE, MEMORY, MEMORY, COMPLETED, MEMORY]
    study = study_of(*(trial(number, each, COMPLETED) for number, each in enumerate(ends)))
    assert [" ".join(note.split()) for note in failure_notes(study)] == [
        "Failed: trials 2-3,5: out of memory. A machine with more memory may train it.",
        "Timed out: trial 1: took longer than 10 s. Time-dependent: a faster machine may be in "
        "time.",
    ]
    assert failure_values(study)[1] == {
        "state": "timed_out",
        "reason": "took longer than 10 s",
        "trained_again": False,
        "trials": [1],
    }
    told = "Without a score, of 6 trials: 3 failed, 1 timed out; `hpsearch show example` says why."
    assert failure_hint(study) == told
    assert "Timed out: trial 1" in outcome_text(study)


def test_a_trial_that_diverged_has_not_failed(study_of):
    study = study_of(trial(0), trial(1, Outcome(State.DIVERGED, 1)))
    assert failure_notes(study) == failure_values(study) == []
    assert failure_hint(study) == ""


def test_a_confirmation_that_failed_is_told_as_one(study_of):
    good = trial(0)
    again = evaluation(0, 0, LATE)
    again = replace(again, planned=replace(again.planned, purpose=Purpose.CONFIRM, repeat=1))
    study = study_of(replace(good, evaluations=(*good.evaluations, again)))
    (note,) = failure_notes(study)
    assert note.startswith("Timed out when trained again: trial 0: took longer than 10 s.")
    assert failure_hint(study) == ""


def test_many_reasons_are_not_told_one_by_one(study_of):
    reasons = [Outcome(State.FAILED, reason=f"no row {number}") for number in range(9)]
    study = study_of(*(trial(number, each) for number, each in enumerate(reasons)))
    *_, last = failure_notes(study)
    assert len(failure_notes(study)) == 6
    assert last == "Failed for 4 other reasons: trials 5-8."
    assert len(failure_values(study)) == 9
