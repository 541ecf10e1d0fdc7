"""Opening the store, for commands that only read: nothing that trains or searches is loaded."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from hpsearch.data import sources
from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.study import Study
from hpsearch.store.inspection import path_of
from hpsearch.store.sql_store import SqlStudyStore


def known_data(study: Study) -> DatasetCard:
    """What is known of a stored study's data, also where their file has gone."""
    name, facts_of = study.spec.data.name, study.data
    if not sources.is_file(name):
        return sources.card(study.spec.data, study.spec.seed)
    return DatasetCard(
        name=name,
        meaning=f"the file {name}",
        rows=facts_of.rows + facts_of.test_rows,
        test_rows=facts_of.test_rows,
        features=facts_of.features,
        class_count=facts_of.class_count,
        smallest_class=0,
        task=study.spec.data.task,
    )


def open_store(storage: str, *, is_new_allowed: bool = False) -> SqlStudyStore:
    """The store at a storage URL.

    Raises:
        InvalidInput: a URL that is not supported.
        StoreUnusable: the file cannot be used.
    """
    return SqlStudyStore(
        path_of(storage),
        describe=sources.stored_card,
        clock=lambda: datetime.now(UTC),
        is_new_allowed=is_new_allowed,
    )


@contextlib.contextmanager
def opened(storage: str, *, is_new_allowed: bool = False) -> Iterator[SqlStudyStore]:
    """The store at a storage URL, closed at the end."""
    store = open_store(storage, is_new_allowed=is_new_allowed)
    try:
        yield store
    finally:
        store.close()
