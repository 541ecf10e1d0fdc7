"""A study gives the same bytes in all surroundings; `long` tries forty of them."""

import pytest

from tests.faults.combinations import check, drawn

SEEDS = (1, 2, 4, 6, 7, 39)  # the last in a folder whose name is no text in its language


@pytest.mark.parametrize("seed", SEEDS)
def test_surroundings_change_no_bit(seed, tmp_path):
    check(seed, tmp_path)


def test_the_surroundings_differ():
    tried = [drawn(seed) for seed in SEEDS]
    assert len({each.study for each in tried}) == 4
    assert {count for each in tried for count in each.workers} == {1, 2, 4}
    assert any(each.timeouts for each in tried)
    assert len({each.folder for each in tried}) > 2
