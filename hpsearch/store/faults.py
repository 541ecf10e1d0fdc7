"""What goes wrong with a database file, said so that an operator can act on it."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from hpsearch.errors import StoreFailed, StoreReadOnly, StoreRefused

# What SQLite and its driver say of values and pages that cannot be read.
DAMAGED = ("malformed", "not a database", "no such", "encoding", "decode")


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite says into an error that an operator can act on."""
    try:
        yield
    except DBAPIError as error:
        text = str(error.orig)
        if any(word in text for word in DAMAGED):
            raise StoreRefused(f"`{path}` is damaged: {text}", "restore a backup") from None
        if "readonly" in text or not os.access(path, os.W_OK):
            raise StoreReadOnly(f"`{path}` cannot be written: {text}", "check its owner") from None
        if any(word in text for word in ("full", "I/O", "locked", "unable to open")):
            raise StoreFailed(f"`{path}` cannot be used: {text}", _advice(text)) from None
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
            raise StoreFailed(f"cannot write beside `{path}`: {error}", _advice("full")) from None
        if error.errno == errno.ENOENT:
            raise removed(path) from None
        raise


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn stored values that make no sense into the error for a damaged file."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AssertionError) as error:
        raise StoreRefused(
            f"`{path}` is damaged: {error}", "the file was not changed; restore a backup"
        ) from None


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
