"""What goes wrong with a database file, said so that an operator can act on it."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from hpsearch.errors import DISK_ERRORS, StoreFailed, StoreReadOnly, StoreRefused, StoreUnusable

# What SQLite and its driver say of values and pages that cannot be read.
FAILED = ("full", "I/O", "locked", "unable to open")
DAMAGED = ("malformed", "not a database", "no such", "encoding", "decode", "duplicate column")


class DamagedRow(ValueError):
    """A row that is not as it was stored."""


@contextlib.contextmanager
def translated(path: Path, *, writes: bool = True) -> Iterator[None]:
    """Turn what SQLite says into an error that an operator can act on.

    Args:
        writes: whether files are written here; else a full disk is that of somebody's output.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = _told(path, str(getattr(error, "orig", error)))
        if told is None:
            raise
        raise told from None
    except DamagedRow as error:
        raise _damaged(path, error) from None
    except OSError as error:
        if writes and error.errno in DISK_ERRORS:
            raise StoreFailed(f"cannot write beside `{path}`: {error}", _advice("full")) from None
        if error.errno == errno.ENOENT:
            raise removed(path) from None
        raise


def _told(path: Path, text: str) -> StoreUnusable | None:
    """What SQLite's own words mean; None where they are of a bug."""
    if any(word in text for word in DAMAGED):
        return _damaged(path, text)
    if "readonly" in text or (path.exists() and not os.access(path, os.W_OK)):
        return StoreReadOnly(f"`{path}` cannot be written: {text}", "check its owner")
    if any(word in text for word in FAILED):
        return StoreFailed(f"`{path}` cannot be used: {text}", _advice(text))
    return None


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn stored values that make no sense into the error for a damaged file."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AssertionError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, what: object) -> StoreRefused:
    return StoreRefused(
        f"`{path}` is damaged: {what}", "the file was not changed; restore a backup"
    )


def removed(path: Path) -> StoreFailed:
    """The error for a store that is no longer where it was."""
    return StoreFailed(
        f"`{path}` was removed or replaced while it was in use",
        "put it back, then `hpsearch resume`",
    )


def _advice(text: str) -> str:
    if "full" in text:
        return "what was saved is safe: free some space, then `hpsearch resume`"
    return "what was saved is safe: `hpsearch resume` goes on when the cause is mended"
