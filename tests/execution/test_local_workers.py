import contextlib
import os
import re
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from hpsearch.domain.trial import State
from hpsearch.execution.deadline import deadline
from hpsearch.execution.in_process import InProcess
from hpsearch.execution.local_workers import LocalWorkers
from hpsearch.execution.worker_process import started_worker
from tests.command_line import PROCESSES, running, wait_until
from tests.execution.trainers import (
    CountingTrainer,
    CrowdedTrainer,
    DeadlyOnceTrainer,
    DeadlyTrainer,
    InstantTrainer,
    RaisingTrainer,
    ThreadCountingTrainer,
    planned,
)

needs_proc = pytest.mark.skipif(not PROCESSES.is_dir(), reason="processes are found through /proc")


def evaluated(trainer, plans, workers=2, seconds=0.001):
    """Evaluations by (trial, fold); every one of `plans` exactly once."""
    with LocalWorkers(workers) as executor:
        executor.load(trainer, seconds)
        found = [each for cohort in executor.evaluate(plans) for each in cohort]
    by_key = {(each.planned.number, each.planned.fold): each for each in found}
    assert len(found) == len(by_key) == len(plans)
    return by_key


def assert_complete(evaluations, but=()):
    for (number, _), each in evaluations.items():
        if number not in but:
            assert each.outcome.is_complete
            assert each.validation_score == InstantTrainer().one(each.planned).validation_score


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_return_every_planned_evaluation_once(workers):
    evaluations = evaluated(InstantTrainer(), planned(range(50), folds=3), workers)
    assert len(evaluations) == 150
    assert_complete(evaluations)


@pytest.mark.parametrize("make", [InProcess, lambda: LocalWorkers(2)], ids=["here", "workers"])
def test_a_trainer_that_was_expected_is_taken_as_any_other(make):
    with make() as executor:
        executor.expect(InstantTrainer)
        executor.load(InstantTrainer(), 0.001)
        found = [each for cohort in executor.evaluate(planned(range(4))) for each in cohort]
    assert sorted(each.planned.number for each in found) == [0, 1, 2, 3]


def test_what_is_trained_when_the_time_is_over_is_finished_and_nothing_else_starts(tmp_path):
    """The first cohort of each worker takes longer than there is time."""
    with LocalWorkers(2, deadline(0.1)) as executor:
        executor.load(CountingTrainer(str(tmp_path), seconds=0.2), 1.0)
        found = [each for cohort in executor.evaluate(planned(range(20))) for each in cohort]
        assert list(executor.evaluate(planned(range(20)))) == []
    assert 0 < len(found) < 20
    assert len(list(tmp_path.iterdir())) == len(found)
    assert all(each.outcome.is_complete for each in found)


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (
            "kill",
            r"SIGKILL, probably out of memory \(\d+ MB at most, 2 workers\); "
            "try `--workers 1`",
        ),
        ("segfault", "SIGSEGV"),
        ("exit", "exit code 3"),
        ("system exit", "exit code 4"),
    ],
)
def test_a_trial_that_kills_three_workers_is_lost_and_no_other(way, told):
    evaluations = evaluated(DeadlyTrainer(3, way), planned(range(8), folds=2))
    assert_complete(evaluations, but=[3])
    for fold in (0, 1):
        outcome = evaluations[3, fold].outcome
        assert outcome.state is State.LOST
        assert re.fullmatch(f"its worker died 3 times, last by {told}", outcome.reason)
        assert evaluations[3, fold].validation_score is None


def test_every_trial_that_kills_its_workers_is_lost_alone():
    evaluations = evaluated(DeadlyTrainer(0, "exit"), planned([0]), workers=1)
    assert evaluations[0, 0].outcome.state is State.LOST


def test_a_worker_that_dies_once_changes_nothing(tmp_path):
    marker = tmp_path / "died"
    evaluations = evaluated(DeadlyOnceTrainer(3, str(marker)), planned(range(8)))
    assert marker.exists()
    assert_complete(evaluations)


def test_workers_killed_from_outside_lose_no_trial(tmp_path):
    trainer, killed, found = CountingTrainer(str(tmp_path), seconds=0.01), set(), []
    with LocalWorkers(2) as executor:
        executor.load(trainer, 0.1)
        for cohort in executor.evaluate(planned(range(100))):
            found += cohort
            last = _processes_in(tmp_path)[-1]
            if len(killed) < 2 and last not in killed:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(last, signal.SIGKILL)
                    killed.add(last)
    assert killed
    assert sorted(each.planned.number for each in found) == list(range(100))
    assert all(each.outcome.is_complete for each in found)


def test_a_trial_is_not_lost_for_what_it_was_trained_with():
    """Four workers with a fold of every trial each die; alone, every trial is innocent."""
    evaluations = evaluated(CrowdedTrainer(), planned(range(6), folds=4), workers=4)
    assert_complete(evaluations)


def test_a_trainer_that_raises_fails_that_trial_alone():
    trainer = RaisingTrainer(2, ValueError("bad luck\nand more"))
    evaluations = evaluated(trainer, planned(range(6)))
    assert_complete(evaluations, but=[2])
    assert evaluations[2, 0].outcome.state is State.FAILED
    assert evaluations[2, 0].outcome.reason == "ValueError: bad luck"


def test_a_trial_that_runs_out_of_memory_says_so():
    evaluations = evaluated(RaisingTrainer(0, MemoryError()), planned([0, 1]))
    assert evaluations[0, 0].outcome.reason == "out of memory"


def test_every_worker_has_work_from_the_start(tmp_path):
    evaluated(CountingTrainer(str(tmp_path), seconds=0.1), planned(range(8)), workers=3)
    assert len(set(_processes_in(tmp_path))) == 3


def test_a_worker_has_one_blas_thread_and_a_session_of_its_own():
    evaluations = evaluated(ThreadCountingTrainer(), planned([0]), workers=1)
    assert evaluations[0, 0].outcome.reason == "ValueError: threads [1], session True"


def test_no_worker_is_left_when_the_driver_stops_early(tmp_path):
    trainer = CountingTrainer(str(tmp_path), seconds=0.5)
    with LocalWorkers(2) as executor:
        executor.load(trainer, 0.5)
        next(executor.evaluate(planned(range(20))))
    for pid in set(_processes_in(tmp_path)):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@needs_proc
@pytest.mark.parametrize("state", ["busy", "asleep"])
def test_no_worker_outlives_a_killed_driver(state, tmp_path):
    with _script(state, tmp_path) as live:
        wait_until(lambda: len(live.workers()) == 2)
        time.sleep(1)  # they have loaded the trainer and hang
        assert len(live.workers()) == 2
        live.process.kill()
        live.process.wait()
        live.assert_nothing_left(2.0)
        assert live.stderr() == ""


def test_a_worker_whose_driver_goes_while_it_answers_says_nothing(capfd):
    worker = started_worker()
    with socket.socket(fileno=os.dup(worker.pipe.fileno())) as ours:
        ours.shutdown(socket.SHUT_RD)  # nobody reads its answer any more
    worker.send(InstantTrainer())
    worker.send((planned([0]), ()))
    assert worker.process.wait(30) == 1
    worker.stop()
    assert capfd.readouterr().err == ""


@needs_proc
def test_workers_that_cannot_load_their_trainer_do_not_wait_for_ever(tmp_path):
    with _script("unloadable", tmp_path) as live:
        live.process.wait(20)
        live.assert_nothing_left(2.0)


@needs_proc
def test_workers_that_cannot_load_their_trainer_die_with_their_driver(tmp_path):
    with _script("unloadable", tmp_path) as live:
        wait_until(live.workers)
        time.sleep(1)
        live.process.kill()
        live.process.wait()
        live.assert_nothing_left(2.0)


def _script(argument, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    script = Path(__file__).with_name("abandoned_workers.py")
    return running(argument, cwd=folder, program=(sys.executable, str(script)))


def _processes_in(folder):
    """Who trained, in the order of time."""
    noted = sorted((each.name.split("-") for each in folder.iterdir()), key=lambda e: int(e[3]))
    return [int(pid) for _, _, pid, _ in noted]
