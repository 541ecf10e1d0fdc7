"""Which rows train and which validate: scikit-learn's stratified splitters, seeded."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.dataset import Fold
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import SplitSpec
from hpsearch.errors import InvalidStudy

FoldsByRepeat = tuple[tuple[Fold, ...], ...]
Divide = Callable[[NDArray[np.int64], SplitSpec, int, Sequence[int]], FoldsByRepeat]


def folds_by_repeat(
    y: NDArray[np.int64], split: SplitSpec, seed: int, repeats: Sequence[int]
) -> FoldsByRepeat:
    """The `folds` of each repeat."""
    return tuple(folds(y, split, seed, repeat) for repeat in repeats)


def folds(y: NDArray[np.int64], split: SplitSpec, seed: int, repeat: int = 0) -> tuple[Fold, ...]:
    """Folds of rows with classes `y`, the same for all trials of a study.

    Rows are shuffled first, and each fold has the classes in their overall shares.

    Args:
        repeat: 0 for the search; other repeats are divided anew.

    Raises:
        InvalidStudy: a class has fewer rows than there are folds, or a part would miss a class.
    """
    # Imported here because it takes a second, which no command without training should pay.
    from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

    state = int(generator(seed, "folds", repeat).integers(2**31))
    if split.folds is not None:
        _check_smallest_class(y, split.folds)
        splitter = StratifiedKFold(split.folds, shuffle=True, random_state=state)
    else:
        splitter = StratifiedShuffleSplit(1, test_size=split.holdout, random_state=state)
    try:
        parts = list(splitter.split(np.zeros((len(y), 1)), y))
    except ValueError as error:
        raise InvalidStudy(
            "holdout", f"`{split.holdout}` cannot divide the rows: {error}"
        ) from None
    return tuple(
        Fold(train_rows=np.asarray(train), validation_rows=np.asarray(validation))
        for train, validation in parts
    )


def _check_smallest_class(y: NDArray[np.int64], count: int) -> None:
    sizes = np.unique(y, return_counts=True)[1]
    if count > sizes.min():
        raise InvalidStudy(
            "folds",
            f"`{count}` is more than the {sizes.min()} rows of the smallest class",
            f"use `--folds {sizes.min()}` or fewer" if sizes.min() >= 2 else "use `--holdout 0.2`",
        )
