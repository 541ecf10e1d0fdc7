import getpass
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from hpsearch.store.file_lock import HeldElsewhere, exclusive, held

HOLDER = """
import sys, time
from pathlib import Path
from hpsearch.store.file_lock import held, exclusive
with {kind}(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(1000)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "locks" / "study-1"


def holder(path, kind="held"):
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDER.format(kind=kind), str(path)], stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_lock_is_refused_with_the_name_of_its_holder_and_free_after_a_kill(path):
    with holder(path) as process:
        with pytest.raises(HeldElsewhere) as caught, held(path):
            pass
        assert caught.value.pid == process.pid
        assert f"pid {process.pid} on " in caught.value.holder
        assert getpass.getuser() in caught.value.holder
        process.kill()
        process.wait()
        with held(path):
            pass


def test_a_stopped_holder_keeps_its_lock(path):
    with holder(path) as process:
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(HeldElsewhere), held(path):
            pass
        process.kill()


def test_a_lock_can_be_held_again_and_again(path):
    for _ in range(3):
        with held(path):
            assert path.read_text().startswith(f"{os.getpid()}\npid {os.getpid()} on ")
        assert path.exists()


@pytest.mark.parametrize("text", ["", "123", "rubbish\nrubbish", "12\n"])
def test_a_holder_that_has_not_written_its_name_yet_is_no_trouble(text, path):
    with holder(path) as process:
        path.write_text(text)
        with pytest.raises(HeldElsewhere) as caught, held(path):
            pass
        assert caught.value.pid is None
        process.kill()


def test_a_lock_is_not_inherited_by_child_processes(path):
    with held(path):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    with held(path):
        pass
    child.kill()
    child.wait()


def test_an_exclusive_lock_waits_for_its_turn(path):
    with holder(path, "exclusive") as process:
        entered = threading.Event()

        def enter():
            with exclusive(path):
                entered.set()

        thread = threading.Thread(target=enter)
        thread.start()
        assert not entered.wait(0.2)
        started = time.monotonic()
        process.kill()
        assert entered.wait(5)
        assert time.monotonic() - started < 1
        thread.join()
