"""Some rows of a table, taken out column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


class RowView:
    """Some rows of a table, for readers that want one column after the other.

    A large table then needs room for one more column, not for a second table. Rows keep their
    numbers of the whole table, which errors name.

    Args:
        frame: the whole table.
        rows: positions of its rows.
    """

    def __init__(self, frame: pd.DataFrame, rows: NDArray[np.int64]) -> None:
        self._frame, self._rows = frame, rows

    @property
    def columns(self) -> pd.Index[str]:
        """Names of all columns, in their order."""
        return self._frame.columns

    def __getitem__(self, name: str) -> pd.Series:
        return self._frame[name].iloc[self._rows]

    def __len__(self) -> int:
        return len(self._rows)
