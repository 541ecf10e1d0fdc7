import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.statistics.exact_tests import at_least, at_most


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
