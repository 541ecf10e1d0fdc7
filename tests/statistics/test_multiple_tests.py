import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.statistics.multiple_tests import holm


def test_the_steps_are_as_reckoned_by_hand():
    # In order: 4 * 0.005, 3 * 0.01, 2 * 0.03, 1 * 0.04 but no less than the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_nothing_and_one():
    assert holm([]) == ()
    assert holm([0.2]) == (0.2,)


@given(st.lists(st.floats(0, 1), max_size=8))
def test_it_keeps_the_order_and_rejects_no_more_than_the_plain_values(p_values):
    adjusted = holm(p_values)
    assert all(plain <= each <= 1 for plain, each in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    assert [adjusted[index] for index in order] == sorted(adjusted)
    if p_values:
        assert min(adjusted) == min(1, len(p_values) * min(p_values))
