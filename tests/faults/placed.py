"""A small study into which faults are placed, and what must hold after each of them."""

import contextlib
import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from hpsearch.bootstrap import opened
from hpsearch.errors import UnknownName
from hpsearch.reporting.export import export_json
from hpsearch.store.inspection import HEAD, VERSION_TABLE, inspect, read_only
from tests.command_line import saved_numbers
from tests.faults.crash_study import assert_sound
from tests.faults.strace import INJECTED, TRACE, Point, is_hit, points
from tests.stored_studies import exported
from tests.warm_commands import Ended, WarmCommands

# It has everything that is ever stored: rungs, searches, audits, a verdict and confirmations.
STUDY = (
    *("start", "--data", "iris", "--space", "lr,wd", "--name", "crash", "--workers", "1"),
    *("--set", "hidden=4", "--epochs", "4", "--trials", "12", "--folds", "2"),
    *("--stages", "1", "--prune", "halving", "--confirm", "2"),
)
FILE = "hpsearch.db"
UPGRADE = ("db", "upgrade")
SCHEMAS = Path(__file__).parents[1] / "store"


@dataclass(frozen=True)
class Truth:
    """What `STUDY` gives where nothing goes wrong.

    Attributes:
        export: bytes of the canonical export.
        trials: its trials by number.
        points: the calls of the run that can change the database or its side files, in order.
    """

    export: str
    trials: dict[int, dict]
    points: list[Point]


def truth(commands: WarmCommands, folder: Path) -> Truth:
    """Run the study in a fresh folder without a fault."""
    folder.mkdir()
    ended = commands.run(*STUDY, cwd=folder, trace=TRACE)
    assert ended.returncode == 0, ended.stderr
    export = exported(folder, "crash")
    trials = {trial["number"]: trial for trial in json.loads(export)["trials"]}
    return Truth(export, trials, points(ended.log, FILE))


def assert_nothing_lost(folder: Path, acknowledged: set[int], true: Truth) -> None:
    """The database is sound, holds what was acknowledged, and nothing that is not true.

    A copy is looked at, so that the next command meets the files just as the fault left them.
    """
    if not (folder / FILE).exists():
        assert not acknowledged
        return
    copy = copy_of(folder, folder.parent / f"{folder.name}-copy")
    assert_sound(copy / FILE)
    stored = _stored(copy)
    assert acknowledged <= stored.keys()
    for number, trial in stored.items():
        right = true.trials[number]
        assert trial | {"folds": right["folds"]} == right
        assert all(fold in right["folds"] for fold in trial["folds"])
    shutil.rmtree(copy)


def assert_finishes(commands: WarmCommands, folder: Path, true: Truth) -> None:
    """The same line again ends well, without help, and with the same bytes."""
    ended = commands.run(*STUDY, cwd=folder)
    assert ended.returncode == 0, ended.stderr
    assert exported(folder, "crash") == true.export
    assert_sound(folder / FILE)
    left = {each.name for each in folder.iterdir()} - {FILE, f"{FILE}.locks"}
    assert not left, left


def killed(commands: WarmCommands, folder: Path, point: Point, true: Truth) -> bool:
    """Kill the study at a call, look, and let it finish; False where the call was not reached."""
    ended = commands.run(*STUDY, cwd=folder, trace=point.killed())
    assert ended.returncode in (0, -9), ended.stderr
    assert_nothing_lost(folder, saved_numbers(ended.stderr), true)
    assert_finishes(commands, folder, true)
    return is_hit(ended.log)


def failed(
    commands: WarmCommands, folder: Path, options: tuple[str, ...], true: Truth
) -> Ended | None:
    """Run the study while a call fails, look, and let it finish; None where nothing failed.

    A failure that can do no harm, such as that of clearing up, may pass unnoticed.
    """
    ended = commands.run(*STUDY, cwd=folder, trace=options)
    assert_told(ended, true)
    assert_nothing_lost(folder, saved_numbers(ended.stderr), true)
    assert_finishes(commands, folder, true)
    return ended if is_hit(ended.log) else None


def assert_told(ended: Ended, true: Truth) -> None:
    """The study ended well, or says that the disk fails, what is safe, and what to do."""
    assert "Traceback" not in ended.stderr, ended.stderr
    assert ended.returncode in (0, 74), (ended.returncode, ended.stderr)
    if ended.returncode and not _is_mute(ended):
        hint = "hint: what was saved is safe: "
        assert hint in ended.stderr, ended.stderr
        count, total = len(saved_numbers(ended.stderr)), len(true.trials)
        told = f"{count} of {total} trials are safe\n{hint}"
        is_all_told = f"({total} of {total})" in ended.stderr  # it failed after the search
        assert not count or is_all_told or told in ended.stderr, ended.stderr


def _is_mute(ended: Ended) -> bool:
    """Whether standard error, too, could not be written."""
    return any("x.err" in line and INJECTED in line for line in ended.log)


def old_store(folder: Path, schema: str) -> Path:
    """A folder with a database of an older schema, in the journal mode that it always had."""
    script = SCHEMAS.joinpath(f"schema_{schema}.sql").read_text()
    with contextlib.closing(sqlite3.connect(fresh(folder) / FILE)) as connection:
        connection.executescript(script)
        connection.execute("PRAGMA journal_mode=WAL")
    return folder


def contents_of(database: Path, like: dict[str, list[str]] | None = None) -> dict[str, list]:
    """Rows of each table of a database; only the tables and columns of `like` if that is given."""
    with read_only(database) as connection:
        tables = like or columns_of(database)
        return {
            table: sorted(connection.execute(f"SELECT {', '.join(names)} FROM {table}"), key=repr)
            for table, names in tables.items()
        }


def columns_of(database: Path) -> dict[str, list[str]]:
    """Columns of each table that holds studies."""
    with read_only(database) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ?"
        names = [name for (name,) in connection.execute(query, (VERSION_TABLE,))]
        return {
            each: [row[1] for row in connection.execute(f"PRAGMA table_info({each})")]
            for each in names
        }


def migration_points(commands: WarmCommands, folder: Path, schema: str) -> list[Point]:
    """The calls of an upgrade that can change the database, its side files or its backup."""
    ended = commands.run(*UPGRADE, cwd=old_store(folder, schema), trace=TRACE)
    assert ended.returncode == 0, ended.stderr
    return points(ended.log, FILE)


def migration_disturbed(
    commands: WarmCommands, folder: Path, schema: str, options: tuple[str, ...]
) -> Ended:
    """Kill an upgrade or let it fail: the old schema or the new one, a backup, and a second try."""
    database = old_store(folder, schema) / FILE
    columns = {name: each for name, each in columns_of(database).items() if name != "study"}
    before = contents_of(database, columns)
    ended = commands.run(*UPGRADE, cwd=folder, trace=options)
    found = inspect(database)
    assert found in (schema, HEAD)
    assert "Traceback" not in ended.stderr, ended.stderr
    for saved in folder.glob("*.backup"):
        assert inspect(saved) == schema
        assert contents_of(saved, columns) == before
    assert found == schema or list(folder.glob("*.backup"))
    again = commands.run(*UPGRADE, cwd=folder)
    assert again.returncode == 0, again.stderr
    assert_sound(database)
    assert inspect(database) == HEAD
    assert contents_of(database, columns) == before
    assert not [table for table in columns_of(database) if table.startswith("_alembic_tmp")]
    assert not list(folder.glob(".*.new*"))
    with opened(f"sqlite:///{database}") as store:
        store.load_study("old")
    return ended


def copy_of(folder: Path, target: Path) -> Path:
    """The files of a folder, to be looked at or damaged."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("*-shm"))
    return target


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _stored(folder: Path) -> dict[int, dict]:
    """Trials as they would be exported; none where the study is missing."""
    with opened(f"sqlite:///{folder}/{FILE}") as store:
        try:
            study = store.load_study("crash")
        except UnknownName:
            return {}
    return {trial["number"]: trial for trial in json.loads(export_json(study))["trials"]}
