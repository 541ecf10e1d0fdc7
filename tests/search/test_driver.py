"""The driver on a trainer that answers at once: what is stored, in what order it is told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.bootstrap import SAMPLERS
from hpsearch.data.built_in import card
from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.trial import COMPLETED, Evaluation, Outcome, State
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.search.driver import run_study
from hpsearch.search.events import StageJudged, StageOpened, TrialsSaved

PLAIN = {"stages": 1, "prune": "none", "confirm": 0, "baseline": False}
SECTIONS = {"space": {"text": "lr,wd"}, "split": {"folds": 3}, "search": PLAIN}
SPEC, _ = study_spec(SECTIONS, card("digits"))
LEARNING, _ = study_spec(
    {**SECTIONS, "search": {**PLAIN, "sampler": "tpe", "generation": 6}}, card("digits")
)
FACTS = DataFacts(
    fingerprint="", rows=9, validation_rows=9, test_rows=0, class_count=3, majority_share=0.4
)


class ListStore:
    """A store in memory: what was added, in order."""

    def __init__(self, study):
        self.added, self.trials, self.study = [], [], study

    def add(self, study_id, evaluations, finished):
        self.added += evaluations
        self.trials += finished

    def evaluations(self, study_id, numbers):
        before = [each for trial in self.study.trials for each in trial.evaluations]
        known = [*before, *self.study.unfinished, *self.added]
        return [each for each in known if each.planned.number in numbers]

    def keep_overview(self, study):
        """Nothing needs it."""

    def judge(self, study, stage, result):
        trials = sorted([*self.study.trials, *self.trials], key=lambda trial: trial.number)
        judged = (replace(stage, result=result),)
        return replace(study, stages=judged, trials=tuple(trials), unfinished=())


class InstantExecutor:
    """Answers in cohorts of the given sizes; the score is a function of the configuration."""

    def __init__(self, sizes):
        self.sizes = sizes

    def evaluate(self, planned):
        rest, turn = list(planned), 0
        while rest:
            size = self.sizes[turn % len(self.sizes)]
            cohort, rest, turn = rest[:size], rest[size:], turn + 1
            yield tuple(map(evaluated, cohort))


def evaluated(planned):
    if planned.configuration["lr"] > 0.5:
        return Evaluation(planned=planned, outcome=Outcome(State.DIVERGED, 1))
    return Evaluation(
        planned=planned,
        outcome=COMPLETED,
        validation_score=(planned.configuration["lr"] + planned.fold + 10 * planned.repeat) / 100,
        validation_loss=1.0,
    )


def study_with(trials=(), unfinished=(), count=20, spec=SPEC):
    stage = Stage(number=1, space=spec.space, trial_count=count)
    return Study(
        id=1,
        name="a",
        spec=spec,
        data=FACTS,
        versions=(),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        stages=(stage,),
        trials=tuple(trials),
        unfinished=tuple(unfinished),
    )


def run(study, sizes=(7,)):
    store = ListStore(study)
    sampler = SAMPLERS[study.spec.sampler]()
    events = list(run_study(study, store=store, sampler=sampler, executor=InstantExecutor(sizes)))
    return store, events


def saved(events):
    return [event for event in events if isinstance(event, TrialsSaved)]


def summary(trials):
    ordered = sorted(trials, key=lambda trial: trial.number)
    return [(t.number, t.configuration, t.score, t.outcome) for t in ordered]


EXPECTED = summary(run(study_with())[0].trials)
EXPECTED_LEARNING = summary(run(study_with(spec=LEARNING))[0].trials)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.integers(0, 60))
def test_neither_cohorts_nor_interruptions_leave_a_trace(sizes, cut):
    assert interrupted(SPEC, sizes, cut) == EXPECTED


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.integers(0, 60))
def test_a_sampler_that_learns_proposes_the_same_after_an_interruption(sizes, cut):
    assert EXPECTED_LEARNING != EXPECTED
    assert interrupted(LEARNING, sizes, cut) == EXPECTED_LEARNING


def interrupted(spec, sizes, cut):
    """Stop after `cut` evaluations, go on with the rest, in cohorts of other sizes."""
    first, _ = run(study_with(spec=spec), sizes)
    kept = first.added[:cut]
    by_number = {}
    for each in kept:
        by_number.setdefault(each.planned.number, []).append(each)
    done = [t for t in first.trials if len(by_number.get(t.number, ())) == 3]
    finished = {t.number for t in done}
    loose = [e for e in kept if e.planned.number not in finished]
    second, _ = run(study_with(done, loose, spec=spec), sizes[::-1])
    assert len(second.added) == 60 - len(kept)
    return summary([*done, *second.trials])


def test_every_trial_is_told_once_and_only_when_it_is_stored():
    store, events = run(study_with(), (4,))
    assert isinstance(events[0], StageOpened)
    assert isinstance(events[-1], StageJudged)
    told = [trial.number for event in saved(events) for trial in event.trials]
    assert sorted(told) == list(range(20))
    assert [e.finished for e in saved(events)] == sorted(e.finished for e in saved(events))
    last = saved(events)[-1]
    assert last.finished == last.trial_count == len(store.trials) == 20


def test_the_best_so_far_never_gets_worse():
    _, events = run(study_with(), (5,))
    scores = [e.best.score or 0 for e in saved(events)]
    assert scores == sorted(scores)
    assert scores[-1] == max(score or 0 for _, _, score, _ in EXPECTED)


def test_a_finished_study_has_nothing_to_do():
    done, events = run(study_with())
    judged = replace(study_with().stages[0], result=events[-1].result)
    store, events = run(replace(study_with(done.trials), stages=(judged,)))
    assert (store.trials, events) == ([], [])


def test_a_lengthened_study_is_the_longer_one():
    short, _ = run(study_with(count=12))
    rest, _ = run(study_with(short.trials, count=20))
    assert summary([*short.trials, *rest.trials]) == EXPECTED


def test_a_lengthened_study_that_learns_is_the_longer_one():
    """The last generation of the shorter one is only a part of one."""
    short, _ = run(study_with(count=15, spec=LEARNING))
    rest, _ = run(study_with(short.trials, count=20, spec=LEARNING))
    assert summary([*short.trials, *rest.trials]) == EXPECTED_LEARNING


def test_a_proposal_depends_on_earlier_generations_alone():
    class Listening(RandomSampler):
        def propose(self, stage, history, numbers, seed):
            heard.append((list(numbers), [trial.number for trial in history]))
            return super().propose(stage, history, numbers, seed)

    heard, study = [], study_with(spec=LEARNING)
    executor = InstantExecutor((4,))
    list(run_study(study, store=ListStore(study), sampler=Listening(), executor=executor))
    assert heard == [
        (list(range(first, min(first + 6, 20))), list(range(first))) for first in range(0, 20, 6)
    ]


def test_only_what_has_not_ended_is_proposed_where_proposals_are_independent():
    class Counting(RandomSampler):
        def propose(self, stage, history, numbers, seed):
            asked.extend(numbers)
            return super().propose(stage, history, numbers, seed)

    asked, (first, _) = [], run(study_with(count=12))
    study = study_with(first.trials, count=20)
    store = ListStore(study)
    list(run_study(study, store=store, sampler=Counting(), executor=InstantExecutor((4,))))
    assert asked == list(range(12, 20))
    assert summary([*first.trials, *store.trials]) == EXPECTED


def test_diverged_trials_end_without_a_score():
    states = {outcome.state for _, _, _, outcome in EXPECTED}
    assert states == {State.COMPLETE, State.DIVERGED}
    assert all((score is None) == (not o.is_complete) for _, _, score, o in EXPECTED)


@pytest.mark.parametrize("count", [1, 2])
def test_plans_of_any_length_are_filled(count):
    store, _ = run(study_with(count=count))
    assert [trial.number for trial in store.trials] == list(range(count))


@pytest.mark.parametrize("cut", [0, 1, 4, 59, 119])
def test_repeats_are_trained_like_more_folds_and_resumed_in_between(cut):
    spec = replace(SPEC, repeats=2)
    whole, _ = run(study_with(spec=spec))
    plans = [(e.planned.number, e.planned.repeat, e.planned.fold) for e in whole.added]
    assert plans == [(n, r, f) for n in range(20) for r in range(2) for f in range(3)]
    once = {number: score for number, _, score, _ in EXPECTED}
    for trial in whole.trials:
        assert len(trial.evaluations) == 6
        expected = once[trial.number]
        assert trial.score == (None if expected is None else pytest.approx(expected + 0.05))
    kept = whole.added[:cut]
    done = [trial for trial in whole.trials if trial.number < cut // 6]
    loose = kept[6 * len(done) :]
    rest, _ = run(study_with(done, loose, spec=spec))
    assert len(rest.added) == 120 - cut
    assert summary([*done, *rest.trials]) == summary(whole.trials)
