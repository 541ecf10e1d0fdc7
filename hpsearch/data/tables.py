"""Tables in files: CSV and TSV with any usual separator, and Parquet.

Reading is strict: a file whose rows or bytes do not fit together is refused with the row named,
never repaired in silence. Rows are counted from 1, below the header.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hpsearch.data.parsing import PARTS_FROM_BYTES, Opened, parsed
from hpsearch.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".csv.gz", ".tsv.gz")
SEPARATORS = ",;\t|"
CHUNK_BYTES = 1 << 24


def is_table(name: str) -> bool:
    """Whether a name of data is the path of a table."""
    return name.lower().endswith(SUFFIXES)


def read_table(path: str | Path) -> pd.DataFrame:
    """All rows of a table, numbered from 0, with columns as they stand in the file.

    Raises:
        InvalidInput: it cannot be read, or its rows do not fit its header.
    """
    if str(path).lower().endswith(".parquet"):
        return _parquet(path)
    stored = _stored_bytes(path)
    data = _plain_text(path, stored)
    separator = _separator(data)
    names = _header(path, data, separator)
    rows = _checked_rows(path, data, separator, len(names))
    is_large = len(data) >= PARTS_FROM_BYTES
    # A large text is read once more from its file, if it stands there like that, and let go of.
    in_file = is_large and data is stored and not _is_packed(path)
    opened: Opened = partial(open, path, "rb") if in_file else partial(io.BytesIO, data)
    del stored, data
    with readable(path), _parsing(path):
        return parsed(opened, separator, names, rows if is_large else None)


def refused(path: str | Path, reason: str, hint: str = "") -> InvalidInput:
    """The error for a table that cannot be used."""
    return InvalidInput(f"data file `{path}`: {reason}", hint)


@contextlib.contextmanager
def of_file(path: str | Path) -> Iterator[None]:
    """Names the file in errors about what is in it."""
    try:
        yield
    except InvalidInput as error:
        raise refused(path, error.message, error.hint) from None


@contextlib.contextmanager
def readable(path: str | Path) -> Iterator[None]:
    """Turns what the system says about a file into one line."""
    try:
        yield
    except FileNotFoundError:
        hint = f"a relative path starts in the folder of the command, now `{Path.cwd()}`"
        raise InvalidInput(f"data file `{path}` does not exist", hint) from None
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"data file `{path}` cannot be read: {reason}", "check that it is a whole, plain file"
        ) from None


def _parquet(path: str | Path) -> pd.DataFrame:
    import pandas as pd

    try:
        with readable(path):
            frame = pd.read_parquet(path).reset_index(drop=True)
    except ImportError:
        hint = "install it with `pip install 'hpsearch[parquet]'`, or write a CSV file"
        raise refused(path, "reading Parquet needs the package `pyarrow`", hint) from None
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise refused(path, f"is no sound Parquet file: {reason}", "write it again") from None
    frame.columns = [str(each).strip() for each in frame.columns]
    _check_names(path, list(frame.columns))
    if frame.empty:
        raise refused(path, "has no rows", "a table needs rows to learn from")
    return frame


def _is_packed(path: str | Path) -> bool:
    return str(path).lower().endswith(".gz")


def _stored_bytes(path: str | Path) -> bytes:
    import gzip
    import zlib

    try:
        with readable(path):
            data = Path(path).read_bytes()
            return gzip.decompress(data) if _is_packed(path) else data
    except zlib.error as error:
        raise refused(path, f"is no sound gzip file: {error}", "write it again") from None


def _plain_text(path: str | Path, data: bytes) -> bytes:
    """The file as UTF-8, with line feeds between lines and without a byte order mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        with _decoding(path):
            data = data.decode("utf-16").encode()
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if not data or data.isspace():
        raise refused(path, "is empty", "a table has a header, then a row for each example")
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        hint = "it is no text, or damaged: write it again as CSV in UTF-8"
        raise refused(path, f"has a NUL byte in line {line}", hint)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.isascii() and not all(map(_is_decodable, _line_parts(data))):
        with _decoding(path):
            data.decode("utf-8")
    return data


def _is_decodable(part: memoryview) -> bool:
    try:
        str(part, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line_parts(data: bytes) -> Iterator[memoryview]:
    """Whole lines, so many at a time."""
    start = 0
    while start < len(data):
        stop = data.find(b"\n", min(len(data), start + CHUNK_BYTES))
        stop = len(data) if stop < 0 else stop + 1
        yield memoryview(data)[start:stop]
        start = stop


@contextlib.contextmanager
def _decoding(path: str | Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{error.object[error.start]:02x} in line {line}"
        hint = f"convert it: `iconv -f latin1 -t utf-8 {path} > utf8.csv`"
        raise refused(path, f"is not in UTF-8 ({byte})", hint) from None


def _separator(data: bytes) -> str:
    """The separator that cuts the first lines into most columns, equally many in each line."""
    lines = [each for each in data[:65536].decode(errors="ignore").split("\n") if each][:20]
    if len(data) > 65536 and len(lines) > 1:
        lines = lines[:-1]

    def cut(separator: str) -> tuple[bool, int]:
        with contextlib.suppress(csv.Error):
            widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
            return widths[0] > 1 and len(set(widths)) == 1, widths[0]
        return False, 0

    return max(SEPARATORS, key=cut)


def _header(path: str | Path, data: bytes, separator: str) -> list[str]:
    """Names of the columns; a column without one is called by its number."""
    first = io.StringIO(data[: 1 << 22].decode(errors="ignore"))
    try:
        cells = next(row for row in csv.reader(first, delimiter=separator) if row)
    except (csv.Error, StopIteration):
        raise refused(path, "has no header", "its first line names the columns") from None
    names = [each.strip() or f"Unnamed: {index}" for index, each in enumerate(cells)]
    if len(names) > 1 and all(map(_is_number, names)):
        shown = ", ".join(names[:3])
        hint = "add a first line that names the columns"
        raise refused(path, f"has no header: its first line holds numbers ({shown}, ...)", hint)
    _check_names(path, names)
    return names


def _check_names(path: str | Path, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            hint = "give each column a name of its own"
            raise refused(path, f"has two columns named `{name}` in its header", hint)
        seen.add(name)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _checked_rows(path: str | Path, data: bytes, separator: str, width: int) -> int:
    """Rows below the header; refused if one has more or fewer values than that."""
    counts = _quoted_widths(path, data, separator) if b'"' in data else _widths(data, separator)
    row = 0
    for part in counts:
        is_ragged = (part != width) & (part > 0)
        if is_ragged.any():
            at = int(is_ragged.argmax())
            number = row + int((part[:at] > 0).sum())
            values = f"{part[at]} value{'s' if part[at] > 1 else ''}"
            hint = "quote values that hold the separator, and fill up rows that end early"
            reason = f"row {number} has {values}, the header {width} columns"
            raise refused(path, f"{reason} (separated by `{_shown(separator)}`)", hint)
        row += int((part > 0).sum())
    if row < 2:
        raise refused(path, "has a header but no rows", "a table needs rows to learn from")
    return row - 1


def _widths(data: bytes, separator: str) -> Iterator[np.ndarray]:
    """Values in each line, for so many lines at a time; 0 for an empty line."""
    for lines in _line_parts(data):
        part = np.frombuffer(lines, np.uint8)
        ends = np.flatnonzero(part == ord("\n"))
        if not len(ends) or ends[-1] != len(part) - 1:
            ends = np.append(ends, len(part))
        cuts = np.searchsorted(np.flatnonzero(part == ord(separator)), ends)
        lengths = np.diff(ends, prepend=-1) - 1
        yield np.where(lengths > 0, np.diff(cuts, prepend=0) + 1, 0)


def _quoted_widths(path: str | Path, data: bytes, separator: str) -> Iterator[np.ndarray]:
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="")
    reader = csv.reader(text, delimiter=separator)
    try:
        while part := [len(row) for row in itertools.islice(reader, 10_000)]:
            yield np.array(part)
    except csv.Error as error:
        reason = f"line {reader.line_num} cannot be taken apart: {error}"
        raise refused(path, reason, "check the quotes in front of it") from None


def _shown(separator: str) -> str:
    return "tab" if separator == "\t" else separator


@contextlib.contextmanager
def _parsing(path: str | Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OverflowError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise refused(path, f"cannot be read as a table: {reason}", "check its quotes") from None
