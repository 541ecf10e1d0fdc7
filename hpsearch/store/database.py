"""Opening, creating and upgrading the SQLite file.

A file is looked at read-only before anything may write to it: what is corrupt, foreign or newer is
refused and left as it was. A fresh database is made under a temporary name and linked into place,
so that a kill at any instant leaves either no store or a good one.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from hpsearch.errors import InvalidInput, StoreReadOnly, StoreRefused
from hpsearch.store.faults import FAILED, translated
from hpsearch.store.file_lock import exclusive
from hpsearch.store.file_system import refuse_network
from hpsearch.store.private_copy import is_writable, private_copy, stamps

APPLICATION_ID = 0x48505331  # "HPS1"
VERSION_TABLE = "hpsearch_alembic_version"
SQLITE_VERSION = sqlite3.sqlite_version_info
HEAD = "0007"
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")  # every schema, oldest first

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "mmap_size=0",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
)


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


def lock_path(path: Path, name: str) -> Path:
    """A lock file of the store at `path`."""
    return path.with_name(path.name + ".locks") / name


def write_lock(path: Path) -> contextlib.AbstractContextManager[None]:
    """Held around every write, checkpoint and last close: one writer at a time, first come first.

    SQLite below 3.51.3 can corrupt a WAL file when two connections write and checkpoint at the
    same moment (sqlite.org/wal.html#walresetbug); behind this lock that cannot happen.
    """
    return exclusive(lock_path(path, "write"))


def create(path: Path) -> None:
    """Make a fresh database unless there is a file already.

    Raises:
        InvalidInput: the folder is on a network.
        StoreReadOnly: the folder is not writable.
        StoreFailed: the disk is full or fails.
    """
    refuse_network(path)
    if path.exists() and not (_left_over(path) and is_writable(path)):
        return
    if not os.access(path.parent, os.W_OK):
        raise StoreReadOnly(f"folder `{path.parent.resolve()}` is not writable", "use `--storage`")
    with translated(path), write_lock(path):
        for left_over in _left_over(path):
            left_over.unlink()
        if path.exists():
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
        _build(temporary)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        temporary.unlink()
        _sync_folder(path.parent)


def _left_over(path: Path, kind: str = "") -> list[Path]:
    """What killed creations left beside `path`, or one that is going on; or upgrades' backups."""
    name = re.compile(rf"\.{re.escape(path.name)}{kind}\.\d+\.new(-\w+)?")
    return [each for each in path.parent.iterdir() if name.fullmatch(each.name)]


def inspect(path: Path) -> str:
    """Schema revision of the store at `path`, which is not changed.

    Raises:
        StoreRefused: the file is corrupt, empty, foreign, or newer than this program.
        StoreReadOnly: this user may not read it.
        StoreFailed: the disk is full or fails.
    """
    try:
        return _inspected(path, stamps(path))
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
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
        uri = f"file:{quote(str(source.resolve()))}?{how}"
        connection = sqlite3.connect(uri, uri=True, timeout=10)
        yield stack.enter_context(contextlib.closing(connection))


def engine_for(path: Path) -> Engine:
    """Engine with one connection; writes begin at once (`BEGIN IMMEDIATE`), reads lazily."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)), pool_size=1, max_overflow=0, pool_timeout=1
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are ours, not the driver's
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def upgrade(path: Path, now: datetime) -> Path | None:
    """Bring an older store to this program's schema; the backup made before, if one was needed.

    Raises:
        StoreRefused: the file is corrupt, foreign or newer.
    """
    create(path)
    if inspect(path) == HEAD:
        return None
    saved = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%S%f}.backup")
    with translated(path), write_lock(path):
        for left_over in _left_over(path, r"\.\w+\.backup"):
            left_over.unlink()
        if inspect(path) == HEAD:  # by another process, before the lock was free
            return None
        backup(path, saved)
        with _transaction(path) as connection:
            _migrate(connection)
    return saved


def backup(path: Path, target: Path) -> None:
    """Consistent copy of a store, also while it is being written.

    Raises:
        InvalidInput: `target` exists.
    """
    if target.exists():
        raise InvalidInput(f"`{target}` exists", "name a new file for the backup")
    if not os.access(target.parent, os.W_OK):
        raise InvalidInput(f"`{target}` cannot be written: its folder is missing or closed")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    source: contextlib.AbstractContextManager[sqlite3.Connection] = read_only(path)
    if is_writable(path):
        source = contextlib.closing(sqlite3.connect(path, timeout=10))
    with source as connection:
        connection.execute("VACUUM INTO ?", (str(temporary),))
    descriptor = os.open(temporary, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    temporary.rename(target)
    _sync_folder(target.parent)


def migrations_folder() -> Path:
    """Where the migrations are: inside an installed package, or beside it in a checkout."""
    packaged = Path(__file__).parent / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "alembic"


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


def _build(path: Path) -> None:
    with _transaction(path) as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(connection)


@contextlib.contextmanager
def _transaction(path: Path) -> Iterator[Connection]:
    """One transaction for a whole migration, in the journal mode that leaves a single file."""
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous=FULL")

    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


def load_migrator() -> None:
    """Load what only a new or older store needs, where there is nothing better to do."""
    import alembic.command  # noqa: F401 - a fifth of a second


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
