from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.finalists import finalists
from hpsearch.domain.learning import Course
from tests.domain.observations import seen


def numbers(found):
    return [each.number for each in found]


def rate(number, lr, score=0.5, course=Course.LEARNED, **more):
    return seen(number, {"lr": lr}, score, course, **more)


def test_the_best_scores_are_confirmed():
    observations = [rate(number, 0.01, 0.5 + number / 100) for number in range(9)]
    assert numbers(finalists(observations)) == [8, 7, 6, 5, 4]
    assert numbers(finalists(observations[:3])) == [2, 1, 0]
    assert numbers(finalists(observations, 2)) == [8, 7]


def test_a_trial_beside_an_unstable_one_goes_behind_the_others():
    stable = [rate(number, 0.01, 0.5 + number / 100) for number in range(5)]
    lucky = [rate(10, 0.51, 0.9), rate(11, 1.9, 0.8)]
    unstable = rate(20, 1.0, None, Course.STUCK)
    assert numbers(finalists([*lucky, *stable, unstable])) == [4, 3, 2, 1, 0]
    # Within 0.3 decade means within a factor of two, about.
    far = rate(12, 0.49, 0.9)
    assert numbers(finalists([far, *stable, unstable])) == [12, 4, 3, 2, 1]
    # Where fewer than five others remain, the order stands.
    assert numbers(finalists([*lucky, *stable[1:], unstable])) == [10, 11, 4, 3, 2]


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=30))
def test_nearness_is_measured_to_every_unstable_trial(rates):
    observations = [
        rate(number, 10 ** (-3 + 0.04 * step), course=Course.STUCK if is_stuck else Course.LEARNED)
        for number, (step, is_stuck) in enumerate(rates)
    ]
    stuck = [step for step, is_stuck in rates if is_stuck]
    safe = [
        number
        for number, (step, is_stuck) in enumerate(rates)
        if not is_stuck and all(abs(step - each) > 7 for each in stuck)
    ]
    for count in range(1, len(safe) + 1):
        assert numbers(finalists(observations, count)) == safe[:count]


def test_another_optimisers_instability_says_nothing():
    stable = [seen(n, {"optimizer": "sgd", "lr": 0.5}, 0.5 + n / 100) for n in range(6)]
    adam = seen(20, {"optimizer": "adam", "lr": 0.5}, None, Course.DIVERGED)
    assert numbers(finalists([*stable, adam])) == [5, 4, 3, 2, 1]


def test_trials_that_were_given_up_or_have_no_score_are_not_confirmed():
    observations = [
        rate(0, 0.01, 0.9, is_pruned=True),
        rate(1, 0.01, None, Course.DIVERGED),
        rate(2, 1e-5, 0.1, Course.SLOW),
        rate(3, 1.0, 0.8),
    ]
    assert numbers(finalists(observations)) == [3, 2]


def test_without_a_learning_rate_there_is_no_guard():
    observations = [seen(number, {"wd": 1e-6}, number / 10) for number in range(6)]
    unstable = seen(9, {"wd": 1e-6}, None, Course.DIVERGED)
    assert numbers(finalists([*observations, unstable])) == [5, 4, 3, 2, 1]
