"""Database files that hpsearch must not touch: damaged, of another program, of the future."""

import contextlib
import random
import shutil
import sqlite3
import struct

import pytest

from hpsearch.bootstrap import opened
from hpsearch.errors import StoreRefused
from hpsearch.store.inspection import check_integrity
from tests.command_line import TINY, assert_refused, contents, run, running
from tests.faults.crash_study import STUDY
from tests.faults.damage import answer, cut_off, flipped, outcomes, overwritten, with_damaged_log
from tests.stored_studies import stored

COMMANDS = (
    TINY,
    ("resume",),
    ("resume", "tiny", "--trials", "20"),
    ("list",),
    ("show", "tiny"),
    ("best", "tiny"),
    ("export", "tiny"),
    ("rename", "tiny", "other"),
    ("delete", "tiny", "--yes"),
    ("db", "check"),
    ("db", "status"),
    ("db", "upgrade"),
)


def random_bytes(path):
    path.write_bytes(random.Random(0).randbytes(50_000))


def random_bytes_after_the_header(path):
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = random.Random(0).randbytes(len(damaged) - 4096)
    path.write_bytes(damaged)


def truncated(size):
    def damage(path):
        path.write_bytes(path.read_bytes()[:size])

    return damage


def half_gone(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def of_another_program(path):
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE study (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO study VALUES (1, 'tiny')")


def of_another_alembic(path):
    of_another_program(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")


def newer(path):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE hpsearch_alembic_version SET version_num = '9999'")


def without_version(path):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM hpsearch_alembic_version")


STATES = {
    "random bytes": random_bytes,
    "random bytes after the first page": random_bytes_after_the_header,
    "zero-length": truncated(0),
    "truncated to 50 bytes": truncated(50),
    "truncated to one page": truncated(4096),
    "truncated to 5000 bytes": truncated(5000),
    "half of it gone": half_gone,
    "of another program": of_another_program,
    "of another program with alembic": of_another_alembic,
    "of a newer version": newer,
    "without its version": without_version,
}
# All states take the same way through the code: one meets every command, the others take turns.
EVERY_COMMAND = "half of it gone"
SIDE_FILES = {"hpsearch.db-wal", "hpsearch.db-shm"}  # SQLite makes them to look at a file


@pytest.mark.parametrize("state", STATES)
def test_a_file_that_is_no_good_store_is_refused_and_left_alone(state, finished, warm, tmp_path):
    shutil.copy(finished / "hpsearch.db", tmp_path)
    STATES[state](tmp_path / "hpsearch.db")
    before = contents(tmp_path)
    with pytest.raises(StoreRefused), opened(f"sqlite:///{tmp_path}/hpsearch.db"):
        pass
    turn = list(STATES).index(state) % len(COMMANDS)
    commands = COMMANDS if state == EVERY_COMMAND else COMMANDS[turn : turn + 1]
    results = [warm.run(*command, cwd=tmp_path) for command in commands]
    named = "schema 9999" if state == "of a newer version" else "hpsearch.db"
    for result in results:
        assert_refused(result, 65, named)
    after = contents(tmp_path)
    assert after["hpsearch.db"] == before["hpsearch.db"]
    assert after.keys() - before.keys() <= SIDE_FILES


def test_a_store_that_lacks_a_table_is_refused(finished, tmp_path):
    shutil.copy(finished / "hpsearch.db", tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "hpsearch.db")) as connection, connection:
        connection.execute("DROP TABLE evaluation")
    assert_refused(run("show", "tiny", cwd=tmp_path), 65, "hpsearch.db")


@pytest.mark.parametrize("damage", [flipped, overwritten])
def test_a_damaged_store_is_refused_or_answered_from_rightly(damage, finished, tmp_path):
    good, right = (finished / "hpsearch.db").read_bytes(), {answer(finished / "hpsearch.db")}
    found = outcomes(damage(good, 0, 80), right, tmp_path / "damaged.db")
    assert found.keys() == {"refused", "right"}, found
    assert found["refused"] > 8


def test_a_bit_that_turns_over_in_a_number_is_noticed(finished, tmp_path):
    """In the middle of a loss, where SQLite sees another number and no damage."""
    good, path = (finished / "hpsearch.db").read_bytes(), tmp_path / "hpsearch.db"
    losses = [each.evaluations[0].train_loss for each in stored(finished, "tiny").trials]
    for place in [good.index(struct.pack(">d", loss)) + 4 for loss in losses]:
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert check_integrity(path) == []
        with pytest.raises(StoreRefused), opened(f"sqlite:///{path}") as store:
            store.load_study("tiny")
    assert_refused(run("best", "tiny", cwd=tmp_path), 65, "is damaged")


def test_a_truncated_store_is_never_answered_from_wrongly(finished, tmp_path):
    good, right = (finished / "hpsearch.db").read_bytes(), {answer(finished / "hpsearch.db")}
    sizes = [*range(len(good) - 4096, len(good), 64), len(good)]
    files = [*cut_off(good), *(good[:size] for size in sizes)]
    found = outcomes(files, right, tmp_path / "cut.db")
    assert found == {"refused": len(files) - 1, "right": 1}


def test_a_log_with_damage_in_it_gives_what_is_whole(tmp_path):
    found = with_damaged_log(tmp_path, 0, 12)
    assert found["right"] == found.total()


def test_a_log_that_was_cut_off_keeps_what_is_whole(tmp_path, uninterrupted):
    folder = tmp_path / "study"
    folder.mkdir()
    with running(*STUDY, cwd=folder) as live:
        live.wait_for("saved")
        live.process.kill()
        live.process.wait()
    log = folder / "hpsearch.db-wal"
    log.write_bytes(log.read_bytes()[:-5000])
    assert uninterrupted.assert_holds(folder, set())
