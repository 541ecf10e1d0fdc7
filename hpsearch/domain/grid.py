"""The grid of a space: every combination of its listed values, in order."""

from collections.abc import Iterator
from itertools import islice, product

from hpsearch.domain.space import (
    Choices,
    Configuration,
    Dependent,
    Entry,
    IntegerRange,
    Range,
    Scale,
    Space,
    Switched,
    Value,
)
from hpsearch.errors import InvalidRange, InvalidStudy

LARGEST_GRID = 100_000


def grid(space: Space) -> tuple[Configuration, ...]:
    """All configurations of a space whose every hyperparameter has listed values.

    The last hyperparameter changes fastest; those that depend on another one change faster still.
    Whole numbers on a linear scale count as listed, from the lowest to the highest.

    Raises:
        InvalidRange: a range that has no list of values.
        InvalidStudy: more than 100,000 combinations.
    """
    found = tuple(islice(_configurations(space), LARGEST_GRID + 1))
    if len(found) > LARGEST_GRID:
        raise InvalidStudy(
            "space", f"its grid has more than {LARGEST_GRID:,} combinations", "list fewer values"
        )
    return found


def _configurations(space: Space) -> Iterator[Configuration]:
    free = {name: e for name, e in space.items() if not isinstance(e, Dependent)}
    bound = {name: e for name, e in space.items() if isinstance(e, Dependent)}
    outer = [_values(name, entry) for name, entry in free.items()]
    for entries in bound.items():
        _check_all(*entries)
    for values in product(*outer):
        chosen = dict(zip(free, values, strict=True))
        given = {name: each.given(chosen[each.on]) for name, each in bound.items()}
        active = {name: _values(name, each) for name, each in given.items() if each is not None}
        for more in product(*active.values()):
            whole = chosen | dict(zip(active, more, strict=True))
            yield Configuration(tuple((name, whole[name]) for name in space if name in whole))


def _check_all(name: str, entry: Dependent) -> None:
    for _, each in entry.ranges:
        _values(name, each)


def _values(name: str, entry: Entry) -> tuple[Value, ...]:
    if isinstance(entry, Choices):
        return entry.values
    if isinstance(entry, IntegerRange) and entry.scale is Scale.LINEAR:
        return tuple(range(entry.low, entry.high + 1))
    raise InvalidRange(
        name,
        "a grid needs values, and a range has no end of them",
        f"list them, as in `{name}={_example(entry)}`, or use another sampler",
    )


def _example(entry: Entry) -> str:
    match entry:
        case Switched(on):
            return f"off|{_example(on)}"
        case Range() | IntegerRange():
            return f"{entry.low:g}|{entry.high:g}"
        case _:
            return "A|B"
