"""Ranges, spaces and configurations: what may be tried, and one thing that is tried.

Bounds are values in the hyperparameter's own unit, never exponents. Each range maps the unit
interval onto its values, so that samplers need to know nothing but `u` in [0, 1].
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hpsearch.errors import InvalidRange

Value = float | int | str

OFF = "off"
OFF_SHARE = 0.15  # lowest part of the unit interval that means off, for what can be switched off


class Scale(StrEnum):
    """How a range is measured: equal steps (linear) or equal ratios (log)."""

    LOG = "log"
    LINEAR = "linear"


class Side(StrEnum):
    """End of a range."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A closed interval of one hyperparameter with the scale it is searched on.

    Raises:
        InvalidRange: a bound is not finite, low >= high, or a log scale reaches 0.
    """

    low: float
    high: float
    scale: Scale = Scale.LOG

    def __post_init__(self) -> None:
        for bound in (self.low, self.high):
            if not math.isfinite(bound):
                raise InvalidRange("", f"bound `{bound}` is not a finite number")
        if self.low >= self.high:
            raise InvalidRange("", f"low (`{self.low:g}`) must be below high (`{self.high:g}`)")
        if self.scale is Scale.LOG and self.low <= 0:
            raise InvalidRange(
                "",
                f"a log scale needs low > 0, got `{self.low:g}`",
                f"start at a small positive value, or write `{self.low:g}:{self.high:g}:linear`",
            )

    def at(self, u: float) -> float:
        """Value at coordinate `u` in [0, 1]: `low` at 0, `high` at 1."""
        if self.scale is Scale.LINEAR:
            value = self.low + u * (self.high - self.low)
        else:
            value = math.exp(math.log(self.low) + u * (math.log(self.high) - math.log(self.low)))
        return min(max(value, self.low), self.high)

    def unit(self, value: Value) -> float:
        """Coordinate of `value`; the inverse of `at` up to rounding, outside [0, 1] beyond it."""
        number = float(value)
        if self.scale is Scale.LINEAR:
            return (number - self.low) / (self.high - self.low)
        low, high = math.log(self.low), math.log(self.high)
        return (math.log(number) - low) / (high - low)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, float | int) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerRange:
    """Whole numbers from `low` to `high`, both included, each with a share of its own.

    On a log scale a number n owns the interval from n - ½ to n + ½ of log n.

    Raises:
        InvalidRange: low >= high, or low below 1 on a log scale.
    """

    low: int
    high: int
    scale: Scale = Scale.LOG

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise InvalidRange("", f"low (`{self.low}`) must be below high (`{self.high}`)")
        if self.scale is Scale.LOG and self.low < 1:
            raise InvalidRange("", f"a log scale needs low of 1 or more, got `{self.low}`")

    def at(self, u: float) -> int:
        """Number whose interval holds coordinate `u`."""
        return min(max(round(self._widened().at(u)), self.low), self.high)

    def unit(self, value: Value) -> float:
        """Coordinate in the middle of the interval of `value`."""
        return self._widened().unit(value)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high

    def _widened(self) -> Range:
        return Range(low=self.low - 0.5, high=self.high + 0.5, scale=self.scale)


@dataclass(frozen=True, slots=True)
class Choices:
    """One of several words or numbers, all alike; a single one where the others were dropped.

    Raises:
        InvalidRange: none, or one twice.
    """

    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if not self.values or len(set(self.values)) < len(self.values):
            shown = "|".join(map(str, self.values))
            raise InvalidRange("", f"`{shown}` needs two or more different choices")

    def at(self, u: float) -> Value:
        """Choice whose part of the unit interval holds `u`."""
        return self.values[min(int(u * len(self.values)), len(self.values) - 1)]

    def unit(self, value: Value) -> float:
        """Coordinate in the middle of the choice's part."""
        return (self.values.index(value) + 0.5) / len(self.values)

    def __contains__(self, value: object) -> bool:
        return value in self.values


@dataclass(frozen=True, slots=True)
class Switched:
    """A range that can also be off: the lowest 15 % of the unit interval."""

    on: Range

    def at(self, u: float) -> Value:
        """`off`, or a value of the range."""
        return OFF if u < OFF_SHARE else self.on.at((u - OFF_SHARE) / (1 - OFF_SHARE))

    def unit(self, value: Value) -> float:
        """Coordinate of a value; the middle of its part for `off`."""
        if value == OFF:
            return OFF_SHARE / 2
        return OFF_SHARE + (1 - OFF_SHARE) * self.on.unit(value)

    def __contains__(self, value: object) -> bool:
        return value == OFF or value in self.on


@dataclass(frozen=True, slots=True)
class Dependent:
    """A range, or a list of values, that depends on another hyperparameter of the space.

    Attributes:
        on: the other hyperparameter.
        ranges: a range for each of its values; for those not named, this one is inactive.
    """

    on: str
    ranges: tuple[tuple[str, Range | Choices], ...]

    def given(self, choice: Value) -> Range | Choices | None:
        """The range for one value of the other; None where it is inactive."""
        return dict(self.ranges).get(str(choice))


Searchable = Range | IntegerRange | Choices | Switched
Entry = Searchable | Dependent


@dataclass(frozen=True, slots=True)
class Configuration(Mapping[str, Value]):
    """One value for each active hyperparameter of a space, in the space's order."""

    pairs: tuple[tuple[str, Value], ...]

    def __getitem__(self, name: str) -> Value:
        for key, value in self.pairs:
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


@dataclass(frozen=True, slots=True)
class Space(Mapping[str, Entry]):
    """An ordered set of hyperparameters, each with its range."""

    pairs: tuple[tuple[str, Entry], ...]

    def __getitem__(self, name: str) -> Entry:
        for key, each in self.pairs:
            if key == name:
                return each
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def at(self, units: Mapping[str, float]) -> Configuration:
        """Configuration at one coordinate in [0, 1] per hyperparameter, without inactive ones."""
        values: dict[str, Value] = {}
        for name, each in sorted(self.pairs, key=lambda pair: isinstance(pair[1], Dependent)):
            active = each.given(values[each.on]) if isinstance(each, Dependent) else each
            if active is not None:
                values[name] = active.at(units[name])
        return Configuration(tuple((name, values[name]) for name in self if name in values))

    def units(self, configuration: Configuration) -> dict[str, float] | None:
        """Coordinates of a configuration, the inverse of `at`; None where it lies outside.

        Inactive hyperparameters have no coordinate. What has a part of the unit interval for
        itself (a whole number, a choice, `off`) stands in the middle of it.
        """
        found: dict[str, float] = {}
        for name, each in self.pairs:
            active = (
                each.given(configuration.get(each.on, "")) if isinstance(each, Dependent) else each
            )
            if active is None:
                continue
            value = configuration.get(name)
            if value is None or value not in active:
                return None
            found[name] = min(max(active.unit(value), 0.0), 1.0)
        return found
