import numpy as np
import pytest

from hpsearch.statistics.resampling import resampled_interval


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(0).normal(5, 2, 400)
    low, high = resampled_interval(lambda rows: values[rows].mean(), 400, np.random.default_rng(1))
    error = 1.96 * values.std() / 20
    assert low == pytest.approx(values.mean() - error, abs=0.03)
    assert high == pytest.approx(values.mean() + error, abs=0.03)


def test_it_covers_the_truth_in_about_so_many_cases():
    rng, covered = np.random.default_rng(2), 0
    for _ in range(100):
        values = rng.normal(size=60)
        low, high = resampled_interval(lambda rows, own=values: own[rows].mean(), 60, rng)
        covered += low <= 0 <= high
    assert 86 <= covered <= 99


def test_the_same_seed_gives_the_same_interval():
    values = np.arange(30.0)
    first, second = (
        resampled_interval(lambda rows: values[rows].std(), 30, np.random.default_rng(3))
        for _ in range(2)
    )
    assert first == second
