"""What is said of a study whose rows and scores are made up, and so known."""

from dataclasses import replace

import numpy as np
import pytest

from hpsearch.domain.assessment import Correction, assess
from hpsearch.domain.comparisons import assessed_trials
from hpsearch.domain.row_results import packed
from hpsearch.domain.space import Configuration, Side
from hpsearch.domain.study import Stage, StageResult, Study
from hpsearch.domain.trial import (
    COMPLETED,
    Evaluation,
    Origin,
    PlannedEvaluation,
    Purpose,
    finished_trial,
)
from hpsearch.domain.verdict import Counts, Judgement
from hpsearch.reporting.sureness_text import sureness_facts
from hpsearch.statistics.exact_tests import mcnemar
from hpsearch.statistics.intervals import wilson
from hpsearch.statistics.overlapping import corrected_mean
from tests.store.examples import FACTS, START, VERSIONS, spec

LR = 10.0 ** np.linspace(-2.9, -0.2, 40)


def evaluation(number, fold, right, purpose=Purpose.SEARCH, repeat=0):
    configuration = Configuration((("lr", float(LR[number])), ("wd", 0.05)))
    return Evaluation(
        planned=PlannedEvaluation(
            number=number,
            configuration=configuration,
            fold=fold,
            epochs=3,
            purpose=purpose,
            repeat=repeat,
        ),
        outcome=COMPLETED,
        train_loss=0.1,
        train_score=0.95,
        validation_loss=1.0,
        validation_score=float(right.mean()),
        row_results=packed(right),
    )


def study_of(rights, *, folds=None, confirmed=(), finalists=(), origins=None):
    """A study whose trial i is right on the rows `rights[i]`, and its packed rows."""
    question = spec()
    split = replace(question.split, folds=folds, holdout=None if folds else 0.2)
    question = replace(question, split=split)
    trials, results = [], {}
    for number, right in enumerate(rights):
        parts = np.array_split(np.asarray(right, np.bool_), folds or 1)
        own = [evaluation(number, fold, part) for fold, part in enumerate(parts)]
        results[number] = {(0, fold): each.row_results for fold, each in enumerate(own)}
        for repeat, score in enumerate(confirmed[number] if number in finalists else (), 1):
            again = evaluation(number, 0, np.array([True]), Purpose.CONFIRM, repeat)
            own.append(replace(again, validation_score=score))
        origin = (origins or {}).get(number, Origin.SAMPLER)
        trials.append(finished_trial(1, own[0].planned.configuration, own, origin=origin))
    judgement = Judgement(
        verdicts=(), stop=None, space=question.space, counts=Counts(), tied=0, error=None
    )
    stage = Stage(
        number=1,
        space=question.space,
        trial_count=len(trials),
        result=StageResult(judgement=judgement, finalists=tuple(finalists)),
    )
    facts = replace(FACTS, validation_rows=len(rights[0]), majority_share=0.1)
    study = Study(
        id=1,
        name="made-up",
        spec=question,
        data=facts,
        versions=tuple(VERSIONS.items()),
        created_at=START,
        stages=(stage,),
        trials=tuple(trials),
    )
    return study, results


def noisy(shares, rows=200, seed=0):
    random = np.random.default_rng(seed)
    return [random.random(rows) < share for share in shares]


def test_a_single_split_by_its_rows():
    study, results = study_of([[1] * 90 + [0] * 10, [1] * 80 + [0] * 20, [0] * 40 + [1] * 60])
    found = assess(study, results)
    first, second, third = found.standings
    assert first.interval == wilson(90, 100)
    assert (first.rank, first.letter, first.p) == (1, "a", None)
    # 10 rows for the first only; 40 and 10 against the third: smaller than 0.05 / 2.
    assert second.p == pytest.approx(mcnemar(10, 0))
    assert third.p == pytest.approx(2 * mcnemar(40, 10))
    assert [each.letter for each in found.standings] == ["a", "b", "b"]
    assert found.tied == 0
    assert first.gap == pytest.approx(0.05)
    assert first.chance == pytest.approx(1.0, abs=0.01)
    assert first.ranks == (1, 1)


def test_folds_by_the_corrected_test():
    study, results = study_of(noisy([0.9, 0.88, 0.3]), folds=5)
    found = assess(study, results)
    scores = [each.validation_score for each in found.best.trial.evaluations]
    mean = corrected_mean(scores, 1 / 4)
    assert found.best.interval == pytest.approx((mean.low, min(1, mean.high)))
    assert [each.letter for each in found.standings] == ["a", "a", "b"]
    assert found.tied == 1


def test_the_best_of_guesses_is_not_better_than_chance():
    study, results = study_of(noisy([0.1] * 40, rows=100))
    found = assess(study, results)
    assert found.corrected.by is Correction.ROWS
    assert found.corrected.naive > 0.15
    assert found.corrected.optimism > 0.04
    assert not found.is_better_than_chance


def test_what_learned_is_better_than_chance():
    study, results = study_of(noisy([0.8, 0.7]))
    assert assess(study, results).is_better_than_chance


def test_without_rows_the_folds_say_what_was_luck():
    study, _ = study_of(noisy([0.5] * 30), folds=4)
    found = assess(study, {})
    assert found.corrected.by is Correction.FOLDS
    assert found.corrected.optimism > 0.02
    assert found.best.ranks is None
    assert found.best.chance is None


def test_without_rows_and_folds_only_the_number_of_trials_is_known():
    study, _ = study_of(noisy([0.1] * 40, rows=100))
    found = assess(study, {})
    assert found.corrected.by is Correction.COUNT
    assert found.corrected.optimism == 0
    assert found.corrected.interval[0] < wilson(100 * found.corrected.naive, 100)[0]
    assert not found.is_better_than_chance
    assert [each.p for each in found.standings] == [None] * 20


def test_trials_without_all_their_rows_are_left_out():
    study, results = study_of(noisy([0.8, 0.7, 0.6]))
    del results[1]
    found = assess(study, results)
    assert found.corrected.chosen_from == 2
    by_number = {each.trial.number: each for each in found.standings}
    assert by_number[1].ranks is None
    assert by_number[1].p is None


def test_the_pick_among_finalists_is_told_with_its_luck():
    """By the other repeats the second is picked for repeat 1 and the first for the rest: all .7."""
    confirmed = {0: [0.9, 0.7, 0.7, 0.7], 1: [0.7, 0.74, 0.74, 0.74]}
    study, results = study_of(noisy([0.9, 0.95]), confirmed=confirmed, finalists=(0, 1))
    found = assess(study, results)
    told = found.pick
    assert found.estimate[0] == pytest.approx(found.best.trial.confirmed_score - told.luck)
    low, high = found.best.confirmed_interval
    assert found.estimate[1] == pytest.approx((low - told.luck, high - told.luck))
    assert (told.finalists, told.luck) == (2, pytest.approx(0.75 - 0.7, abs=0.01))
    assert ("Luck of the pick among 2 confirmed", f"{told.luck:+.3f}") in sureness_facts(
        study, assess(study, results)
    )
    alone, results = study_of(noisy([0.9, 0.95]), confirmed=confirmed, finalists=(0,))
    assert assess(alone, results).pick is None


def test_confirmed_scores_come_first():
    confirmed = {0: [0.80, 0.82, 0.81, 0.79], 1: [0.60, 0.62, 0.61, 0.59]}
    study, results = study_of(noisy([0.9, 0.95]), confirmed=confirmed, finalists=(0, 1))
    found = assess(study, results)
    assert found.best.trial.number == 0
    assert found.best.repeats == 4
    score, (low, high) = found.estimate
    assert score == pytest.approx(0.805)
    assert low < 0.805 < high
    # Paired on the splits of the confirmation: the difference is 0.2 on each.
    assert found.standings[1].p < 1e-6
    assert found.standings[1].letter == "b"


def test_the_default_stands_beside_the_best():
    study, results = study_of(noisy([0.5, 0.9], rows=400), origins={0: Origin.DEFAULT})
    against = assess(study, results).default
    assert against.trial.number == 0
    assert against.gain == pytest.approx(0.4, abs=0.06)
    assert against.is_clear
    study, results = study_of(noisy([0.78, 0.8], seed=1), origins={0: Origin.DEFAULT})
    against = assess(study, results).default
    assert against is None or not against.is_clear


def test_edges_are_the_outer_tenths():
    study, results = study_of(noisy(np.linspace(0.5, 0.9, 40)))
    edges = {each.trial.number: each.edges for each in assess(study, results, 40).standings}
    # lr from 1e-3 to 1; wd 0.05 lies in the middle of 1e-6 to 0.1.
    assert edges[0] == (("lr", Side.LOW),)
    assert edges[20] == ()
    assert edges[39] == (("lr", Side.HIGH),)


def test_of_too_many_trials_only_the_best_are_compared(monkeypatch):
    """What of the best score was luck is then not told from rows by which they were chosen."""
    study, results = study_of(noisy(np.linspace(0.2, 0.9, 40)), folds=4)
    monkeypatch.setattr("hpsearch.domain.comparisons.NUMBERS_AT_MOST", 200 * 39)
    chosen = assessed_trials(study)
    assert [trial.number for trial in chosen] == sorted(trial.number for trial in chosen)
    assert len(chosen) == 20
    found = assess(study, results)
    assert found.corrected.by is Correction.FOLDS
    assert found.best.ranks is None
    assert found.standings[1].p is not None
