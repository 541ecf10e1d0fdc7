import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.data.splits import folds, folds_by_repeat
from hpsearch.domain.spec import SplitSpec
from hpsearch.errors import InvalidStudy

Y = np.repeat(np.arange(4), [40, 30, 20, 10])


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 10), st.integers(0, 99))
def test_folds_divide_the_rows_evenly_and_by_class(count, seed):
    parts = folds(Y, SplitSpec(folds=count), seed)
    together = np.concatenate([part.validation_rows for part in parts])
    assert np.array_equal(np.sort(together), np.arange(100))
    sizes = [len(part.validation_rows) for part in parts]
    assert max(sizes) - min(sizes) <= len(set(Y))
    for part in parts:
        assert np.array_equal(np.sort([*part.train_rows, *part.validation_rows]), np.arange(100))
        shares = np.bincount(Y[part.validation_rows], minlength=4) * count
        assert np.abs(shares - np.bincount(Y)).max() < count


def test_a_holdout_keeps_its_share_and_the_shares_of_classes():
    (part,) = folds(Y, SplitSpec(holdout=0.2), 0)
    assert np.bincount(Y[part.validation_rows]).tolist() == [8, 6, 4, 2]


def test_seed_and_repeat_divide_anew_and_nothing_else_does():
    def rows(seed, repeat):
        return folds(Y, SplitSpec(holdout=0.2), seed, repeat)[0].validation_rows.tolist()

    assert rows(0, 0) == rows(0, 0)
    assert len({tuple(rows(seed, repeat)) for seed in (0, 1) for repeat in (0, 1)}) == 4


def test_more_folds_than_rows_of_a_class_are_refused_with_the_largest_that_works():
    with pytest.raises(InvalidStudy, match="`11` is more than the 10 rows") as caught:
        folds(Y, SplitSpec(folds=11), 0)
    assert "--folds 10" in caught.value.hint


def test_a_holdout_that_misses_a_class_is_refused():
    with pytest.raises(InvalidStudy, match=r"holdout: `0\.01`"):
        folds(Y, SplitSpec(holdout=0.01), 0)


def test_groups_stay_on_one_side_of_every_fold():
    y, groups = np.arange(90) % 3, np.arange(90) // 6
    for split in (SplitSpec(folds=4), SplitSpec(holdout=0.25)):
        for repeat in (0, 1):
            for fold in folds(y, split, 0, repeat, groups):
                assert not set(groups[fold.train_rows]) & set(groups[fold.validation_rows])
    with pytest.raises(InvalidStudy, match="`16` is more than the 15 groups"):
        folds(y, SplitSpec(folds=16), 0, 0, groups)


def test_later_rows_validate():
    times = np.random.default_rng(0).permutation(60).astype(float)
    for split, count in ((SplitSpec(folds=4), 4), (SplitSpec(holdout=0.25), 1)):
        first, second = folds_by_repeat(np.arange(60) % 2, split, 0, [0, 1], None, times)
        assert len(first) == count
        for fold, again in zip(first, second, strict=True):
            assert times[fold.train_rows].max() < times[fold.validation_rows].min()
            assert fold.train_rows.tolist() == again.train_rows.tolist()


def test_numbers_are_divided_evenly():
    y = np.random.default_rng(0).normal(size=50)
    parts = folds(y, SplitSpec(folds=5), 0)
    assert sorted(np.concatenate([fold.validation_rows for fold in parts])) == list(range(50))
    assert len(folds(y, SplitSpec(holdout=0.2), 0)[0].validation_rows) == 10
