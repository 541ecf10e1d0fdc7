"""Setting the test part aside, before a search sees anything."""

import hashlib
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.seeds import generator
from hpsearch.domain.task import Task
from hpsearch.errors import InvalidInput, InvalidStudy

Rows = NDArray[np.int64]


def set_aside(
    y: NDArray[Any],
    spec: DataSpec,
    seed: int,
    groups: NDArray[np.int64] | None = None,
    times: NDArray[np.float64] | None = None,
) -> tuple[Rows, Rows]:
    """Positions of the rows that may be searched on, and of those set aside; both rising.

    The share `spec.test` is set aside: the latest rows where there is a time, whole groups where
    there are groups, else rows drawn by the seed, of each class in its overall share.

    Args:
        y: classes as indices, or numbers.
        groups: group of each row.
        times: when each row was.

    Raises:
        InvalidInput: a class has one row only, or there are too few rows or groups.
    """
    if not spec.test:
        return np.arange(len(y)), np.arange(0)
    if times is not None:
        order = np.argsort(times, kind="stable")
        first = len(y) - math.ceil(spec.test * len(y))
        return np.sort(order[:first]), np.sort(order[first:])
    splitter = _splitter(spec, seed, has_groups=groups is not None)
    if groups is None and spec.task is Task.CLASSIFICATION:
        _refuse_single_rows(y)
    try:
        search, test = next(splitter.split(np.zeros((len(y), 1)), y, groups))
    except ValueError as error:
        reason = f"`{spec.test}` cannot be set aside of {len(y)} rows: {error}"
        raise InvalidStudy("test", reason, "use `--test 0`, or more rows") from None
    return np.sort(search), np.sort(test)


def _splitter(spec: DataSpec, seed: int, *, has_groups: bool) -> Any:
    from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, StratifiedShuffleSplit

    kind = ShuffleSplit if spec.task is Task.REGRESSION else StratifiedShuffleSplit
    state = int(generator(seed, "test").integers(2**31))
    return (GroupShuffleSplit if has_groups else kind)(1, test_size=spec.test, random_state=state)


def _refuse_single_rows(y: NDArray[np.int64]) -> None:
    smallest = int(np.bincount(y).min())
    if smallest < 2:
        raise InvalidInput(
            "a class has one row only, which cannot both train and test",
            "leave that row out, or join classes",
        )


def drawn(spec: DataSpec, seed: int, search: Rows) -> tuple[Rows, Rows]:
    """The rows that a search sees, of those that it may see, in a seeded order; and the others.

    Raises:
        InvalidStudy: more rows asked for than there are.
    """
    count = len(search) if spec.rows is None else spec.rows
    if count > len(search):
        aside = f" beside the test part (`--test {spec.test:g}`)" if spec.test else ""
        raise InvalidStudy(
            "rows", f"`{count}` asked for, `{spec.name}` has {len(search)}{aside}", "ask for fewer"
        )
    order = generator(seed, "rows").permutation(len(search))
    return search[order[:count]], search[order[count:]]


def fingerprint(*arrays: NDArray[Any] | None) -> str:
    """SHA-256 of the bytes of arrays, hexadecimal; arrays that are None are left out."""
    digest = hashlib.sha256()
    for each in arrays:
        if each is not None:
            digest.update(np.ascontiguousarray(each).data)
    return digest.hexdigest()
