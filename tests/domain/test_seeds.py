from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.seeds import generator

paths = st.lists(st.one_of(st.text(min_size=1, max_size=9), st.integers(0, 2**31)), max_size=4)


def first_draw(seed, path):
    return generator(seed, *path).integers(2**63)


@given(st.integers(0, 2**62), paths)
def test_the_same_path_gives_the_same_numbers(seed, path):
    assert first_draw(seed, path) == first_draw(seed, path)


def test_neighbouring_paths_give_different_numbers():
    paths = [("weights", 0), ("weights", 0, 0), ("weights", 1), ("weights",), ("sample", 0), ()]
    draws = [first_draw(seed, path) for seed in (0, 1) for path in paths]
    assert len(set(draws)) == len(draws)


def test_numbers_are_those_of_earlier_versions():
    """A changed derivation would make every stored study impossible to resume."""
    assert generator(0, "weights", 3, 0, 1).integers(10**6) == 142061
