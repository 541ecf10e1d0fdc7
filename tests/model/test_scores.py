import numpy as np
import pytest
from sklearn import metrics

from hpsearch.model.scores import class_scores, number_scores
from hpsearch.model.trained_model import softmax


def test_scores_of_classes_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    logits, y = rng.normal(size=(50, 3)), rng.integers(3, size=50)
    found = class_scores(logits, y, 1)
    assert found["accuracy"] == metrics.accuracy_score(y, logits.argmax(axis=1))
    assert found["log_loss"] == pytest.approx(metrics.log_loss(y, softmax(logits)))
    assert found["chance"] == metrics.accuracy_score(y, np.ones(50))


def test_scores_of_numbers_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    y = rng.normal(5, 2, 40)
    predicted = y + rng.normal(size=40)
    found = number_scores(predicted, y, 4.5)
    assert found["r2"] == pytest.approx(metrics.r2_score(y, predicted))
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(y, predicted))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(y, predicted))
    assert found["chance"] == pytest.approx(metrics.r2_score(y, np.full(40, 4.5)))


def test_a_class_that_was_held_impossible_costs_a_finite_loss():
    assert np.isfinite(class_scores(np.array([[900.0, -900.0]]), np.array([1]), 0)["log_loss"])
