import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.space import Configuration
from hpsearch.domain.space_text import parse_space
from hpsearch.sampling.random_search import RandomSampler
from tests.sampling.histories import stage

SPACE = parse_space("lr,wd=1e-6:0.1")


def propose(numbers, space=SPACE, seed=0, number=1):
    return RandomSampler().propose(stage(space, number=number), (), numbers, seed)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20, unique=True), st.data())
def test_a_trial_is_the_same_whatever_is_drawn_with_it(numbers, data):
    chosen = data.draw(st.sampled_from(numbers))
    assert propose([chosen])[0] == propose(numbers)[numbers.index(chosen)]


def test_a_hyperparameter_keeps_its_values_when_others_join():
    alone = propose(range(9), parse_space("lr"))
    assert [each["lr"] for each in propose(range(9))] == [each["lr"] for each in alone]


def test_seeds_and_stages_give_other_values():
    drawn = {propose([0], seed=seed, number=number)[0] for seed in (0, 1) for number in (1, 2)}
    assert len(drawn) == 4


def test_values_are_uniform_on_the_log_scale():
    units = np.sort([SPACE["lr"].unit(each["lr"]) for each in propose(range(2000))])
    deviation = np.abs(units - (np.arange(2000) + 0.5) / 2000).max()
    assert deviation < 1.63 / 2000**0.5  # Kolmogorov-Smirnov at 1 %
    logs = np.log([list(each.values()) for each in propose(range(2000))])
    assert abs(np.corrcoef(logs.T)[0, 1]) < 0.08


def test_the_values_of_a_seed_stay_what_they_are():
    """Studies that were begun with an earlier version go on with the same configurations."""
    assert propose([0, 7], parse_space("lr=1e-4:1")) == (
        Configuration((("lr", 0.016215067102804164),)),
        Configuration((("lr", 0.10054812031128428),)),
    )
