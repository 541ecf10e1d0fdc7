"""Columns that tell the target all by themselves: most often known only afterwards.

A score that comes from such a column says nothing about rows whose target is not known yet. Only a
person knows whether it is one, so that it is named and not left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.column_values import column_numbers
from hpsearch.data.row_view import RowView
from hpsearch.domain.table import TableSchema

LOOKED_AT = 1_000  # rows; the others are looked at where these tell the target
LEAST_ROWS = 8  # of each class; fewer fall into place by chance
ROWS_PER_VALUE = 5
LINEAR = 0.9999  # correlation from which on a number is the target in another unit


def telling_columns(
    frame: RowView, schema: TableSchema, y: NDArray[Any], *, is_class: bool
) -> tuple[str, ...]:
    """Names of inputs that tell the target of all rows.

    Args:
        frame: the rows that a search may see.
        y: classes as indices, or numbers, of those rows.
    """
    tells = _tells_class if is_class else _tells_number
    found = []
    for column in schema.inputs:
        values = frame[column.name]
        for count in (LOOKED_AT, len(values)):
            if not tells(column_numbers(values.iloc[:count], column), y[:count]):
                break
        else:
            found.append(column.name)
    return tuple(found)


def _tells_class(values: NDArray[np.float64], y: NDArray[np.int64]) -> bool:
    counts = np.bincount(y)
    if counts[counts > 0].min() < LEAST_ROWS or (counts > 0).sum() < 2:
        return False
    is_known = ~np.isnan(values)
    if _is_pure(is_known, y):
        return True
    last = values[is_known].max(initial=0) + 1
    known = np.where(is_known, values, last)
    if len(np.unique(known)) * ROWS_PER_VALUE <= len(y):
        return _is_pure(known, y)
    order = np.lexsort((y, known))
    is_change = np.diff(y[order]) != 0
    is_step = np.diff(known[order]) > 0
    return bool(is_change.sum() == (counts > 0).sum() - 1 and is_step[is_change].all())


def _is_pure(values: NDArray[Any], y: NDArray[np.int64]) -> bool:
    """Whether each value comes with one class only, and there are at least two."""
    distinct, index = np.unique(values, return_inverse=True)
    lowest = np.full(len(distinct), y.max())
    highest = np.full(len(distinct), y.min())
    np.minimum.at(lowest, index, y)
    np.maximum.at(highest, index, y)
    return len(distinct) > 1 and bool((lowest == highest).all())


def _tells_number(values: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    is_flat = np.isnan(values).any() or len(y) < 2 * LEAST_ROWS or not np.ptp(values)
    if is_flat or not np.ptp(y):
        return False
    return bool(abs(np.corrcoef(values, y)[0, 1]) >= LINEAR)
