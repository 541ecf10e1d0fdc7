import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.statistics.exact_tests import at_least, at_most, mcnemar


@pytest.mark.parametrize(("found", "chance"), [(4, 1 / 70), (3, 17 / 70), (0, 1.0), (5, 0.0)])
def test_fishers_lady_tasting_tea(found, chance):
    assert at_least(found, total=8, marked=4, drawn=4) == pytest.approx(chance, rel=1e-12)


def test_all_of_the_best_twenty_of_a_hundred_in_a_fifth():
    assert at_least(20, total=100, marked=20, drawn=20) == pytest.approx(1.8657e-21, rel=1e-4)


@given(st.integers(1, 60), st.data())
def test_it_agrees_with_scipy_on_both_sides(total, data):
    from scipy.stats import hypergeom

    marked, drawn = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    found = data.draw(st.integers(0, drawn))
    sizes = {"total": total, "marked": marked, "drawn": drawn}
    above = hypergeom.sf(found - 1, total, marked, drawn)
    below = hypergeom.cdf(found, total, marked, drawn)
    assert at_least(found, **sizes) == pytest.approx(above, rel=1e-9, abs=1e-12)
    assert at_most(found, **sizes) == pytest.approx(below, rel=1e-9, abs=1e-12)


def test_mcnemar_by_hand():
    """1 of 5: the tail is (1 + 5) / 32; twice that, less the 5 / 32 of the outcome itself."""
    assert mcnemar(1, 4) == pytest.approx(2 * 6 / 32 - 5 / 32)
    assert mcnemar(4, 1) == mcnemar(1, 4)
    assert mcnemar(0, 6) == pytest.approx(2 / 64 - 1 / 64)


def test_mcnemar_of_halves():
    """2 of 4: everything is further from the middle but the 6 / 16 of the middle, half counted."""
    assert mcnemar(2, 2) == pytest.approx(1 - 3 / 16)
    assert mcnemar(0, 0) == 1


def test_mcnemar_keeps_its_level():
    """Over all outcomes of 40 coins, p < 0.05 comes with a chance of about 0.05."""
    chances = [math.comb(40, b) / 2**40 for b in range(41)]
    found = sum(chance for b, chance in enumerate(chances) if mcnemar(b, 40 - b) < 0.05)
    assert 0.03 < found < 0.055
