from datetime import UTC, datetime

import pytest

from hpsearch.data.built_in import card
from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.spec_text import study_spec
from hpsearch.store.sql_store import SqlStudyStore


@pytest.fixture
def facts():
    return DataFacts(
        fingerprint="f" * 64,
        rows=1797,
        validation_rows=1797,
        test_rows=0,
        class_count=10,
        majority_share=0.1,
    )


@pytest.fixture
def spec():
    return study_spec(
        {"space": {"text": "lr,wd,width,optimizer"}, "split": {"folds": 2}}, card("digits")
    )[0]


@pytest.fixture
def open_store(tmp_path):
    """`open_store()`: a store on one file of this test; closed at its end."""
    opened = []

    def make():
        opened.append(
            SqlStudyStore(
                tmp_path / "a.db",
                describe=card,
                clock=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
                is_new_allowed=True,
            )
        )
        return opened[-1]

    yield make
    for each in opened:
        each.close()
