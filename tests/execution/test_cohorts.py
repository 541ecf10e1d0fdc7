import random
from dataclasses import replace
from itertools import pairwise

import pytest

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial_settings import WIDEST_PADDED, likeness
from hpsearch.execution.cohorts import COHORT_SECONDS, LARGEST_ROUND, Pace, Schedule
from tests.execution.trainers import planned


def drained(schedule, seconds=None):
    cohorts = []
    while cohort := schedule.next_cohort():
        cohorts.append(cohort)
        if seconds is not None:
            schedule.measured(len(cohort), len(cohort) * seconds())
    return cohorts


@pytest.mark.parametrize("seed", range(30))
def test_every_evaluation_is_handed_out_once_and_trials_in_order(seed):
    chance = random.Random(seed)
    plans = planned(range(chance.randint(1, 300)), folds=chance.randint(1, 7))
    workers, guess = chance.randint(1, 9), 10 ** chance.uniform(-9, 3)
    cohorts = drained(Schedule(plans, workers, guess), lambda: 10 ** chance.uniform(-6, 2))
    assert all(cohorts)
    given = [each for cohort in cohorts for each in cohort]
    assert sorted(given, key=lambda each: (each.number, each.fold)) == plans
    for fold in {each.fold for each in plans}:
        numbers = [each.number for each in given if each.fold == fold]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_a_generation_of_eight_gives_every_worker_work(workers):
    schedule = Schedule(planned(range(8)), workers, 0.001)
    assert all(schedule.next_cohort() for _ in range(workers))


def test_the_cohorts_of_cheap_trials_hold_many_networks_of_one_fold():
    cohorts = drained(Schedule(planned(range(200), folds=5), 2, 0.01))
    for cohort in cohorts[:-2]:
        assert len({each.fold for each in cohort}) == 1
        assert len(cohort) >= 40


def test_a_round_is_finished_before_the_next_begins():
    cohorts = drained(Schedule(planned(range(200), folds=5), 2, 0.01))
    ended = [0] * 200
    for cohort in cohorts:
        for each in cohort:
            ended[each.number] += 1
        assert sum(0 < count < 5 for count in ended) <= 70


def test_all_workers_finish_together():
    cohorts = drained(Schedule(planned(range(200), folds=5), 3, 0.01))
    assert max(map(len, cohorts[-3:])) - min(map(len, cohorts[-3:])) <= 1


def test_dear_trials_are_handed_out_fold_by_fold():
    cohorts = drained(Schedule(planned(range(4), folds=5), 2, 30.0))
    assert {len(cohort) for cohort in cohorts} == {1}


def test_a_cohort_is_about_so_many_seconds_of_work():
    cohorts = drained(Schedule(planned(range(1000)), 2, 0.1))
    assert 0.5 * COHORT_SECONDS <= len(cohorts[0]) * 0.1 <= 1.5 * COHORT_SECONDS


def test_instant_trials_are_saved_now_and_then():
    cohorts = drained(Schedule(planned(range(10_000)), 1, 0.0), lambda: 0.0)
    assert max(map(len, cohorts)) <= LARGEST_ROUND


def of_kinds(kinds, count, folds=5):
    """Planned trials whose widths are so many, in turn, and trained in arrays as wide."""

    def width(number):
        return WIDEST_PADDED + 1 + number % kinds

    return [
        replace(each, configuration=Configuration((("lr", 0.1), ("width", width(each.number)))))
        for each in planned(range(count), folds=folds)
    ]


def test_trials_alike_are_handed_out_together():
    cohorts = drained(Schedule(of_kinds(3, 60), 2, 0.01))
    for fold in range(5):
        given = [each for cohort in cohorts for each in cohort if each.fold == fold]
        widths = [each.configuration["width"] for each in given]
        assert sum(one != other for one, other in pairwise(widths)) == 2
    assert len({(each.number, each.fold) for cohort in cohorts for each in cohort}) == 300


def test_trials_of_nearly_the_same_width_are_alike():
    plans = [
        replace(each, configuration=Configuration((("width", 17 + each.number % 16),)))
        for each in planned(range(32))
    ]
    cohorts = drained(Schedule(plans, 2, 0.01))
    assert [each.number for cohort in cohorts for each in cohort] == list(range(32))


def test_all_folds_of_unlike_trials_are_one_cohort_s():
    plans = of_kinds(100, 100)
    cohorts = drained(Schedule(plans, 2, 0.03))
    assert sorted(sum(cohorts, ()), key=lambda each: (each.number, each.fold)) == plans
    for cohort in cohorts:
        assert len(cohort) == 5 * len({each.number for each in cohort})
    assert len(cohorts[-1]) < len(cohorts[0])


def test_trials_alike_stay_together_beside_many_that_are_not():
    """Thirty trials of three kinds, among twenty that are like no other."""
    kinds = [number % 3 if number % 5 < 3 else 10 + number for number in range(50)]

    def width(number):
        return WIDEST_PADDED + 1 + kinds[number]

    plans = [
        replace(each, configuration=Configuration((("width", width(each.number)),)))
        for each in planned(range(50), folds=5)
    ]
    cohorts = drained(Schedule(plans, 2, 0.03), lambda: 0.03)
    assert sorted(sum(cohorts, ()), key=lambda each: (each.number, each.fold)) == plans
    for kind in range(3):
        holding = [own for own in cohorts if any(kinds[each.number] == kind for each in own)]
        assert len(holding) <= 2
    assert len({each.number for each in cohorts[-1]}) == 1


def test_optimizers_and_rates_do_not_keep_trials_apart():
    def kind(**values):
        return likeness(Configuration(tuple(values.items())))

    sgd = kind(optimizer="sgd", lr=0.1, momentum=0.9, width=20, wd=0.1)
    assert sgd == kind(optimizer="adam", lr=0.001, width=20, wd=0.2)
    assert sgd != kind(optimizer="sgd", lr=0.1, width=20, wd="off")
    assert sgd != kind(optimizer="sgd", lr=0.1, width=40, wd=0.1)


def test_dear_unlike_trials_are_handed_out_fold_by_fold_too():
    assert {len(cohort) for cohort in drained(Schedule(of_kinds(4, 4), 2, 30.0))} == {1}


def test_what_is_tried_again_comes_first_as_it_is():
    schedule = Schedule(planned(range(40)), 2, 0.01)
    first = schedule.next_cohort()
    schedule.try_again([first[:1], first[1:]])
    assert [schedule.next_cohort(), schedule.next_cohort()] == [first[:1], first[1:]]
    assert len(drained(schedule)) >= 1


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_a_trial_that_is_taken_back_is_handed_out_no_more(taken):
    plans = planned(range(40), folds=3)
    schedule = Schedule(plans, 2, 0.1)
    out = [each for _ in range(taken) for each in schedule.next_cohort()]
    schedule.try_again([tuple(out[:5]), (out[5],)] if out else [])
    back = schedule.drop(2)
    left = [each for cohort in drained(schedule) for each in cohort]
    assert {each.number for each in back} == {2}
    assert 2 not in {each.number for each in left}
    expected = [each for each in plans if each not in out[6:]]
    assert sorted([*back, *left], key=lambda e: (e.number, e.fold)) == expected


def test_the_folds_of_few_trials_are_trained_side_by_side():
    """Five finalists on five folds of four repeats, a tenth of a second each."""
    plans = [
        replace(each, repeat=repeat) for each in planned(range(5), folds=5) for repeat in range(4)
    ]
    cohorts = drained(Schedule(plans, 2, 0.1), lambda: 0.1)
    assert sum(map(len, cohorts)) == 100
    assert min(map(len, cohorts)) >= 10


def test_the_folds_of_few_unlike_trials_are_trained_side_by_side():
    plans = [replace(each, repeat=repeat) for each in of_kinds(5, 5) for repeat in range(4)]
    cohorts = drained(Schedule(plans, 2, 0.1), lambda: 0.1)
    assert sum(map(len, cohorts)) == 100
    assert min(map(len, cohorts)) >= 8
    for cohort in cohorts:
        assert len({each.number for each in cohort}) == 1


def test_a_guess_is_that_of_the_trainer_until_an_epoch_has_been_measured():
    pace = Pace(0.5)
    assert pace.of_evaluation(300, 10) == 0.5
    pace.measured(epochs=60, seconds=3.0)
    pace.measured(epochs=40, seconds=1.0)
    assert pace.of_evaluation(300, 10) == pytest.approx(1.2)
    assert pace.of_evaluation(0, 0) == 0
