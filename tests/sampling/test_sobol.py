import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from hpsearch.sampling.random_search import RandomSampler
from hpsearch.sampling.sobol import SobolSampler
from tests.sampling.histories import EVERY_KIND, PAIR, stage


def propose(numbers, space=PAIR, seed=0, **where):
    return SobolSampler().propose(stage(space, **where), (), numbers, seed)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8, unique=True), st.data())
def test_a_trial_is_the_same_whatever_is_drawn_with_it(numbers, data):
    chosen = data.draw(st.sampled_from(numbers))
    assert propose([chosen])[0] == propose(numbers)[numbers.index(chosen)]


def test_a_lengthened_stage_begins_with_the_shorter_one():
    assert propose(range(40))[:17] == propose(range(17))


def test_each_stage_counts_from_its_own_first_trial():
    later = {"number": 2, "first_number": 40}
    assert propose([40], **later) == propose(range(40, 60), **later)[:1]
    assert propose([40], **later) != propose([0])


def test_seeds_and_stages_give_other_values():
    drawn = {propose([0], seed=seed, number=number)[0] for seed in (0, 1) for number in (1, 2)}
    assert len(drawn) == 4


@pytest.mark.parametrize("seed", range(3))
def test_trials_are_spread_more_evenly_than_random_ones(seed):
    numbers = range(100)
    random = RandomSampler().propose(stage(PAIR), (), numbers, seed)
    assert discrepancy(propose(numbers, seed=seed)) < 0.2 * discrepancy(random)


def discrepancy(configurations):
    return qmc.discrepancy([list(PAIR.units(each).values()) for each in configurations])


def test_every_kind_of_hyperparameter_is_covered():
    drawn = propose(range(64), EVERY_KIND)
    assert all(EVERY_KIND.units(each) is not None for each in drawn)
    assert {each["optimizer"] for each in drawn} == {"sgd", "momentum", "adam"}
    assert all(("momentum" in each) == (each["optimizer"] == "momentum") for each in drawn)
    assert np.mean([each["wd"] == "off" for each in drawn]) == pytest.approx(0.15, abs=0.05)
