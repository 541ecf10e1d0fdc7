"""Every way to the newest schema ends at the same tables, indexes and triggers."""

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from hpsearch.store import database, inspection
from tests.command_line import environment

CHECKOUT = Path(__file__).parents[2]
TABLES = {"study", "stage", "trial", "evaluation", "opening"}


@pytest.fixture
def path(tmp_path):
    database.create(tmp_path / "store.db")
    return tmp_path / "store.db"


def test_downgrading_takes_every_table_away_and_upgrading_brings_the_same_back(path):
    fresh = schema(path)
    assert fresh.keys() >= TABLES
    alembic(path, "downgrade", "base")
    assert schema(path).keys().isdisjoint(TABLES)
    for _ in inspection.REVISIONS:
        alembic(path, "upgrade", "+1")
    assert schema(path) == fresh
    assert inspection.inspect(path) == inspection.HEAD


def test_an_empty_database_can_be_upgraded(path, tmp_path):
    alembic(tmp_path / "empty.db", "upgrade", "head")
    assert schema(tmp_path / "empty.db") == schema(path)


def test_the_version_has_a_table_of_its_own(path):
    assert inspection.VERSION_TABLE in schema(path)
    assert "alembic_version" not in schema(path)


def alembic(path, *command):
    result = subprocess.run(
        [sys.executable, "-P", "-m", "alembic", *command],
        cwd=CHECKOUT,
        env=environment(HPSEARCH_STORAGE=f"sqlite:///{path}"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def schema(path):
    """SQL of every table, index and trigger, by name."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        return dict(connection.execute(query).fetchall())
