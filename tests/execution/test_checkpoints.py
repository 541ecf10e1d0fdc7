"""Trainings go on from what an earlier one left, wherever they run."""

from dataclasses import replace

import pytest

from hpsearch.execution.checkpoints import KeptCheckpoints
from hpsearch.execution.in_process import InProcess
from hpsearch.execution.local_workers import LocalWorkers
from tests.execution.trainers import ContinuingTrainer, InstantTrainer, Progress, planned


def to(epochs, numbers=range(6)):
    return [replace(each, epochs=epochs) for each in planned(numbers, folds=2)]


def epochs_done(executor, plans):
    """Epochs that were done for each planned evaluation."""
    done = {each.planned: each.seconds for cohort in executor.evaluate(plans) for each in cohort}
    return [done[each] for each in plans]


@pytest.mark.parametrize("make", [InProcess, lambda: LocalWorkers(2)], ids=["here", "workers"])
def test_a_rung_goes_on_where_the_last_one_ended(make):
    with make() as executor:
        executor.load(ContinuingTrainer(), 0.001)
        assert epochs_done(executor, to(2)) == [2] * 12
        assert epochs_done(executor, to(6, range(3))) == [4] * 6
        assert epochs_done(executor, to(20, [0])) == [14] * 2
        assert epochs_done(executor, to(20, [4])) == [18] * 2  # dropped after 2, and audited
        assert epochs_done(executor, to(6, [7])) == [6] * 2
        executor.load(ContinuingTrainer(), 0.001)  # of another study
        assert epochs_done(executor, to(6)) == [6] * 12


def test_the_same_length_is_trained_anew():
    with InProcess() as executor:
        executor.load(ContinuingTrainer(), 0.001)
        assert [epochs_done(executor, to(4, [0])) for _ in range(2)] == [[4, 4]] * 2


def test_replays_start_from_the_first_epoch():
    with InProcess(goes_on=False) as executor:
        executor.load(ContinuingTrainer(), 0.001)
        assert [epochs_done(executor, to(epochs, [0])) for epochs in (2, 4)] == [[2, 2], [4, 4]]


@pytest.mark.parametrize("goes_on", [False, True])
def test_several_lengths_of_one_training_may_share_a_cohort(goes_on):
    plans = to(2) + to(6) + to(20, [0])
    with InProcess(goes_on=goes_on) as executor:
        executor.load(ContinuingTrainer(), 0.001)
        for _ in range(2):
            assert len(epochs_done(executor, plans)) == len(plans)


def test_a_trainer_that_cannot_go_on_trains_all_the_same():
    with InProcess() as executor:
        executor.load(InstantTrainer(), 0.001)
        assert [len(epochs_done(executor, to(epochs))) for epochs in (2, 4)] == [12, 12]


def test_the_oldest_checkpoints_make_room():
    kept, cohort = KeptCheckpoints(limit=25), to(2, range(5))
    for each in cohort:
        kept.keep([each], {each: Progress(2, 10)})
    assert [each.number for each in kept.starts(to(6, range(5)))] == [4, 4]
    kept.keep([cohort[0]], {cohort[0]: Progress(2, 26)})  # one that is too large itself
    assert kept.starts(to(6, range(5))) == {}


def test_a_longer_training_replaces_what_it_went_on_from():
    kept, (first, _), (second, _) = KeptCheckpoints(limit=10), to(2, [0]), to(6, [0])
    kept.keep([first], {first: Progress(2, 10)})
    kept.keep([second], {second: Progress(6, 10)})
    assert list(kept.starts(to(20, [0])).values()) == [Progress(6, 10)]
    kept.keep(to(20, [0]), {})
    assert kept.starts(to(50, [0])) == {}


def test_what_was_trained_already_is_not_left_to_train():
    kept, cohort = KeptCheckpoints(), to(3, [0, 1])
    assert kept.epochs_left(cohort) == 12
    kept.keep(cohort, dict.fromkeys(cohort, Progress(3)))
    assert kept.epochs_left(to(9, [0, 1, 2])) == 4 * 6 + 2 * 9
