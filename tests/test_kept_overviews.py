"""What is said of very many trials is kept: the same is said with it and without it."""

import contextlib
import json
import sqlite3
from dataclasses import dataclass, replace

import pytest

from hpsearch.assessing import study_to_tell
from hpsearch.data.built_in import card
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.trial import Evaluation, Outcome, State
from hpsearch.errors import StoreRefused
from hpsearch.reporting.export import export_json
from tests.search.landscape import Landscape
from tests.search.staged import SECTIONS, InAnyOrder, asked, run
from tests.store.examples import FACTS, VERSIONS, opened
from tests.told_studies import told

PLAIN = {"stages": 1, "prune": "none", "confirm": 2}
STAGED = {"stages": 3, "confirm": 2, "try": ["lr=0.5,wd=off"]}
WIDE = {"text": "lr=1e-3:10,wd"}  # a part of it diverges
FOLDS, HOLDOUT = {"folds": 2}, {"holdout": 0.2}
KINDS = {
    "plain": (PLAIN, FOLDS),
    "one split": (PLAIN, HOLDOUT),
    "not confirmed": (PLAIN | {"confirm": 0}, FOLDS),
    "stages": (STAGED | {"prune": "none"}, FOLDS),
    "given up early": (STAGED | {"prune": "halving"}, FOLDS),
    "tpe": (PLAIN | {"sampler": "tpe"}, FOLDS),
    "sobol": (PLAIN | {"sampler": "sobol"}, FOLDS),
    "grid": ({"sampler": "grid", "trials": 9}, FOLDS),
}


class Killed(Exception):
    """Stands for the end of a process."""


@dataclass(frozen=True)
class Failing:
    """Some trainings fail, some time out."""

    def evaluate(self, planned):
        for each in planned:
            if each.number % 11 == 3:
                yield (Evaluation(planned=each, outcome=Outcome(State.FAILED, reason="no luck")),)
            elif each.number % 11 == 5:
                yield (Evaluation(planned=each, outcome=Outcome(State.TIMED_OUT), seconds=2.0),)
            else:
                yield Landscape().evaluate([each])


@pytest.fixture(autouse=True)
def _every_study_is_large(monkeypatch):
    monkeypatch.setattr("hpsearch.domain.comparisons.NUMBERS_AT_MOST", 0)


@pytest.fixture
def path(tmp_path):
    """A database with a study that has ended."""
    path = asked(tmp_path / "store.db", PLAIN, space=WIDE)
    run(path)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_is_said_with_what_is_kept_and_without_it(kind, tmp_path):
    search, split = KINDS[kind]
    space = {"text": "lr=0.01|0.1|5,wd=off|1e-4|1e-3"} if kind == "grid" else WIDE
    path = asked(tmp_path / "store.db", search, split=split, space=space, **trials_of(kind))
    run(path)
    assert_told_alike(path)


def trials_of(kind):
    return {"trials": 9} if kind == "grid" else {}


def test_failures_are_told_one_by_one(tmp_path):
    path = asked(tmp_path / "store.db", PLAIN, space=WIDE)
    run(path, Failing())
    assert "no luck" in assert_told_alike(path)[2]


@pytest.mark.parametrize("metric", ["r2", "rmse"])
def test_numbers_are_told_alike(tmp_path, metric):
    sections = {**SECTIONS, "data": {"name": "diabetes", "metric": metric}, "space": WIDE}
    spec, _ = study_spec(sections | {"search": PLAIN}, card("diabetes"))
    facts = replace(FACTS, rows=442, validation_rows=442, class_count=0)
    with contextlib.closing(opened(tmp_path / "store.db")) as store:
        store.create_study("example", spec, 40, facts, VERSIONS)
    run(tmp_path / "store.db")
    assert_told_alike(tmp_path / "store.db")


def test_a_change_of_the_plan_alone_leaves_it(path):
    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example")
        store.lengthen(study, 90)
    assert "60 of 90 trials" in assert_told_alike(path)[2]


def test_a_study_that_was_lengthened_is_told_anew(path):
    with contextlib.closing(opened(path)) as store:
        store.lengthen(store.load_study("example"), 90)
    run(path)
    assert "90 of 90 trials" in assert_told_alike(path)[2]


def test_finalists_that_are_confirmed_later_are_told(path):
    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example")
        result = replace(study.stages[-1].result, finalists=(1, 2, 3), repeats=6)
        store.judge(study, study.stages[-1], result)
    before = assert_told_alike(path)
    run(path)
    assert assert_told_alike(path)[2] != before[2]


@pytest.mark.parametrize("writes", [1, 3])
def test_a_run_that_was_killed_leaves_nothing_that_no_longer_holds(path, writes):
    with contextlib.closing(opened(path)) as store:
        store.lengthen(store.load_study("example"), 90)
    left = iter(range(writes))

    def die():
        if next(left, None) is None:
            raise Killed

    with pytest.raises(Killed):
        run(path, InAnyOrder(), die)
    assert kept_in(path) is None
    with contextlib.closing(opened(path)) as store:
        study = study_to_tell(store, "example")
        assert 60 < study.finished < 90
        assert told(store, study, 5) == told(store, store.load_study("example"), 5)


def test_a_study_that_is_read_whole_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr("hpsearch.domain.comparisons.NUMBERS_AT_MOST", 10**9)
    path = asked(tmp_path / "store.db", PLAIN)
    run(path)
    assert kept_in(path) is None


def test_an_export_does_not_show_whether_there_is_one(path):
    with contextlib.closing(opened(path)) as store:
        kept = export_json(store.load_study("example"))
        forget(path)
        assert export_json(store.load_study("example")) == kept


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE overview SET facts = replace(facts, 'complete', 'pruned')",
        "UPDATE overview SET facts = 'no JSON'",
        "UPDATE overview SET checksum = checksum + 1",
        "UPDATE overview SET trials = 59",
        "UPDATE overview SET evaluations = evaluations + 1",
        "UPDATE overview SET last_evaluation = 1",
    ],
)
def test_one_that_does_not_hold_is_not_used(path, change):
    right = assert_told_alike(path)
    run(path)
    changed(path, change)
    with contextlib.closing(opened(path)) as store:
        study = study_to_tell(store, "example")
        assert study.overview.totals is None
        assert told(store, study, 5) == right


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM trial WHERE number = 59",
        "DELETE FROM evaluation WHERE id = (SELECT max(id) FROM evaluation)",
        "DELETE FROM evaluation WHERE id = 1",
    ],
)
def test_it_does_not_outlive_a_row_that_goes(path, change):
    changed(path, change)
    with contextlib.closing(opened(path)) as store:
        assert store.load_study("example", best=20).overview.totals is None


@pytest.mark.parametrize("table", ["trial", "evaluation"])
def test_the_database_drops_it_with_the_next_row(path, table):
    assert kept_in(path) is not None
    columns = {"trial": "number", "evaluation": "repeat"}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TEMP TABLE one AS SELECT * FROM {table} LIMIT 1")
        connection.execute(f"UPDATE one SET {columns[table]} = 77")
        if table == "evaluation":
            connection.execute("UPDATE one SET id = NULL")
        connection.execute(f"INSERT INTO {table} SELECT * FROM one")
        connection.commit()
    assert kept_in(path) is None


def test_one_of_another_version_is_not_used(path, monkeypatch):
    monkeypatch.setattr("hpsearch.store.kept_overviews.FORMAT", 2)
    with contextlib.closing(opened(path)) as store:
        assert store.load_study("example", best=20).overview.totals is None
        store.keep_overview(store.load_study("example", best=0))
        assert store.load_study("example", best=20).overview.totals is not None


def test_rows_are_held_against_their_checksums_before_anything_is_kept_of_them(path):
    forget(path)
    changed(
        path,
        "DROP TRIGGER evaluation_never_changes",
        "UPDATE evaluation SET seconds = 7 WHERE number = 3",
    )
    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example", best=0)
        with pytest.raises(StoreRefused, match="does not fit its checksum"):
            store.keep_overview(study)
    assert kept_in(path) is None


def test_where_there_is_no_room_for_it_nothing_is_lost(path):
    forget(path)
    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example", best=0)
        with store._writing() as connection:
            connection.exec_driver_sql("CREATE TABLE filler (x)")
            connection.exec_driver_sql("INSERT INTO filler VALUES (zeroblob(3000))")
        with store._reading() as connection:
            (pages,) = connection.exec_driver_sql("PRAGMA page_count").one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        store.keep_overview(study)
        assert told(store, study_to_tell(store, "example"), 5)


def assert_told_alike(path):
    """What is said is the same with what is kept, without it, and of the study read as a whole."""
    with contextlib.closing(opened(path)) as store:
        with_it = study_to_tell(store, "example", 30)
        assert with_it.overview.totals is not None
        assert with_it.overview.endings is None
        said = [told(store, with_it, count) for count in (1, 5, 30)]
        forget(path)
        without = study_to_tell(store, "example", 30)
        assert without.overview.totals is None
        assert [told(store, without, count) for count in (1, 5, 30)] == said
        assert [each.number for each in with_it.trials] == [each.number for each in without.trials]
        assert with_it.totals == without.totals
        assert with_it.seconds == without.seconds
        assert with_it.overview.best_by_fold == without.overview.best_by_fold
        whole = store.load_study("example")
        assert [told(store, whole, count) for count in (1, 5, 30)] == said
        store.keep_overview(store.load_study("example", best=0))
    return said[1]


def kept_in(path):
    """The facts that are kept of the study; None without any."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT facts FROM overview").fetchone()
    return None if row is None else json.loads(row[0])


def forget(path):
    changed(path, "DELETE FROM overview")


def changed(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for each in statements:
            connection.execute(each)
        connection.commit()
