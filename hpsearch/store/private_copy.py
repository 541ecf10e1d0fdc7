"""A database that nobody here can write, copied to be read.

SQLite writes beside a file in WAL mode even to read it. Told that the file never changes it does
not, but then it leaves out what is still in the write-ahead log of a driver that was killed.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hpsearch.errors import StoreFailed, StoreReadOnly

ATTEMPTS = 5  # another user may be writing the file


def is_writable(path: Path) -> bool:
    """Whether this user can write the file at `path`, and beside it."""
    return all(os.access(each, os.W_OK) for each in (path, path.parent))


@contextlib.contextmanager
def private_copy(path: Path) -> Iterator[Path]:
    """The database with its write-ahead log in a temporary folder, as they were at one moment.

    Raises:
        StoreReadOnly: this user may not read it.
        StoreFailed: there is no room for it, or another process keeps writing it.
    """
    with tempfile.TemporaryDirectory(prefix="hpsearch-") as folder:
        yield _copied(path, Path(folder))


def stamps(path: Path) -> tuple[tuple[int, ...], ...]:
    """What changes with a database or its write-ahead log."""
    return tuple(map(_stamp, _files(path)))


def _copied(path: Path, folder: Path) -> Path:
    files = _files(path)
    for _ in range(ATTEMPTS):
        before = stamps(path)
        try:
            for each in files:
                (folder / each.name).unlink(missing_ok=True)
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(each, folder / each.name)
        except PermissionError as error:
            raise StoreReadOnly(f"`{path}` cannot be read: {error}", "check its owner") from None
        except OSError as error:
            text = f"`{path}` cannot be copied to be read: {error}"
            raise StoreFailed(text, "let TMPDIR name a folder with room for it") from None
        if stamps(path) == before:
            return folder / path.name
    raise StoreFailed(f"`{path}` is being written all the time", "read it when its study has ended")


def _files(path: Path) -> tuple[Path, Path]:
    return path, path.with_name(path.name + "-wal")


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
