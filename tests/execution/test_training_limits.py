"""Trainings that hang, and limits on how long one may take."""

import signal
import sys
import time
from pathlib import Path

import pytest

from hpsearch.domain.run_limits import RunLimits
from hpsearch.domain.trial import State
from hpsearch.execution.cohorts import Schedule
from hpsearch.execution.executors import local_executor
from hpsearch.execution.in_process import InProcess
from hpsearch.execution.local_workers import LocalWorkers
from tests.command_line import PROCESSES, running, wait_until
from tests.execution.trainers import (
    CountingTrainer,
    HangingOnTrainer,
    InstantTrainer,
    SlowToLoadTrainer,
    planned,
)
from tests.training.conftest import make_trainer, plan
from tests.training.test_batched_trainer import assert_same_bits, cohort_of

LIMIT = 1.0
LIMITED = RunLimits(training_seconds=LIMIT)
needs_proc = pytest.mark.skipif(not PROCESSES.is_dir(), reason="processes are found through /proc")


def evaluated(trainer, plans, workers=2, limits=LIMITED, seconds=0.001):
    """Evaluations by (trial, fold); every one of `plans` exactly once."""
    with LocalWorkers(workers, limits=limits) as executor:
        executor.load(trainer, seconds)
        found = [each for cohort in executor.evaluate(plans) for each in cohort]
    by_key = {(each.planned.number, each.planned.fold): each for each in found}
    assert len(found) == len(by_key) == len(plans)
    return by_key


@pytest.mark.parametrize("way", ["busy", "locked"])
def test_a_trial_that_hangs_leaves_the_others_of_its_cohort_their_bits(way):
    """Twenty real networks on two folds, those of each fold in a cohort."""
    trainer, cohort = make_trainer.__wrapped__()(), cohort_of(plan.__wrapped__(), 20)
    first = Schedule(cohort, 2, 0.001).next_cohort()
    assert {each.number for each in first} == set(range(20))
    evaluations = evaluated(HangingOnTrainer(trainer, (3,), way), cohort)
    others = [each for each in cohort if each.number != 3]
    with InProcess() as executor:
        executor.load(trainer, 0.001)
        alone = [each for part in executor.evaluate(others) for each in part]
    for each in alone:
        assert_same_bits(evaluations[each.planned.number, each.planned.fold], each)
    for fold in (0, 1):
        outcome = evaluations[3, fold].outcome
        assert (outcome.state, outcome.reason) == (State.TIMED_OUT, "took longer than 1 s")


def test_a_training_alone_is_stopped_when_its_time_is_over():
    with LocalWorkers(1, limits=LIMITED) as executor:
        executor.load(HangingOnTrainer(InstantTrainer(), (1,)), 0.001)
        list(executor.evaluate(planned([0])))  # from here on the worker is ready
        started = time.monotonic()
        ((ended,),) = executor.evaluate(planned([1]))
        assert LIMIT <= time.monotonic() - started < LIMIT + 1
        assert ended.outcome.state is State.TIMED_OUT
        (others,) = executor.evaluate(planned([2]))
    assert others[0].outcome.is_complete


def test_a_trial_that_hangs_on_one_fold_is_not_waited_for_on_the_others():
    plans = planned(range(2), folds=30)
    started = time.monotonic()
    evaluations = evaluated(HangingOnTrainer(InstantTrainer(), (1,)), plans, workers=1)
    assert time.monotonic() - started < 20
    assert {each.outcome.state for key, each in evaluations.items() if key[0]} == {State.TIMED_OUT}
    assert all(each.outcome.is_complete for key, each in evaluations.items() if not key[0])


@pytest.mark.parametrize(("guess", "trainings"), [(0.1, 6), (1e-6, 9)])
def test_trainings_that_are_in_time_one_by_one_are_so_together(guess, trainings, tmp_path):
    """Six of 0.3 s each in one cohort, which takes longer than one of them may.

    Where that was not foreseen, the cohort is cut off in its fourth training.
    """
    trainer = CountingTrainer(str(tmp_path), seconds=0.3)
    evaluations = evaluated(trainer, planned(range(6)), workers=1, seconds=guess)
    assert all(each.outcome.is_complete for each in evaluations.values())
    assert len(list(tmp_path.iterdir())) in range(trainings, trainings + 2)


def test_a_worker_that_starts_is_given_the_time_to():
    """It takes longer to load its trainer than a training may."""
    trainer = SlowToLoadTrainer(1.5)
    evaluations = evaluated(trainer, planned(range(4)), workers=1)
    assert all(each.outcome.is_complete for each in evaluations.values())


def test_one_worker_is_a_process_of_its_own_where_only_that_can_be_stopped():
    assert isinstance(local_executor(1, RunLimits(seconds=9, failures=3)), InProcess)
    assert isinstance(local_executor(1, LIMITED), LocalWorkers)
    assert isinstance(local_executor(1, RunLimits(worker_bytes=10**9)), LocalWorkers)
    assert isinstance(local_executor(2, RunLimits()), LocalWorkers)


@needs_proc
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills what holds Python's lock")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_its_driver_while_a_library_holds_pythons_lock(number, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    script = Path(__file__).with_name("abandoned_workers.py")
    program = (sys.executable, str(script))
    with running(str(tmp_path / "hangs"), cwd=folder, program=program) as live:
        wait_until(lambda: len(list(tmp_path.glob("hangs-*"))) == 2)
        live.process.send_signal(number)
        live.process.wait()
        live.assert_nothing_left(2.0)
