"""Columns are found by name; what is missing, extra or new is named."""

import json

import numpy as np
import pandas as pd
import pytest

from hpsearch.data.columns import describe_columns
from hpsearch.data.preparation import fit_preparation
from hpsearch.errors import InvalidInput
from hpsearch.model.table_inputs import TableInputs


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "customer_id": np.arange(60),
            "age": rng.integers(18, 80, 60).astype(float),
            "city": rng.choice(["Rome", "Oslo", "Bonn"], 60),
            "bought": rng.random(60) < 0.5,
            "churned": rng.choice(["no", "yes"], 60),
        }
    )


@pytest.fixture(scope="module")
def inputs(frame):
    schema = describe_columns(frame, "churned")
    return TableInputs(preparation=fit_preparation(frame, schema, np.arange(60)))


def test_columns_may_come_in_any_order_with_any_index(frame, inputs):
    expected = inputs.transform(frame)
    other = frame[["bought", "city", "age"]].set_axis([f"r{n}" for n in range(60)], axis=0)
    assert np.array_equal(inputs.transform(other), expected)
    assert inputs.notes(frame) == ()


def test_it_comes_back_from_plain_values(frame, inputs):
    back = TableInputs.from_plain(json.loads(json.dumps(inputs.to_plain())))
    assert back == inputs
    assert np.array_equal(back.transform(frame), inputs.transform(frame))


def test_all_missing_columns_are_named(frame, inputs):
    with pytest.raises(InvalidInput, match="lack the columns `age`, `city`") as told:
        inputs.transform(frame[["bought"]].assign(citty="Rome"))
    assert "`citty`" in told.value.hint
    with pytest.raises(InvalidInput, match="lack the column `city`") as told:
        inputs.notes(frame.rename(columns={"city": "citty"}))
    assert "did you mean `citty`?" in told.value.hint


def test_extra_columns_and_new_levels_are_named(frame, inputs):
    other = frame.assign(colour="red", city=["Paris", "Lima", *frame.city[2:]])
    notes = inputs.notes(other)
    assert notes[0] == "columns that the model does not know are ignored: `colour`"
    assert notes[1].startswith("column `city`: 2 rows have a value that is rare or new")
    assert "`Paris`, `Lima`" in notes[1]
    assert np.isfinite(inputs.transform(other)).all()


def test_missing_values_are_no_new_levels(frame, inputs):
    other = frame.assign(city=[None, *frame.city[1:]], age=[np.nan, *frame.age[1:]])
    assert inputs.notes(other) == ()
    assert np.isfinite(inputs.transform(other)).all()


def test_arrays_have_no_names(inputs):
    with pytest.raises(InvalidInput, match="have no names"):
        inputs.transform(np.zeros((3, 3)))
