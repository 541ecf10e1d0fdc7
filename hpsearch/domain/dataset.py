"""Data that a search may see, and how it is divided."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.table import TableSchema
from hpsearch.domain.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetCard:
    """What is known of a data set before it is read.

    Attributes:
        name: what the user types.
        meaning: one plain sentence, with the source of the data.
        rows: rows available, the sealed test part included.
        features: numbers in a row that a network sees.
        class_count: number of classes; of a target of numbers 0.
        smallest_class: rows of the rarest class.
        test_rows: rows that the data themselves set aside; the rest may be searched on.
        task: what is predicted.
        is_table: whether it is a table, whose test part is a share of its rows.
        group_count: groups whose rows stay together; None without groups.
        is_function: whether it is no data at all but a toy function (`domain.toy_functions`).
        defaults: settings of a study on these data, laid out like a study file.
    """

    name: str
    meaning: str
    rows: int
    features: int
    class_count: int
    smallest_class: int
    test_rows: int = 0
    task: Task = Task.CLASSIFICATION
    is_table: bool = False
    group_count: int | None = None
    is_function: bool = False
    defaults: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def output_count(self) -> int:
        """Numbers that a network answers with: one for each class, or one."""
        return self.class_count or 1

    def search_rows(self, rows: int | None) -> int:
        """Rows that the search sees when a study asks for `rows` of them (None: all)."""
        return self.rows - self.test_rows if rows is None else rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """The rows that a search may see; the sealed test part is not among them.

    Attributes:
        name: the data set's name.
        x: without a schema, inputs, float32, `(row, feature)`; with one, a raw table, float64,
            `(row, column)`, which an `Encoding` turns into inputs. Read-only.
        y: class of each row as an index, int64, or the number to be predicted, float64; `(row,)`,
            read-only.
        classes: name of each class, by index; none for a target of numbers.
        test_row_count: rows set aside and never loaded.
        fingerprint: SHA-256 of inputs and targets, hexadecimal.
        schema: what the columns of a raw table hold; None where `x` are inputs.
        test_fingerprint: SHA-256 of the rows set aside, hexadecimal; empty where there are none.
        groups: index of each row's group, `(row,)`; None without groups.
        times: when each row was, `(row,)`, in any unit; None without time.
        input_scale: by which stored numbers were divided to become inputs (255 for pixels).
    """

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    classes: tuple[str, ...]
    test_row_count: int
    fingerprint: str
    schema: TableSchema | None = None
    test_fingerprint: str = ""
    groups: NDArray[np.int64] | None = None
    times: NDArray[np.float64] | None = None
    input_scale: float = 1.0

    def __post_init__(self) -> None:
        self.x.flags.writeable = False
        self.y.flags.writeable = False

    @property
    def task(self) -> Task:
        """What is predicted."""
        is_number = np.issubdtype(self.y.dtype, np.floating)
        return Task.REGRESSION if is_number else Task.CLASSIFICATION

    @property
    def feature_count(self) -> int:
        """Inputs of a network."""
        return self.x.shape[1] if self.schema is None else len(self.schema.feature_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOverview:
    """What a person wants to see of data before a search.

    Attributes:
        rows: rows that a search would see.
        schema: what the columns hold; None where there are none with names.
        classes: name and rows of each class; none for numbers, None where no target was named.
        spread: smallest, middle and largest number to be predicted; none for classes.
    """

    card: DatasetCard
    rows: int
    schema: TableSchema | None = None
    classes: tuple[tuple[str, int], ...] | None = ()
    spread: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestPart:
    """The rows that were set aside, laid out like those of the `Dataset` that was searched on.

    Attributes:
        x: inputs or raw table, as in `Dataset`.
        y: classes as indices, or numbers.
        fingerprint: SHA-256 of the rows, hexadecimal: that of `Dataset.test_fingerprint`.
    """

    __test__ = False  # no test, whatever pytest makes of its name

    x: NDArray[Any]
    y: NDArray[Any]
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fold:
    """One set of validation rows and the remaining training rows, as row numbers."""

    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """What a study keeps of its data, enough to judge a score by.

    Attributes:
        fingerprint: SHA-256 of the rows that the search sees.
        rows: rows that the search sees.
        validation_rows: rows on which each trial is scored, over all folds.
        test_rows: rows set aside.
        class_count: number of classes.
        majority_share: accuracy of always naming the commonest class, in [0, 1].
        constant_loss: loss of the best constant prediction, the entropy of the class shares in
            nats; None where it was not kept.
        is_function: whether a toy function stands in for data; then nothing is validated, and a
            score is minus the function's value.
        features: numbers in a row; 0 where a study of an older version does not say.
        test_fingerprint: SHA-256 of the rows set aside; empty where there are none, or where a
            study of an older version does not say.
        target_deviation: standard deviation of a target of numbers; None for classes.
    """

    fingerprint: str
    rows: int
    validation_rows: int
    test_rows: int
    class_count: int
    majority_share: float
    constant_loss: float | None = None
    is_function: bool = False
    features: int = 0
    test_fingerprint: str = ""
    target_deviation: float | None = None


def facts(dataset: Dataset, folds: Sequence[Fold]) -> DataFacts:
    """Facts of a data set divided into `folds`; of a toy function where there are no classes."""
    common = DataFacts(
        fingerprint=dataset.fingerprint,
        rows=len(dataset.y),
        validation_rows=sum(len(fold.validation_rows) for fold in folds),
        test_rows=dataset.test_row_count,
        class_count=len(dataset.classes),
        majority_share=0.0,
        features=dataset.feature_count,
        test_fingerprint=dataset.test_fingerprint,
    )
    if dataset.task is Task.REGRESSION:
        # Targets are standardised: the best constant costs about 1.
        return replace(common, constant_loss=1.0, target_deviation=float(dataset.y.std()))
    counts = np.bincount(np.asarray(dataset.y, np.int64))
    shares = counts[counts > 0] / len(dataset.y)
    return replace(
        common,
        majority_share=float(shares.max()),
        constant_loss=-math.fsum(share * math.log(share) for share in shares.tolist()),
        is_function=not dataset.classes,
    )
