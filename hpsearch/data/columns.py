"""What the columns of a table hold, told from their values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.column_values import (
    column_numbers,
    finite_of,
    is_text,
    numbers_of,
    texts_of,
)
from hpsearch.data.row_view import RowView
from hpsearch.domain.table import ASKED, Column, ColumnKind, TableSchema
from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "ColumnKind", "TableSchema", "column_numbers", "describe_columns"]

ID_NAME = re.compile(r"(^|[\W_])(id|uuid|guid|index|idx)$|^Unnamed: \d+$", re.IGNORECASE)
CAMEL_ID = re.compile(r"[a-z]I[Dd]$")
WITH_COMMA = re.compile(r"\s*[-+]?\d+(,\d+)+(\.\d+)?\s*%?\s*")
FALSE_WORDS, TRUE_WORDS = ("false", "no", "f", "n"), ("true", "yes", "t", "y")
DATE_PATTERNS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%y",
    "%m/%d/%y",
    "%d/%m/%y",
)
MOSTLY = 0.9  # share of numbers from which on other text in a column is a mistake
ALMOST_ALL = 0.95  # share of different texts from which on they name the rows
MOST_LEVELS = 1000
RARE_ROWS, RARE_SHARE = 5, 0.001


def describe_columns(
    frame: pd.DataFrame | RowView,
    target: str | None,
    group: str | None = None,
    time: str | None = None,
    drop: Sequence[str] = (),
) -> TableSchema:
    """What each column holds, and what is done with it.

    Only the rows of `frame` are looked at: give it those that a search may see.

    Args:
        target: column to be predicted; None where there is none.
        group: rows with the same value stay together.
        time: later rows validate.
        drop: columns to leave out.

    Raises:
        InvalidInput: a column that does not exist or cannot be used, or no column to learn from.
    """
    _check_names((target, group, time, *dict.fromkeys(drop)), list(frame.columns))
    roles = {target: ColumnKind.TARGET, group: ColumnKind.GROUP, time: ColumnKind.TIME}
    rare = max(RARE_ROWS, round(RARE_SHARE * len(frame)))
    columns = []
    for name in frame.columns:
        if name in roles:
            columns.append(_told(frame[name], Column(name=name, kind=roles[name], is_kept=False)))
        elif name in drop:
            columns.append(_dropped(frame[name]))
        else:
            columns.append(_described(frame[name], rare))
    if target is not None:
        for each in columns:
            _refuse_copy(frame[each.name], frame[target], is_input=each.is_kept)
    schema = TableSchema(columns=tuple(columns), rows=len(frame), rare_below=rare)
    if not schema.inputs:
        left_out = ", ".join(f"`{each.name}` ({each.reason})" for each in schema.dropped[:5])
        raise InvalidInput(
            f"no column is left to learn from: {left_out or 'there is only the target'}",
            "add columns that differ between rows",
        )
    return schema


def _check_names(named: Sequence[str | None], known: Sequence[str]) -> None:
    """Refuse columns that do not exist, and one that is named for two things."""
    given = [each for each in named if each is not None]
    for name in given:
        check_name(name, known)
        if given.count(name) > 1:
            reason = f"the column `{name}` is named twice, as target, group, time or to be dropped"
            raise InvalidInput(reason, "name it once, for what it is")


def _refuse_copy(series: pd.Series, target: pd.Series, *, is_input: bool) -> None:
    """Refuse an input that is the target under another name."""
    if not is_input or is_text(series) != is_text(target):
        return
    if is_text(series):
        is_same = bool(texts_of(series).equals(texts_of(target)))
    else:
        is_same = bool((series.to_numpy() == target.to_numpy()).all())
    if is_same:
        raise InvalidInput(
            f"column `{series.name}` equals the target `{target.name}` in all rows: whoever knows "
            "the one knows the other",
            f"leave it out with `--drop {series.name}`",
        )


def check_name(name: str, known: Sequence[str]) -> None:
    if name in known:
        return
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    guess = f"did you mean `{close[0]}`? " if close else ""
    shown = ", ".join(f"`{each}`" for each in known[:20])
    raise InvalidInput(f"the data have no column `{name}`", f"{guess}There are {shown}")


def _told(series: pd.Series, column: Column) -> Column:
    """The column with what can be counted."""
    values = series.dropna()
    shown = ", ".join(str(each) for each in values.iloc[:3])
    return replace(
        column,
        missing=int(series.isna().sum()),
        distinct=int(values.nunique()),
        example=shown if len(shown) <= 40 else f"{shown[:37]}...",
    )


def _dropped(series: pd.Series) -> Column:
    kind = ColumnKind.CATEGORICAL if is_text(series) else ColumnKind.NUMERIC
    told = _told(series, Column(name=str(series.name), kind=kind, is_kept=False))
    return replace(told, reason=ASKED)


def _described(series: pd.Series, rare: int) -> Column:
    column = _told(series, Column(name=str(series.name), kind=ColumnKind.NUMERIC, is_kept=True))
    if column.distinct == 0:
        return _left_out(column, ColumnKind.CONSTANT, "it has no value at all")
    if column.distinct == 1 and not column.missing:
        return _left_out(column, ColumnKind.CONSTANT, f"it is always `{series.iloc[0]}`")
    if series.dtype == bool:
        return replace(column, kind=ColumnKind.BOOLEAN, levels=("False", "True"))
    if series.dtype.kind == "M":
        return replace(column, kind=ColumnKind.DATE)
    if not is_text(series):
        return _described_numbers(series, column)
    return _described_text(series, column, rare)


def _left_out(column: Column, kind: ColumnKind, reason: str) -> Column:
    return replace(column, kind=kind, is_kept=False, reason=reason)


def _described_numbers(series: pd.Series, column: Column) -> Column:
    numbers = finite_of(series, series.to_numpy(np.float64, na_value=np.nan))
    if not column.missing and column.distinct == len(numbers) and (numbers % 1 == 0).all():
        if is_id_name(column.name):
            return _left_out(column, ColumnKind.ID, "it numbers the rows, by its name")
        is_rising = (np.diff(numbers) > 0).all()
        if is_rising and len(numbers) > 2 and np.ptp(numbers) < 2 * len(numbers):
            return _left_out(column, ColumnKind.ID, "it numbers the rows")
    return column


def is_id_name(name: str) -> bool:
    """Whether a name is one that columns of row numbers have."""
    return bool(ID_NAME.search(name) or CAMEL_ID.search(name))


def _described_text(series: pd.Series, column: Column, rare: int) -> Column:
    texts = texts_of(series)
    known = texts.dropna()
    words = set(known.str.lower().unique()) if column.distinct <= 4 else set()
    if len(words) == 2 and _false_word(words) and words <= {*FALSE_WORDS, *TRUE_WORDS}:
        false = _false_word(words)
        return replace(column, kind=ColumnKind.BOOLEAN, levels=(false, *(words - {false})))
    _refuse_commas(series, known)
    if np.isfinite(numbers_of(known)).mean() >= MOSTLY:
        return _described_numbers(_as_numbers(series, column), column)
    pattern = _date_pattern(known)
    if pattern:
        return replace(column, kind=ColumnKind.DATE, pattern=pattern)
    return _described_levels(series, known, column, rare)


def _described_levels(series: pd.Series, known: pd.Series, column: Column, rare: int) -> Column:
    counts = known.value_counts()
    if len(counts) >= ALMOST_ALL * len(known) and len(counts) > 2 * rare:
        reason = f"it names the rows: {len(counts)} different values in {len(known)} rows"
        return _left_out(column, ColumnKind.ID, reason)
    if len(counts) > MOST_LEVELS:
        raise InvalidInput(
            f"column `{series.name}` has {len(counts)} different texts in {len(known)} rows, "
            f"more than the {MOST_LEVELS} that can be told apart",
            f"leave it out with `--drop {series.name}`, or group its values",
        )
    levels = tuple(sorted(str(each) for each, count in counts.items() if count >= rare))
    if not levels:
        reason = f"none of its {len(counts)} values has {rare} rows"
        return _left_out(column, ColumnKind.CATEGORICAL, reason)
    return replace(column, kind=ColumnKind.CATEGORICAL, distinct=len(counts), levels=levels)


def _false_word(words: set[str]) -> str:
    """The word for no, where the other is the one for yes."""
    for false, true in zip(FALSE_WORDS, TRUE_WORDS, strict=True):
        if words == {false, true}:
            return false
    return ""


def _as_numbers(series: pd.Series, column: Column) -> pd.Series:
    import pandas as pd

    return pd.Series(column_numbers(series, column), series.index, name=series.name)


def _refuse_commas(series: pd.Series, known: pd.Series) -> None:
    values = known.drop_duplicates()
    has_comma = values.str.fullmatch(WITH_COMMA).to_numpy(bool)
    if has_comma.any() and (has_comma | np.isfinite(numbers_of(values))).mean() >= MOSTLY:
        at = int(has_comma.argmax())
        raise InvalidInput(
            f"column `{series.name}`: `{values.iloc[at]}` in row {int(values.index[at]) + 1} is a "
            "number written with a comma",
            "write `1234.5` for 1,234.5 or 1234,5",
        )


def _date_pattern(known: pd.Series) -> str:
    """How almost all the texts of a column write a date; empty if they do not."""
    import pandas as pd

    values = known.drop_duplicates()
    for pattern in DATE_PATTERNS:
        for part in (values.iloc[:20], values):
            is_date = pd.to_datetime(part, format=pattern, errors="coerce").notna()
            if is_date.mean() < MOSTLY:
                break
        else:
            return pattern
    return ""


def time_numbers(series: pd.Series) -> NDArray[np.float64]:
    """When each row was: its number, or days since 1970.

    Raises:
        InvalidInput: a row has no time, or text that is neither.
    """
    is_missing = series.isna().to_numpy(bool)
    if is_missing.any():
        row = int(series.index[int(is_missing.argmax())]) + 1
        reason = f"the time `{series.name}` has no value in row {row}"
        raise InvalidInput(reason, "fill it in, or leave that row out")
    column = Column(name=str(series.name), kind=ColumnKind.NUMERIC, is_kept=True)
    if series.dtype.kind == "M":
        column = replace(column, kind=ColumnKind.DATE)
    elif is_text(series):
        pattern = _date_pattern(texts_of(series))
        column = replace(column, kind=ColumnKind.DATE, pattern=pattern) if pattern else column
    return column_numbers(series, column)
