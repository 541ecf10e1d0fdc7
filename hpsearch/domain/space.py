"""Ranges, spaces and configurations: what may be tried, and one thing that is tried.

Bounds are values in the hyperparameter's own unit, never exponents. Each range maps the unit
interval onto itself, so that samplers need to know nothing but `u` in [0, 1].
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hpsearch.errors import InvalidRange


class Scale(StrEnum):
    """How a range is measured: equal steps (linear) or equal ratios (log)."""

    LOG = "log"
    LINEAR = "linear"


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

    def unit(self, value: float) -> float:
        """Coordinate of `value`; the inverse of `at` up to rounding, outside [0, 1] beyond it."""
        if self.scale is Scale.LINEAR:
            return (value - self.low) / (self.high - self.low)
        low, high = math.log(self.low), math.log(self.high)
        return (math.log(value) - low) / (high - low)

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Configuration(Mapping[str, float]):
    """One value for each hyperparameter of a space, in the space's order."""

    pairs: tuple[tuple[str, float], ...]

    def __getitem__(self, name: str) -> float:
        for key, value in self.pairs:
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


@dataclass(frozen=True, slots=True)
class Space(Mapping[str, Range]):
    """An ordered set of hyperparameters, each with its range."""

    pairs: tuple[tuple[str, Range], ...]

    def __getitem__(self, name: str) -> Range:
        for key, each in self.pairs:
            if key == name:
                return each
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def at(self, units: Mapping[str, float]) -> Configuration:
        """Configuration at one coordinate in [0, 1] per hyperparameter."""
        return Configuration(tuple((name, each.at(units[name])) for name, each in self.pairs))
