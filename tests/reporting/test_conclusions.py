"""Every phrase of the verdict, and that none says more than the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from hpsearch.domain.assessment import assess
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.space import Range, Side
from hpsearch.domain.trial import Origin
from hpsearch.domain.verdict import Evidence, Reason, Verdict
from hpsearch.reporting.conclusions import (
    chance_sentence,
    conclusions,
    default_sentence,
    edge_sentence,
    estimate_words,
    matter_sentence,
    next_sentence,
    tie_sentence,
)
from tests.domain.test_assessment import noisy, study_of


def told(study, results, sentence):
    return sentence(study, assess(study, results))


def test_a_search_score_is_corrected_for_luck():
    words = told(*study_of(noisy([0.5] * 20)), estimate_words)
    assert words.startswith("accuracy 0.")
    assert "95 % interval 0." in words
    assert "(corrected for the luck of being the best of 20; the search itself showed 0." in words


def test_a_confirmed_score_says_so():
    confirmed = {0: [0.80, 0.82, 0.81, 0.79]}
    study, results = study_of(noisy([0.9, 0.8]), confirmed=confirmed, finalists=(0,))
    words = told(study, results, estimate_words)
    assert words.startswith(("accuracy 0.81, 95 % interval ", "accuracy 0.80"))
    assert "(mean of 4 more trainings with fresh seeds and fresh splits; the search" in words


def test_the_luck_of_the_pick_is_taken_off_and_said():
    """By the other repeats the second is picked for repeat 1 and the first for the rest: all .7."""
    confirmed = {0: [0.9, 0.7, 0.7, 0.7], 1: [0.7, 0.74, 0.74, 0.74]}
    study, results = study_of(noisy([0.9, 0.95]), confirmed=confirmed, finalists=(0, 1))
    words = told(study, results, estimate_words)
    assert words.startswith("accuracy 0.70")
    assert "fresh splits, less 0.05 for the luck of being the best of 2 such means; the" in words


def test_without_rows_and_folds_only_bounds_are_said():
    study, _ = study_of(noisy([0.5] * 20))
    words = told(study, {}, estimate_words)
    assert "is the luckiest of 20: the truth may be anywhere from 0." in words


def test_guesses_are_not_better_than_chance():
    study, results = study_of(noisy([0.1] * 40, rows=100))
    sentence = told(study, results, chance_sentence)
    assert sentence.startswith("That is not better than chance, as far as these data can tell")
    assert "commonest class scores 0.10" in sentence
    assert told(*study_of(noisy([0.9])), chance_sentence) == ""
    assert "before searching on" in told(study, results, next_sentence)
    regression = replace(study, data=replace(study.data, class_count=0))
    assert "always naming the mean" in told(regression, results, chance_sentence)


@pytest.mark.parametrize(
    ("shares", "rows", "words", "doubt"),
    [([0.4, 0.9], 400, "better than", ""), ([0.75, 0.8], 200, "better than", "may be chance")],
)
def test_the_default_is_compared_with(shares, rows, words, doubt):
    study, results = study_of(noisy(shares, rows=rows), origins={0: Origin.DEFAULT})
    sentence = told(study, results, default_sentence)
    assert words in sentence
    assert sentence.endswith(f"{doubt}." if doubt else ").")


def test_the_default_may_be_the_best():
    study, results = study_of(noisy([0.9, 0.4]), origins={0: Origin.DEFAULT})
    assert told(study, results, default_sentence).endswith(": nothing better was found.")
    assert told(*study_of(noisy([0.9, 0.4])), default_sentence) == ""


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ((10,), ""),
        ((10, 90), "The next best is worse than it (Holm's test at 5 %)."),
        ((10, 90, 95), "Each of the next 2 best is worse than it (Holm's test at 5 %)."),
        ((10, 11), "The next best is tied with it: no test here tells them apart."),
        ((10, 11, 12), "All of the next 2 best are tied with it: no test here tells them apart."),
        ((10, 11, 90), "1 of the next 2 best is tied with it: no test here tells them apart."),
        ((10, 11, 12, 90), "2 of the next 3 best are tied with it: no test here tells them apart."),
    ],
)
def test_ties_are_counted(wrong, sentence):
    rows = [[0] * each + [1] * (100 - each) for each in wrong]
    assert tie_sentence(assess(*study_of(rows))) == sentence


def verdict(name, p):
    reason = next(iter(Reason))
    entry = Range(low=0.1, high=1.0)
    return Verdict(name=name, old=entry, new=entry, evidence=Evidence(reason=reason, trials=9, p=p))


def judged(study, *verdicts):
    stage = study.stages[0]
    judgement = replace(stage.result.judgement, verdicts=verdicts)
    result = replace(stage.result, judgement=judgement)
    return replace(study, stages=(replace(stage, result=result),))


@pytest.mark.parametrize(
    ("p_values", "sentence"),
    [
        ({"lr": 0.001, "wd": 0.8}, "lr matters; there is no evidence that wd matters."),
        ({"lr": 0.01, "wd": 0.001}, "wd and lr matter."),
        ({"lr": 0.5}, "There is no evidence that lr matters."),
        ({"lr": 0.5, "wd": 0.5}, "There is no evidence that lr or wd matter."),
        ({"lr": None}, ""),
        ({}, ""),
    ],
)
def test_what_matters_is_what_was_tested(p_values, sentence):
    study, _ = study_of(noisy([0.9]))
    verdicts = [verdict(name, p) for name, p in p_values.items()]
    assert matter_sentence(judged(study, *verdicts)) == sentence


def test_what_matters_in_one_stage_of_several_must_stand_out_more():
    study, _ = study_of(noisy([0.9]))
    stages = [
        judged(study, verdict("lr", lr), verdict("wd", wd)).stages[0]
        for lr, wd in ((0.3, 0.03), (0.02, 0.4))
    ]
    both = replace(study, stages=tuple(stages))
    assert matter_sentence(both) == "lr matters; there is no evidence that wd matters."


def test_an_edge_is_a_hint():
    study, results = study_of(noisy(np.linspace(0.5, 0.95, 40)))
    found = assess(study, results)
    edge = replace(found.best, edges=(("lr", Side.HIGH), ("wd", Side.LOW)))
    found = replace(found, standings=(edge, *found.standings[1:]))
    sentence = (
        "It lies at the high end of lr and the low end of wd: something better may lie beyond."
    )
    assert edge_sentence(found) == sentence
    assert edge_sentence(replace(found, standings=(replace(edge, edges=()),))) == ""


def test_the_next_step():
    study, results = study_of(noisy([0.9, 0.8]))
    assert "`hpsearch confirm made-up` trains the best again" in told(study, results, next_sentence)
    longer = replace(study, stages=(replace(study.stages[0], trial_count=5),))
    assert "`hpsearch resume made-up` goes on" in told(longer, results, next_sentence)
    grid = replace(study, spec=replace(study.spec, sampler=Sampler.GRID))
    assert told(grid, results, next_sentence) == ""


def test_the_verdict_begins_with_the_best():
    study, results = study_of(noisy([0.9, 0.8, 0.3]))
    first, *rest = conclusions(study, assess(study, results))
    assert first.startswith("Best: lr: ")
    assert all(rest)
