"""Models and migrations agree, in both directions."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from hpsearch.store.database import create, migrations_folder
from hpsearch.store.inspection import HEAD, REVISIONS, inspect

ROOT = Path(__file__).parents[2]


@pytest.fixture
def alembic(tmp_path):
    """`alembic("check")`: the command on a fresh store."""
    create(tmp_path / "a.db")

    def run(*arguments):
        environment = {**os.environ, "HPSEARCH_STORAGE": f"sqlite:///{tmp_path}/a.db"}
        return subprocess.run(
            [sys.executable, "-m", "alembic.config", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_models_and_migrations_agree(alembic):
    result = alembic("check")
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_store_can_go_down_and_up_again(alembic, tmp_path):
    assert alembic("downgrade", "base").returncode == 0
    assert alembic("upgrade", "head").returncode == 0
    assert inspect(tmp_path / "a.db") == HEAD


def test_the_program_knows_the_newest_schema():
    settings = Config()
    settings.set_main_option("script_location", str(migrations_folder()))
    script = ScriptDirectory.from_config(settings)
    assert script.get_current_head() == HEAD
    assert [each.revision for each in script.walk_revisions()][::-1] == list(REVISIONS)


def test_making_a_store_twice_changes_nothing(tmp_path):
    path = tmp_path / "a.db"
    create(path)
    before = path.read_bytes()
    create(path)
    assert path.read_bytes() == before
    with contextlib.suppress(FileNotFoundError):
        assert not list(tmp_path.glob(".a.db*"))
