import math

import pytest

from hpsearch.statistics.confirmation import confirmed_interval


def test_four_scores_by_hand():
    """Mean 0.85, squared deviations of 6e-4 in all; t(0.975, 3) = 3.182446."""
    half = 3.182446305 * math.sqrt(6e-4 / 3 / 4)
    assert confirmed_interval([0.83, 0.85, 0.86, 0.86]) == pytest.approx((0.85 - half, 0.85 + half))


def test_two_scores_by_hand():
    """t(0.975, 1) = 12.7062: two scores say little."""
    low, high = confirmed_interval([0.8, 0.9])
    assert (low, high) == pytest.approx((0.85 - 12.706204736 * 0.05, 0.85 + 12.706204736 * 0.05))


def test_a_smaller_share_is_narrower():
    low, high = confirmed_interval([0.8, 0.9, 1.0], 0.5)
    half = 0.816496580927726 * 0.1 / math.sqrt(3)  # t(0.75, 2)
    assert (low, high) == pytest.approx((0.9 - half, 0.9 + half))


@pytest.mark.parametrize("scores", [[], [0.9]])
def test_one_score_has_no_interval(scores):
    assert confirmed_interval(scores) is None


def test_equal_scores_leave_no_doubt():
    assert confirmed_interval([0.5, 0.5, 0.5]) == (0.5, 0.5)
