"""The lines along which the range rule judges a space: one for each range of numbers in it.

Positions are log10 of a value on a log scale, log2 of a whole number on a log scale, and the value
itself on a linear one. A whole number n owns the interval from n - ½ to n + ½. A range that can be
off counts where it is on, and a range for each choice of another hyperparameter is an axis of its
own: the best learning rates of two optimisers have nothing to do with each other.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.catalogue import hyperparameter
from hpsearch.domain.space import (
    OFF,
    Choices,
    Configuration,
    Dependent,
    IntegerRange,
    Range,
    Scale,
    Side,
    Space,
    Switched,
    Value,
)

Numeric = Range | IntegerRange

NARROW_DECADES = 0.3
NARROW_SHARE = 0.1  # of the study's own range, on a linear scale
NARROW_COUNT = 2  # whole numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One range of numbers.

    Attributes:
        name: the hyperparameter.
        on: the hyperparameter whose value decides whether it is active; empty for none.
        given: the value of the other with which it is active.
        entry: the range.
    """

    name: str
    on: str = ""
    given: str = ""
    entry: Numeric

    @property
    def key(self) -> str:
        """Its name, with the choice that makes it active in front: `lr`, `sgd.lr`."""
        return f"{self.given}.{self.name}" if self.given else self.name

    @property
    def low(self) -> float:
        """Position of the lower end."""
        return self._position(self.entry.low - self._half)

    @property
    def high(self) -> float:
        """Position of the upper end."""
        return self._position(self.entry.high + self._half)

    @property
    def width(self) -> float:
        """Length in positions."""
        return self.high - self.low

    @property
    def step(self) -> float:
        """How far a range is widened: a decade, twice the whole number, or half the width."""
        return 1.0 if self._is_log else 0.5 * self.width

    @property
    def unstable_side(self) -> Side | None:
        """The end at which training is known to break down."""
        return hyperparameter(self.name).unstable_side

    def is_active(self, configuration: Mapping[str, Value]) -> bool:
        """Whether a configuration has a number on it."""
        if self.on and configuration.get(self.on) != self.given:
            return False
        return configuration.get(self.name, OFF) != OFF

    def positions(self, configurations: Sequence[Configuration]) -> NDArray[np.float64]:
        """Positions of configurations in which it is active."""
        return np.array([self._position(float(each[self.name])) for each in configurations])

    def value(self, position: float) -> float:
        """Value at a position, not rounded."""
        if not self._is_log:
            return position
        return float((2.0 if isinstance(self.entry, IntegerRange) else 10.0) ** position)

    def between(self, low: float, high: float) -> Numeric:
        """The range between two positions, in round numbers that leave nothing out.

        Ends that are those of the present range stay as they are; the catalogue's limits hold.
        """
        limits = hyperparameter(self.name)
        if isinstance(self.entry, IntegerRange):
            return self._whole_between(self.entry, low, high)
        limits = hyperparameter(self.name)
        first = self.entry.low if low == self.low else rounded(self.value(low), Side.LOW)
        last = self.entry.high if high == self.high else rounded(self.value(high), Side.HIGH)
        return replace(
            self.entry, low=max(first, limits.hard_low), high=min(last, limits.hard_high)
        )

    def beyond(self, side: Side, distance: float) -> float:
        """Position so far beyond an end; for whole numbers it is again the end of one."""
        if isinstance(self.entry, Range):
            return self.low - distance if side is Side.LOW else self.high + distance
        sign = -1 if side is Side.LOW else 1
        end = self.entry.low if side is Side.LOW else self.entry.high
        factor = 2.0 ** (sign * distance)
        number = round(end * factor) if self._is_log else end + sign * math.ceil(distance)
        least = 1 if self._is_log else 0
        return self._position(max(number, least) + sign * 0.5)

    def limited(self, position: float) -> float:
        """The position, or the catalogue's limit where it lies beyond."""
        limits = hyperparameter(self.name)
        low = limits.hard_low - self._half
        lowest = self._position(low) if low > 0 or not self._is_log else -math.inf
        return min(max(position, lowest), self._position(limits.hard_high + self._half))

    def is_limited(self, side: Side) -> bool:
        """Whether an end has reached the catalogue's limit."""
        limits = hyperparameter(self.name)
        if side is Side.LOW:
            return self.entry.low <= limits.hard_low
        return self.entry.high >= limits.hard_high

    def is_narrow(self, first: Numeric) -> bool:
        """Whether further search in it is not worth while, `first` being the study's own range."""
        if isinstance(self.entry, IntegerRange):
            return self.entry.high - self.entry.low + 1 <= NARROW_COUNT
        if self._is_log:
            return self.width <= NARROW_DECADES * (1 + TINY)
        return self.width <= NARROW_SHARE * (first.high - first.low) * (1 + TINY)

    def _whole_between(self, entry: IntegerRange, low: float, high: float) -> IntegerRange:
        limits = hyperparameter(self.name)
        # A number belongs to the range if any part of its interval does.
        first = entry.low if low == self.low else math.floor(self.value(low) + 0.5 + TINY)
        last = entry.high if high == self.high else math.ceil(self.value(high) - 0.5 - TINY)
        first, last = max(first, math.ceil(limits.hard_low)), min(last, int(limits.hard_high))
        if last <= first:  # two numbers are the fewest that make a range
            first = min(first, entry.high - 1)
            last = first + 1
        return replace(entry, low=first, high=last)

    @property
    def _is_log(self) -> bool:
        return self.entry.scale is Scale.LOG

    @property
    def _half(self) -> float:
        return 0.5 if isinstance(self.entry, IntegerRange) else 0.0

    def _position(self, value: float) -> float:
        if not self._is_log:
            return value
        return math.log2(value) if isinstance(self.entry, IntegerRange) else math.log10(value)


TINY = 1e-9  # roundings of logarithms are smaller


def axes(space: Space) -> tuple[Axis, ...]:
    """Every range of numbers of a space, in its order."""
    found: list[Axis] = []
    for name, entry in space.pairs:
        match entry:
            case Range() | IntegerRange():
                found.append(Axis(name=name, entry=entry))
            case Switched(on):
                found.append(Axis(name=name, entry=on))
            case Dependent(other, ranges):
                found += [
                    Axis(name=name, on=other, given=choice, entry=each)
                    for choice, each in ranges
                    if isinstance(each, Range)
                ]
            case Choices():
                pass
    return tuple(found)


def is_inside(configuration: Configuration, space: Space) -> bool:
    """Whether a configuration could have been drawn from a space."""
    for name, entry in space.pairs:
        active = entry
        if isinstance(entry, Dependent):
            given = entry.given(configuration.get(entry.on, ""))
            if given is None:
                continue
            active = given
        assert not isinstance(active, Dependent)
        if name not in configuration or configuration[name] not in active:
            return False
    return True


def rounded(value: float, side: Side) -> float:
    """A number of three significant digits on the given side of `value`, or at it."""
    if value == 0:
        return 0.0
    # Far more digits than matter, so that 0.1 stays 0.1 where a power of ten is off by a bit.
    exact = Decimal(f"{value:.12e}")
    quantum = Decimal(1).scaleb(exact.adjusted() - 2)
    direction = ROUND_FLOOR if side is Side.LOW else ROUND_CEILING
    return float(exact.quantize(quantum, rounding=direction))
