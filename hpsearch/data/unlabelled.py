"""Data to be predicted, in a file: no targets are needed."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.idx_file import is_idx, pixels
from hpsearch.data.tables import SUFFIXES, is_table, read_table
from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("x", "x_test")  # of arrays that are predicted, the first that there is


def read_data(path: Path) -> NDArray[Any] | pd.DataFrame:
    """Rows of a file: a table, images in IDX, or an array of an archive (`x`, else `x_test`).

    Raises:
        InvalidInput: it cannot be read, or holds nothing to predict from.
    """
    if is_table(path.name):
        return read_table(path)
    if is_idx(path.name):
        return pixels(str(path))
    if path.suffix.lower() != ".npz":
        kinds = ", ".join(f"`{each}`" for each in (*SUFFIXES, ".npz"))
        raise InvalidInput(
            f"data file `{path}` is of no kind that can be read", f"its name should end in {kinds}"
        )
    return _array(path)


def _array(path: Path) -> NDArray[Any]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            found = [name for name in NAMES if name in archive.files]
            if not found:
                shown = ", ".join(f"`{each}`" for each in archive.files[:9]) or "nothing"
                raise InvalidInput(
                    f"data file `{path}` has no array `x`, only {shown}", "call the rows `x`"
                )
            values: NDArray[Any] = archive[found[0]]
    except FileNotFoundError:
        hint = f"a relative path starts in the folder of the command, now `{Path.cwd()}`"
        raise InvalidInput(f"data file `{path}` does not exist", hint) from None
    except InvalidInput:
        raise
    except OSError as error:
        raise InvalidInput(f"data file `{path}` cannot be read: {error.strerror}") from None
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it ends early"
        raise InvalidInput(f"data file `{path}` is no sound NPZ archive: {reason}") from None
    if values.dtype.kind not in "biuf":
        raise InvalidInput(f"data file `{path}`: `{found[0]}` holds {values.dtype}, not numbers")
    return values
