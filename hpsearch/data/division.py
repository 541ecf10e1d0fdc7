"""How the rows of a search are divided, and what the training rows of each part teach."""

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np

from hpsearch.data.preparation import fit_for_rows
from hpsearch.data.shared_table import SHARED_FROM_BYTES
from hpsearch.data.sklearn_process import Call
from hpsearch.data.splits import FoldsByRepeat, folds_by_repeat
from hpsearch.domain.data_spec import SplitSpec
from hpsearch.domain.dataset import Dataset
from hpsearch.domain.encoding import Encoding

EncodingsByRepeat = tuple[tuple[Encoding, ...], ...]


class Division(NamedTuple):
    """The folds of each repeat, and what the training rows of each teach about the inputs.

    Attributes:
        encodings: laid out like the folds; none where rows are inputs already.
    """

    folds: FoldsByRepeat
    encodings: EncodingsByRepeat = ()


def divided(
    call: Call, dataset: Dataset, split: SplitSpec, seed: int, repeats: Sequence[int]
) -> Division:
    """The rows of a data set, divided for each of some repeats.

    Args:
        call: makes the call that needs scikit-learn; a table that all processes share, or that is
            too large to be sent, stays here.

    Raises:
        InvalidStudy: the rows cannot be divided like that.
    """
    if dataset.x.nbytes >= SHARED_FROM_BYTES:
        request = dataset.y, split, seed, repeats, dataset.groups, dataset.times
        folds = cast(FoldsByRepeat, call(folds_by_repeat, *request))
        return Division(folds, encodings_of(dataset, folds))
    return cast(Division, call(_divided_at_once, dataset, split, seed, repeats))


def encodings_of(dataset: Dataset, folds: FoldsByRepeat) -> EncodingsByRepeat:
    """What the training rows of each fold teach about its inputs; none where there is nothing."""
    fitted = [[fit_for_rows(dataset, fold.train_rows) for fold in repeat] for repeat in folds]
    known = tuple(tuple(each for each in repeat if each is not None) for repeat in fitted)
    return known if any(known) else ()


def encoding_of_all(call: Call, dataset: Dataset) -> Encoding | None:
    """What all rows of a data set teach; None where they are inputs already.

    Args:
        call: as for `divided`.
    """
    rows = np.arange(len(dataset.y))
    if dataset.schema is None or dataset.x.nbytes >= SHARED_FROM_BYTES:
        return fit_for_rows(dataset, rows)
    return cast(Encoding, call(fit_for_rows, dataset, rows))


def _divided_at_once(
    dataset: Dataset, split: SplitSpec, seed: int, repeats: Sequence[int]
) -> Division:
    folds = folds_by_repeat(dataset.y, split, seed, repeats, dataset.groups, dataset.times)
    return Division(folds, encodings_of(dataset, folds))
