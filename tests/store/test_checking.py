"""What a full check of a store sees, and SQLite does not."""

import contextlib
import sqlite3

import numpy as np
import pytest

from hpsearch.errors import StoreRefused
from hpsearch.store.checking import check
from hpsearch.store.checksums import checksum_of, with_checksum
from hpsearch.store.rows import EVALUATIONS
from tests.store.examples import ENDINGS, add, created, opened, trial


@pytest.fixture
def path(tmp_path):
    """A store with a study of seven trials that ended in every way."""
    store = opened(tmp_path / "store.db")
    add(store, created(store), *(trial(number, *ending) for number, ending in enumerate(ENDINGS)))
    store.rename("example", "another")
    store.close()
    return tmp_path / "store.db"


def changed(path, *statements):
    """The store after statements that hpsearch would never make."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for each in statements:
            connection.execute(each)
    return path


def test_a_good_store_has_no_problem(path):
    found = check(path)
    assert found.problems == ()
    assert found.rows == 1 + 1 + 7 + 14
    assert found.without == 0


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE evaluation SET seconds = 1.5 WHERE number = 3 AND fold = 1", "(number 3, fold 1)"),
        ("UPDATE evaluation SET curve = zeroblob(length(curve)) WHERE id = 1", "`evaluation`"),
        ("UPDATE study SET versions = '{}'", "a row of `study` (name another)"),
        ("UPDATE stage SET trial_count = 5", "trial 6 of study 1 belongs to no stage"),
        ("DELETE FROM evaluation WHERE number = 4", "trial 4 of study 1 has no training"),
        ("DELETE FROM study", "refers to a missing study"),
    ],
)
def test_what_does_not_fit_is_found(statement, told, path):
    found = check(changed(path, statement)).problems
    assert told in "; ".join(found)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trial SET finished_at = '2026-01-02T03:04:05+00:00'",
        "UPDATE evaluation SET validation_loss = 1.5",
        "UPDATE stage SET first_number = 0, space = '[]'",
        "UPDATE study SET data = replace(data, '1797', '1798')",
    ],
)
def test_a_row_that_was_changed_is_never_shown(statement, path):
    store = opened(changed(path, statement))
    with pytest.raises(StoreRefused, match="does not fit its checksum"):
        store.load_study("another")
    store.close()


def test_curves_and_row_results_that_were_changed_are_never_shown(path):
    store = opened(changed(path, "UPDATE evaluation SET curve = zeroblob(length(curve))"))
    with pytest.raises(StoreRefused, match="a learning curve does not fit its checksum"):
        store.curves(1, [0])
    with pytest.raises(StoreRefused, match="a learning curve does not fit its checksum"):
        store.evaluations(1, [0])
    assert len(store.load_study("another").trials) == 7
    store.close()


def test_rows_of_older_versions_are_taken_as_they_are(path):
    store = opened(changed(path, "UPDATE trial SET checksum = NULL"))
    assert len(store.load_study("another").trials) == 7
    store.close()
    assert check(path).without == 7


def test_a_column_that_is_added_and_empty_does_not_count():
    assert checksum_of((1, None, "λ", None)) == checksum_of((1, None, "λ"))
    assert checksum_of((1, None, "λ", 0)) != checksum_of((1, None, "λ"))
    assert checksum_of((None, 1)) != checksum_of((1,))


@pytest.mark.parametrize(
    ("value", "stored"), [(-0.0, 0.0), (np.float32(0.1), float(np.float32(0.1))), (1, 1.0)]
)
def test_a_number_counts_as_sqlite_gives_it_back(value, stored):
    one, other = ({"train_loss": each} for each in (value, stored))
    assert with_checksum(EVALUATIONS, one) == with_checksum(EVALUATIONS, other)


def test_no_number_counts_as_nothing():
    found = with_checksum(EVALUATIONS, {"train_loss": float("nan")})
    assert found["train_loss"] is None
