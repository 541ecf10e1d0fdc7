"""Trials that need more memory than there is: they fail, and nothing else does."""

import contextlib
import re
import resource
import sys
from pathlib import Path

import pytest

from hpsearch.domain.run_limits import NO_LIMITS, RunLimits
from hpsearch.domain.trial import State
from hpsearch.execution.cohorts import Schedule
from hpsearch.execution.in_process import InProcess
from hpsearch.execution.local_workers import LocalWorkers
from hpsearch.execution.memory import MORE_LIKELY, SCORE, bytes_of_usage
from hpsearch.reporting.export import export_json
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.search.driver import run_study
from tests.command_line import wait_until
from tests.execution.trainers import GreedyTrainer, HeavyToLoadTrainer, InstantTrainer, planned
from tests.memory_groups import memory_group
from tests.store.examples import created, opened

MB = 1_000_000
LIMITED = RunLimits(worker_bytes=400 * MB)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel counts arrays on Linux")


def outcomes(trainer, limits=NO_LIMITS, workers=2):
    """Outcome of each of eight trials, which begin in cohorts of four or more."""
    assert len(Schedule(planned(range(8)), workers, 0.001).next_cohort()) >= 4
    with LocalWorkers(workers, limits=limits) as executor:
        executor.load(trainer, 0.001)
        found = [each for cohort in executor.evaluate(planned(range(8))) for each in cohort]
    assert len(found) == 8
    return {each.planned.number: each.outcome for each in found}


def only_failed(found):
    """The outcome of trial 3, which alone has none of the usual."""
    assert {number for number, each in found.items() if not each.is_complete} == {3}
    return found[3]


@on_linux
def test_a_trial_that_does_not_fit_fails_alone():
    ended = only_failed(outcomes(GreedyTrainer(3, 500 * MB), LIMITED))
    assert (ended.state, ended.reason) == (State.FAILED, "out of memory")


@on_linux
def test_trials_that_fit_one_by_one_are_trained_one_by_one():
    found = outcomes(GreedyTrainer(3, 150 * MB), LIMITED)
    assert all(each.is_complete for each in found.values())


@on_linux
def test_data_that_do_not_fit_into_a_worker_are_told_without_a_traceback(capfd):
    with LocalWorkers(1, limits=LIMITED) as executor:
        executor.load(HeavyToLoadTrainer(500 * MB), 0.001)
        ((ended,),) = executor.evaluate(planned([0]))
    assert (ended.outcome.state, ended.outcome.reason) == (State.FAILED, "out of memory")
    assert capfd.readouterr().err == ""


def test_where_the_kernel_does_not_count_a_worker_ends_itself_and_the_trial_fails_at_once():
    had = bytes_of_usage(resource.getrusage(resource.RUSAGE_SELF))  # which a worker begins with
    ended = only_failed(outcomes(GreedyTrainer(3, had + 100 * MB, watched=had)))
    assert (ended.state, ended.reason) == (State.FAILED, "out of memory")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_trial_that_the_kernel_kills_for_its_memory_is_lost_with_the_reason(workers):
    had = bytes_of_usage(resource.getrusage(resource.RUSAGE_SELF))  # which a worker begins with
    with memory_group(200 * MB) as group:
        ended = only_failed(outcomes(GreedyTrainer(3, 300 * MB, str(group)), workers=workers))
    assert ended.state is State.LOST
    told = re.fullmatch(
        r"its worker died 3 times, last by SIGKILL, probably out of memory "
        r"\((\d+) MB at most, (.*)",
        ended.reason,
    )
    assert 150 < int(told[1]) < max(350, had / 1e6 + 10)
    assert told[2] == ("2 workers); try `--workers 1`" if workers > 1 else "1 worker)")


def test_a_study_that_ran_out_of_memory_once_ends_with_the_same_bytes(tmp_path):
    with memory_group(200 * MB) as group:
        marker = tmp_path / "filled"
        trainer = GreedyTrainer(3, 300 * MB, str(group), marker=str(marker))
        once = _exported(tmp_path / "once.db", LocalWorkers(2), trainer)
    assert marker.exists()
    assert once == _exported(tmp_path / "never.db", InProcess(), InstantTrainer())


@pytest.mark.skipif(not SCORE.exists(), reason="only Linux has scores")
def test_a_worker_is_killed_before_its_driver():
    own = int(SCORE.read_text())
    with LocalWorkers(1) as executor:
        score = Path(f"/proc/{executor._workers[0].process.pid}/oom_score_adj")
        wait_until(lambda: int(score.read_text()) == min(1000, own + MORE_LIKELY))


def _exported(path, executor, trainer):
    with contextlib.closing(opened(path)) as store, executor:
        created(store, trial_count=12)
        executor.load(trainer, 0.001)
        study = store.load_study("example")
        list(run_study(study, store=store, sampler=RandomSampler(), executor=executor))
        return export_json(store.load_study("example"))
