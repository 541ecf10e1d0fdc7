"""From tables to inputs of a network: fitted by scikit-learn on some rows, applied by NumPy."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.column_values import column_numbers
from hpsearch.data.row_view import RowView
from hpsearch.domain.dataset import Dataset
from hpsearch.domain.encoding import Encoding
from hpsearch.domain.table import INPUT_NUMBERS, TableSchema
from hpsearch.domain.task import Task
from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

FITTED_AT_ONCE_BYTES = 1 << 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """Turns tables with the columns of a schema into inputs, with what training rows taught.

    Missing numbers become the median, missing levels the most frequent one, each with an input
    that says so; numbers are standardised and cut at 10 standard deviations; each level becomes an
    input, rare and unknown ones share one.
    """

    schema: TableSchema
    encoding: Encoding

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Name of each input."""
        return self.schema.feature_names

    def transform(self, frame: pd.DataFrame) -> NDArray[np.float32]:
        """Inputs of all rows of a table, `(row, feature)`.

        Raises:
            InvalidInput: a column is missing, or a value cannot be used.
        """
        return self.encoding.features(raw_table(frame, self.schema))

    def to_plain(self) -> dict[str, Any]:
        """The preparation as values that JSON can hold."""
        return {"schema": self.schema.to_plain(), "encoding": self.encoding.to_plain()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Preparation:
        """Inverse of `to_plain`."""
        return cls(
            schema=TableSchema.from_plain(plain["schema"]),
            encoding=Encoding.from_plain(plain["encoding"]),
        )


def fit_preparation(
    frame: pd.DataFrame, schema: TableSchema, rows: NDArray[np.int64]
) -> Preparation:
    """The preparation that some rows of a table teach.

    Args:
        rows: positions of the rows to learn from: the training rows, and no others.
    """
    raw = raw_table(frame.iloc[rows], schema)
    return Preparation(schema=schema, encoding=fit_encoding(raw, schema, np.arange(len(raw))))


def fit_for_rows(dataset: Dataset, rows: NDArray[np.int64]) -> Encoding | None:
    """What some rows of a loaded data set teach; None where its rows are inputs already.

    Args:
        rows: positions of the rows to learn from: the training rows, and no others.
    """
    numbers = dataset.y if dataset.task is Task.REGRESSION else None
    if dataset.schema is not None:
        return fit_encoding(dataset.x, dataset.schema, rows, numbers)
    if numbers is None:
        return None
    mean, scale = _unit(numbers[rows])
    return Encoding(plain=dataset.x.shape[1], target_mean=mean, target_scale=scale)


def raw_table(frame: pd.DataFrame | RowView, schema: TableSchema) -> NDArray[np.float64]:
    """The kept columns of a table as numbers, in the layout of `domain.encoding`.

    Raises:
        InvalidInput: a column is missing, or a value cannot be used.
    """
    raw = np.empty((len(frame), len(schema.inputs)), np.float64, order="C")
    known = list(map(str, frame.columns))
    for index, column in enumerate(schema.inputs):
        if column.name not in known:
            close = difflib.get_close_matches(column.name, known, n=1, cutoff=0.6)
            hint = f"did you mean `{close[0]}`?" if close else "the model was trained with it"
            raise InvalidInput(f"the data have no column `{column.name}`", hint)
        raw[:, index] = column_numbers(frame[column.name], column)
    return raw


def fit_encoding(
    raw: NDArray[np.float64],
    schema: TableSchema,
    rows: NDArray[np.int64],
    target: NDArray[np.float64] | None = None,
) -> Encoding:
    """What some rows of a raw table teach, through scikit-learn's transformers.

    Args:
        rows: the training rows, and no others.
        target: numbers to be predicted, of all rows; None for classes.
    """
    count = sum(each.kind in INPUT_NUMBERS for each in schema.inputs)
    fitted = [_fit_numbers(raw[rows, part]) for part in _column_parts(len(rows), count)]
    fill, mean, scale = map(np.concatenate, zip(*fitted, strict=True)) if fitted else ((),) * 3
    target_mean, target_scale = (0.0, 1.0) if target is None else _unit(target[rows])
    frequent, kept = _fit_levels(raw[rows, count:], schema)
    return Encoding(
        fill=tuple(map(float, fill)),
        mean=tuple(map(float, mean)),
        scale=tuple(map(float, scale)),
        fill_level=frequent,
        kept=kept,
        flagged=tuple(i for i, each in enumerate(schema.inputs) if each.has_indicator),
        target_mean=target_mean,
        target_scale=target_scale,
    )


def _column_parts(rows: int, columns: int) -> list[slice]:
    """Columns that are fitted together: all, or so many at a time that a large table has room.

    Never one by itself, which NumPy would sum up in another order than several.
    """
    parts = max(1, min(columns // 2, -(-rows * columns * 8 // FITTED_AT_ONCE_BYTES)))
    ends = np.linspace(0, columns, parts + 1).round().astype(int).tolist()
    return [slice(start, end) for start, end in pairwise(ends) if columns]


def _fit_numbers(numbers: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Median, mean and standard deviation of columns; the median stands in for missing numbers."""
    from sklearn.preprocessing import StandardScaler

    medians = np.empty(numbers.shape[1])
    has_gaps = np.isnan(numbers).any(axis=0)
    # The imputer sorts masked arrays, which takes ten times as long as a median of whole ones.
    medians[~has_gaps] = np.median(numbers[:, ~has_gaps], axis=0)
    if has_gaps.any():
        from sklearn.impute import SimpleImputer  # a quarter of a second, where nothing is missing

        imputer = SimpleImputer(strategy="median", keep_empty_features=True)
        numbers[:, has_gaps] = imputer.fit_transform(numbers[:, has_gaps])
        medians[has_gaps] = imputer.statistics_
    scaler = StandardScaler(copy=False).fit(numbers)
    return medians, scaler.mean_, scaler.scale_


def _unit(target: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation of numbers to be predicted; 1 where they are all the same."""
    from sklearn.preprocessing import StandardScaler

    unit = StandardScaler().fit(target[:, None])
    return float(unit.mean_[0]), float(unit.scale_[0])


def _fit_levels(
    codes: NDArray[np.float64], schema: TableSchema
) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Most frequent level, and the levels that are not rare, of each column of levels."""
    if not codes.shape[1]:
        return (), ()
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder

    columns = [each for each in schema.inputs if each.kind not in INPUT_NUMBERS]
    imputer = SimpleImputer(strategy="most_frequent", keep_empty_features=True)
    filled = imputer.fit_transform(codes)
    levels = [np.arange(len(each.levels) + 1, dtype=np.float64) for each in columns]
    encoder = OneHotEncoder(
        categories=levels,
        min_frequency=schema.rare_below,
        handle_unknown="infrequent_if_exist",
    ).fit(filled)
    kept = [
        tuple(int(level not in (rare if rare is not None else ())) for level in each[:-1])
        for each, rare in zip(levels, encoder.infrequent_categories_, strict=True)
    ]
    return tuple(int(each) for each in imputer.statistics_), tuple(kept)
