import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.row_results import packed, row_scores


@given(st.lists(st.booleans(), max_size=40))
def test_bits_come_back(right):
    data = packed(np.array(right, np.bool_))
    assert len(data) == 1 + -(-len(right) // 8)
    assert row_scores(data, 0.5).tolist() == right


def test_squared_errors_come_back_as_scores():
    errors = np.array([0.0, 1.0, 4.0, 3.0])  # mean 2; R² = 1 - 2 / 8 of targets of variance 8
    data = packed(errors)
    assert len(data) == 9
    assert row_scores(data, 0.75) == pytest.approx(1 - errors / 8)


def test_no_unit_is_too_large():
    errors = np.geomspace(1e12, 1e14, 7)
    scores = row_scores(packed(errors), 0.3)
    assert scores == pytest.approx(1 - 0.7 * errors / errors.mean(), abs=1e-2)


def test_numbers_without_any_error():
    assert row_scores(packed(np.zeros(3)), 1.0).tolist() == [1, 1, 1]
