import json
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hpsearch.data.columns import describe_columns
from hpsearch.data.preparation import Preparation, fit_preparation, raw_table
from hpsearch.errors import InvalidInput
from tests.data.tables_of_people import people

FRAME = people()
SCHEMA = describe_columns(FRAME, "churned")
TRAIN = np.random.default_rng(1).permutation(len(FRAME))[:150]
FITTED = fit_preparation(FRAME, SCHEMA, TRAIN)


def test_inputs_are_those_of_scikit_learns_own_pipeline():
    numbers, levels = list(range(5)), [5]
    encoder = OneHotEncoder(
        categories=[np.arange(len(SCHEMA.inputs[5].levels) + 1.0)],
        min_frequency=SCHEMA.rare_below,
        handle_unknown="infrequent_if_exist",
    )
    pipeline = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("missing", MissingIndicator(features="all"), [0, 5]),
            ("levels", make_pipeline(SimpleImputer(strategy="most_frequent"), encoder), levels),
        ],
        sparse_threshold=0,
    )
    raw = raw_table(FRAME, SCHEMA)
    expected = pipeline.fit(raw[TRAIN]).transform(raw)
    ours = FITTED.transform(FRAME)
    assert ours.dtype == np.float32
    assert ours.shape == (len(FRAME), len(FITTED.feature_names))
    np.testing.assert_allclose(ours[:, :5], np.clip(expected[:, :5], -10, 10), atol=1e-5)
    # scikit-learn leaves a rare level without a column of its own; here it stays, always 0.
    kept = ours[:, 5:][:, np.r_[True, True, FITTED.encoding.kept[0], True].astype(bool)]
    np.testing.assert_array_equal(kept, expected[:, 5:])


def test_the_layout_is_the_same_whatever_rows_taught():
    other = fit_preparation(FRAME, SCHEMA, np.arange(20))
    assert other.feature_names == FITTED.feature_names
    assert other.encoding.feature_count == FITTED.encoding.feature_count
    assert other.encoding != FITTED.encoding


def test_rows_that_do_not_train_leave_no_trace():
    poisoned = FRAME.copy()
    away = np.setdiff1d(np.arange(len(FRAME)), TRAIN)
    poisoned.loc[away, "income"] = 1e9
    poisoned.loc[away, "city"] = "Nice"
    poisoned.loc[away, "age"] = np.nan
    assert fit_preparation(poisoned, SCHEMA, TRAIN) == FITTED
    assert fit_preparation(poisoned, SCHEMA, np.arange(len(FRAME))) != FITTED


def test_unknown_and_rare_levels_share_an_input():
    frame = FRAME.iloc[:3].assign(city=["Paris", "Oslo", None])
    inputs = dict(zip(FITTED.feature_names, FITTED.transform(frame).T, strict=True))
    assert inputs["city=(other)"].tolist() == [1, 0, 0]
    assert inputs["city=Oslo"].tolist() == [0, 1, 0]
    assert inputs["city=Rome"].tolist() == [0, 0, 1]  # the most frequent, for the missing one
    assert inputs["city is missing"].tolist() == [0, 0, 1]


def test_numbers_far_away_are_cut():
    inputs = FITTED.transform(FRAME.iloc[:1].assign(income=1e12))
    assert inputs[0, FITTED.feature_names.index("income")] == 10


def test_a_preparation_survives_json_and_needs_no_scikit_learn(monkeypatch):
    again = Preparation.from_plain(json.loads(json.dumps(FITTED.to_plain())))
    assert again == FITTED
    monkeypatch.setitem(sys.modules, "sklearn", None)
    np.testing.assert_array_equal(again.transform(FRAME), FITTED.transform(FRAME))


def test_one_row_is_prepared_as_among_others():
    whole = FITTED.transform(FRAME)
    for row in (0, 7, 199):
        np.testing.assert_array_equal(FITTED.transform(FRAME.iloc[[row]]), whole[[row]])


def test_a_missing_column_and_a_word_are_refused():
    with pytest.raises(InvalidInput, match="no column `income`"):
        FITTED.transform(FRAME.rename(columns={"income": "incom"}))
    with pytest.raises(InvalidInput, match="`much` in row 1 is no number"):
        FITTED.transform(pd.DataFrame(FRAME.iloc[:2].assign(income=["much", "3"])))


def test_columns_fitted_a_few_at_a_time_give_the_same_bits(monkeypatch):
    monkeypatch.setattr("hpsearch.data.preparation.FITTED_AT_ONCE_BYTES", 1)
    assert fit_preparation(FRAME, SCHEMA, TRAIN) == FITTED
