"""Data by name: a built-in set, or a file."""

from hpsearch.data import built_in, npz_file
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.spec import DataSpec

ENDLESS = 2**53  # more rows than any question asks for


def is_file(name: str) -> bool:
    """Whether a name of data is the path of a file."""
    return name.endswith(".npz")


def card(name: str) -> DatasetCard:
    """What is known of a data set before it is loaded.

    Raises:
        InvalidInput: no such data set; a file that cannot be read, or is laid out otherwise.
    """
    return npz_file.card(name) if is_file(name) else built_in.card(name)


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
    return npz_file.load(spec, seed) if is_file(spec.name) else built_in.load(spec, seed)


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that were set aside: for the one look at the end, and for nothing before it.

    Raises:
        InvalidInput: they cannot be read, or do not fit the others.
    """
    if is_file(spec.name):
        return npz_file.load_test_part(spec, seed)
    return built_in.load_test_part(spec, seed)
