from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.space_text import parse_space
from hpsearch.domain.study import Stage, generations


def stage(first_number, trial_count):
    space = parse_space("lr")
    return Stage(number=2, space=space, first_number=first_number, trial_count=trial_count)


@given(st.integers(0, 99), st.integers(1, 99), st.one_of(st.none(), st.integers(1, 120)))
def test_generations_are_all_trials_of_a_stage_in_order(first, count, size):
    found = list(generations(stage(first, count), size))
    assert [number for each in found for number in each] == list(range(first, first + count))
    assert {len(each) for each in found[:-1]} <= {size}
    assert len(found) == 1 or 0 < len(found[-1]) <= size


def test_a_longer_stage_begins_with_the_same_generations():
    short, long = (list(generations(stage(4, count), 8)) for count in (20, 30))
    assert long[:2] == short[:2]
    assert (short[2], long[2]) == (range(20, 24), range(20, 28))


def test_without_a_size_a_stage_is_one_generation():
    assert list(generations(stage(4, 20), None)) == [range(4, 24)]
