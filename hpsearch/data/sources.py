"""Data by name: a built-in set, or a file."""

from typing import Protocol

from hpsearch.data import built_in, idx_file, npz_file, table_file
from hpsearch.data.idx_file import is_idx
from hpsearch.data.tables import is_table
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.task import Task
from hpsearch.errors import InvalidStudy

ENDLESS = 2**53  # more rows than any question asks for


class Source(Protocol):
    """A module that reads one kind of data."""

    def described(self, asked: DataSpec, seed: int, task: Task | None = None) -> DatasetCard:
        """What is known of the data before they are loaded."""

    def load(self, spec: DataSpec, seed: int) -> Dataset:
        """The rows that a search may see."""

    def load_test_part(self, spec: DataSpec, seed: int) -> TestPart:
        """The rows that were set aside."""


def is_file(name: str) -> bool:
    """Whether a name of data is the path of a file."""
    return name.endswith(".npz") or is_table(name) or is_idx(name)


def source(name: str) -> Source:
    """Who reads the data of a name."""
    if is_table(name):
        return table_file
    if is_idx(name):
        return idx_file
    return npz_file if is_file(name) else built_in


def card(asked: DataSpec | str, seed: int = 0, task: Task | None = None) -> DatasetCard:
    """What is known of data before they are loaded.

    Args:
        asked: what is asked of them, or just their name.
        task: as asked for; None tells it from the data.

    Raises:
        InvalidInput: no such data set; a file that cannot be read, or is laid out otherwise.
    """
    asked = DataSpec(name=asked) if isinstance(asked, str) else asked
    if not is_table(asked.name):
        _refuse_columns(asked)
    return source(asked.name).described(asked, seed, task)


def stored_card(name: str) -> DatasetCard:
    """What a stored question is read with: it was checked when it was asked.

    No file is looked at, so that studies can be shown when theirs has changed or gone.
    """
    if not is_file(name):
        return built_in.card(name)
    return DatasetCard(
        name=name, meaning="", rows=ENDLESS, features=0, class_count=0, smallest_class=ENDLESS
    )


def load(spec: DataSpec, seed: int) -> Dataset:
    """The rows that a search may see.

    Raises:
        InvalidInput: no such data set, more rows asked for than there are, or a file that cannot
            be read or is laid out otherwise.
    """
    return source(spec.name).load(spec, seed)


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that were set aside, and that no search may see: for the final model only.

    Raises:
        InvalidInput: they cannot be read, or hold what the other rows never held.
    """
    return source(spec.name).load_test_part(spec, seed)


def _refuse_columns(asked: DataSpec) -> None:
    given = {"target": asked.target, "group": asked.group, "time": asked.time}
    for key, value in {**given, "drop": asked.drop or None}.items():
        if value is not None:
            reason = f"`{value}` names a column, and `{asked.name}` is no table with named columns"
            raise InvalidStudy(key, reason, f"leave `{key}` out, or use a CSV file")
