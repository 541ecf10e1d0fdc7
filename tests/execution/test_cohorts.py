import random

import pytest

from hpsearch.execution.cohorts import COHORT_SECONDS, LARGEST_COHORT, Schedule
from tests.execution.trainers import planned


def drained(schedule, seconds=None):
    cohorts = []
    while cohort := schedule.next_cohort():
        cohorts.append(cohort)
        if seconds is not None:
            schedule.measured(len(cohort), len(cohort) * seconds())
    return cohorts


@pytest.mark.parametrize("seed", range(30))
def test_every_evaluation_is_handed_out_once_and_in_order(seed):
    chance = random.Random(seed)
    plans = planned(range(chance.randint(1, 300)), folds=chance.randint(1, 7))
    workers, guess = chance.randint(1, 9), 10 ** chance.uniform(-9, 3)
    cohorts = drained(Schedule(plans, workers, guess), lambda: 10 ** chance.uniform(-6, 2))
    assert [each for cohort in cohorts for each in cohort] == plans


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_a_generation_of_eight_gives_every_worker_work(workers):
    schedule = Schedule(planned(range(8)), workers, 0.001)
    assert all(schedule.next_cohort() for _ in range(workers))


def test_cheap_trials_keep_their_folds_together():
    cohorts = drained(Schedule(planned(range(200), folds=5), 2, 0.01))
    large = [cohort for cohort in cohorts if len(cohort) > 5]
    assert large
    for cohort in large:
        assert len(cohort) % 5 == 0
        assert len({each.number for each in cohort}) == len(cohort) // 5


def test_dear_trials_are_handed_out_fold_by_fold():
    cohorts = drained(Schedule(planned(range(4), folds=5), 2, 30.0))
    assert {len(cohort) for cohort in cohorts} == {1}


def test_a_cohort_is_about_so_many_seconds_of_work():
    cohorts = drained(Schedule(planned(range(1000)), 2, 0.1))
    assert 0.5 * COHORT_SECONDS <= len(cohorts[0]) * 0.1 <= 1.5 * COHORT_SECONDS


def test_instant_trials_are_saved_now_and_then():
    cohorts = drained(Schedule(planned(range(10_000)), 1, 0.0), lambda: 0.0)
    assert max(map(len, cohorts)) <= LARGEST_COHORT
