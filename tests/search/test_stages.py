"""Stages, giving up early and confirmation: what is stored when, and that nothing disturbs it."""

import contextlib
import math
from collections import Counter
from dataclasses import replace

import pytest

from hpsearch.domain.halving import audited
from hpsearch.domain.ranking import ranked
from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import Evaluation, Origin, Outcome, PlannedEvaluation, Purpose, State
from hpsearch.domain.verdict import Action, Stop
from hpsearch.reporting.export import export_json
from hpsearch.search.events import Confirmed, StageJudged, StageOpened, TrialsSaved
from tests.search.landscape import Landscape
from tests.search.staged import InAnyOrder, asked, run, snapshots
from tests.store.examples import opened

HIGH_ENOUGH = {"space": {"text": "lr=1e-3:1,wd"}}  # something learns in the first stage
ONE_STAGE = {"stages": 1, "confirm": 2}


@pytest.fixture(scope="module")
def three_stages(tmp_path_factory):
    """Events of a study of three stages, halving and confirmation, and the study itself."""
    return run(asked(tmp_path_factory.mktemp("stages") / "a.db"))


@pytest.fixture(scope="module")
def halved(tmp_path_factory):
    """One stage of 45 trials that was halved, and confirmed."""
    path = asked(tmp_path_factory.mktemp("halved") / "a.db", ONE_STAGE, 45, **HIGH_ENOUGH)
    return run(path)[1]


def test_each_stage_searches_what_the_verdicts_before_it_chose(three_stages):
    _, study = three_stages
    assert [stage.trial_count for stage in study.stages] == [24, 18, 18]
    for before, after in zip(study.stages, study.stages[1:], strict=False):
        assert after.space == before.result.space
        for trial in study.trials[after.numbers.start : after.numbers.stop]:
            assert trial.stage == after.number
            assert all(trial.configuration[name] in entry for name, entry in after.space.items())
    first = {each.name: each for each in study.stages[0].result.judgement.verdicts}
    assert first["lr"].action is Action.WIDEN
    assert first["wd"].action is Action.KEEP
    assert study.stages[1].space["lr"].high > 1e-2


@pytest.mark.parametrize("sampler", ["random", "sobol", "tpe"])
@pytest.mark.parametrize("seed", [0, 1])
def test_an_optimum_a_decade_outside_is_found_in_three_stages(seed, sampler, tmp_path):
    """The best learning rate is 0.1, and the study's range ends at 0.01."""
    search = {"seed": seed, "sampler": sampler, "stages": 3}
    _, study = run(asked(tmp_path / "a.db", search, 100))
    assert study.stages[0].space["lr"].high == pytest.approx(1e-2)
    best = ranked(study.trials)[0]
    assert best.confirmed_score is not None
    assert abs(math.log10(best.configuration["lr"]) + 1) <= 0.3


def test_events_tell_the_stages_in_order(three_stages):
    events, study = three_stages
    kinds = [type(each) for each in events if not isinstance(each, TrialsSaved | Confirmed)]
    assert kinds == [StageOpened, StageJudged] * 3
    saved = [trial.number for event in events for trial in getattr(event, "trials", ())]
    assert sorted(saved) == list(range(60))
    assert (events[-1].done, events[-1].total) == (5 * 4 * 2, 5 * 4 * 2)
    assert study.is_finished


def test_verdicts_are_stored_before_the_next_stage_trains(tmp_path):
    path, seen = asked(tmp_path / "a.db"), []

    class Looking(InAnyOrder):
        def evaluate(self, planned):
            with contextlib.closing(opened(path)) as store:
                study = store.load_study("example")
            numbers = {each.number for each in planned if each.purpose is not Purpose.CONFIRM}
            for stage in study.stages:
                if numbers & set(stage.numbers):
                    seen.append(stage.number)
                    assert stage.space
                    assert all(each.result for each in study.stages[: stage.number - 1])
            yield from super().evaluate(planned)

    run(path, Looking())
    assert set(seen) == {1, 2, 3}


def test_the_default_configuration_comes_first_and_is_trained_in_full(three_stages):
    _, study = three_stages
    assert [each.number for each in study.trials if each.origin is not Origin.SAMPLER] == [0]
    assert study.trials[0].origin is Origin.DEFAULT
    assert dict(study.trials[0].configuration) == {"lr": 0.01, "wd": "off"}
    assert study.trials[0].score is not None


def test_a_user_s_configurations_follow_and_are_never_given_up(tmp_path):
    tries = ["lr=1e-4,wd=1e-3", "lr=0.1"]
    _, study = run(asked(tmp_path / "a.db", {**ONE_STAGE, "try": tries}, 30, **HIGH_ENOUGH))
    origins = [each.origin for each in study.trials[:4]]
    assert origins == [Origin.DEFAULT, Origin.USER, Origin.USER, Origin.SAMPLER]
    assert study.trials[1].configuration["lr"] == 1e-4
    assert all(each.outcome.is_complete for each in study.trials[:3])
    assert any(each.outcome.state is State.PRUNED for each in study.trials)
    assert study.stages[0].result.judgement.counts.total == 27


def test_a_stop_gives_up_the_later_stages(tmp_path):
    """Where every trial is as good as the best, further stages would find nothing."""
    flat = {"space": {"text": "lr=0.09:0.11,wd"}}
    events, study = run(asked(tmp_path / "a.db", {"prune": "none"}, **flat))
    assert study.stages[0].result.judgement.stop is Stop.PLATEAU
    assert (len(study.stages), study.trial_count, len(study.trials)) == (1, 24, 24)
    assert study.is_finished
    assert len(study.finalists) == 5
    assert isinstance(events[-1], Confirmed)


def test_rungs_are_stored_and_the_rest_is_given_up_after_them(halved):
    rungs = Counter(each.outcome.epoch for each in halved.trials if each.outcome.epoch)
    assert rungs.keys() == {2, 6}
    for trial in halved.trials:
        trained = [(e.planned.purpose, e.planned.epochs) for e in trial.evaluations]
        if trial.outcome.state is State.PRUNED:
            assert trial.score is None
            assert (Purpose.RUNG, trial.outcome.epoch) in trained
            assert (Purpose.SEARCH, 12) not in trained
        else:
            full = [(Purpose.RUNG, 2), (Purpose.RUNG, 6), (Purpose.SEARCH, 12)]
            assert set(full) <= set(trained)


def test_the_best_of_each_third_of_the_learning_rates_goes_on_to_the_end(halved):
    drawn = [each for each in halved.trials if each.origin is Origin.SAMPLER]
    by_rate = sorted(drawn, key=lambda trial: trial.configuration["lr"])
    for third in (by_rate[:15], by_rate[15:30], by_rate[30:]):
        assert any(trial.outcome.is_complete for trial in third)


def test_some_of_the_dropped_are_audited_in_full(halved):
    dropped = [each.number for each in halved.trials if each.outcome.state is State.PRUNED]
    expected = audited(dropped, 0, 1)
    found = [each for each in halved.trials if each.of(Purpose.AUDIT)]
    assert tuple(each.number for each in found) == expected
    assert len(found) == 3
    for trial in found:
        assert [e.planned.epochs for e in trial.of(Purpose.AUDIT)] == [12, 12]
        assert trial.score is None


def test_audits_are_trained_beside_the_last_rung_so_that_no_worker_waits_for_either(tmp_path):
    rounds = []

    class Listening(InAnyOrder):
        def evaluate(self, planned):
            rounds.append({each.purpose for each in planned})
            return super().evaluate(planned)

    run(asked(tmp_path / "a.db", ONE_STAGE, 24, **HIGH_ENOUGH), Listening())
    assert rounds == [
        {Purpose.RUNG},
        {Purpose.RUNG},
        {Purpose.SEARCH, Purpose.AUDIT},
        {Purpose.CONFIRM},
    ]


def test_finalists_are_trained_again_with_repeats_of_their_own(halved):
    assert len(halved.finalists) == 2
    for trial in halved.trials:
        repeats = {(e.planned.repeat, e.planned.fold) for e in trial.of(Purpose.CONFIRM)}
        is_finalist = trial.number in halved.finalists
        assert repeats == ({(r, f) for r in (1, 2, 3, 4) for f in (0, 1)} if is_finalist else set())
        assert (trial.confirmed_score is not None) == is_finalist


def test_training_all_for_a_few_epochs_first_leaves_five_and_the_default(tmp_path):
    search = {**ONE_STAGE, "prune": "epochs:3"}
    _, study = run(asked(tmp_path / "a.db", search, 30, **HIGH_ENOUGH))
    full = [each for each in study.trials if each.of(Purpose.SEARCH)]
    assert len(full) in (5, 6)
    assert study.trials[0] in full
    assert not any(each.of(Purpose.AUDIT) for each in study.trials)


def test_a_stage_in_which_nothing_learns_is_not_pruned(tmp_path):
    slow = {"space": {"text": "lr=1e-7:1e-5,wd"}}
    _, study = run(asked(tmp_path / "a.db", ONE_STAGE, 30, **slow))
    assert {each.outcome.state for each in study.trials} == {State.COMPLETE}


PLANS = {
    "halving in three stages": ({}, 60, {}, 5),
    "halving": (ONE_STAGE, 24, HIGH_ENOUGH, 1),
    "epochs": ({**ONE_STAGE, "prune": "epochs:3"}, 24, HIGH_ENOUGH, 1),
    "none in two stages": ({"stages": 2, "prune": "none"}, 42, HIGH_ENOUGH, 2),
    "halving by generations": (
        {**ONE_STAGE, "sampler": "tpe", "generation": 8, "prune": "halving"},
        24,
        HIGH_ENOUGH,
        3,
    ),
    "repeats": ({**ONE_STAGE, "repeats": 2, "prune": "halving"}, 20, HIGH_ENOUGH, 4),
    "sobol": ({**ONE_STAGE, "sampler": "sobol", "prune": "halving"}, 18, HIGH_ENOUGH, 1),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_run_that_stops_after_any_write_goes_on_to_the_same_bytes(name, tmp_path):
    search, trials, sections, step = PLANS[name]
    kept, expected = snapshots(asked(tmp_path / "a.db", search, trials, **sections), tmp_path)
    assert len(kept) > 8
    for number, path in enumerate(kept[::step]):
        _, study = run(path, InAnyOrder(seed=number, cohort=5 + number))
        assert export_json(study) == expected
        assert study.is_finished


@pytest.mark.parametrize("name", PLANS)
def test_neither_order_nor_size_of_cohorts_leaves_a_trace(name, tmp_path):
    search, trials, sections, _ = PLANS[name]
    exports = set()
    for seed, cohort in ((0, 9), (1, 1000), (2, 4)):
        path = asked(tmp_path / f"{seed}.db", search, trials, **sections)
        exports.add(export_json(run(path, InAnyOrder(seed, cohort))[1]))
    assert len(exports) == 1


@pytest.mark.parametrize("name", PLANS)
def test_nothing_that_is_stored_is_trained_again(name, tmp_path):
    search, trials, sections, _ = PLANS[name]
    kept, _ = snapshots(asked(tmp_path / "a.db", search, trials, **sections), tmp_path)
    trained = []

    class Noting(InAnyOrder):
        def evaluate(self, planned):
            trained.extend(planned)
            return super().evaluate(planned)

    middle = kept[len(kept) // 2]
    with contextlib.closing(opened(middle)) as store:
        before = store.evaluations(1, range(trials))
    _, study = run(middle, Noting())
    total = sum(len(trial.evaluations) for trial in study.trials)
    assert len(before) + len(trained) == total
    assert len(set(trained)) == len(trained)


def test_a_finished_study_has_nothing_to_do(three_stages, tmp_path):
    path = asked(tmp_path / "a.db", ONE_STAGE, 24, **HIGH_ENOUGH)
    run(path)
    events, _ = run(path)
    assert events == []


def lengthened(path, total):
    with contextlib.closing(opened(path)) as store:
        return store.lengthen(store.load_study("example"), total)


def test_more_trials_are_one_more_stage_of_a_staged_study(tmp_path):
    path = asked(tmp_path / "a.db", {"stages": 2}, 42, **HIGH_ENOUGH)
    _, before = run(path)
    assert [each.trial_count for each in lengthened(path, 60).stages] == [24, 18, 18]
    events, after = run(path)
    assert events[0].stage.number == 3
    assert after.stages[2].space == before.stages[1].result.space
    assert [each.number for each in after.trials] == list(range(60))
    assert after.is_finished
    assert after.stages[1].result == before.stages[1].result


def test_more_trials_lengthen_a_single_stage_in_which_none_is_given_up(tmp_path):
    search = {"stages": 1, "prune": "none", "confirm": 0}
    short, long = (asked(tmp_path / f"{n}.db", search, n, **HIGH_ENOUGH) for n in (24, 40))
    run(short)
    assert [each.trial_count for each in lengthened(short, 40).stages] == [40]
    assert export_json(run(short)[1]) == export_json(run(long)[1])


def test_more_trials_after_a_single_stage_that_was_halved_are_a_second_one(tmp_path):
    """Who is given up depends on how many there are: the first ones stay as they are."""
    path = asked(tmp_path / "a.db", ONE_STAGE, 24, **HIGH_ENOUGH)
    _, before = run(path)
    lengthened(path, 44)
    _, after = run(path)
    assert [each.trial_count for each in after.stages] == [24, 20]
    assert [each.outcome for each in after.trials[:24]] == [e.outcome for e in before.trials]


def test_a_study_that_was_stopped_goes_on_where_more_trials_are_asked_for(tmp_path):
    flat = {"space": {"text": "lr=0.09:0.11,wd"}}
    path = asked(tmp_path / "a.db", {"prune": "none"}, **flat)
    run(path)
    lengthened(path, 60)
    _, study = run(path)
    assert [each.trial_count for each in study.stages] == [24, 36]
    assert study.is_finished


class Spoiled(InAnyOrder):
    """Trains, but some evaluations end otherwise."""

    def __init__(self, which, outcome):
        super().__init__()
        object.__setattr__(self, "spoil", (which, outcome))

    def evaluate(self, planned):
        which, outcome = self.spoil
        for cohort in super().evaluate(planned):
            yield tuple(
                Evaluation(planned=each.planned, outcome=outcome) if which(each.planned) else each
                for each in cohort
            )


def test_a_trial_that_fails_at_a_rung_has_ended(tmp_path):
    failing = Spoiled(lambda each: each.number == 2, Outcome(State.FAILED, reason="no luck"))
    _, study = run(asked(tmp_path / "a.db", ONE_STAGE, 24, **HIGH_ENOUGH), failing)
    assert study.trials[2].outcome == Outcome(State.FAILED, reason="no luck")
    assert [each.planned.epochs for each in study.trials[2].evaluations] == [2, 2]
    assert 2 not in study.finalists
    assert study.is_finished


def test_a_finalist_that_diverges_when_trained_again_comes_after_the_confirmed(tmp_path):
    _, lucky = run(asked(tmp_path / "a.db", ONE_STAGE, 24, **HIGH_ENOUGH))
    best = lucky.finalists[0]
    unlucky = Spoiled(
        lambda each: each.purpose is Purpose.CONFIRM and each.number == best,
        Outcome(State.DIVERGED, 3),
    )
    _, study = run(asked(tmp_path / "b.db", ONE_STAGE, 24, **HIGH_ENOUGH), unlucky)
    assert study.is_finished
    assert ranked(study.trials)[0].number == study.finalists[1]
    assert study.trials[best].confirmed_score is None


def test_the_landscape_gives_the_beginning_of_a_longer_training():
    configuration = Configuration((("lr", 0.05),))
    long = PlannedEvaluation(number=1, configuration=configuration, fold=0, epochs=12)
    one, other = Landscape().evaluate([replace(long, epochs=3), long])
    assert (one.curve.train_loss == other.curve.train_loss[:4]).all()
