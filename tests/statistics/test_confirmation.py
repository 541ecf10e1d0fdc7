import math

import numpy as np
import pytest

from hpsearch.statistics.confirmation import confirmed_interval, luck_of_the_pick


def test_four_scores_by_hand():
    """Mean 0.85, squared deviations of 6e-4 in all; t(0.975, 3) = 3.182446."""
    half = 3.182446305 * math.sqrt(6e-4 / 3 / 4)
    assert confirmed_interval([0.83, 0.85, 0.86, 0.86]) == pytest.approx((0.85 - half, 0.85 + half))


def test_two_scores_by_hand():
    """t(0.975, 1) = 12.7062: two scores say little."""
    low, high = confirmed_interval([0.8, 0.9])
    assert (low, high) == pytest.approx((0.85 - 12.706204736 * 0.05, 0.85 + 12.706204736 * 0.05))


def test_a_smaller_share_is_narrower():
    low, high = confirmed_interval([0.8, 0.9, 1.0], share=0.5)
    half = 0.816496580927726 * 0.1 / math.sqrt(3)  # t(0.75, 2)
    assert (low, high) == pytest.approx((0.9 - half, 0.9 + half))


@pytest.mark.parametrize("scores", [[], [0.9]])
def test_one_score_has_no_interval(scores):
    assert confirmed_interval(scores) is None


def test_equal_scores_leave_no_doubt():
    assert confirmed_interval([0.5, 0.5, 0.5]) == (0.5, 0.5)


def test_two_finalists_by_hand():
    """Deviations (-2, 1, 1) and (0, 1, -1) hundredths; their means (-1, 1, 0), the rest (1, 0, 1).

    Squares: of the means 2 / 2 = 1, of the rest 4 / 2 / 2 = 1, together 2. Degrees of freedom:
    2 * 2^2 / (1 + 1) = 4; t(0.975, 4) = 2.776445.
    """
    low, high = confirmed_interval([0.80, 0.83, 0.83], [[0.70, 0.71, 0.69]])
    half = 2.776445105 * math.sqrt(2e-4 / 3)
    assert (low, high) == pytest.approx((0.82 - half, 0.82 + half))


def test_finalists_that_move_as_one_tell_no_more_than_one():
    scores = [0.83, 0.85, 0.86, 0.86]
    lower = [score - 0.1 for score in scores]
    assert confirmed_interval(scores, [lower, lower]) == pytest.approx(confirmed_interval(scores))


def test_finalists_with_other_repeats_are_left_out():
    scores = [0.83, 0.85, 0.86, 0.86]
    assert confirmed_interval(scores, [[0.1, 0.9]]) == confirmed_interval(scores)


@pytest.mark.parametrize(("of_splits", "of_rest"), [(0.0, 1.0), (1.0, 0.2), (0.6, 0.8), (0.3, 1.0)])
def test_it_covers_the_true_mean(of_splits, of_rest):
    """95 % of 2,000 simulated confirmations of five finalists, four repeats each."""
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(2000):
        table = of_splits * rng.standard_normal(4) + of_rest * rng.standard_normal((5, 4))
        low, high = confirmed_interval(list(table[0]), list(table[1:]))
        covered += low <= 0 <= high
    assert 0.935 <= covered / 2000 <= 0.975


def test_the_choice_of_rows_counts_by_hand():
    """Equal scores of 0.8 on 100 rows: all doubt is the rows', 1.96 * sqrt(0.8 * 0.2 / 100)."""
    low, high = confirmed_interval([0.8, 0.8], rows=100)
    assert (low, high) == pytest.approx((0.8 - 0.078398, 0.8 + 0.078398), abs=1e-6)
    assert confirmed_interval([0.99, 0.99], rows=100)[1] == 1


def test_it_covers_the_accuracy_on_new_rows():
    """1,000 simulated studies: 400 rows drawn, five repeats, in each of which all are validated."""
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(1000):
        of_rows = np.clip(0.8 + 0.3 * rng.standard_normal(400), 0, 1)  # chance of each to be right
        tables = rng.random((3, 5, 400)) < of_rows
        scores = tables.mean(axis=2)
        low, high = confirmed_interval(list(scores[0]), list(scores[1:]), rows=400)
        covered += low <= 0.755 <= high  # the mean of those chances
    assert covered >= 930  # on the wide side: what a row's luck adds to each repeat counts twice


def test_the_luck_of_a_pick_by_hand():
    """Without the first repeat the second is picked and scores .6; without the second, the first.

    Its other repeat scores .5. The best mean is .7: luck of .7 - (.6 + .5) / 2.
    """
    assert luck_of_the_pick([[0.9, 0.5], [0.6, 0.7]]) == pytest.approx(0.7 - 0.55)
    assert luck_of_the_pick([[0.9, 0.9], [0.6, 0.7]]) == 0
    assert luck_of_the_pick([[0.8, 0.9]]) == 0


def test_the_luck_of_a_pick_is_what_the_best_of_equals_shows():
    """2,000 confirmations of five finalists of the same true score: all of the lead is luck."""
    rng = np.random.default_rng(3)
    shown, told = [], []
    for _ in range(2000):
        table = 0.85 + 0.02 * rng.standard_normal((5, 4))
        shown.append(table.mean(axis=1).max() - 0.85)
        told.append(luck_of_the_pick(table))
    assert np.mean(shown) == pytest.approx(1.163 * 0.01, rel=0.05)  # expected largest of 5 normals
    assert np.mean(told) == pytest.approx(np.mean(shown), abs=0.001)
