import pytest

from hpsearch.statistics.intervals import wilson


def test_the_interval_of_77_of_100():
    assert wilson(77, 100) == pytest.approx((0.6785, 0.8416), abs=1e-4)


def test_the_ends_stay_inside():
    assert wilson(0, 10)[0] == pytest.approx(0)
    assert wilson(10, 10)[1] == pytest.approx(1)
    assert wilson(10, 10)[0] == pytest.approx(0.7225, abs=1e-4)
