"""A study has one driver; the kernel frees its place when it dies."""

import contextlib
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from hpsearch.bootstrap import opened
from hpsearch.errors import StudyBusy
from hpsearch.store.database import create
from tests.command_line import ENDLESS, assert_refused, run, running, succeed
from tests.faults.races import race
from tests.stored_studies import run_partly, stored

# Saves nothing for a long time, so it can be stopped without holding the database's write lock.
DEAR = (*ENDLESS, "--epochs", "100000", "--workers", "1")


def test_a_second_driver_is_refused_at_once_and_the_place_is_free_after_a_kill(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with running(*DEAR, cwd=folder) as first:
        first.wait_for("study endless")
        first.process.send_signal(signal.SIGSTOP)  # a driver that only seems dead keeps its place
        holder = f"pid {first.process.pid} on "

        started = time.monotonic()
        succeed("start", "book-mnist", "--dry-run", cwd=folder)
        idle = time.monotonic() - started

        started = time.monotonic()
        second = run(*DEAR, cwd=folder)
        assert time.monotonic() - started < 1.0 + 2.5 * idle  # 2 s where nothing else runs
        assert_refused(second, 75, holder)
        assert f"kill -INT {first.process.pid}" in second.stderr

        assert_refused(run("resume", "endless", "--trials", "6000", cwd=folder), 75, holder)
        assert stored(folder, "endless").trial_count == 5000
        assert_refused(run("delete", "endless", "--yes", cwd=folder), 75, holder)

        with opened(f"sqlite:///{folder}/hpsearch.db") as store:
            study = store.load_study("endless")
            first.process.kill()
            first.process.wait()
            with store.driving(study):
                pass


def test_of_two_drivers_that_start_at_once_one_runs_and_the_other_says_so(warm, tmp_path):
    for _ in range(4):
        ended = race(warm, tmp_path / "folder")
        assert ended.is_right, ended
        assert ended.freed < 1.0  # 100 ms where nothing else runs


def test_another_study_can_be_run_in_the_same_database(folder):
    with running(*ENDLESS, "--workers", "1", cwd=folder) as live:
        live.wait_for("saved")
        succeed("resume", "tiny", "--trials", "14", "--workers", "1", cwd=folder)
        assert live.process.poll() is None


def test_two_drivers_that_ask_the_same_new_question_at_once_get_along(tmp_path):
    """Both find no such study, then both want to make it."""
    create(tmp_path / "hpsearch.db")

    def ask(name):
        barrier.wait()
        with contextlib.suppress(StudyBusy):
            run_partly(tmp_path / "hpsearch.db", name, 0)

    with ThreadPoolExecutor(2) as pool:
        for attempt in range(8):
            barrier = threading.Barrier(2)
            for each in [pool.submit(ask, f"study {attempt}") for _ in range(2)]:
                each.result()
            assert stored(tmp_path, f"study {attempt}").trial_count == 12
