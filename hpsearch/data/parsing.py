"""From the checked text of a table to its columns; of a large one, part by part.

pandas takes a text apart as a whole, which needs several times its size in memory. Parts need
little, but the kind of a column is then told for each part by itself; columns of which the parts
differ in more than whole numbers or others are read once more, as wholes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

MISSING = ("?", "-")  # beside the words that pandas takes for missing values
PARTS_FROM_BYTES = 1 << 25
PART_ROWS = 1 << 16
NUMBERS = (np.dtype(np.int64), np.dtype(np.float64))

Opened = Callable[[], Any]  # a file of bytes


def parsed(
    opened: Opened, separator: str, names: Sequence[str], rows: int | None = None
) -> pd.DataFrame:
    """All rows of a text.

    Args:
        opened: the text from its start, with its header.
        names: of its columns.
        rows: of a large text, below its header; None reads a small one as a whole.

    Raises:
        ValueError: it is no table.
    """
    if rows is None:
        return _frame(opened, separator, names)
    import pandas as pd

    numbers, others, mixed = _numbers_and_others(opened, separator, names, rows)
    again = _frame(opened, separator, names, mixed) if mixed else pd.DataFrame()
    columns = {
        name: again.pop(name)
        if name in again
        else numbers[name]
        if name in numbers
        else pd.concat(others.pop(name), ignore_index=True)
        for name in names
    }
    return pd.DataFrame(columns, copy=False)


def _numbers_and_others(
    opened: Opened, separator: str, names: Sequence[str], rows: int
) -> tuple[Mapping[str, NDArray[Any]], dict[str, list[pd.Series]], list[str]]:
    """Columns of numbers, parts of the others, and names of those whose parts are of unlike kinds.

    Numbers are gathered in one array, whose memory the system gets back as a whole.
    """
    numbers: dict[str, NDArray[Any]] = {}
    others: dict[str, list[pd.Series]] = {}
    start = 0
    for part in _parts(opened, separator, names):
        if not start:
            kinds: dict[str, Any] = {name: part[name].dtype for name in names}
            kinds = {name: kind for name, kind in kinds.items() if kind in NUMBERS}
            room = np.empty((len(kinds), rows))
            numbers = {name: own.view(kinds[name]) for name, own in zip(kinds, room, strict=True)}
        stop = start + len(part)
        for name in names:
            if name in numbers and part[name].dtype in NUMBERS:
                numbers[name] = _with_room(numbers[name], part[name].dtype)
                numbers[name][start:stop] = part[name]
            else:
                others.setdefault(name, []).append(part[name].copy())
        start = stop
    mixed = [name for name, own in others.items() if name in numbers or _is_mixed(own)]
    return {name: own[:start] for name, own in numbers.items()}, others, mixed


def _with_room(values: NDArray[Any], kind: Any) -> NDArray[Any]:
    """Whole numbers as others where one part has others, in the same place."""
    if kind == values.dtype or values.dtype == np.float64:
        return values
    place = values.view(np.float64)
    place[:] = values.copy()
    return place


def _is_mixed(parts: Sequence[pd.Series]) -> bool:
    return len({each.dtype for each in parts}) > 1


def _frame(
    opened: Opened, separator: str, names: Sequence[str], only: Sequence[str] = ()
) -> pd.DataFrame:
    import pandas as pd

    with opened() as text:
        options = _options(separator, names) | ({"usecols": list(only)} if only else {})
        frame: pd.DataFrame = pd.read_csv(text, **options)
        return frame


def _parts(opened: Opened, separator: str, names: Sequence[str]) -> Iterator[pd.DataFrame]:
    import pandas as pd

    options = _options(separator, names)
    with opened() as text, pd.read_csv(text, **options, chunksize=PART_ROWS) as parts:
        yield from parts


def _options(separator: str, names: Sequence[str]) -> dict[str, Any]:
    return {
        "sep": separator,
        "header": 0,
        "names": list(names),
        "index_col": False,
        "na_values": list(MISSING),
        "skipinitialspace": True,
        "low_memory": False,
    }
