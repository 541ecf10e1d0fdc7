import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hpsearch.errors import InvalidInput, StoreRefused
from hpsearch.store import database, inspection
from tests.store.examples import add, created, opened, trial

CREATE_MANY = """
import sys, time
from pathlib import Path
import alembic.command, alembic.config
from hpsearch.bootstrap import opened
print("ready", flush=True)
start = float(sys.stdin.readline())
for round in range(5):
    time.sleep(max(0, start + 0.4 * round - time.time()))
    with opened(f"sqlite:///round-{round}.db", is_new_allowed=True) as store:
        assert store.list_studies() == []
"""


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///my.db", Path("my.db")),
        ("sqlite:////my.db", Path("/my.db")),
        ("sqlite:///a b%20?#.db", Path("a b%20?#.db")),
        ("sqlite:///~/my.db", Path.home() / "my.db"),
    ],
)
def test_a_storage_url_names_a_file(url, path):
    assert inspection.path_of(url) == path


@pytest.mark.parametrize(
    "url", ["", "my.db", "sqlite://", "sqlite:///", "postgresql://x/y", "sqlite:///missing/my.db"]
)
def test_other_urls_are_refused(url):
    with pytest.raises(InvalidInput):
        inspection.path_of(url)


def test_memory_is_no_place_to_keep_studies():
    with pytest.raises(InvalidInput):
        inspection.path_of("sqlite:///:memory:")


def test_a_file_is_looked_at_once_as_long_as_it_stays_the_same(tmp_path, monkeypatch):
    looks, look = [], inspection._revision
    monkeypatch.setattr(inspection, "_revision", lambda *values: looks.append(1) or look(*values))
    path = tmp_path / "a.db"
    database.create(path)
    looks.clear()
    assert {inspection.inspect(path) for _ in range(3)} == {inspection.HEAD}
    assert len(looks) <= 1
    path.write_bytes(path.read_bytes()[:5000])
    for _ in range(2):
        with pytest.raises(StoreRefused):
            inspection.inspect(path)


@pytest.mark.parametrize("storage", ["nonsense", "sqlite:///missing.db", "sqlite:///notes.txt"])
def test_looking_ahead_leaves_it_to_others_to_tell_what_is_wrong(
    storage, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("no database")
    before = set(threading.enumerate())
    inspection.look_ahead(storage)
    for each in set(threading.enumerate()) - before:
        each.join(10)
    assert capfd.readouterr() == ("", "")
    assert (tmp_path / "notes.txt").read_text() == "no database"


def test_a_fresh_database_is_one_file_with_our_mark(tmp_path):
    path = tmp_path / "fresh.db"
    database.create(path)
    assert {each.name for each in tmp_path.iterdir()} == {"fresh.db", "fresh.db.locks"}
    assert inspection.inspect(path) == inspection.HEAD
    assert inspection.check_integrity(path) == []
    assert _pragma(path, "application_id") == inspection.APPLICATION_ID


def test_a_database_that_is_there_is_never_made_again(tmp_path):
    path = tmp_path / "mine.db"
    path.write_bytes(b"mine")
    database.create(path)
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_creation_left_is_swept_away(tmp_path):
    for name in (".fresh.db.1234.new", ".fresh.db.1234.new-journal"):
        (tmp_path / name).write_bytes(b"left over")
    database.create(tmp_path / "fresh.db")
    assert {each.name for each in tmp_path.iterdir()} == {"fresh.db", "fresh.db.locks"}


def test_several_processes_can_create_one_database_at_once(tmp_path):
    import time

    processes = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", CREATE_MANY],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for each in processes:
        assert each.stdout.readline() == "ready\n"
    start = f"{time.time() + 0.1}\n"
    for each in processes:
        each.stdin.write(start)
        each.stdin.flush()
    for each in processes:
        with each:
            assert each.wait(60) == 0
    left = {each.name for each in tmp_path.iterdir() if not each.name.endswith(".locks")}
    assert left == {f"round-{index}.db" for index in range(5)}


def test_connections_are_set_up_for_safety(tmp_path):
    path = tmp_path / "store.db"
    database.create(path)
    engine = database.engine_for(path)
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10000,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "mmap_size": 0,
    }
    with engine.connect() as connection:
        for pragma, value in expected.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


def test_a_missing_reference_is_found(tmp_path):
    path = _filled(tmp_path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM study")
    problems = inspection.check_integrity(path)
    assert problems
    assert "refers to a missing study" in " ".join(problems)


def test_a_backup_is_refused_where_a_file_is(tmp_path):
    path = _filled(tmp_path)
    with pytest.raises(InvalidInput, match="exists"):
        database.backup(path, path)


def test_backups_made_while_writing_are_sound(tmp_path):
    store = opened(tmp_path / "store.db")
    study = created(store, trial_count=150)
    done = threading.Event()

    def write():
        own = opened(tmp_path / "store.db")
        for number in range(150):
            add(own, study, trial(number))
        own.close()
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    copies = []
    while not done.is_set():
        copies.append(tmp_path / f"copy-{len(copies)}.db")
        database.backup(store.path, copies[-1])
    writer.join()
    store.close()
    assert copies
    counts = [_checked_count(copy) for copy in copies]
    assert counts == sorted(counts)
    assert not list(tmp_path.glob("*.new*"))


def test_an_upgrade_of_a_current_store_does_nothing(tmp_path):
    path = _filled(tmp_path)
    before = path.read_bytes()
    assert database.upgrade(path, datetime.now(UTC)) is None
    assert path.read_bytes() == before


def test_an_upgrade_makes_a_missing_store(tmp_path):
    assert database.upgrade(tmp_path / "new.db", datetime.now(UTC)) is None
    assert inspection.inspect(tmp_path / "new.db") == inspection.HEAD


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    from hpsearch.errors import StoreReadOnly

    tmp_path.chmod(0o500)
    with pytest.raises(StoreReadOnly):
        database.create(tmp_path / "new.db")


def test_a_copy_of_a_running_store_without_its_log_is_still_no_wrong_answer(tmp_path):
    """Somebody copies the file alone: what is in the log is missing, nothing is damaged."""
    store = opened(tmp_path / "store.db")
    study = created(store)
    add(store, study, trial(0))
    shutil.copy(tmp_path / "store.db", tmp_path / "copied.db")
    store.close()
    try:
        copied = opened(tmp_path / "copied.db", is_new_allowed=False)
    except StoreRefused:
        return
    assert copied.list_studies() == []
    copied.close()


def _filled(tmp_path):
    store = opened(tmp_path / "store.db")
    add(store, created(store), trial(0), trial(1))
    store.close()
    return tmp_path / "store.db"


def _checked_count(path):
    assert inspection.check_integrity(path) == []
    store = opened(path, is_new_allowed=False)
    study = store.load_study("example")
    store.close()
    assert study.unfinished == ()
    assert [each.number for each in study.trials] == list(range(len(study.trials)))
    return len(study.trials)


def _pragma(path, name):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]
