import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from hpsearch.statistics.rank_correlation import trend


@pytest.mark.parametrize(
    ("positions", "rho"),
    [
        ((4.0, 3.0, 2.0, 1.0), 1.0),  # the higher, the better
        ((1.0, 2.0, 3.0, 4.0), -1.0),
        ((3.0, 4.0, 1.0, 2.0), 0.6),  # 1 - 6 (1 + 1 + 1 + 1) / (4 (16 - 1))
        ((2.0, 2.0, 2.0), 0.0),
    ],
)
def test_the_correlation_is_as_reckoned_by_hand(positions, rho):
    assert trend(np.array(positions)).rho == pytest.approx(rho)


@given(st.lists(st.integers(0, 9), min_size=3, max_size=60).filter(lambda each: len(set(each)) > 1))
def test_the_correlation_is_that_of_scipy_also_with_ties(positions):
    found = trend(np.array(positions, float))
    assert found.rho == pytest.approx(spearmanr(positions, -np.arange(len(positions))).statistic)
    assert 0 <= found.p <= 1


def test_the_p_value_keeps_its_level_from_twenty_points_on():
    random = np.random.default_rng(0)
    found = [trend(random.permutation(20).astype(float)).p for _ in range(20_000)]
    for level in (0.1, 0.05, 0.01):
        assert 0.6 * level < np.mean(np.array(found) < level) < 1.1 * level
