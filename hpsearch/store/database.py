"""Opening, creating and upgrading the SQLite file.

A file is looked at before anything may write to it (`inspection`): what is corrupt, foreign or
newer is refused and left as it was. A fresh database is made under a temporary name and linked into
place, so that a kill at any instant leaves either no store or a good one.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from hpsearch.errors import InvalidInput, StoreReadOnly
from hpsearch.store.faults import translated
from hpsearch.store.file_lock import exclusive
from hpsearch.store.file_system import refuse_network
from hpsearch.store.inspection import APPLICATION_ID, HEAD, inspect, read_only
from hpsearch.store.private_copy import is_writable

SQLITE_VERSION = sqlite3.sqlite_version_info
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
