"""Data sets that are computed rather than read: noise, and functions that stand in for data."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.dataset import Dataset, DatasetCard
from hpsearch.domain.seeds import generator
from hpsearch.domain.toy_functions import TOY_FUNCTIONS, ToyFunction

NORMAL = DatasetCard(
    name="normal",
    meaning="made up: normal inputs of variance 1, classes drawn without looking at them",
    rows=1250,
    features=100,
    class_count=10,
    smallest_class=125,
    defaults={"split": {"holdout": 0.2}, "network": {"hidden": "100x5"}},
)


def function_card(function: ToyFunction) -> DatasetCard:
    """A toy function as data."""
    return DatasetCard(
        name=function.name,
        meaning=f"no data: the function {function.formula} of two variables, "
        f"{function.updates} updates from ({function.start[0]:g}, {function.start[1]:g})",
        rows=1,
        features=2,
        class_count=0,
        smallest_class=0,
        is_function=True,
        defaults={"training": {"epochs": function.updates, "batch": 1, "dtype": "float64"}},
    )


CARDS = (NORMAL, *map(function_card, TOY_FUNCTIONS.values()))


def normal_rows() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Inputs and classes of all rows of `normal`, the same whatever the study's seed."""
    rng = generator(0, "normal")
    x = rng.standard_normal((NORMAL.rows, NORMAL.features))
    y = rng.permutation(np.arange(NORMAL.rows) % NORMAL.class_count)
    return x.astype(np.float32), y.astype(np.int64)


def function_data(function: ToyFunction) -> Dataset:
    """A toy function as the data set of a study: its start as the only row, without a class."""
    text = f"{function.formula} {function.factors} {function.start}"
    return Dataset(
        name=function.name,
        x=np.array([function.start], np.float32),
        y=np.zeros(1, np.int64),
        classes=(),
        test_row_count=0,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )
