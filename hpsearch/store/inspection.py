"""Looking at a SQLite file before anything is done with it; it is never changed by that.

Little is loaded for it, so that a command can look while the rest of the program is loading.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from hpsearch.errors import HpsearchError, InvalidInput, StoreRefused
from hpsearch.store.private_copy import is_writable, private_copy, stamps

APPLICATION_ID = 0x48505331  # "HPS1"
VERSION_TABLE = "hpsearch_alembic_version"
HEAD = "0008"
REVISIONS = tuple(f"{number:04}" for number in range(1, 9))  # every schema, oldest first

_LOOKING = threading.Lock()


def path_of(url: str) -> Path:
    """File of a storage URL such as `sqlite:///hpsearch.db`.

    Raises:
        InvalidInput: any other kind of URL, or a folder that does not exist.
    """
    prefix = "sqlite:///"
    if not url.startswith(prefix) or not url.removeprefix(prefix):
        raise InvalidInput(
            f"storage `{url}` is not supported", "write `sqlite:///FILE`, e.g. `sqlite:///my.db`"
        )
    if url.removeprefix(prefix) == ":memory:":
        raise InvalidInput("storage `:memory:` would be lost with the program", "name a file")
    path = Path(url.removeprefix(prefix)).expanduser()
    if path.is_dir():
        raise InvalidInput(f"storage `{path}` is a folder", "name a file in it")
    if not path.parent.is_dir():
        raise InvalidInput(f"folder `{path.parent}` of the storage does not exist", "create it")
    return path


def look_ahead(storage: str) -> None:
    """Begin to look at a store, while the rest of the program loads; `inspect` waits for it.

    What is wrong with it is told by `inspect`.
    """

    def look() -> None:
        with contextlib.suppress(HpsearchError, OSError, sqlite3.Error):
            inspect(path_of(storage))

    threading.Thread(target=look, daemon=True).start()


def inspect(path: Path) -> str:
    """Schema revision of the store at `path`, which is not changed.

    Raises:
        StoreRefused: the file is corrupt, empty, foreign, or newer than this program.
        StoreReadOnly: this user may not read it.
        StoreFailed: the disk is full or fails.
    """
    try:
        with _LOOKING:
            return _inspected(path, stamps(path))
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        from hpsearch.store.faults import FAILED, translated  # noqa: PLC0415 - loads much

        if any(word in str(error) for word in FAILED):
            with translated(path):
                raise
        raise StoreRefused(
            f"`{path}` cannot be read as a database: {error}",
            "the file was not changed; restore a backup, or name another one with `--storage`",
        ) from None


@lru_cache(maxsize=1)
def _inspected(path: Path, _: tuple[tuple[int, ...], ...]) -> str:
    """The revision; a command that opens a file several times looks at it once if it is the same.

    Of 100,000 trials a look takes a quarter of a second.
    """
    with read_only(path) as connection:
        return _revision(connection, path)


def check_integrity(path: Path) -> list[str]:
    """What SQLite's full checks find wrong in the file; empty where all is well."""
    with read_only(path) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    problems = [text for text in found if text != "ok"]
    return problems + [f"row {row[1]} of {row[0]} refers to a missing {row[2]}" for row in orphans]


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing, neither the file nor what is beside it."""
    with contextlib.ExitStack() as stack:
        source = path if is_writable(path) else stack.enter_context(private_copy(path))
        # Reading a file in WAL mode leaves two files beside it; where there is no write-ahead log
        # to look at, `immutable` does without them.
        has_log = source.with_name(source.name + "-wal").exists()
        how = "mode=ro" if has_log else "mode=ro&immutable=1"
        # By bytes: a name that is no text where the language is unknown is a file all the same.
        uri = f"file:{quote(os.fsencode(source.resolve()))}?{how}"
        connection = sqlite3.connect(uri, uri=True, timeout=10)
        yield stack.enter_context(contextlib.closing(connection))


def _revision(connection: sqlite3.Connection, path: Path) -> str:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreRefused(
            f"`{path}` is not a database of hpsearch",
            "the file was not changed; name another one with `--storage`",
        )
    # Not `quick_check`: it does not compare indexes with tables, and rows are found by indexes.
    damage = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if damage != "ok":
        raise StoreRefused(
            f"`{path}` is damaged: {damage.splitlines()[0]}",
            "the file was not changed; restore a backup, or try `sqlite3 FILE .recover`",
        )
    found = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
    if found is None:
        raise StoreRefused(
            f"`{path}` does not say which schema it has",
            "the file was not changed; restore a backup",
        )
    revision = found[0]
    if revision not in REVISIONS:
        raise StoreRefused(
            f"`{path}` was made by a newer hpsearch (schema {revision}, this one knows {HEAD})",
            "upgrade hpsearch; the file was not changed",
        )
    return str(revision)
