import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.space_text import parse_space
from hpsearch.domain.study import Stage
from hpsearch.sampling.random_search import RandomSampler

SPACE = parse_space("lr,wd=1e-6:0.1")


def propose(numbers, space=SPACE, seed=0, stage=1):
    searched = Stage(number=stage, space=space, trial_count=len(numbers))
    return RandomSampler().propose(searched, (), numbers, seed)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20, unique=True), st.data())
def test_a_trial_is_the_same_whatever_is_drawn_with_it(numbers, data):
    chosen = data.draw(st.sampled_from(numbers))
    assert propose([chosen])[0] == propose(numbers)[numbers.index(chosen)]


def test_a_hyperparameter_keeps_its_values_when_others_join():
    alone = propose(range(9), parse_space("lr"))
    assert [each["lr"] for each in propose(range(9))] == [each["lr"] for each in alone]


def test_seeds_and_stages_give_other_values():
    drawn = {propose([0], seed=seed, stage=stage)[0] for seed in (0, 1) for stage in (1, 2)}
    assert len(drawn) == 4


def test_values_are_uniform_on_the_log_scale():
    units = np.sort([SPACE["lr"].unit(each["lr"]) for each in propose(range(2000))])
    deviation = np.abs(units - (np.arange(2000) + 0.5) / 2000).max()
    assert deviation < 1.63 / 2000**0.5  # Kolmogorov-Smirnov at 1 %
    logs = np.log([list(each.values()) for each in propose(range(2000))])
    assert abs(np.corrcoef(logs.T)[0, 1]) < 0.08
