import contextlib
import os
from pathlib import Path

import pytest

from hpsearch.errors import StoreFailed, StoreReadOnly
from hpsearch.store import private_copy as module
from hpsearch.store.private_copy import is_writable, private_copy
from tests.store.examples import add, created, opened, trial

LOG = "a.db-wal"
FULL = Path("/dev/full")


@pytest.fixture
def store(tmp_path):
    """A store whose last trials are still in the write-ahead log."""
    store = opened(tmp_path / "a.db")
    study = created(store)
    add(store, study, trial(0))
    yield store
    store.close()


def test_a_copy_holds_what_is_still_in_the_log_and_goes_at_the_end(store):
    assert store.path.with_name(LOG).stat().st_size > 0
    with private_copy(store.path) as copy:
        again = opened(copy, is_new_allowed=False)
        assert [each.number for each in again.load_study("example").trials] == [0]
        again.close()
        folder = copy.parent
    assert not folder.exists()


@pytest.mark.parametrize("changed", ["a.db", LOG])
def test_a_file_that_is_written_all_the_time_is_not_copied(changed, store, monkeypatch):
    """A write comes between each look at the files and the next one."""
    copyfile = module.shutil.copyfile

    def copy_and_write(source, target):
        copyfile(source, target)
        path = store.path.with_name(changed)
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))

    monkeypatch.setattr(module.shutil, "copyfile", copy_and_write)
    with pytest.raises(StoreFailed, match="written all the time"), private_copy(store.path):
        pass


@pytest.mark.skipif(not FULL.exists(), reason="no device here is always full")
def test_a_copy_that_finds_no_room_says_what_to_do(store, monkeypatch):
    copyfile = module.shutil.copyfile
    monkeypatch.setattr(module.shutil, "copyfile", lambda source, _: copyfile(source, FULL))
    with pytest.raises(StoreFailed, match="No space left") as caught, private_copy(store.path):
        pass
    assert "TMPDIR" in caught.value.hint


@pytest.mark.skipif(os.getuid() == 0, reason="root may read and write everything")
def test_a_file_without_permissions(store, tmp_path):
    assert is_writable(store.path)
    store.path.chmod(0o444)
    assert not is_writable(store.path)
    store.path.chmod(0o000)
    with pytest.raises(StoreReadOnly, match="cannot be read"), private_copy(store.path):
        pass
    store.path.chmod(0o644)
    with contextlib.closing(opened(tmp_path / "a.db")) as again:
        assert again.list_studies()
