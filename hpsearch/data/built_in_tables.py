"""Tables that come with scikit-learn, read straight from its files: all columns are numbers."""

import gzip
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.data import sealing
from hpsearch.data.packages import packaged
from hpsearch.data.targets import settled
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.data_text import USUAL_TEST
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.table import Column, ColumnKind, TableSchema
from hpsearch.domain.task import Task

IRIS = ("sepal length", "sepal width", "petal length", "petal width")
WINE = (
    "alcohol",
    "malic acid",
    "ash",
    "alcalinity of ash",
    "magnesium",
    "total phenols",
    "flavanoids",
    "nonflavanoid phenols",
    "proanthocyanins",
    "color intensity",
    "hue",
    "od280/od315",
    "proline",
)
NUCLEUS = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
BREAST_CANCER = tuple(f"{kind} {name}" for kind in ("mean", "error", "worst") for name in NUCLEUS)
DIABETES = ("age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu")


class Table(NamedTuple):
    """A packaged table.

    Attributes:
        card: what is known of it without reading.
        columns: names of its inputs.
        classes: names of its classes, by index; none for numbers.
        file: its file among scikit-learn's data sets.
    """

    card: DatasetCard
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    file: str


def _table(meaning: str, columns: tuple[str, ...], sizes: dict[str, int], file: str) -> Table:
    name = meaning.partition(":")[0]
    card = DatasetCard(
        name=name,
        meaning=meaning.partition(": ")[2],
        rows=sum(sizes.values()),
        features=len(columns),
        class_count=len(sizes),
        smallest_class=min(sizes.values()),
        is_table=True,
    )
    return Table(card, columns, tuple(sizes), file)


DIABETES_CARD = DatasetCard(
    name="diabetes",
    meaning="progression of diabetes after a year, a number; from scikit-learn",
    rows=442,
    features=10,
    class_count=0,
    smallest_class=442,
    task=Task.REGRESSION,
    is_table=True,
)
TABLES = {
    table.card.name: table
    for table in (
        _table(
            "iris: three species of iris by the sizes of their leaves; from scikit-learn",
            IRIS,
            {"setosa": 50, "versicolor": 50, "virginica": 50},
            "iris.csv",
        ),
        _table(
            "wine: three growers of wine by its chemistry; from scikit-learn",
            WINE,
            {"class_0": 59, "class_1": 71, "class_2": 48},
            "wine_data.csv",
        ),
        _table(
            "breast_cancer: malignant or benign by images of cells; from scikit-learn",
            BREAST_CANCER,
            {"malignant": 212, "benign": 357},
            "breast_cancer.csv",
        ),
        Table(DIABETES_CARD, DIABETES, (), "diabetes_data_raw.csv.gz"),
    )
}


def described(asked: DataSpec, seed: int) -> DatasetCard:
    """What is known of a packaged table, and how many of its rows are set aside."""
    table = TABLES[asked.name]
    spec = settled(asked, table.card.task, USUAL_TEST)
    y = _values(table)[1]
    search, test = sealing.set_aside(y, spec, seed)
    is_class = table.card.task is Task.CLASSIFICATION
    smallest = np.bincount(y[search].astype(np.int64)).min() if is_class else len(search)
    return replace(table.card, test_rows=len(test), smallest_class=int(smallest))


def load(spec: DataSpec, seed: int) -> Dataset:
    """The rows that a search may see, as a raw table.

    Raises:
        InvalidStudy: more rows asked for than there are.
    """
    table = TABLES[spec.name]
    x, y = _values(table)
    search, test = sealing.set_aside(y, spec, seed)
    chosen = np.sort(sealing.drawn(spec, seed, search)[0])
    return Dataset(
        name=spec.name,
        x=x[chosen],
        y=y[chosen],
        classes=table.classes,
        test_row_count=len(test),
        fingerprint=sealing.fingerprint(x[chosen], y[chosen]),
        schema=_schema(spec.name, x[chosen]),
        test_fingerprint=sealing.fingerprint(x[test], y[test]) if len(test) else "",
    )


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that were set aside."""
    x, y = _values(TABLES[spec.name])
    test = sealing.set_aside(y, spec, seed)[1]
    return TestPart(x=x[test], y=y[test], fingerprint=sealing.fingerprint(x[test], y[test]))


def _schema(name: str, x: NDArray[np.float64]) -> TableSchema:
    """What the columns hold."""
    columns = [
        Column(
            name=each, kind=ColumnKind.NUMERIC, is_kept=True, distinct=len(np.unique(x[:, index]))
        )
        for index, each in enumerate(TABLES[name].columns)
    ]
    target = Column(name="target", kind=ColumnKind.TARGET, is_kept=False)
    return TableSchema(columns=(*columns, target), rows=len(x))


def _values(table: Table) -> tuple[NDArray[np.float64], NDArray[np.int64] | NDArray[np.float64]]:
    path = packaged("sklearn", "datasets", "data", table.file)
    if table.classes:
        values = np.loadtxt(path, delimiter=",", skiprows=1)
        return np.ascontiguousarray(values[:, :-1]), values[:, -1].astype(np.int64)
    target = packaged("sklearn", "datasets", "data", "diabetes_target.csv.gz")
    return _numbers(path), _numbers(target)


def _numbers(path: Path) -> NDArray[np.float64]:
    with gzip.open(path, "rt", encoding="ascii") as file:
        return np.asarray(np.loadtxt(file), np.float64)
