"""Data in memory, written to files that a search reads as it reads any other."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

TARGET = "target"  # name of the target of an array, which has no names


def named_frame(x: NDArray[Any], y: NDArray[Any]) -> pd.DataFrame:
    """Arrays as a frame: columns `x0`, `x1` and so on, then `target`.

    Raises:
        InvalidInput: they do not have equally many rows.
    """
    import pandas as pd

    _check_lengths(x, y)
    frame = pd.DataFrame(x, columns=[f"x{index}" for index in range(x.shape[1])])
    frame[TARGET] = y
    return frame


def table_file(frame: pd.DataFrame, folder: Path) -> Path:
    """A CSV file of a frame in `folder`, which is made; its name follows from what is in it."""
    text = frame.to_csv(index=False, lineterminator="\n")
    return _written(text.encode(), folder, "csv")


def archive_file(x: NDArray[Any], y: NDArray[Any], folder: Path) -> Path:
    """An NPZ archive of inputs and targets in `folder`, which is made.

    Raises:
        InvalidInput: they do not have equally many rows.
    """
    _check_lengths(x, y)
    stream = io.BytesIO()
    np.savez(stream, x=x, y=y)
    return _written(stream.getvalue(), folder, "npz")


def _check_lengths(x: NDArray[Any], y: NDArray[Any]) -> None:
    if len(x) != len(y):
        raise InvalidInput(f"{len(x)} rows of inputs and {len(y)} targets do not go together")


def _written(content: bytes, folder: Path, suffix: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
    if not path.exists():
        temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
        temporary.write_bytes(content)
        temporary.replace(path)
    return path.resolve()
