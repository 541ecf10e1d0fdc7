import os
import subprocess
import sys

import pytest

from hpsearch.store.database import create, lock_path, write_lock
from hpsearch.store.file_lock import held
from hpsearch.store.lock_report import LOCKS, HeldLock, flock_pids, held_locks

needs_linux = pytest.mark.skipif(not LOCKS.exists(), reason="only Linux tells who holds locks")


def test_the_kernels_table_is_read():
    table = (
        "1: FLOCK  ADVISORY  WRITE 10415 fe:00:2320197 0 EOF\n"
        "1: -> FLOCK  ADVISORY  WRITE 10416 fe:00:2320197 0 EOF\n"
        "2: POSIX  ADVISORY  READ 10417 fe:00:2320323 128 128\n"
        "3: OFDLCK ADVISORY  WRITE -1 fe:00:77 0 EOF\n"
    )
    assert flock_pids(table) == {2320197: 10415}


def test_a_system_without_such_a_table_says_nothing(tmp_path):
    assert held_locks(tmp_path / "a.db", tmp_path / "missing") is None


@needs_linux
def test_holders_are_named_only_while_they_hold(tmp_path):
    path = tmp_path / "a.db"
    assert held_locks(path) == ()
    create(path)
    assert held_locks(path) == ()
    with held(lock_path(path, "study-1")), write_lock(path):
        found = held_locks(path)
        assert [each.name for each in found] == ["study-1", "write"]
        assert found[0].holder.startswith(f"pid {os.getpid()} on ")
        assert found[1] == HeldLock("write", f"pid {os.getpid()}")
    assert held_locks(path) == ()


@needs_linux
def test_a_holder_that_was_killed_is_not_named(tmp_path):
    path = tmp_path / "a.db"
    create(path)
    program = (
        "import sys, time; from pathlib import Path; from hpsearch.store.file_lock import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(1000)"
    )
    line = [sys.executable, "-P", "-c", program, str(lock_path(path, "study-7"))]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        ((name, holder),) = ((each.name, each.holder) for each in held_locks(path))
        process.kill()
    assert name == "study-7"
    assert holder.startswith(f"pid {process.pid} on ")
    assert held_locks(path) == ()
