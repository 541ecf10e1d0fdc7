import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.axes import Axis, axes, is_inside, rounded
from hpsearch.domain.space import Configuration, IntegerRange, Range, Scale, Side, Space
from hpsearch.domain.space_text import parse_space

LR = Axis(name="lr", entry=Range(low=1e-4, high=1e-2))
WIDTH = Axis(name="width", entry=IntegerRange(low=16, high=128))
DEPTH = Axis(name="depth", entry=IntegerRange(low=1, high=4, scale=Scale.LINEAR))


def test_ends_and_steps_of_each_kind():
    assert (LR.low, LR.high, LR.step) == (-4, -2, 1)
    assert (WIDTH.low, WIDTH.high) == (math.log2(15.5), math.log2(128.5))
    assert (DEPTH.low, DEPTH.high, DEPTH.step) == (0.5, 4.5, 2)


@pytest.mark.parametrize(
    ("axis", "side", "distance", "expected"),
    [
        (LR, Side.HIGH, 1, (1e-4, 0.1)),
        (LR, Side.LOW, 2, (1e-6, 1e-2)),
        (LR, Side.HIGH, 9, (1e-4, 10)),  # its limit
        (WIDTH, Side.HIGH, 1, (16, 256)),
        (WIDTH, Side.LOW, 1, (8, 128)),
        (WIDTH, Side.LOW, 9, (1, 128)),
        (DEPTH, Side.HIGH, 2, (1, 6)),
        (DEPTH, Side.LOW, 2, (0, 4)),
    ],
)
def test_a_step_beyond_an_end(axis, side, distance, expected):
    end = axis.beyond(side, distance)
    ends = (end, axis.high) if side is Side.LOW else (axis.low, end)
    found = axis.between(*ends)
    assert (found.low, found.high) == expected


def test_a_whole_number_belongs_to_a_range_that_holds_any_part_of_it():
    found = WIDTH.between(math.log2(31.6), math.log2(64.4))
    assert (found.low, found.high) == (32, 64)
    found = WIDTH.between(math.log2(31.4), math.log2(64.6))
    assert (found.low, found.high) == (31, 65)
    found = DEPTH.between(3.9, 4.5)
    assert (found.low, found.high) == (3, 4)  # two numbers at least


def test_ends_are_round_numbers_that_leave_nothing_out():
    found = LR.between(math.log10(0.00123456), math.log10(0.00567891))
    assert (found.low, found.high) == (0.00123, 0.00568)
    assert LR.between(LR.low, LR.high) == LR.entry


@given(st.floats(1e-300, 1e300))
def test_rounding_moves_outwards_by_less_than_a_hundredth(value):
    low, high = rounded(value, Side.LOW), rounded(value, Side.HIGH)
    assert low <= value * (1 + 1e-12)
    assert high >= value * (1 - 1e-12)
    assert high - low <= 0.0101 * value
    assert rounded(low, Side.LOW) == rounded(low, Side.HIGH) == low


def test_powers_of_ten_stay_as_they_are():
    for exponent in range(-12, 3):
        assert rounded(10.0**exponent, Side.LOW) == float(f"1e{exponent}")
    assert rounded(0.0, Side.HIGH) == 0


@pytest.mark.parametrize(
    ("text", "narrow"),
    [
        ("lr=0.01:0.019", True),
        ("lr=0.01:0.021", False),
        ("depth=2:3", True),
        ("depth=2:4", False),
        ("dropout=0.1:0.14", True),
        ("dropout=0.1:0.16", False),
    ],
)
def test_when_a_range_is_narrow(text, narrow):
    (axis,) = axes(parse_space(text))
    (own,) = axes(parse_space(axis.name))
    assert axis.is_narrow(own.entry) is narrow


def test_every_range_of_numbers_is_an_axis():
    space = parse_space("optimizer=sgd|adam,lr,wd,width,activation")
    assert [each.key for each in axes(space)] == ["sgd.lr", "adam.lr", "wd", "width"]
    sgd, adam, wd, _ = axes(space)
    one = Configuration((("optimizer", "sgd"), ("lr", 0.1), ("wd", "off")))
    assert [each.is_active(one) for each in (sgd, adam, wd)] == [True, False, False]
    assert sgd.positions([one]).tolist() == [-1]
    assert (sgd.unstable_side, wd.unstable_side) == (Side.HIGH, None)


def test_what_lies_inside_a_space():
    space = Space((("lr", LR.entry), ("width", WIDTH.entry)))
    assert is_inside(Configuration((("lr", 1e-3), ("width", 16))), space)
    assert not is_inside(Configuration((("lr", 1e-3), ("width", 15))), space)
    assert not is_inside(Configuration((("lr", 1e-3),)), space)
    conditional = parse_space("optimizer=sgd|adadelta,lr=0.1:1")
    assert is_inside(Configuration((("optimizer", "adadelta"),)), conditional)
    assert not is_inside(Configuration((("optimizer", "sgd"), ("lr", 2.0))), conditional)
