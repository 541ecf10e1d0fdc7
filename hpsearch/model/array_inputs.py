"""From arrays of numbers to the inputs of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayInputs:
    """Inputs that are numbers as they stand, or pixels.

    Attributes:
        features: numbers in a row; images and the like are laid out flat.
        scale: by which stored numbers are divided to become inputs (255 for pixels).
    """

    features: int
    scale: float = 1.0

    def transform(self, data: NDArray[Any] | pd.DataFrame) -> NDArray[np.float32]:
        """Inputs of some rows, `(row, feature)`.

        Args:
            data: in the unit in which the data of the search are stored.

        Raises:
            InvalidInput: rows of another size, or values that are no finite numbers.
        """
        values = np.asarray(data)
        if values.ndim < 2 or values.reshape(len(values), -1).shape[1] != self.features:
            shape = f"data of the shape {values.shape}"
            raise InvalidInput(
                f"{shape} do not fit the model: it takes rows of {self.features} numbers",
                "give it the columns that it was trained on, and no others",
            )
        try:
            numbers = values.reshape(len(values), -1).astype(np.float32)
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"the data hold what is no number: {error}") from None
        numbers /= np.float32(self.scale)
        is_finite = np.isfinite(numbers).all(axis=1)
        if not is_finite.all():
            row = int(np.argmin(is_finite)) + 1
            raise InvalidInput(f"the data have values that are not finite, first in row {row}")
        return numbers

    def notes(self, _: NDArray[Any] | pd.DataFrame) -> tuple[str, ...]:
        """What the user should know about data that can be used: nothing."""
        return ()

    def to_plain(self) -> dict[str, Any]:
        """The same as values that JSON can hold."""
        return {"features": self.features, "scale": self.scale}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> ArrayInputs:
        """Inverse of `to_plain`."""
        return cls(features=int(plain["features"]), scale=float(plain["scale"]))
