"""Values of single columns: as text, as numbers, as days, as the index of a level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.table import Column, ColumnKind
from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

MICROSECONDS_PER_DAY = 86_400_000_000


def column_numbers(series: pd.Series, column: Column) -> NDArray[np.float64]:
    """The values of a kept column as numbers: see `domain.encoding` for what they mean.

    Raises:
        InvalidInput: a value that is no number, no date or infinite where one is needed.
    """
    match column.kind:
        case ColumnKind.BOOLEAN | ColumnKind.CATEGORICAL:
            return _level_numbers(series, column)
        case ColumnKind.DATE:
            return _date_numbers(series, column)
    numbers = numbers_of(series)
    is_word = np.isnan(numbers) & series.notna().to_numpy()
    if is_word.any():
        raise refused_value(series, is_word, "is no number", "correct it, or leave it empty")
    return finite_of(series, numbers)


def is_text(series: pd.Series) -> bool:
    """Whether its values are neither numbers nor truth values nor dates of the file's own."""
    return series.dtype.kind not in "biufM"


def texts_of(series: pd.Series) -> pd.Series:
    """Values as text without spaces around it; missing ones stay missing."""
    import pandas as pd

    codes, values = pd.factorize(series.astype(object))
    texts = np.array([*(str(each).strip() for each in values), None], object)
    return pd.Series(texts[codes], series.index, object, series.name)


def numbers_of(series: pd.Series) -> NDArray[np.float64]:
    """Values as numbers; NaN for what is none."""
    import pandas as pd

    plain = series if not is_text(series) else texts_of(series)
    return np.asarray(pd.to_numeric(plain, errors="coerce").to_numpy(np.float64, na_value=np.nan))


def finite_of(series: pd.Series, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers of a column, refused if one is infinite."""
    is_infinite = np.isinf(numbers)
    if is_infinite.any():
        raise refused_value(series, is_infinite, "is infinite", "correct it, or leave it empty")
    return numbers


def refused_value(
    series: pd.Series, is_wrong: NDArray[np.bool_], what: str, hint: str
) -> InvalidInput:
    """The error for the first value that is wrong; rows are counted from 1 in the whole table."""
    at = int(is_wrong.argmax())
    row = int(series.index[at]) + 1
    return InvalidInput(f"column `{series.name}`: `{series.iloc[at]}` in row {row} {what}", hint)


def _level_numbers(series: pd.Series, column: Column) -> NDArray[np.float64]:
    texts = texts_of(series)
    if column.kind is ColumnKind.BOOLEAN:
        texts, levels = texts.str.lower(), [each.lower() for each in column.levels]
    else:
        levels = list(column.levels)
    codes = texts.map({level: float(index) for index, level in enumerate(levels)})
    numbers = codes.to_numpy(np.float64, na_value=np.nan)
    is_unknown = np.isnan(numbers) & texts.notna().to_numpy()
    if column.kind is ColumnKind.BOOLEAN and is_unknown.any():
        known = " nor ".join(f"`{each}`" for each in column.levels)
        raise refused_value(series, is_unknown, f"is neither {known}", "correct it")
    return np.where(is_unknown, float(len(levels)), numbers)


def _date_numbers(series: pd.Series, column: Column) -> NDArray[np.float64]:
    """Days since 1970."""
    import pandas as pd

    if series.dtype.kind == "M":
        moments = series
    else:
        moments = pd.to_datetime(
            texts_of(series), format=column.pattern or "ISO8601", errors="coerce"
        )
    if getattr(moments.dtype, "tz", None) is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    is_word = (moments.isna() & series.notna()).to_numpy()
    if is_word.any():
        hint = f"write it as the others are, `{column.pattern}`"
        raise refused_value(series, is_word, "is no date", hint)
    values = moments.to_numpy("datetime64[us]")
    return np.where(np.isnat(values), np.nan, values.astype(np.float64) / MICROSECONDS_PER_DAY)
