import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.trial import Curve
from hpsearch.reporting.curve_summary import summary


def curve(*scores):
    values = np.array(scores, np.float32)
    losses = np.array([2.0, *scores], np.float32)
    return Curve(
        train_loss=losses, train_score=values, validation_loss=values, validation_score=values
    )


def test_a_mean_with_the_standard_deviation_of_the_trainings_around_it():
    found = summary([curve(0.1, 0.5), curve(0.3, 0.5), curve(0.2, 0.5)], "validation_score")
    assert found.epochs.tolist() == [1, 2]
    assert found.mean == pytest.approx([0.2, 0.5])
    assert found.low == pytest.approx([0.1, 0.5])
    assert found.high == pytest.approx([0.3, 0.5])
    assert found.has_band


def test_a_band_goes_no_further_than_any_training():
    found = summary([curve(0.1), curve(0.1), curve(0.1), curve(9.0)], "validation_loss")
    assert found.mean - np.std([0.1, 0.1, 0.1, 9.0], ddof=1) < 0
    assert found.low == pytest.approx([0.1])
    assert found.high == pytest.approx(found.mean + np.std([0.1, 0.1, 0.1, 9.0], ddof=1))


def test_the_training_loss_begins_before_the_first_step():
    found = summary([curve(0.5)], "train_loss")
    assert found.epochs.tolist() == [0, 1]
    assert found.mean == pytest.approx([2, 0.5])


def test_a_single_training_has_no_band():
    assert not summary([curve(0.1, 0.2)], "validation_score").has_band


def test_a_mean_ends_where_the_first_training_does():
    found = summary([curve(0.1, 0.2, 0.3), curve(0.3, 0.4)], "validation_score")
    assert found.mean == pytest.approx([0.2, 0.3])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_ends_it(bad):
    found = summary([curve(0.1, 0.2, 0.3), curve(0.3, bad, 0.3)], "validation_loss")
    assert found.epochs.tolist() == [1]


def test_no_training_is_nothing():
    assert len(summary([], "validation_score").mean) == 0


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1, max_size=4))
def test_the_band_is_as_long_as_the_mean(tables):
    found = summary([curve(*values) for values in tables], "train_score")
    assert len(found.epochs) == len(found.mean) == min(map(len, tables))
    assert (found.low <= found.mean + 1e-12).all()
    assert (found.mean <= found.high + 1e-12).all()
