"""A transaction is whole or nothing, and trouble with the file is told as what it is."""

import contextlib
import shutil

import pytest
from sqlalchemy.exc import IntegrityError

from hpsearch.errors import StoreFailed, UnknownName
from tests.store.examples import add, created, evaluation, opened, trial, values


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path / "store.db")
    yield store
    store.close()


@pytest.fixture
def study(store):
    return created(store)


@pytest.mark.parametrize("collision", ["evaluation", "trial"])
def test_a_transaction_that_fails_stores_nothing(collision, store, study):
    add(store, study, trial(5))
    before = store.load_study("example")
    fresh = [trial(0), trial(1)]
    evaluations = [each for one in fresh for each in one.evaluations]
    if collision == "evaluation":
        cohort = [*evaluations, evaluation(5, 0)], fresh
    else:
        cohort = evaluations, [*fresh, trial(5)]
    with pytest.raises(IntegrityError):
        store.add(study.id, *cohort)
    after = store.load_study("example")
    assert list(map(values, after.trials)) == list(map(values, before.trials))
    assert after.unfinished == ()
    add(store, study, *fresh)
    assert len(store.load_study("example").trials) == 3


def test_a_trial_of_no_study_is_refused(store, study):
    with pytest.raises(IntegrityError):
        store.add(study.id + 1, trial(0).evaluations, [trial(0)])


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_file_that_goes_while_it_is_used_is_noticed(how, store, study, tmp_path):
    path = tmp_path / "store.db"
    add(store, study, trial(0))
    if how == "deleted":
        path.unlink()
    else:
        shutil.copy(path, tmp_path / "copy.db")
        (tmp_path / "copy.db").replace(path)
    with pytest.raises(StoreFailed, match="removed or replaced"):
        add(store, study, trial(1))
    assert path.exists() == (how == "replaced")


def test_a_folder_that_goes_while_it_is_used_is_noticed(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    store = opened(folder / "store.db")
    study = created(store)
    shutil.rmtree(folder)
    with pytest.raises(StoreFailed):
        add(store, study, trial(1))


def test_a_full_disk_is_told_and_loses_nothing(store, study):
    add(store, study, trial(0))
    with store._engine.connect() as connection:  # as small as it is: no page can be added
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    saved = 1
    with contextlib.suppress(StoreFailed):
        while True:
            add(store, study, trial(saved))
            saved += 1
    with pytest.raises(StoreFailed, match="disk is full") as caught:
        add(store, study, trial(saved))
    assert "what was saved is safe" in caught.value.hint
    assert [each.number for each in store.load_study("example").trials] == list(range(saved))


def test_two_stores_on_one_file_see_each_other(store, study, tmp_path):
    second = opened(tmp_path / "store.db")
    add(second, study, trial(0))
    add(store, study, trial(1))
    assert len(second.load_study("example").trials) == 2
    second.close()


def test_a_missing_file_is_not_made_unless_it_is_allowed(tmp_path):
    with pytest.raises(UnknownName, match=r"missing\.db"):
        opened(tmp_path / "missing.db", is_new_allowed=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["with space.db", "100%.db", "a%20b.db", "a?b=c#d.db", "é'\".db"])
def test_any_file_name_will_do(name, tmp_path):
    store = opened(tmp_path / name)
    add(store, created(store), trial(0))
    store.close()
    again = opened(tmp_path / name, is_new_allowed=False)
    assert len(again.load_study("example").trials) == 1
    again.close()
    assert {path.name for path in tmp_path.iterdir()} == {name, name + ".locks"}
