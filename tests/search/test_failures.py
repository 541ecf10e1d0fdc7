"""A run whose trials fail ends, keeps what was trained, and can be gone on with."""

import contextlib
from dataclasses import dataclass, field

import pytest

from hpsearch.domain.run_limits import NO_LIMITS, RunLimits
from hpsearch.domain.trial import Evaluation, Outcome, State
from hpsearch.errors import TooManyFailures
from hpsearch.reporting.export import export_json
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.search.driver import run_study
from tests.search.staged import InAnyOrder, asked, run
from tests.store.examples import opened

NO_LUCK = Outcome(State.FAILED, reason="ValueError: no luck with row 7")
LATE = Outcome(State.TIMED_OUT, reason="took longer than 10 s")
PLAIN = {"stages": 1, "prune": "none", "confirm": 0, "baseline": False}
STAGED = {"stages": 2, "confirm": 2, "prune": "halving"}


@dataclass
class Failing:
    """Trains one evaluation after the other; some trials end otherwise."""

    ends: dict[int, Outcome] = field(default_factory=dict)

    def evaluate(self, planned):
        for each in planned:
            outcome = self.ends.get(each.number)
            alone = InAnyOrder(cohort=1).evaluate([each])
            yield from alone if outcome is None else [(Evaluation(planned=each, outcome=outcome),)]


def stopped(path, ends, limits=NO_LIMITS):
    """Why a run ended, and the study as it is then."""
    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example")
        running = run_study(
            study, store=store, sampler=RandomSampler(), executor=Failing(ends), limits=limits
        )
        with pytest.raises(TooManyFailures) as caught:
            list(running)
        return caught.value, store.load_study("example")


def test_a_run_whose_first_five_trials_fail_alike_ends_and_says_with_what(tmp_path):
    ends = {number: Outcome(State.FAILED, reason=f"no row {number}") for number in range(20)}
    error, study = stopped(asked(tmp_path / "a.db", PLAIN, 20), ends)
    assert error.message == "every trial fails with: no row 4 (5 of 5)"
    assert "`hpsearch resume example`" in error.hint
    assert [trial.number for trial in study.trials] == [0, 1, 2, 3]
    assert [each.planned.number for each in study.unfinished] == [4]


@pytest.mark.parametrize(
    "ends",
    [
        {0: NO_LUCK, 1: NO_LUCK, 2: LATE, 3: NO_LUCK, 4: NO_LUCK, 5: NO_LUCK},
        {number: NO_LUCK for number in range(20) if number != 4},
        {number: Outcome(State.DIVERGED, 1) for number in range(20)},
    ],
    ids=["for another reason", "but one", "diverged"],
)
def test_other_failures_do_not_end_a_run(ends, tmp_path):
    _, study = run(asked(tmp_path / "a.db", PLAIN, 20), Failing(ends))
    assert study.is_finished
    assert {trial.number for trial in study.trials if not trial.outcome.is_complete} == set(ends)


def test_a_run_ends_at_the_failure_that_is_one_too_many(tmp_path):
    ends = dict.fromkeys([3, 6, 9, 12], LATE)
    limits = RunLimits(failures=3)
    error, study = stopped(asked(tmp_path / "a.db", PLAIN, 20), ends, limits)
    assert "3 trials have failed in this run" in error.message
    assert error.message.endswith("the last: took longer than 10 s")
    assert "`--trial-timeout`" in error.hint
    assert max(trial.number for trial in study.trials) == 8


def test_as_many_failures_as_are_allowed_override_the_usual_rule(tmp_path):
    ends = dict.fromkeys(range(7), NO_LUCK)
    error, _ = stopped(asked(tmp_path / "a.db", PLAIN, 20), ends, RunLimits(failures=7))
    assert "7 trials have failed" in error.message


def test_trials_that_fail_at_a_rung_end_the_run_there(tmp_path):
    """Not after the rung of a whole stage, where each may have cost its limit."""
    _, study = stopped(asked(tmp_path / "a.db", STAGED, 42), dict.fromkeys(range(42), LATE))
    assert study.trials == ()
    assert len({each.planned.number for each in study.unfinished}) == 5


def test_a_stopped_study_goes_on_to_the_bytes_of_one_that_was_not(tmp_path):
    """Trials that failed have ended; the ones that were left are trained."""
    ends = dict.fromkeys([0, 1, 4], NO_LUCK)
    path = asked(tmp_path / "a.db", STAGED, 42)
    stopped(path, ends, RunLimits(failures=2))
    _, study = run(path, Failing(ends))
    _, whole = run(asked(tmp_path / "b.db", STAGED, 42), Failing(ends))
    assert study.is_finished
    assert export_json(study) == export_json(whole)
