import numpy as np
import pytest
from sklearn import metrics

from hpsearch.domain.task import Metric, Task
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


@pytest.mark.parametrize("metric", [each for each in Metric if each.task is Task.CLASSIFICATION])
@pytest.mark.parametrize("classes", [2, 4])
def test_the_metric_of_the_study_comes_first(metric, classes):
    rng = np.random.default_rng(1)
    logits, y = rng.normal(size=(60, classes)), rng.integers(classes, size=60)
    found = class_scores(logits, y, 0, metric)
    shares, answers = softmax(logits), logits.argmax(axis=1)
    expected = {
        Metric.ACCURACY: lambda: metrics.accuracy_score(y, answers),
        Metric.LOG_LOSS: lambda: metrics.log_loss(y, shares),
        Metric.BALANCED_ACCURACY: lambda: metrics.balanced_accuracy_score(y, answers),
        Metric.MACRO_F1: lambda: metrics.f1_score(y, answers, average="macro"),
        Metric.ROC_AUC: lambda: metrics.roc_auc_score(
            y, shares[:, 1] if classes == 2 else shares, multi_class="ovr"
        ),
    }[metric]()
    assert next(iter(found)) == metric.value
    assert found[metric.value] == pytest.approx(expected)
    assert next(iter(number_scores(rng.normal(size=60), y * 1.0, 0.5, Metric.MAE))) == "mae"


@pytest.mark.parametrize("metric", list(Metric))
def test_the_metric_has_an_interval_around_it(metric):
    rng = np.random.default_rng(2)
    logits, y = rng.normal(size=(80, 3)), rng.integers(3, size=80)
    logits[np.arange(80), y] += 1
    if metric.task is Task.CLASSIFICATION:
        found = class_scores(logits, y, 0, metric)
    else:
        found = number_scores(y + rng.normal(0, 0.3, 80), y * 1.0, 1.0, metric)
    if metric is Metric.ACCURACY:
        assert "low" not in found  # its interval follows from the number of rows
    else:
        assert found["low"] < found[metric.value] < found["high"]
