import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.space import (
    Choices,
    Configuration,
    Dependent,
    IntegerRange,
    Range,
    Scale,
    Space,
    Switched,
)
from hpsearch.errors import InvalidRange

RATES = Range(low=1e-5, high=1e-2)
positive = st.floats(1e-12, 1e12)
units = st.floats(0, 1)


@st.composite
def ranges(draw):
    scale = draw(st.sampled_from(Scale))
    low = draw(positive if scale is Scale.LOG else st.floats(-1e6, 1e6))
    factor = draw(st.floats(1.001, 1e9))
    high = low * factor if scale is Scale.LOG else low + factor
    return Range(low=low, high=high, scale=scale)


@given(ranges(), units)
def test_every_coordinate_gives_a_value_inside_the_range(each, u):
    assert each.at(u) in each


@given(ranges(), units)
def test_unit_is_the_inverse_of_at(each, u):
    assert each.unit(each.at(u)) == pytest.approx(u, abs=1e-6)


@given(ranges(), units, units)
def test_values_grow_with_their_coordinate(each, first, second):
    low, high = sorted((first, second))
    assert each.at(low) <= each.at(high) + 1e-12 * abs(each.at(high))


def test_ends_of_the_unit_interval_are_the_bounds():
    each = Range(low=1e-6, high=1e-2)
    assert (each.at(0), each.at(1)) == pytest.approx((1e-6, 1e-2), rel=1e-12)


def test_the_middle_of_a_log_range_is_the_geometric_mean():
    assert Range(low=1e-4, high=1).at(0.5) == pytest.approx(1e-2)


def test_the_middle_of_a_linear_range_is_the_mean():
    assert Range(low=0.5, high=0.9, scale=Scale.LINEAR).at(0.5) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("low", "high", "scale", "said"),
    [
        (0.1, 0.01, "log", "must be below"),
        (0.1, 0.1, "linear", "must be below"),
        (0, 1, "log", "log scale needs low > 0"),
        (-1, 1, "log", "log scale needs low > 0"),
        (math.nan, 1, "log", "not a finite number"),
        (0.1, math.inf, "linear", "not a finite number"),
    ],
)
def test_impossible_ranges_are_refused(low, high, scale, said):
    with pytest.raises(InvalidRange, match=said):
        Range(low=low, high=high, scale=Scale(scale))


def test_spaces_and_configurations_keep_their_order_and_can_be_keys():
    space = Space((("wd", Range(low=1e-6, high=1)), ("lr", Range(low=1e-4, high=1))))
    configuration = space.at({"lr": 1.0, "wd": 0.0})
    assert dict(configuration) == pytest.approx({"wd": 1e-6, "lr": 1.0})
    assert list(configuration) == ["wd", "lr"]
    assert len({configuration, space.at({"lr": 1.0, "wd": 0.0})}) == 1
    with pytest.raises(KeyError):
        space["momentum"]


@given(st.integers(1, 500), st.integers(1, 500), st.sampled_from(Scale), units)
def test_whole_numbers_stay_inside_and_come_back(low, extra, scale, u):
    each = IntegerRange(low=low, high=low + extra, scale=scale)
    value = each.at(u)
    assert value in each
    assert isinstance(value, int)
    assert each.at(each.unit(value)) == value
    assert (each.at(0), each.at(1)) == (low, low + extra)


@given(units)
def test_choices_come_back_and_have_equal_shares(u):
    each = Choices(("a", "b", "c"))
    assert each.at(each.unit(each.at(u))) == each.at(u) == "abc"[min(int(3 * u), 2)]


@given(units)
def test_the_lowest_part_of_a_switched_range_is_off(u):
    each = Switched(Range(low=0.1, high=1))
    value = each.at(u)
    assert value in each
    assert (value == "off") == (u < 0.15)
    assert each.at(each.unit(value)) == pytest.approx(value)


@given(units)
def test_numbers_can_be_choices(u):
    each = Choices(("off", 16, 0.5))
    assert each.at(u) in each
    assert each.at(each.unit(each.at(u))) == each.at(u)


EVERY_KIND = Space(
    (
        ("lr", Dependent("optimizer", (("sgd", Range(low=1e-3, high=1)), ("adam", RATES)))),
        ("width", IntegerRange(low=4, high=9)),
        ("optimizer", Choices(("sgd", "adam", "adagrad"))),
        ("dropout", Switched(Range(low=0.1, high=0.5, scale=Scale.LINEAR))),
    )
)


@given(st.fixed_dictionaries(dict.fromkeys(EVERY_KIND, units)))
def test_units_of_a_configuration_give_the_configuration_again(given_units):
    configuration = EVERY_KIND.at(given_units)
    found = EVERY_KIND.units(configuration)
    assert set(found) == set(configuration)
    again = EVERY_KIND.at({"lr": 0.5, **found})
    assert {**again, "lr": 0, "dropout": 0} == {**configuration, "lr": 0, "dropout": 0}
    for name in ("lr", "dropout"):
        if isinstance(configuration.get(name), float):
            assert again[name] == pytest.approx(configuration[name], rel=1e-9)


@pytest.mark.parametrize(
    "outside",
    [
        {"optimizer": "adam", "lr": 0.5},  # too high for this optimiser
        {"optimizer": "sgd", "lr": 1e-4},  # too low for this one
        {"optimizer": "momentum", "lr": 0.1},
        {"optimizer": "sgd"},
        {"width": 10},
        {"width": 6.0},
        {"dropout": 0.05},
        {"dropout": None},
    ],
)
def test_a_configuration_outside_the_space_has_no_units(outside):
    inside = {"optimizer": "adagrad", "width": 6, "dropout": "off"}
    assert EVERY_KIND.units(Configuration(tuple(inside.items()))) is not None
    assert EVERY_KIND.units(Configuration(tuple((inside | outside).items()))) is None
