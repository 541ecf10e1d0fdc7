"""From tables to the inputs of a network."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.column_values import column_numbers
from hpsearch.data.preparation import Preparation
from hpsearch.domain.table import Column, ColumnKind
from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInputs:
    """Inputs that are made of the columns of a table, found by name.

    Attributes:
        preparation: what the rows of the search have taught.
    """

    preparation: Preparation

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are needed."""
        return self.preparation.schema.inputs

    def transform(self, data: NDArray[Any] | pd.DataFrame) -> NDArray[np.float32]:
        """Inputs of some rows, `(row, feature)`.

        Args:
            data: a frame that has at least the columns of the search that it kept, in any order.

        Raises:
            InvalidInput: it is no frame, lacks columns, or has a value that cannot be used.
        """
        frame = _frame(data)
        self._refuse_missing(frame)
        return self.preparation.transform(frame)

    def notes(self, data: NDArray[Any] | pd.DataFrame) -> tuple[str, ...]:
        """What the user should know about a frame: columns without use, levels never seen."""
        frame = _frame(data)
        self._refuse_missing(frame)
        known = {each.name for each in self.preparation.schema.columns}
        extra = [each for each in frame.columns if each not in known]
        ignored = [f"columns that the model does not know are ignored: {_named(extra)}"]
        return (*(ignored if extra else ()), *filter(None, map(self._unknown(frame), self.columns)))

    def to_plain(self) -> dict[str, Any]:
        """The same as values that JSON can hold."""
        return self.preparation.to_plain()

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> TableInputs:
        """Inverse of `to_plain`."""
        return cls(preparation=Preparation.from_plain(plain))

    def _refuse_missing(self, frame: pd.DataFrame) -> None:
        missing = [each.name for each in self.columns if each.name not in frame.columns]
        if missing:
            many = "columns" if len(missing) > 1 else "column"
            close = difflib.get_close_matches(missing[0], list(frame.columns), n=1, cutoff=0.6)
            guess = f"did you mean `{close[0]}`? " if close else ""
            raise InvalidInput(
                f"the data lack the {many} {_named(missing)}, which the model was trained on",
                f"{guess}The data have {_named(list(frame.columns))}",
            )

    def _unknown(self, frame: pd.DataFrame) -> Any:
        """Tells of levels that the rows of the search never or hardly ever had."""

        def told(column: Column) -> str:
            if column.kind is not ColumnKind.CATEGORICAL:
                return ""
            series = frame[column.name]
            is_new = column_numbers(series, column) == len(column.levels)
            if not is_new.any():
                return ""
            values = list(dict.fromkeys(map(str, series[is_new])))
            many = "rows have" if is_new.sum() > 1 else "row has"
            return (
                f"column `{column.name}`: {is_new.sum()} {many} a value that is rare or new to "
                f"the model: {_named(values)}"
            )

        return told


def _frame(data: NDArray[Any] | pd.DataFrame) -> pd.DataFrame:
    """The frame with columns called by text, and rows counted from 0."""
    if not hasattr(data, "columns"):
        raise InvalidInput(
            "the model was trained on a table with named columns, and these data have no names",
            "give it a frame, or a CSV file",
        )
    frame = cast("pd.DataFrame", data).reset_index(drop=True)
    return frame.set_axis([str(each).strip() for each in frame.columns], axis=1)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{each}`" for each in names[:9])
    return f"{shown} and {len(names) - 9} more" if len(names) > 9 else shown
