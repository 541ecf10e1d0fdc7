"""Large tables that all processes of a search look at, without a copy for each."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.dataset import Dataset

SHARED_FROM_BYTES = 32_000_000  # smaller tables are sent to each process


class Place(NamedTuple):
    """Where the numbers of a table are.

    Attributes:
        path: of a file that holds them, row by row.
        dtype: their type, as NumPy writes it.
    """

    path: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class SharedTable:
    """A table in a file, of which a process maps what it needs; it travels as a path.

    Attributes:
        place: where the numbers are.
    """

    place: Place

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.place.shape

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        return np.array(self._numbers[rows])

    def __reduce__(self) -> tuple[Callable[..., "SharedTable"], tuple[Place]]:
        return SharedTable, (self.place,)

    @cached_property
    def _numbers(self) -> NDArray[Any]:
        path, dtype, shape = self.place
        return np.memmap(path, np.dtype(dtype), "r", shape=shape)


@contextlib.contextmanager
def shared(dataset: Dataset, processes: int) -> Iterator[Dataset]:
    """The data set, with a large table in a file that lasts as long as the context.

    The file has no name where the system can do without, so that nothing is left behind by a
    process that is killed. Without room for it the data set stays as it is.

    Args:
        processes: that will look at it.
    """
    is_large = dataset.schema is not None and dataset.x.nbytes >= SHARED_FROM_BYTES
    if not is_large or processes < 2:
        yield dataset
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.NamedTemporaryFile(prefix="hpsearch-"))
            dataset.x.tofile(file)
            file.flush()
        except OSError:
            stack.close()
            yield dataset
            return
        own = Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")
        place = Place(str(own) if own.exists() else file.name, dataset.x.dtype.str, dataset.x.shape)
        if own.exists():
            Path(file.name).unlink()
            stack.pop_all()
        x = np.memmap(place.path, dataset.x.dtype, "r", shape=dataset.x.shape)
        dataset = replace(dataset, x=x)  # the numbers in memory are let go of
        try:
            yield dataset
        finally:
            with contextlib.suppress(FileNotFoundError):
                file.close()


def table_for_workers(dataset: Dataset) -> NDArray[Any] | SharedTable:
    """What to send to the processes that train: the numbers, or where they are."""
    x = dataset.x
    if not isinstance(x, np.memmap):
        return x
    return SharedTable(Place(str(x.filename), x.dtype.str, x.shape))
