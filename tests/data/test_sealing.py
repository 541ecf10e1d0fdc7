import numpy as np
import pytest

from hpsearch.data.sealing import drawn, set_aside
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.task import Metric, Task
from hpsearch.errors import InvalidInput, InvalidStudy

RNG = np.random.default_rng(0)
CLASSES = np.repeat([0, 1, 2], [100, 60, 40])
SPEC = DataSpec(name="t.csv", test=0.2)


def assert_divides(search, test, rows):
    assert sorted([*search, *test]) == list(range(rows))
    assert (np.diff(search) > 0).all()
    assert (np.diff(test) > 0).all()


def test_classes_keep_their_shares_and_the_seed_decides():
    search, test = set_aside(CLASSES, SPEC, 0)
    assert_divides(search, test, 200)
    assert np.bincount(CLASSES[test]).tolist() == [20, 12, 8]
    np.testing.assert_array_equal(set_aside(CLASSES, SPEC, 0)[1], test)
    assert set(set_aside(CLASSES, SPEC, 1)[1]) != set(test)


def test_groups_stay_whole():
    groups = RNG.integers(30, size=200)
    search, test = set_aside(CLASSES, SPEC, 0, groups=groups)
    assert_divides(search, test, 200)
    assert not set(groups[search]) & set(groups[test])


def test_the_latest_rows_are_set_aside():
    times = RNG.permutation(200).astype(float)
    search, test = set_aside(CLASSES, SPEC, 0, times=times)
    assert_divides(search, test, 200)
    assert times[search].max() < times[test].min()
    assert len(test) == 40


def test_numbers_are_drawn():
    spec = DataSpec(name="t.csv", test=0.25, task=Task.REGRESSION, metric=Metric.R2)
    search, test = set_aside(RNG.normal(size=200), spec, 0)
    assert_divides(search, test, 200)
    assert len(test) == 50


def test_nothing_is_set_aside_where_nothing_is_asked():
    for share in (0, None):
        search, test = set_aside(CLASSES, DataSpec(name="t.csv", test=share), 0)
        assert (len(search), len(test)) == (200, 0)


def test_fewer_rows_are_drawn_of_those_that_may_be_seen():
    search, _ = set_aside(CLASSES, SPEC, 0)
    chosen, others = drawn(DataSpec(name="t.csv", test=0.2, rows=50), 0, search)
    assert len(chosen) == 50
    assert sorted([*chosen, *others]) == search.tolist()
    with pytest.raises(InvalidStudy, match="`161` asked for"):
        drawn(DataSpec(name="t.csv", test=0.2, rows=161), 0, search)


def test_a_class_of_one_row_is_refused():
    with pytest.raises(InvalidInput, match="one row only"):
        set_aside(np.array([0, 0, 0, 1]), SPEC, 0)
