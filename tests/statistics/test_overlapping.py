import math

import numpy as np
import pytest

from hpsearch.statistics.overlapping import corrected_difference, corrected_mean


def test_five_folds_by_hand():
    """Squared deviations of 0.0010 in all: s² = 2.5e-4; the factor is 1/5 + 1/4 = 0.45."""
    found = corrected_mean([0.80, 0.81, 0.82, 0.83, 0.84], 1 / 4)
    assert found.mean == pytest.approx(0.82)
    assert found.error == pytest.approx(math.sqrt(2.5e-4 * 0.45))
    half = 2.776445105 * math.sqrt(2.5e-4 * 0.45)  # t(0.975, 4)
    assert (found.low, found.high) == pytest.approx((0.82 - half, 0.82 + half))


def test_a_difference_over_three_folds_by_hand():
    """Differences 0.01, 0.02, 0.03: s = 0.01, t = 0.02 / (0.01 √(1/3 + 1/2)) = 2.1909.

    With two degrees of freedom p = 1 - t / √(2 + t²).
    """
    found = corrected_difference([0.81, 0.82, 0.83], [0.80, 0.80, 0.80], 1 / 2)
    t = 2 / math.sqrt(1 / 3 + 1 / 2)
    assert found.mean == pytest.approx(0.02)
    assert found.p == pytest.approx(1 - t / math.sqrt(2 + t * t))


def test_the_order_of_two_changes_the_sign_only():
    first, second = [0.8, 0.9, 0.7, 0.85], [0.75, 0.91, 0.6, 0.8]
    one, other = (corrected_difference(*pair, 1 / 3) for pair in [(first, second), (second, first)])
    assert (one.mean, one.p) == pytest.approx((-other.mean, other.p))


def test_what_is_equal_differs_by_nothing():
    assert corrected_difference([0.8, 0.9], [0.8, 0.9], 1).p == 1
    assert corrected_difference([0.75, 1.0], [0.25, 0.5], 1).p == 0


@pytest.mark.parametrize("scores", [[], [0.9]])
def test_one_training_has_no_error(scores):
    assert corrected_mean(scores, 0.25) is None
    assert corrected_difference(scores, scores, 0.25) is None


def test_the_interval_covers_where_rows_overlap():
    """Scores of five folds share a part that no spread between them shows.

    With a correlation of 0.2, the validation share of the rows, the correction is exact.
    """
    rng = np.random.default_rng(1)
    own, shared = rng.normal(size=(2000, 5)), rng.normal(size=(2000, 1))
    scores = math.sqrt(0.2) * shared + math.sqrt(0.8) * own
    intervals = [corrected_mean(each.tolist(), 1 / 4) for each in scores]
    covered = np.mean([each.low <= 0 <= each.high for each in intervals])
    assert covered == pytest.approx(0.95, abs=0.015)
