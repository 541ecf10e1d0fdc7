import numpy as np
import pytest

from hpsearch.data import division
from hpsearch.data.columns import describe_columns
from hpsearch.data.division import divided, encoding_of_all
from hpsearch.data.preparation import fit_encoding, raw_table
from hpsearch.data.sklearn_process import called_here, sklearn_apart
from hpsearch.domain.dataset import Dataset
from hpsearch.domain.spec import SplitSpec
from tests.data.tables_of_people import people

FRAME = people()
SCHEMA = describe_columns(FRAME, "churned")
RAW = raw_table(FRAME, SCHEMA)
TARGET = (FRAME["churned"] == FRAME["churned"].iloc[0]).to_numpy(np.int64)


def dataset(y=TARGET):
    return Dataset(
        name="people",
        x=RAW.copy(),
        y=y.copy(),
        classes=("no", "yes"),
        test_row_count=0,
        fingerprint="",
        schema=SCHEMA,
    )


def rows(found):
    return [
        (fold.train_rows.tolist(), fold.validation_rows.tolist())
        for repeat in found.folds
        for fold in repeat
    ]


@pytest.mark.parametrize("largest_sent", [0, 1 << 30])
def test_another_process_divides_and_fits_as_this_one_would(largest_sent, monkeypatch):
    monkeypatch.setattr(division, "SHARED_FROM_BYTES", largest_sent)
    with sklearn_apart(is_apart=True) as call:
        apart = divided(call, dataset(), SplitSpec(folds=3), 7, range(2))
    here = divided(called_here, dataset(), SplitSpec(folds=3), 7, range(2))
    assert rows(apart) == rows(here)
    assert apart.encodings == here.encodings
    train = here.folds[1][2].train_rows
    assert here.encodings[1][2] == fit_encoding(RAW, SCHEMA, train)


@pytest.mark.parametrize("largest_sent", [0, 1 << 30])
def test_what_all_rows_teach_is_the_same_from_another_process(largest_sent, monkeypatch):
    monkeypatch.setattr(division, "SHARED_FROM_BYTES", largest_sent)
    numbers = np.linspace(0, 9, len(RAW))
    with sklearn_apart(is_apart=True) as call:
        found = encoding_of_all(call, dataset(numbers))
    assert found == fit_encoding(RAW, SCHEMA, np.arange(len(RAW)), numbers)


def test_rows_that_are_inputs_already_teach_nothing():
    images = Dataset(
        name="images",
        x=np.ones((9, 4), np.float32),
        y=np.arange(9) % 3,
        classes=("a", "b", "c"),
        test_row_count=0,
        fingerprint="",
    )
    assert divided(called_here, images, SplitSpec(folds=3), 0, [0]).encodings == ()
    assert encoding_of_all(called_here, images) is None
