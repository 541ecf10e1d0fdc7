"""A table in a file as data to search on: target, groups and time told apart, test part sealed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hpsearch.data import sealing, targets
from hpsearch.data.columns import check_name, describe_columns, time_numbers
from hpsearch.data.preparation import raw_table
from hpsearch.data.row_view import RowView
from hpsearch.data.tables import of_file, read_table, readable, refused
from hpsearch.data.telling import telling_columns
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.data_text import USUAL_TEST
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.table import TableSchema
from hpsearch.domain.task import Task

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """A table whose test part has been set aside.

    Attributes:
        schema: told from the rows that a search sees.
        target: classes or numbers of all rows of the table.
        search: positions of the rows that a search sees.
        test: positions of the rows set aside.
        groups: group of each row of the table; None without groups.
        times: when each was; None without time.
    """

    schema: TableSchema
    target: targets.Target
    search: sealing.Rows
    test: sealing.Rows
    groups: NDArray[np.int64] | None
    times: NDArray[np.float64] | None


def described(asked: DataSpec, seed: int, task: Task | None = None) -> DatasetCard:
    """What is known of a table, from the rows that a search may see.

    Args:
        task: as asked for; None tells it from the target.

    Raises:
        InvalidInput: it cannot be read or used.
    """
    spec = _settled(asked, task)
    parts = _parts(spec, seed, _stamp(spec.name))
    y, groups = parts.target.y[parts.search], parts.groups
    is_class = spec.task is Task.CLASSIFICATION
    count = len(parts.target.classes)
    smallest = np.bincount(np.asarray(y, np.int64), minlength=count).min() if is_class else len(y)
    return DatasetCard(
        name=spec.name,
        meaning=f"the file {spec.name}",
        rows=len(parts.target.y),
        test_rows=len(parts.test),
        features=len(parts.schema.feature_names),
        class_count=count,
        smallest_class=int(smallest),
        task=spec.task,
        is_table=True,
        group_count=None if groups is None else len(np.unique(groups[parts.search])),
    )


def schema_of(asked: DataSpec, seed: int, task: Task | None = None) -> TableSchema:
    """What the columns hold, told from the rows that a search may see."""
    spec = _settled(asked, task)
    return _parts(spec, seed, _stamp(spec.name)).schema


def load(spec: DataSpec, seed: int) -> Dataset:
    """The rows that a search may see, as a raw table.

    Raises:
        InvalidInput: it cannot be read or used.
        InvalidStudy: more rows asked for than there are.
    """
    stamp = _stamp(spec.name)
    parts, frame = _parts(_settled(spec, spec.task), seed, stamp), _frame(spec.name, stamp)
    with of_file(spec.name):
        x = raw_table(RowView(frame, parts.search), parts.schema)
        y = parts.target.y[parts.search]
    groups = None if parts.groups is None else parts.groups[parts.search]
    times = None if parts.times is None else parts.times[parts.search]
    forget()
    return Dataset(
        name=spec.name,
        x=x,
        y=y,
        classes=parts.target.classes,
        test_row_count=len(parts.test),
        fingerprint=sealing.fingerprint(x, y, groups, times),
        schema=parts.schema,
        test_fingerprint=frame_hash(RowView(frame, parts.test)) if len(parts.test) else "",
        groups=groups,
        times=times,
    )


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that were set aside.

    Raises:
        InvalidInput: they cannot be read or used.
    """
    stamp = _stamp(spec.name)
    parts, frame = _parts(_settled(spec, spec.task), seed, stamp), _frame(spec.name, stamp)
    rows = RowView(frame, parts.test)
    forget()
    with of_file(spec.name):
        x = raw_table(rows, parts.schema)
    return TestPart(x=x, y=parts.target.y[parts.test], fingerprint=frame_hash(rows))


def frame_hash(frame: pd.DataFrame | RowView) -> str:
    """SHA-256 of the values of a table, whatever its columns hold; hexadecimal."""
    digest = hashlib.sha256()
    for name in frame.columns:
        values = frame[name]
        digest.update(f"{name}\x1e".encode())
        if values.dtype.kind in "biuf":
            digest.update(np.ascontiguousarray(values.to_numpy(np.float64, na_value=np.nan)).data)
        else:
            texts = values.astype(object).where(values.notna(), None)
            digest.update("\x1f".join(map(str, texts)).encode())
    return digest.hexdigest()


def forget() -> None:
    """Let go of the table that was read last."""
    _parts.cache_clear()
    _frame.cache_clear()


def _settled(asked: DataSpec, task: Task | None) -> DataSpec:
    """The question with what it leaves open about rows, and without what is not about rows."""
    if asked.target is None or task is None:
        frame = _frame(asked.name, _stamp(asked.name))
        if asked.target is None:
            shown = ", ".join(f"`{each}`" for each in frame.columns[:20])
            hint = f"name the column to predict: `--target COLUMN`, one of {shown}"
            raise refused(asked.name, "which column is the target?", hint)
        with of_file(asked.name):
            check_name(asked.target, list(frame.columns))
        task = targets.task_of(frame[asked.target])
    return targets.settled(asked, task, USUAL_TEST)


def _stamp(path: str) -> tuple[int, int]:
    """Changes with the file."""
    with readable(path):
        status = Path(path).stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=1)
def _frame(path: str, _: tuple[int, int]) -> pd.DataFrame:
    return read_table(path)


@lru_cache(maxsize=1)
def _parts(spec: DataSpec, seed: int, stamp: tuple[int, int]) -> Parts:
    frame = _frame(spec.name, stamp)
    assert spec.target is not None
    with of_file(spec.name):
        for name in (spec.target, spec.group, spec.time, *spec.drop):
            if name is not None:
                check_name(name, list(frame.columns))
        target = targets.target_of(frame[spec.target], spec.task)
        groups = None if spec.group is None else targets.groups_of(frame[spec.group])
        times = None if spec.time is None else time_numbers(frame[spec.time])
        search, test = sealing.set_aside(target.y, spec, seed, groups, times)
        search = np.sort(sealing.drawn(spec, seed, search)[0])
        seen = RowView(frame, search)
        schema = describe_columns(seen, spec.target, spec.group, spec.time, spec.drop)
        is_class = spec.task is Task.CLASSIFICATION
        telling = telling_columns(seen, schema, target.y[search], is_class=is_class)
        schema = replace(schema, telling=telling)
        # What was set aside must be usable when it is opened; nothing else is told from it.
        raw_table(RowView(frame, test), schema)
    return Parts(schema=schema, target=target, search=search, test=test, groups=groups, times=times)
