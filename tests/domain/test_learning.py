import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.baseline import Baseline, baseline, baseline_of_regression
from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.learning import Course, Observation, learning, observation, order_key
from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    Purpose,
    State,
    Trial,
    finished_trial,
)

CHANCE = math.log(10)
TEN_CLASSES = Baseline(constant_loss=CHANCE, loss_limit=10 * CHANCE, score_limit=0.2)


def evaluation(losses, validation_loss=2.0, score=0.1, outcome=COMPLETED, **planned):
    """A training with the given curve of training losses; None for no curve."""
    epochs = planned.pop("epochs", len(losses or [0, 0]) - 1)
    plan = PlannedEvaluation(
        **{"number": 0, "configuration": Configuration(()), "fold": 0, "epochs": epochs, **planned}
    )
    curve = None
    if losses is not None:
        ones = np.ones(len(losses) - 1, np.float32)
        curve = Curve(
            train_loss=np.array(losses, np.float32),
            train_score=0 * ones,
            validation_loss=np.float32(validation_loss) * ones,
            validation_score=np.float32(score) * ones,
        )
    is_complete = outcome.is_complete
    return Evaluation(
        planned=plan,
        outcome=outcome,
        train_loss=losses[-1] if losses and is_complete else None,
        validation_loss=validation_loss if is_complete else None,
        validation_score=score if is_complete else None,
        curve=curve,
    )


def course(losses, validation_loss=2.31, score=0.1, constant=TEN_CLASSES):
    trial = finished_trial(1, Configuration(()), [evaluation(losses, validation_loss, score)])
    return learning(trial, constant).course


def test_the_baseline_of_ten_even_classes():
    facts = DataFacts(
        fingerprint="",
        rows=500,
        validation_rows=100,
        test_rows=0,
        class_count=10,
        majority_share=0.1,
        constant_loss=CHANCE,
    )
    found = baseline(facts)
    assert found.constant_loss == pytest.approx(2.302585)
    assert found.loss_limit == pytest.approx(23.02585)
    # 3 √(0.1 * 0.9 / 100) = 0.09 is just what 0.1 * 0.9 is.
    assert found.score_limit == pytest.approx(0.19)
    assert found.accuracy_rows == 100
    assert baseline(replace(facts, is_function=True)).accuracy_rows is None


def test_many_rows_ask_for_a_tenth_of_what_is_missing_few_for_three_errors():
    def limit(rows, majority):
        facts = DataFacts(
            fingerprint="",
            rows=rows,
            validation_rows=rows,
            test_rows=0,
            class_count=2,
            majority_share=majority,
        )
        return baseline(facts).score_limit

    assert limit(10_000, 0.6) == pytest.approx(0.64)
    assert limit(36, 0.5) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("losses", "validation_loss", "score", "expected"),
    [
        ([2.4, 1.5, 0.9, 0.5], 1.0, 0.7, Course.LEARNED),
        ([2.4, 2.2, 2.0, 1.9], 3.0, 0.4, Course.LEARNED),  # sure of its errors, but often right
        ([2.4, 2.3, 2.2, 2.1], 2.1, 0.1, Course.LEARNED),  # by the validation loss alone
        ([2.4, 2.39, 2.38, 2.37], 2.1, 0.1, Course.SLOW),  # a fall below 0.02 is no learning
        ([2.31, 2.31, 2.309, 2.308], 2.31, 0.12, Course.SLOW),
        ([2.4, 1.0, 0.2, 0.05], 6.0, 0.1, Course.SLOW),  # memorised: it moves, to no avail
        ([2.5, 2.31, 2.303, 2.303], 2.31, 0.1, Course.STUCK),  # fell at once, then rests
        ([2.4, 9.0, 3.0, 2.31], 2.31, 0.1, Course.STUCK),  # thrown off
        ([2.4, 9.0, 1.5, 0.9], 1.0, 0.7, Course.LEARNED),  # thrown off and recovered
        ([2.4, 9.0, 40.0, 60.0], 50.0, 0.1, Course.DIVERGED),
    ],
)
def test_courses_of_training(losses, validation_loss, score, expected):
    assert course(losses, validation_loss, score) is expected


def test_the_formulas_by_hand():
    one = evaluation([4.0, 8.0, 2.0, 1.0, 0.5], 0.7, 0.8)
    found = learning(finished_trial(1, Configuration(()), [one]), TEN_CLASSES)
    assert found.fall == pytest.approx(math.log(8))
    assert found.rise == pytest.approx(math.log(2))
    assert (found.score, found.validation_loss) == (0.8, 0.7)
    assert found.epochs == 4


def test_regression_goes_by_the_variance():
    constant = baseline_of_regression(4.0)
    assert course([5.0, 3.0, 2.0], 3.0, None, constant) is Course.LEARNED
    assert course([5.0, 4.9, 4.8], 3.9, None, constant) is Course.SLOW
    assert course([5.0, 40.0, 401.0], 400.0, None, constant) is Course.DIVERGED


def test_losses_are_averaged_over_folds_before_they_are_judged():
    steady, thrown = [2.4, 2.3, 2.2], [2.4, 2.6, 2.2]
    folds = [evaluation(steady, fold=0), evaluation(thrown, fold=1)]
    found = learning(finished_trial(1, Configuration(()), folds), TEN_CLASSES)
    assert found.rise == pytest.approx(math.log(2.45 / 2.4), rel=1e-5)
    assert found.fold_scores == (0.1, 0.1)


def test_repeats_count_like_folds():
    parts = [
        evaluation([2.4, 1.0], 1.0, 0.5 + (2 * repeat + fold) / 10, repeat=repeat, fold=fold)
        for repeat in range(2)
        for fold in range(2)
    ]
    found = learning(finished_trial(1, Configuration(()), parts[::-1]), TEN_CLASSES)
    assert found.fold_scores == (0.5, 0.6, 0.7, 0.8)
    assert (found.score, found.fold_count) == (0.65, 2)


def test_a_fold_that_stopped_early_keeps_its_last_loss():
    folds = [evaluation([2.0, 1.0], fold=0, epochs=2), evaluation([2.0, 1.0, 0.5], fold=1)]
    found = learning(finished_trial(1, Configuration(()), folds), TEN_CLASSES)
    assert found.fall == pytest.approx(math.log(2.0 / 0.75))


def test_one_diverged_fold_decides_the_earliest_first():
    ends = [Outcome(State.DIVERGED, 7), Outcome(State.DIVERGED, 3)]
    folds = [
        evaluation([2.4, 1.0], fold=index, outcome=end)
        for index, end in enumerate([*ends, COMPLETED])
    ]
    found = learning(finished_trial(1, Configuration(()), folds), TEN_CLASSES, epochs=9)
    assert (found.course, found.ended) == (Course.DIVERGED, 3)


@pytest.mark.parametrize("state", [State.FAILED, State.TIMED_OUT, State.LOST])
def test_what_could_not_be_trained_has_failed(state):
    folds = [evaluation([2.4, 1.0], fold=0), evaluation(None, fold=1, outcome=Outcome(state))]
    assert (
        learning(finished_trial(1, Configuration(()), folds), TEN_CLASSES).course is Course.FAILED
    )


def test_a_shorter_look_is_what_a_shorter_training_says():
    curve = Curve(
        train_loss=np.array([2.4, 2.0, 1.5, 0.5], np.float32),
        train_score=np.zeros(3, np.float32),
        validation_loss=np.array([2.1, 1.6, 0.9], np.float32),
        validation_score=np.array([0.2, 0.5, 0.8], np.float32),
    )
    long = evaluation([2.4, 2.0, 1.5, 0.5])
    trial = finished_trial(
        1, Configuration(()), [Evaluation(planned=long.planned, outcome=COMPLETED, curve=curve)]
    )
    found = learning(trial, TEN_CLASSES, epochs=2, averaged=2)
    assert found.fall == pytest.approx(math.log(2.4 / 1.5), rel=1e-6)
    assert found.score == pytest.approx(0.35)
    assert found.validation_loss == pytest.approx(1.6)
    assert found.epochs == 2


def test_the_longest_of_the_searchs_own_trainings_counts():
    rungs = [
        evaluation([2.4, 2.3], score=0.2, purpose=Purpose.RUNG),
        evaluation([2.4, 2.0, 1.0], score=0.6, purpose=Purpose.RUNG),
        evaluation([2.4, 2.0, 1.0, 0.5], score=0.9, purpose=Purpose.AUDIT),
        evaluation([2.4, 2.0, 1.0, 0.5], score=0.9, purpose=Purpose.CONFIRM, repeat=1),
    ]
    trial = Trial(
        number=3,
        stage=1,
        configuration=Configuration(()),
        outcome=Outcome(State.PRUNED, 2),
        evaluations=tuple(rungs),
    )
    found = observation(trial, TEN_CLASSES).learning
    assert (found.epochs, found.score, found.is_pruned) == (2, 0.6, True)


@pytest.mark.parametrize(("score", "expected"), [(0.2, Course.LEARNED), (0.19, Course.SLOW)])
def test_without_curves_the_score_decides(score, expected):
    trial = finished_trial(1, Configuration(()), [evaluation(None, None, score, epochs=50)])
    found = learning(trial, TEN_CLASSES)
    assert (found.course, found.fall, found.score) == (expected, 0, score)


def test_what_is_known_by_heart_is_marked():
    folds = [evaluation([2.4, 1.0, 0.1], 5.0, 0.1)]
    assert learning(finished_trial(1, Configuration(()), folds), TEN_CLASSES).is_memorised
    folds = [evaluation([2.4, 1.0, 0.1], 2.0, 0.5)]
    assert not learning(finished_trial(1, Configuration(()), folds), TEN_CLASSES).is_memorised


def ranked(*observations):
    return [each.number for each in sorted(observations, key=order_key)]


def numbered(number, losses, *rest, **planned):
    trial = finished_trial(
        1, Configuration(()), [evaluation(losses, *rest, **{"number": number, **planned})]
    )
    return observation(trial, TEN_CLASSES)


def test_the_order_of_all_trials():
    diverged = [Outcome(State.DIVERGED, epoch) for epoch in (3, 8)]
    observations = [
        numbered(0, [2.4, 2.4], outcome=Outcome(State.FAILED)),
        numbered(1, [2.4, 2.4], epochs=9, outcome=diverged[0]),
        numbered(2, [2.4, 2.4], epochs=9, outcome=diverged[1]),
        numbered(3, [2.4, 9.0, 2.31], 2.31),
        numbered(4, [2.4, 5.0, 2.31], 2.31),
        numbered(5, [2.32, 2.315, 2.31], 2.31),
        numbered(6, [2.6, 2.595, 2.58], 2.31),  # a higher loss, but a larger fall
        numbered(7, [2.4, 2.0, 1.0], 1.0, 0.7),
        numbered(8, [2.4, 2.0, 1.0], 0.9, 0.7),
        numbered(9, [2.4, 2.0, 1.0], 1.5, 0.8),
        numbered(10, [2.4, 2.0, 1.0], 0.9, 0.7),
    ]
    assert ranked(*observations) == [9, 8, 10, 7, 6, 5, 4, 3, 2, 1, 0]


def test_among_the_learned_those_trained_longer_come_first():
    short = numbered(0, [2.4, 2.0, 1.0], 1.0, 0.9)
    long = numbered(1, [2.4, 2.0, 1.0, 0.8], 1.0, 0.7)
    assert ranked(short, long) == [1, 0]


def test_slow_trials_of_different_lengths_go_by_their_fall_per_epoch():
    short = numbered(0, [2.32, 2.315], 2.31)
    long = numbered(1, [2.32, 2.318, 2.316, 2.314], 2.31)
    assert ranked(short, long) == [0, 1]


losses = st.lists(st.floats(1e-3, 90), min_size=2, max_size=9)


@given(losses, st.floats(0, 20), st.floats(0, 1))
def test_every_curve_has_one_course(curve, validation_loss, score):
    found = learning(
        finished_trial(1, Configuration(()), [evaluation(curve, validation_loss, score)]),
        TEN_CLASSES,
    )
    one = Observation(number=1, configuration=Configuration(()), learning=found)
    assert all(not math.isnan(part) for part in order_key(one))


def test_a_loss_of_zero_is_no_error():
    assert course([2.4, 0.5, 0.0], 0.0, 1.0) is Course.LEARNED


def test_a_thousand_trials_of_five_folds_take_little_time():
    curve = [2.4 / (1 + epoch) for epoch in range(51)]
    trial = finished_trial(
        1, Configuration(()), [evaluation(curve, 0.5, 0.8, fold=k) for k in range(5)]
    )
    fastest = math.inf
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(1000):
            observation(trial, TEN_CLASSES)
        fastest = min(fastest, time.perf_counter() - started)
    assert fastest < 0.5  # usually a fifth of it
