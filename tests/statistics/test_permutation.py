from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.statistics.permutation import SHUFFLES, kuiper


def chosen(count, *indices):
    return np.isin(np.arange(count), indices)


@pytest.mark.parametrize(
    ("indices", "statistic"),
    [
        ((7, 8, 9), 1.0),  # a cluster at an end
        ((4, 5, 6), 1.0),  # and one in the middle
        ((0, 1, 9), 1.0),  # and one across both ends: the line is a circle to Kuiper
        ((1, 4, 7), 9 / 21),  # evenly spread: steps of +7 and -3 reach from -3 to 6
    ],
)
def test_the_statistic_is_as_reckoned_by_hand(indices, statistic):
    result = kuiper(np.arange(10.0), chosen(10, *indices))
    assert result.statistic == pytest.approx(statistic)


def test_the_p_value_approaches_the_share_of_all_choices():
    positions = np.arange(9.0)
    spans = [kuiper(positions, chosen(9, *each)).statistic for each in combinations(range(9), 3)]
    result = kuiper(positions, chosen(9, 0, 1, 3))
    exact = np.mean([each >= result.statistic - 1e-9 for each in spans])
    assert result.p == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / SHUFFLES))


def test_no_p_value_is_zero():
    assert kuiper(np.arange(100.0), chosen(100, *range(80, 100))).p == 1 / (SHUFFLES + 1)


def test_tied_points_cannot_be_told_apart():
    positions = np.repeat([1.0, 2.0], 20)
    assert kuiper(positions, chosen(40, *range(0, 40, 4))).statistic == pytest.approx(0)
    assert kuiper(np.zeros(10), chosen(10, 0, 1)).p == 1


@given(
    st.lists(st.integers(-50, 50), min_size=8, max_size=30).map(np.array),
    st.integers(2, 6),
    st.randoms(),
)
def test_only_the_order_of_positions_counts(positions, count, random):
    is_chosen = chosen(len(positions), *range(count))
    order = list(range(len(positions)))
    random.shuffle(order)
    first = kuiper(positions.astype(float), is_chosen)
    assert kuiper(np.exp(positions / 9)[order], is_chosen[order]) == first
    mirrored = kuiper(-positions.astype(float), is_chosen)
    assert mirrored == pytest.approx(first)


def test_chance_moves_the_p_value_below_its_level_as_often_as_it_says():
    random = np.random.default_rng(3)
    p = [kuiper(random.random(40), chosen(40, *range(8))).p for _ in range(1000)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.025)
