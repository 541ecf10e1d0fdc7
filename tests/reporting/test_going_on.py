"""Is it worth going on: what is said at the end, and where nothing can be."""

from dataclasses import replace

import pytest

from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.trial import Origin
from hpsearch.reporting.best import best_text
from hpsearch.reporting.going_on import going_on_note
from tests.search.staged import asked, run

ONE_STAGE = {"stages": 1, "confirm": 0, "prune": "none"}
HIGH_ENOUGH = {"space": {"text": "lr=1e-3:1,wd"}}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """One stage of 41 trials in full, the first of them the default configuration."""
    path = asked(tmp_path_factory.mktemp("one") / "a.db", ONE_STAGE, 41, **HIGH_ENOUGH)
    return run(path)[1]


def with_scores(study, scores):
    """The study with other scores of its trials, by number."""
    trials = []
    for trial in study.trials:
        score = scores.get(trial.number, trial.score)
        own = [replace(each, validation_score=score) for each in trial.evaluations]
        trials.append(replace(trial, evaluations=tuple(own)))
    return replace(study, trials=tuple(trials))


def test_the_chance_is_that_of_trials_drawn_alike(study):
    assert study.trials[0].origin is Origin.DEFAULT
    note = going_on_note(study)
    assert note.startswith(
        "Going on: 10 more trials would beat the best of these 40 with a chance of 20 %, "
        "40 more with 50 % (exact for independent draws). From 20 to 40 trials the best score rose "
    )
    assert note in " ".join(best_text(study, 5).split())


def test_the_gain_of_the_second_half_is_held_against_the_noise(study):
    flat = with_scores(study, {each.number: 0.5 for each in study.trials})
    assert "the best score rose by 0.0000 on average, less than the noise" in going_on_note(flat)
    alone = with_scores(study, {each.number: 0.9 * (each.number == 7) for each in study.trials})
    assert "the best score rose by 0.4500 on average, more than the noise" in going_on_note(alone)


def test_ties_at_the_top_are_told(study):
    tied = with_scores(study, {3: 0.99, 5: 0.99})
    assert "2 of them share the best score: a higher one is less likely than that." in (
        going_on_note(tied)
    )
    assert "share the best score" not in going_on_note(with_scores(study, {3: 0.99}))


def test_a_best_that_was_not_drawn_alike_is_harder_to_beat(study):
    note = going_on_note(with_scores(study, {0: 1.0}))
    assert "The best of the study is none of these, and harder to beat." in note


def test_only_the_last_stage_counts_and_what_was_given_up_counts_as_worse(tmp_path):
    study = run(asked(tmp_path / "a.db"))[1]
    drawn = [each for each in study.trials if each.stage == 3]
    assert len(drawn) == 18
    note = going_on_note(study)
    assert "10 more trials in the ranges of stage 3 would beat the best of these 18 " in note
    assert "a chance of 36 %" in note
    assert "(exact for independent draws; what was given up counts as worse)" in note


def test_sobol_points_are_not_quite_independent(study):
    sobol = replace(study, spec=replace(study.spec, sampler=Sampler.SOBOL))
    assert "(nearly: Sobol points are not quite independent)" in going_on_note(sobol)


@pytest.mark.parametrize("sampler", [Sampler.TPE, Sampler.GP])
def test_nothing_is_counted_where_trials_depend_on_results(sampler, study):
    learning = replace(study, spec=replace(study.spec, sampler=sampler))
    assert going_on_note(learning) == (
        f"Going on: what more trials would bring cannot be counted, because {sampler} proposes "
        "them from the results of those before."
    )


def test_nothing_is_said_before_the_end_or_of_hardly_any_trials(study, tmp_path):
    (stage,) = study.stages
    assert going_on_note(replace(study, stages=(replace(stage, result=None),))) == ""
    assert going_on_note(run(asked(tmp_path / "a.db", ONE_STAGE, 4))[1]) == ""
