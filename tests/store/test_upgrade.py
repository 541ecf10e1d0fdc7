"""Databases of older schemas, as the programs of their time left them."""

import contextlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from hpsearch.domain.search_plan import SearchPlan
from hpsearch.domain.trial import Origin
from hpsearch.store.database import _transaction, migrations_folder, upgrade
from hpsearch.store.inspection import HEAD, REVISIONS, check_integrity, inspect
from tests.command_line import assert_refused, run, succeed
from tests.faults.placed import columns_of, contents_of, old_store
from tests.stored_studies import exported, stored

FIRST_SCHEMA = Path(__file__).with_name("schema_0001.sql")
ASKED = {"stages": 1, "prune": "none", "confirm": 0, "baseline": False, "try": []}


def upgraded_from(folder, schema):
    """The folder, with a database of an older schema that `hpsearch db upgrade` has been run on."""
    script = FIRST_SCHEMA.with_name(f"schema_{schema}.sql").read_text()
    with contextlib.closing(sqlite3.connect(folder / "hpsearch.db")) as connection:
        connection.executescript(script)
    assert_refused(run("show", "old", cwd=folder), 65, f"older schema {schema}")
    told = run("db", "upgrade", cwd=folder)
    assert told.returncode == 0
    assert f"has schema {HEAD}; the old one is kept as " in told.stderr
    return folder


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """The folder of a study that was interrupted in the first schema."""
    return upgraded_from(tmp_path_factory.mktemp("first"), "0001")


def test_the_question_is_the_same_as_before(upgraded):
    study = stored(upgraded, "old")
    assert study.spec.plan == SearchPlan(stages=1, prune="none", confirm=0, baseline=False)
    with contextlib.closing(sqlite3.connect(upgraded / "hpsearch.db")) as connection:
        (spec,) = connection.execute("SELECT spec FROM study").fetchone()
    assert json.loads(spec)["search"] == {"sampler": "random", "seed": 0, **ASKED}


def test_what_was_stored_is_still_there(upgraded):
    study = stored(upgraded, "old")
    assert [each.number for each in study.trials[:6]] == list(range(6))
    assert {each.origin for each in study.trials} == {Origin.SAMPLER}
    assert dict(study.trials[3].configuration) == {"lr": 0.0013293511991786604, "wd": "off"}
    assert study.trials[3].score == 0.0690039167498656
    assert study.stages[0].trial_count == 10


def test_it_is_shown_and_goes_on(upgraded):
    before = json.loads(exported(upgraded, "old"))["trials"]
    assert "6 of 10 trials: 6 complete" in succeed("show", "old", cwd=upgraded)
    told = run("resume", "old", "--workers", "1", cwd=upgraded)
    assert told.returncode == 0, told.stderr
    assert "study old: 10 trials, 6 saved before" in told.stderr
    study = stored(upgraded, "old")
    assert study.is_finished
    assert [len(each.evaluations) for each in study.trials] == [2] * 10
    assert not study.finalists
    assert json.loads(exported(upgraded, "old"))["trials"][:6] == before


def test_a_search_that_ended_in_the_second_schema_can_be_finalized(tmp_path):
    folder = upgraded_from(tmp_path, "0002")
    study = stored(folder, "old")
    assert study.is_finished
    assert study.openings == ()
    before = exported(folder, "old")
    assert "openings" not in json.loads(before)
    told = succeed("finalize", "old", "--seeds", "2", cwd=folder)
    assert "the test set was opened once, for trial " in told.replace("\n", " ")
    (opening,) = stored(folder, "old").openings
    assert opening.rows == 1497


@pytest.mark.parametrize("schema", REVISIONS[:-1])
def test_an_upgrade_keeps_every_value_that_was_there(schema, tmp_path):
    path = old_store(tmp_path / "old", schema) / "hpsearch.db"
    columns = {name: each for name, each in columns_of(path).items() if name != "study"}
    before = contents_of(path, columns)
    saved = upgrade(path, datetime.now(UTC))
    assert contents_of(path, columns) == before
    assert inspect(saved) == schema
    assert contents_of(saved, columns) == before


@pytest.mark.parametrize("schema", REVISIONS[:-1])
def test_a_store_goes_down_to_any_schema_and_up_again_with_what_both_know(schema, tmp_path):
    path = old_store(tmp_path / "old", "0005") / "hpsearch.db"
    upgrade(path, datetime.now(UTC))
    before, columns = contents_of(path), columns_of(path)
    downgrade(path, schema)
    assert inspect(path) == schema
    shared = {
        name: [each for each in columns[name] if each in found]
        for name, found in columns_of(path).items()
        if name != "study"  # what it asks for is written otherwise in the first schema
    }
    assert shared.keys() >= {"stage", "trial", "evaluation"}
    down = contents_of(path, shared)
    upgrade(path, datetime.now(UTC))
    assert contents_of(path, shared) == down
    assert columns_of(path) == columns
    for name, rows in contents_of(path).items():
        assert len(rows) == (len(before[name]) if name in {*shared, "study"} else 0)
    assert check_integrity(path) == []
    assert len(stored(tmp_path / "old", "old").trials) == 4


def test_what_was_imported_goes_with_the_schema_that_knows_of_it(tmp_path):
    folder = old_store(tmp_path / "old", "0006")
    path = folder / "hpsearch.db"
    before = contents_of(path)
    upgrade(path, datetime.now(UTC))
    (folder / "runs.csv").write_text("lr,loss\n0.1,0.5\n0.01,0.25\n")
    assert run("import", "csv", "runs.csv", "--score", "loss", cwd=folder).returncode == 0
    downgrade(path, "0006")
    assert contents_of(path) == before
    assert check_integrity(path) == []


def downgrade(path, revision):
    """Back to an older schema, as `alembic downgrade` goes; what only newer ones know is lost."""
    settings = Config()
    settings.set_main_option("script_location", str(migrations_folder()))
    with _transaction(path) as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)
