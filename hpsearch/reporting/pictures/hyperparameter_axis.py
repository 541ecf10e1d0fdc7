"""How a hyperparameter is laid out along an axis: its values, its ends, and where `off` lies."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axis import Axis, XAxis
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator

from hpsearch.domain.range_text import value_text
from hpsearch.domain.space import (
    OFF,
    Choices,
    Configuration,
    Dependent,
    Entry,
    IntegerRange,
    Range,
    Scale,
    Space,
    Switched,
)

OFF_GAP = 0.17  # of the length: how far `off` lies below the numbers
MARGIN = 0.03
LONGEST = 24  # letters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperparameterAxis:
    """Places of the values of one hyperparameter, as numbers from 0 to 1.

    Attributes:
        name: of the hyperparameter.
        low: least number that any stage searched.
        high: largest.
        words: values that are no numbers, in order.
        is_whole: whether all its numbers are whole ones.
    """

    name: str
    low: float
    high: float
    is_log: bool
    words: tuple[str, ...]
    is_whole: bool = False

    @property
    def label(self) -> str:
        """Its name as a picture shows it."""
        return _shown(self.name)

    def place(self, value: object) -> float | None:
        """Where a value lies; None where it is inactive or unknown."""
        if str(value) in self.words:
            if not self.has_numbers:
                return (self.words.index(str(value)) + 0.5) / len(self.words)
            return -OFF_GAP
        if isinstance(value, str) or value is None or not self.has_numbers:
            return None
        return self._share(float(str(value)))

    def of(self, configuration: Configuration) -> float | None:
        """Where a configuration lies."""
        return self.place(configuration.get(self.name))

    @property
    def has_numbers(self) -> bool:
        """Whether any of its values are numbers."""
        return self.high > self.low

    @property
    def limits(self) -> tuple[float, float]:
        """Ends of the axis."""
        low = -OFF_GAP if self.has_numbers and self.words else 0.0
        return low - MARGIN, 1 + MARGIN

    def interval(self, entry: Entry) -> tuple[float, float] | None:
        """Places of the ends of a range; None where it has none."""
        ends = list(_numbers(entry))
        if not ends or not self.has_numbers:
            return None
        return self._share(min(ends)), self._share(max(ends))

    def ticks(self, most: int = 6) -> tuple[list[float], list[str]]:
        """Places and texts of the ticks."""
        if not self.has_numbers:
            return [self.place(word) or 0.0 for word in self.words], list(map(_shown, self.words))
        linear = MaxNLocator(most - 1, integer=self.is_whole, min_n_ticks=2)
        locator = LogLocator(numticks=most) if self.is_log else linear
        values = [
            float(value)
            for value in locator.tick_values(self.low, self.high)
            if self.low * (1 - 1e-9) <= value <= self.high * (1 + 1e-9)
        ]
        if len(values) < 2:
            values = [self.low, self.high]
        texts = [value_text(round(value) if value == round(value) else value) for value in values]
        off = [(-OFF_GAP, OFF)] if self.words else []
        pairs = off + list(zip(map(self._share, values), texts, strict=True))
        return [place for place, _ in pairs], [text for _, text in pairs]

    def set(self, axis: Axis, most: int = 6) -> None:
        """Give a picture's axis these ticks and limits."""
        places, texts = self.ticks(most)
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
        axis.set_ticks(places, texts)
        if isinstance(axis, XAxis):
            axis.axes.set_xlim(*self.limits)
        else:
            axis.axes.set_ylim(*self.limits)

    def _share(self, value: float) -> float:
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def axes_of(spaces: Sequence[Space]) -> list[HyperparameterAxis]:
    """An axis for each hyperparameter, long enough for all stages."""
    names = dict.fromkeys(name for space in spaces for name in space)
    return [_axis(name, [space[name] for space in spaces if name in space]) for name in names]


def _axis(name: str, entries: Sequence[Entry]) -> HyperparameterAxis:
    numbers = [number for entry in entries for number in _numbers(entry)]
    words = dict.fromkeys(word for entry in entries for word in _words(entry))
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 0.0)
    is_log = low > 0 and any(_is_log(entry) for entry in entries)
    if words and not all(isinstance(each, Switched) for each in entries):
        # Numbers among words are words.
        low = high = 0.0
    return HyperparameterAxis(
        name=name,
        low=low,
        high=high,
        is_log=is_log,
        words=tuple(words),
        is_whole=all(isinstance(each, IntegerRange) for each in entries),
    )


def _shown(text: str) -> str:
    """Any text as matplotlib draws it: not too long, and without formulas."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return short.replace("$", r"\$")


def _numbers(entry: Entry) -> Iterator[float]:
    match entry:
        case Range() | IntegerRange():
            yield from (float(entry.low), float(entry.high))
        case Switched(on):
            yield from _numbers(on)
        case Dependent(_, ranges):
            for _, each in ranges:
                yield from _numbers(each)


def _words(entry: Entry) -> Iterator[str]:
    match entry:
        case Switched():
            yield OFF
        case Choices():
            yield from map(str, entry.values)
        case Dependent(_, ranges):
            for _, each in ranges:
                yield from _words(each)


def _is_log(entry: Entry) -> bool:
    match entry:
        case Range() | IntegerRange():
            return entry.scale is Scale.LOG
        case Switched(on):
            return _is_log(on)
        case Dependent(_, ranges):
            return any(_is_log(each) for _, each in ranges)
        case _:
            return False
