"""Ranges drawn as bars of characters."""

from collections.abc import Sequence

from hpsearch.domain.space import Entry, IntegerRange, Range, Scale, Switched

WIDTH = 26
INSIDE, OUTSIDE = "█", "·"


def range_bar(entry: Entry, all_entries: Sequence[Entry]) -> str:
    """A range of numbers as a bar within the hull of all ranges; empty for other kinds.

    The bar covers at least one character, and its ends are rounded to whole ones.
    """
    own = _numeric(entry)
    numeric = [each for each in map(_numeric, all_entries) if each is not None]
    if own is None:
        return ""
    low = min(each.low for each in numeric)
    high = max(each.high for each in numeric)
    hull = Range(low=low, high=high, scale=_scale(own, low))
    start = min(round(hull.unit(own.low) * WIDTH), WIDTH - 1)
    stop = max(start + 1, round(hull.unit(own.high) * WIDTH))
    return OUTSIDE * start + INSIDE * (stop - start) + OUTSIDE * (WIDTH - stop)


def _scale(own: Range | IntegerRange, low: float) -> Scale:
    return own.scale if low > 0 else Scale.LINEAR


def _numeric(entry: Entry) -> Range | IntegerRange | None:
    match entry:
        case Range() | IntegerRange():
            return entry
        case Switched(on):
            return on
        case _:
            return None
