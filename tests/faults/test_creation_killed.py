"""SIGKILL while the database file is being made."""

import contextlib
import random
import subprocess
import sys
import time

import pytest

from hpsearch.bootstrap import opened
from tests.command_line import TINY, environment, run, running
from tests.faults.crash_study import assert_sound

# Does what every command does with a missing database, at the instant it is told to.
CREATOR = """
import sys
from pathlib import Path
import alembic.command, alembic.config, sqlalchemy.dialects.sqlite
from hpsearch.store.database import create
print("ready", flush=True)
sys.stdin.readline()
create(Path("hpsearch.db"))
"""


def test_a_kill_during_creation_leaves_no_store_or_a_good_one(tmp_path):
    chance = random.Random(0)
    whole = _create(tmp_path / "whole", None)
    assert _is_there_and_good(tmp_path / "whole")
    for attempt in range(8):
        folder = tmp_path / f"cut-{attempt}"
        _create(folder, chance.uniform(0, whole))
        _is_there_and_good(folder)


@pytest.mark.parametrize(
    ("command", "kills"), [(("db", "upgrade"), 5), ((*TINY, "--workers", "1"), 3)]
)
def test_a_command_killed_on_its_first_run_can_be_run_again(command, kills, tmp_path):
    chance = random.Random(1)
    for _ in range(kills):
        with running(*command, cwd=tmp_path) as live:
            time.sleep(chance.uniform(0, 1.0))
            live.process.kill()
        _is_there_and_good(tmp_path)
    result = run(*TINY, "--trials", "1", "--name", "later", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    left = [path.name for path in tmp_path.iterdir() if path.name.endswith((".new", "-journal"))]
    assert left == []


def _create(folder, seconds) -> float:
    """Create a database in a fresh folder, and kill that after so many seconds; its duration."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-P", "-c", CREATOR],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as creator:
        assert creator.stdout.readline() == "ready\n"
        started = time.monotonic()
        creator.stdin.write("go\n")
        creator.stdin.flush()
        with contextlib.suppress(subprocess.TimeoutExpired):
            creator.wait(seconds)
        creator.kill()
        return time.monotonic() - started


def _is_there_and_good(folder) -> bool:
    database = folder / "hpsearch.db"
    if not database.exists():
        return False
    with opened(f"sqlite:///{database}") as store:
        store.list_studies()
    assert_sound(database)
    return True
