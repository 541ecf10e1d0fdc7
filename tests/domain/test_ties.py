import math

import pytest

from hpsearch.domain.learning import Course
from hpsearch.domain.ties import error_of_difference, tied_count
from tests.domain.observations import seen


def one(number, score, course=Course.LEARNED, **more):
    return seen(number, {"lr": 0.1}, score, course, **more)


def test_the_better_half_of_what_learned_tells_the_noise_of_the_folds():
    better = [one(0, 0.7, fold_scores=(0.8, 0.6), fold_count=2)]
    better.append(one(1, 0.7, fold_scores=(0.7, 0.7), fold_count=2))
    worse = [one(number, 0.3, fold_scores=(0.0, 0.6), fold_count=2) for number in (2, 3)]
    slow = one(4, 0.1, Course.SLOW, fold_scores=(0.1, 0.1), fold_count=2)
    found = error_of_difference([*better, *worse, slow], 100)
    assert found == pytest.approx(math.sqrt(0.03))


def test_one_split_goes_by_the_rows_and_numbers_by_nothing():
    trials = [one(0, 0.8, fold_scores=(0.8,)), one(1, 0.5, fold_scores=(0.5,))]
    assert error_of_difference(trials, 100) == pytest.approx(math.sqrt(2 * 0.16 / 100))
    assert error_of_difference(trials, None) is None
    assert error_of_difference([], 100) is None


def test_trials_given_up_are_tied_if_they_were_as_good_already():
    trials = [
        one(0, 0.90),
        one(1, 0.86),
        one(2, 0.84),
        one(3, 0.87, is_pruned=True),
        one(4, 0.99, is_pruned=True),
        one(5, 0.89, Course.SLOW),
    ]
    assert tied_count(trials, 0.05) == 4
    assert tied_count(trials, None) == 0
    assert tied_count(trials[3:], 0.05) == 0
