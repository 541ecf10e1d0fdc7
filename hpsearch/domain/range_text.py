"""Written forms of ranges: tables for files and the database, text for people.

lr = { low = 1e-4, high = 1.0, scale = "log" }          a range
wd = { low = 1e-6, high = 0.1, scale = "log", off = true }   one that can be off
width = { low = 16, high = 512, scale = "log", integer = true }
activation = { choices = ["relu", "tanh"] }
lr = { choices = [0.1, 0.01] }
lr = { on = "optimizer", ranges = { sgd = {...}, adam = {...} } }
"""

from collections.abc import Mapping
from typing import Any

from hpsearch.domain.space import (
    Choices,
    Dependent,
    Entry,
    IntegerRange,
    Range,
    Scale,
    Switched,
    Value,
)
from hpsearch.errors import InvalidRange


def range_table(entry: Entry) -> dict[str, Any]:
    """The table of a range; `range_of_table` reads the same range from it."""
    match entry:
        case Choices(values):
            return {"choices": list(values)}
        case Switched(on):
            return {**range_table(on), "off": True}
        case Dependent(on, ranges):
            return {"on": on, "ranges": {choice: range_table(each) for choice, each in ranges}}
        case IntegerRange():
            plain = {"low": entry.low, "high": entry.high, "scale": entry.scale.value}
            return {**plain, "integer": True}
        case Range():
            return {"low": entry.low, "high": entry.high, "scale": entry.scale.value}


def range_of_table(table: Mapping[str, Any]) -> Entry:
    """The range that a table describes.

    Raises:
        InvalidRange: keys that do not belong together, or bounds that make no sense.
    """
    match dict(table):
        case {"choices": values, **rest} if not rest:
            return Choices(tuple(_listed(value) for value in values))
        case {"on": on, "ranges": ranges, **rest} if not rest:
            return Dependent(str(on), tuple((key, _of_one(each)) for key, each in ranges.items()))
        case {"off": True, **rest}:
            return Switched(_plain(rest))
        case {"integer": True, "low": low, "high": high, "scale": scale, **rest} if not rest:
            return IntegerRange(low=int(low), high=int(high), scale=_scale(scale))
        case _:
            return _plain(table)


def range_words(entry: Entry) -> str:
    """A range as people read it: `0.0001 to 1 (log)`."""
    match entry:
        case Choices(values):
            return ", ".join(map(value_text, values))
        case Switched(on):
            return f"off, or {range_words(on)}"
        case Dependent(on, ranges):
            listed = "; ".join(f"{choice} {range_words(each)}" for choice, each in ranges)
            return f"by {on}: {listed}"
        case IntegerRange():
            return f"{entry.low} to {entry.high} (whole, {entry.scale})"
        case Range():
            return f"{entry.low:g} to {entry.high:g} ({entry.scale})"


def value_text(value: Value) -> str:
    """A value with three significant digits: more are not worth reading."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _listed(value: Any) -> Value:
    """A choice as it stands in a table: numbers stay numbers, all else is text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else str(value)


def _of_one(table: Mapping[str, Any]) -> Range | Choices:
    """What one value of another hyperparameter allows."""
    found = range_of_table(table)
    if not isinstance(found, Range | Choices):
        raise InvalidRange("", f"`{dict(table)}` cannot depend on another hyperparameter")
    return found


def _plain(table: Mapping[str, Any]) -> Range:
    unknown = set(table) - {"low", "high", "scale"}
    if unknown or not {"low", "high"} <= set(table):
        raise InvalidRange("", f"`{dict(table)}` is no range", "write `{low = 1e-4, high = 1}`")
    scale = _scale(table.get("scale", Scale.LOG))
    return Range(low=_number(table["low"]), high=_number(table["high"]), scale=scale)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidRange("", f"`{value}` is not a number") from None


def _scale(value: Any) -> Scale:
    if value not in tuple(Scale):
        raise InvalidRange("", f"unknown scale `{value}`", "scales are `log` and `linear`")
    return Scale(value)
