"""Which rows train and which validate: scikit-learn's splitters, seeded."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.data_spec import SplitSpec
from hpsearch.domain.dataset import Fold
from hpsearch.domain.seeds import generator
from hpsearch.errors import InvalidStudy

FoldsByRepeat = tuple[tuple[Fold, ...], ...]


def folds_by_repeat(
    y: NDArray[Any],
    split: SplitSpec,
    seed: int,
    repeats: Sequence[int],
    groups: NDArray[np.int64] | None = None,
    times: NDArray[np.float64] | None = None,
) -> FoldsByRepeat:
    """The folds of each repeat, the same for all trials of a study.

    Where there are times, each fold validates on rows later than those it trains on, and all
    repeats have the same folds. Where there are groups, each is on one side of every fold.

    Args:
        y: classes as indices, or numbers.
        groups: group of each row; None without groups.
        times: when each row was; None without time.

    Raises:
        InvalidStudy: the data cannot be divided like that.
    """
    if times is not None:
        return (_in_time(times, split),) * len(repeats)
    return tuple(folds(y, split, seed, repeat, groups) for repeat in repeats)


def folds(
    y: NDArray[Any],
    split: SplitSpec,
    seed: int,
    repeat: int = 0,
    groups: NDArray[np.int64] | None = None,
) -> tuple[Fold, ...]:
    """Folds of rows with targets `y`, shuffled first.

    Each fold has the classes in their overall shares, as far as groups allow it.

    Args:
        y: classes as indices, or numbers.
        repeat: 0 for the search; other repeats are divided anew.
        groups: group of each row; None without groups.

    Raises:
        InvalidStudy: a class has fewer rows than there are folds, or there are fewer groups, or a
            part would miss a class.
    """
    is_class = bool(np.issubdtype(y.dtype, np.integer))
    state = int(generator(seed, "folds", repeat).integers(2**31))
    if split.folds is not None:
        _check_smallest(y, split.folds, groups, is_class=is_class)
    splitter = _splitter(split, state, is_class=is_class, is_grouped=groups is not None)
    try:
        parts = list(splitter.split(np.zeros((len(y), 1)), y, groups))
    except ValueError as error:
        shown = f"`{split.folds or split.holdout}` cannot divide the rows: {error}"
        raise InvalidStudy("folds" if split.folds else "holdout", shown) from None
    return tuple(
        Fold(train_rows=np.asarray(train), validation_rows=np.asarray(validation))
        for train, validation in parts
    )


def _splitter(split: SplitSpec, state: int, *, is_class: bool, is_grouped: bool) -> Any:
    # Imported here because it takes a second, which no command without training should pay.
    from sklearn import model_selection

    if split.folds is not None:
        kinds = {
            (True, False): model_selection.StratifiedKFold,
            (False, False): model_selection.KFold,
            (True, True): model_selection.StratifiedGroupKFold,
            (False, True): model_selection.GroupKFold,
        }
        return kinds[is_class, is_grouped](split.folds, shuffle=True, random_state=state)
    if is_grouped:
        kind = model_selection.GroupShuffleSplit
    else:
        stratified, plain = model_selection.StratifiedShuffleSplit, model_selection.ShuffleSplit
        kind = stratified if is_class else plain
    return kind(1, test_size=split.holdout, random_state=state)


def _in_time(times: NDArray[np.float64], split: SplitSpec) -> tuple[Fold, ...]:
    """Folds that validate on later rows than they train on; rows of one moment keep their order."""
    from sklearn.model_selection import TimeSeriesSplit, train_test_split

    order = np.argsort(times, kind="stable")
    try:
        if split.folds is not None:
            parts = list(TimeSeriesSplit(split.folds).split(order))
        else:
            rows = np.arange(len(order))
            parts = [train_test_split(rows, test_size=split.holdout, shuffle=False)]
    except ValueError as error:
        shown = f"`{split.folds or split.holdout}` cannot divide the rows: {error}"
        raise InvalidStudy("folds" if split.folds else "holdout", shown) from None
    return tuple(
        Fold(train_rows=order[train], validation_rows=order[validation])
        for train, validation in parts
    )


def _check_smallest(
    y: NDArray[Any], count: int, groups: NDArray[np.int64] | None, *, is_class: bool
) -> None:
    """Refuse more folds than there are groups, or rows of the rarest class."""
    if groups is not None:
        most, limit = len(np.unique(groups)), "groups"
    elif is_class:
        most, limit = int(np.unique(y, return_counts=True)[1].min()), "rows of the smallest class"
    else:
        most, limit = len(y), "rows"
    if count > most:
        raise InvalidStudy(
            "folds",
            f"`{count}` is more than the {most} {limit}",
            f"use `--folds {most}` or fewer" if most >= 2 else "use `--holdout 0.2`",
        )
