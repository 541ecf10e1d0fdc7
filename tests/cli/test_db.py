import contextlib
import json
import sqlite3

from hpsearch.bootstrap import opened
from tests.command_line import (
    ENDLESS,
    assert_refused,
    contents,
    run,
    running,
    saved_numbers,
    succeed,
)
from tests.stored_studies import exported


def test_upgrade_makes_a_missing_database_once(tmp_path):
    succeed("db", "upgrade", cwd=tmp_path)
    before = contents(tmp_path)
    assert "hpsearch.db" in before
    succeed("db", "upgrade", cwd=tmp_path)
    assert contents(tmp_path) == before
    assert succeed("list", "--format", "json", cwd=tmp_path) == "[]\n"


def test_status_tells_where_and_how_much(finished):
    values = json.loads(succeed("db", "status", "--format", "json", cwd=finished))
    assert values["file"] == str((finished / "hpsearch.db").resolve())
    assert values["bytes"] == (finished / "hpsearch.db").stat().st_size
    assert (values["studies"], values["trials"]) == (1, 12)


def test_check_finds_a_good_database_sound_and_leaves_nothing_behind(folder):
    before = contents(folder)
    told = succeed("db", "check", cwd=folder)
    assert told == "hpsearch.db is sound: 38 rows fit their checksums\n"
    assert contents(folder) == before


def test_check_finds_what_was_changed_behind_its_back(folder):
    with contextlib.closing(sqlite3.connect(folder / "hpsearch.db")) as connection, connection:
        connection.execute("UPDATE study SET versions = '{}'")
    result = run("db", "check", cwd=folder)
    assert_refused(result, 65, "a row of `study` (name tiny) does not fit its checksum")


def test_a_backup_is_the_same_store(folder):
    copy = folder / "copy"
    copy.mkdir()
    succeed("db", "backup", "copy/hpsearch.db", cwd=folder)
    assert exported(copy, "tiny") == exported(folder, "tiny")


def test_a_backup_made_during_a_run_holds_what_was_saved(tmp_path):
    with running(*ENDLESS, "--workers", "1", cwd=tmp_path) as live:
        live.wait_for("saved")
        before = saved_numbers(live.stderr())
        succeed("db", "backup", "copy.db", cwd=tmp_path)
    assert "is sound" in succeed("db", "check", "--storage", "sqlite:///copy.db", cwd=tmp_path)
    with opened(f"sqlite:///{tmp_path}/copy.db") as store:
        trials = store.load_study("endless").trials
    assert before <= {trial.number for trial in trials}
    assert all(len(trial.evaluations) == 2 for trial in trials)
