"""The target of a table: classes or numbers, and which of the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.column_values import is_text, numbers_of, refused_value, texts_of
from hpsearch.domain.data_spec import ClassWeights, DataSpec
from hpsearch.domain.task import USUAL_METRIC, Task
from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

MOST_WHOLE_CLASSES = 20  # whole numbers of more values than that are numbers to be predicted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """Values to be predicted.

    Attributes:
        y: class of each row as an index, int64, or its number, float64; `(row,)`.
        classes: name of each class, by index; none for numbers.
    """

    y: NDArray[np.int64] | NDArray[np.float64]
    classes: tuple[str, ...] = ()


def settled(asked: DataSpec, task: Task, usual_test: float | None = None) -> DataSpec:
    """The question with what it leaves open about its rows, and without what changes none."""
    return replace(
        asked,
        task=task,
        metric=USUAL_METRIC[task],
        test=usual_test if asked.test is None else asked.test,
        class_weights=ClassWeights.NONE,
    )


def task_of(series: pd.Series) -> Task:
    """Classification for text, and for few different whole numbers; else regression."""
    if is_text(series) or series.dtype == bool:
        is_number = is_text(series) and bool(np.isfinite(numbers_of(series.dropna())).all())
        if not is_number:
            return Task.CLASSIFICATION
    numbers = numbers_of(series.dropna())
    numbers = numbers[np.isfinite(numbers)]
    is_whole = bool((numbers % 1 == 0).all())
    few = len(np.unique(numbers)) <= MOST_WHOLE_CLASSES
    return Task.CLASSIFICATION if is_whole and few else Task.REGRESSION


def target_of(series: pd.Series, task: Task) -> Target:
    """The target of all rows.

    Raises:
        InvalidInput: a value is missing or cannot be predicted, or all are the same.
    """
    is_missing = series.isna().to_numpy(bool)
    if is_missing.any():
        row, count = int(series.index[int(is_missing.argmax())]) + 1, int(is_missing.sum())
        raise InvalidInput(
            f"the target `{series.name}` has no value in row {row}"
            + (f" and {count - 1} more" if count > 1 else ""),
            "fill it in, or leave those rows out",
        )
    target = _classes(series) if task is Task.CLASSIFICATION else _numbers(series)
    if len(np.unique(target.y)) < 2:
        kind = "one class only" if task is Task.CLASSIFICATION else "the same number in all rows"
        raise InvalidInput(
            f"the target `{series.name}` has {kind}, `{series.iloc[0]}`",
            "there is nothing to learn: name another column with `--target`",
        )
    return target


def _classes(series: pd.Series) -> Target:
    import pandas as pd

    texts = texts_of(series)
    numbers = numbers_of(series)
    if series.dtype != bool and np.isfinite(numbers).all():
        values, index = np.unique(numbers, return_inverse=True)
        names = tuple(f"{each:.17g}" for each in values.tolist())
        return _few(series, Target(y=index.astype(np.int64), classes=names))
    index, names_ = pd.factorize(texts, sort=True)
    return _few(series, Target(y=index.astype(np.int64), classes=tuple(map(str, names_))))


def _few(series: pd.Series, target: Target) -> Target:
    count = len(target.classes)
    if count > 1000 or count > max(2, len(target.y) // 2):
        raise InvalidInput(
            f"the target `{series.name}` has {count} different values in {len(target.y)} rows, "
            "too many for classes",
            "name another column with `--target`, or predict a number: `--task regression`",
        )
    return target


def _numbers(series: pd.Series) -> Target:
    numbers = numbers_of(series)
    is_text_ = np.isnan(numbers)
    if is_text_.any():
        hint = "correct it, or predict classes: `--task classification`"
        raise refused_value(series, is_text_, "is no number", hint)
    if np.isinf(numbers).any():
        raise refused_value(series, np.isinf(numbers), "is infinite", "correct it")
    return Target(y=np.asarray(numbers, np.float64))


def groups_of(series: pd.Series) -> NDArray[np.int64]:
    """Group of each row, as an index.

    Raises:
        InvalidInput: a row has no group.
    """
    import pandas as pd

    is_missing = series.isna().to_numpy(bool)
    if is_missing.any():
        row = int(series.index[int(is_missing.argmax())]) + 1
        reason = f"the group `{series.name}` has no value in row {row}"
        raise InvalidInput(reason, "fill it in, or leave that row out")
    return np.asarray(pd.factorize(texts_of(series), sort=True)[0], np.int64)
