import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.grid import grid
from hpsearch.domain.space import Choices, Space
from hpsearch.domain.space_text import parse_space, space_of
from hpsearch.errors import InvalidRange, InvalidStudy


def test_every_combination_in_order_the_last_fastest():
    found = grid(parse_space("lr=0.1|0.01,depth=1:3"))
    assert [tuple(each.values()) for each in found] == [
        *((0.1, depth) for depth in (1, 2, 3)),
        *((0.01, depth) for depth in (1, 2, 3)),
    ]


def test_values_by_optimiser_are_combined_with_their_own_optimiser_only():
    space = space_of(
        [
            ("lr", {"sgd": 0.5, "momentum": [0.1, 0.2], "adam": 0.001}),
            ("momentum", [0.5, 0.9]),
            ("optimizer", "sgd|momentum|adam|adadelta"),
        ]
    )
    assert [dict(each) for each in grid(space)] == [
        {"lr": 0.5, "optimizer": "sgd"},
        {"lr": 0.1, "momentum": 0.5, "optimizer": "momentum"},
        {"lr": 0.1, "momentum": 0.9, "optimizer": "momentum"},
        {"lr": 0.2, "momentum": 0.5, "optimizer": "momentum"},
        {"lr": 0.2, "momentum": 0.9, "optimizer": "momentum"},
        {"lr": 0.001, "optimizer": "adam"},
        {"optimizer": "adadelta"},
    ]
    assert list(grid(space)[0]) == ["lr", "optimizer"]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_a_grid_holds_each_combination_once(sizes):
    names = "abcd"[: len(sizes)]
    lists = [tuple(float(value) for value in range(size)) for size in sizes]
    space = Space(tuple((name, Choices(each)) for name, each in zip(names, lists, strict=True)))
    found = [tuple(each.values()) for each in grid(space)]
    count = 1
    for size in sizes:
        count *= size
    assert len(found) == len(set(found)) == count
    assert found == sorted(found)


def test_a_range_without_an_end_of_values_is_refused_with_what_to_write():
    with pytest.raises(InvalidRange, match="lr: a grid needs values") as caught:
        grid(parse_space("lr,wd"))
    assert "`lr=0.0001|1`" in caught.value.hint
    with pytest.raises(InvalidRange, match="wd: a grid needs values") as caught:
        grid(parse_space("wd"))
    assert "`wd=off|1e-06|0.1`" in caught.value.hint


def test_a_grid_without_end_is_refused():
    with pytest.raises(InvalidStudy, match="more than 100,000 combinations"):
        grid(parse_space("depth=1:400,width=1:400:linear"))
