"""From the numbers in a table to the inputs of a network, with what some rows have taught.

Nothing here is learned: the numbers of an `Encoding` are fitted elsewhere, on training rows only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLIP = 10.0  # standard deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How a raw table becomes inputs; of the same shape for all folds of a study.

    A raw table is `(row, column)`, float64, with NaN where a value is missing: first columns of
    numbers, then columns of levels, as the index of a level, or the number of levels for a level
    that is not among them.

    Attributes:
        fill: what stands in for a missing number, of each column of numbers.
        mean: subtracted from each column of numbers.
        scale: by which each is then divided.
        fill_level: index of the level that stands in for a missing one, of each column of levels.
        kept: of each column of levels, 1 for each level that is told apart, 0 for a rare one.
        flagged: columns that have an input of their own for missing values.
        plain: where it is not 0, so many columns are inputs as they stand, and there are no others.
        target_mean: subtracted from the target, where that is a number.
        target_scale: by which it is then divided.
    """

    fill: tuple[float, ...] = ()
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    fill_level: tuple[int, ...] = ()
    kept: tuple[tuple[int, ...], ...] = ()
    flagged: tuple[int, ...] = ()
    plain: int = 0
    target_mean: float = 0.0
    target_scale: float = 1.0

    @property
    def feature_count(self) -> int:
        """Inputs of a network."""
        levels = sum(len(each) + 1 for each in self.kept)
        return self.plain + len(self.fill) + len(self.flagged) + levels

    def features(self, raw: NDArray[Any]) -> NDArray[np.float32]:
        """Inputs of some rows, `(row, feature)`: numbers, indicators, levels.

        Numbers are standardised and cut at `CLIP` standard deviations. The last input of a column
        of levels stands for all levels that are rare or unknown.
        """
        if self.plain:
            return np.asarray(raw, np.float32)
        count = len(self.fill)
        out = np.zeros((len(raw), self.feature_count), np.float32)
        numbers = np.array(raw[:, :count], np.float64)
        is_missing = np.isnan(numbers)
        if is_missing.any():
            numbers = np.where(is_missing, self.fill, numbers)
        numbers -= self.mean
        numbers /= self.scale
        np.clip(numbers, -CLIP, CLIP, out=out[:, :count], casting="same_kind")
        at = count + len(self.flagged)
        out[:, count:at] = np.isnan(raw[:, list(self.flagged)])
        rows = np.arange(len(raw))
        for column, (fill, kept) in enumerate(zip(self.fill_level, self.kept, strict=True), count):
            positions = np.where((*kept, 0), np.arange(len(kept) + 1), len(kept))
            codes = np.where(np.isnan(raw[:, column]), fill, raw[:, column]).astype(np.int64)
            out[rows, at + positions[codes]] = 1
            at += len(kept) + 1
        return out

    def target(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers to be predicted, in the unit that the network learns."""
        return (y - self.target_mean) / self.target_scale

    def prediction(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """Inverse of `target`: what a network answers, in the target's own unit."""
        return np.asarray(outputs, np.float64) * self.target_scale + self.target_mean

    def to_plain(self) -> dict[str, Any]:
        """The encoding as values that JSON can hold."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Encoding":
        """Inverse of `to_plain`."""
        return cls(**{name: _frozen(value) for name, value in plain.items()})


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
