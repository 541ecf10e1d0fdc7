from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.baseline import Baseline
from hpsearch.domain.halving import at_rung, audited, survivors
from hpsearch.domain.learning import Course
from hpsearch.domain.rungs import LEAST_EPOCHS, check_epochs, rungs
from hpsearch.domain.space import Range, Space
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    PlannedEvaluation,
    Purpose,
    finished_trial,
)
from hpsearch.errors import InvalidStudy
from tests.domain.observations import SPACE, drawn, seen

NO_RATE = Space((("wd", Range(low=1e-8, high=1e-4)),))


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [
        (50, (5, 15, 50)),
        (20, (2, 6, 20)),
        (100, (10, 30, 100)),
        (60, (6, 18, 60)),
        (81, (9, 27, 81)),
        (5, (2, 5)),
        (4, (2, 4)),
        (3, (3,)),
        (1, (1,)),
    ],
)
def test_rungs(epochs, expected):
    assert rungs(epochs) == expected


@given(st.integers(1, 10_000))
def test_rungs_rise_by_a_factor_of_three_up_to_the_full_training(epochs):
    found = rungs(epochs)
    assert found[-1] == epochs
    assert all(3 * short == long for short, long in pairwise(found[:-1]))
    assert all(2 * short <= epochs for short in found[:-1])
    assert (len(found) > 1) == (epochs >= LEAST_EPOCHS)


def test_trainings_that_are_too_short_to_cut_are_refused():
    check_epochs(4)
    with pytest.raises(InvalidStudy, match="halving needs 4 epochs or more, `3` is too short"):
        check_epochs(3)


def test_a_third_goes_on_and_the_best_of_each_third_of_the_rates():
    # The score rises with the rate: ranks are those of the numbers.
    generation = [
        seen(number, {"lr": 10 ** (-4 + number / 10), "wd": 1e-6}, 0.2 + number / 100, epochs=5)
        for number in range(30)
    ]
    first = survivors(generation, SPACE)
    assert first.kept == (9, 19, *range(20, 30))
    assert first.protected == {9, 19, 29}
    assert first.is_pruned
    left = [each for each in generation if each.number in first.kept]
    second = survivors(left, SPACE, protected=first.protected)
    assert second.kept == (9, 19, 25, 26, 27, 28, 29)  # max(5, a third of 12), and the protected
    assert second.protected == first.protected


def test_what_diverged_or_failed_never_goes_on():
    generation = [
        seen(number, {"wd": 1e-6}, None, Course.FAILED if number % 2 else Course.DIVERGED)
        for number in range(20)
    ]
    generation.append(seen(50, {"wd": 1e-6}, 0.5))
    assert survivors(generation, NO_RATE).kept == (50,)
    gone = [seen(50, {"wd": 1e-6}, None, Course.DIVERGED), seen(51, {"wd": 1e-6}, 0.5)]
    assert survivors(gone, NO_RATE, protected={50}).kept == (51,)


def test_a_generation_in_which_nothing_learned_is_not_pruned():
    generation = [seen(number, {"wd": 1e-6}, 0.1, Course.SLOW) for number in range(30)]
    generation.append(seen(30, {"wd": 1e-6}, None, Course.DIVERGED))
    decision = survivors(generation, NO_RATE)
    assert (decision.kept, decision.is_pruned) == (tuple(range(30)), False)


def test_a_small_generation_is_judged_against_the_earlier_ones():
    earlier = [seen(number, {"wd": 1e-6}, 0.9) for number in range(16)]
    worse = [seen(16 + number, {"wd": 1e-6}, 0.5) for number in range(8)]
    assert survivors(worse, NO_RATE, earlier=earlier).kept == ()
    better = [seen(16 + number, {"wd": 1e-6}, 0.95) for number in range(8)]
    assert survivors(better, NO_RATE, earlier=earlier).kept == tuple(range(16, 24))
    assert len(survivors(better, NO_RATE).kept) == 5


def test_thirds_are_taken_for_each_optimiser():
    space = parse_space("optimizer=sgd|adam,lr")
    generation = [
        seen(
            number,
            {"optimizer": ("sgd", "adam")[number % 2], "lr": 10 ** (-4 + number / 20)},
            0.9 - number / 100 - 0.4 * (number % 2),
        )
        for number in range(30)
    ]
    assert survivors(generation, space).protected == {0, 10, 20, 1, 11, 21}


@given(st.integers(0, 2**32), st.randoms())
def test_the_order_of_trials_leaves_no_trace(seed, random):
    generation = drawn(
        40,
        seed,
        score=lambda _, random: float(random.integers(0, 5)) / 10,  # many ties
        course=lambda _, random: tuple(Course)[int(random.integers(0, 5))],
    )
    shuffled = generation[:]
    random.shuffle(shuffled)
    half = generation[::2], generation[1::2]
    assert survivors(shuffled, SPACE) == survivors(generation, SPACE)
    assert survivors(half[0], SPACE, earlier=half[1]) == survivors(
        half[0][::-1], SPACE, earlier=half[1][::-1]
    )


def test_a_rung_sees_the_mean_accuracy_of_its_last_two_epochs():
    planned = PlannedEvaluation(
        number=0, configuration=SPACE.at({"lr": 0, "wd": 0}), fold=0, epochs=5, purpose=Purpose.RUNG
    )
    curve = Curve(
        train_loss=np.array([2.4, 2, 1.5, 1, 0.8, 0.5], np.float32),
        train_score=np.zeros(5, np.float32),
        validation_loss=np.ones(5, np.float32),
        validation_score=np.array([0.1, 0.2, 0.5, 0.6, 0.8], np.float32),
    )
    evaluation = Evaluation(
        planned=planned, outcome=COMPLETED, validation_loss=1.0, validation_score=0.8, curve=curve
    )
    trial = finished_trial(1, planned.configuration, [evaluation])
    constant = Baseline(constant_loss=2.3, loss_limit=23, score_limit=0.2)
    assert at_rung(trial, constant).learning.score == pytest.approx(0.7)
    assert at_rung(trial, constant, 4).learning.score == pytest.approx(0.55)


def test_the_audit_draws_a_twentieth_and_at_least_three():
    assert audited([], 0, 1) == ()
    assert audited([7, 3], 0, 1) == (3, 7)
    assert len(audited(range(60), 0, 1)) == 3
    assert len(audited(range(61), 0, 1)) == 4
    drawn_numbers = audited(range(100), 5, 2)
    assert drawn_numbers == audited(reversed(range(100)), 5, 2)
    assert set(drawn_numbers) <= set(range(100))
    assert len({audited(range(100), seed, 1) for seed in range(10)}) > 5
