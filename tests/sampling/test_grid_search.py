from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.grid import grid
from hpsearch.domain.space_text import parse_space
from hpsearch.sampling.grid_search import GridSampler
from hpsearch.sampling.random_search import RandomSampler
from tests.sampling.histories import stage

SPACE = parse_space("lr=0.1|0.01|0.001,wd=off|0.1,activation=relu|tanh")


@given(st.sets(st.integers(0, 11), min_size=1), st.integers(0, 9))
def test_a_trial_is_its_combination_whatever_the_seed_and_the_others(numbers, seed):
    proposed = GridSampler().propose(stage(SPACE), (), sorted(numbers), seed)
    assert list(proposed) == [grid(SPACE)[number] for number in sorted(numbers)]


def test_random_search_draws_listed_values_with_equal_shares():
    drawn = RandomSampler().propose(stage(SPACE), (), range(3000), 0)
    for name, entry in SPACE.items():
        share = 1 / len(entry.values)
        for value in entry.values:
            count = sum(each[name] == value for each in drawn)
            assert abs(count / 3000 - share) < 4 * (share * (1 - share) / 3000) ** 0.5
