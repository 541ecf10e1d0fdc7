"""Every metric is scikit-learn's, however the rows were cut into parts."""

import numpy as np
import pytest
from sklearn import metrics as reference

from hpsearch.domain.task import Metric
from hpsearch.training.losses import balanced_weights, targets_of
from hpsearch.training.metrics import area_under_curve, measured_by_metric, tally_of

RNG = np.random.default_rng(5)
ROWS, LANES = 61, 3


def scores(outputs, y, metric, size, unit=1.0):
    """Scores of outputs `(output, lane, row)`, measured in parts of `size` rows."""
    targets = targets_of(y, len(outputs), np.dtype(float), metric, unit=unit)
    tally = tally_of(targets, outputs.shape[1])
    for start in range(0, ROWS, size):
        rows = np.arange(start, min(start + size, ROWS))
        is_single = len(rows) == 1
        rows = np.repeat(rows, 2) if is_single else rows
        part = targets.take(rows)
        _, counted = measured_by_metric(outputs[..., rows].copy(), part, gradient=False)
        tally.add(slice(None), counted, part, is_single=is_single)
    return tally.scores(ROWS)


def probabilities(outputs):
    powers = np.exp(outputs - outputs.max(axis=0))
    return powers / powers.sum(axis=0)


CLASSES = {
    Metric.ACCURACY: lambda y, p: reference.accuracy_score(y, p.argmax(axis=1)),
    Metric.BALANCED_ACCURACY: lambda y, p: reference.balanced_accuracy_score(y, p.argmax(axis=1)),
    Metric.MACRO_F1: lambda y, p: reference.f1_score(y, p.argmax(axis=1), average="macro"),
    Metric.LOG_LOSS: lambda y, p: -reference.log_loss(y, p, labels=range(p.shape[1])),
    Metric.ROC_AUC: lambda y, p: (
        reference.roc_auc_score(y, p[:, 1])
        if p.shape[1] == 2
        else reference.roc_auc_score(y, p, multi_class="ovr")
    ),
}
NUMBERS = {
    Metric.R2: reference.r2_score,
    Metric.RMSE: lambda y, z: -reference.root_mean_squared_error(y, z),
    Metric.MAE: lambda y, z: -reference.mean_absolute_error(y, z),
}


@pytest.mark.parametrize("size", [1, 7, 20, 61])
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("metric", CLASSES)
def test_metrics_of_classes(metric, classes, size):
    y = RNG.integers(classes, size=ROWS)
    outputs = RNG.normal(size=(classes, LANES, ROWS))
    outputs += np.eye(classes)[y].T[:, None] * np.arange(LANES)[:, None]
    found = scores(outputs, y, metric, size)
    answers = probabilities(outputs)
    expected = [CLASSES[metric](y, answers[:, lane].T) for lane in range(LANES)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("size", [1, 7, 61])
@pytest.mark.parametrize("metric", NUMBERS)
def test_metrics_of_numbers_are_in_their_own_unit(metric, size):
    values, unit = RNG.normal(50, 20, ROWS), 20.0
    wanted = (values - 50) / unit
    outputs = (wanted + RNG.normal(0, 0.5, (LANES, ROWS)))[None]
    found = scores(outputs, wanted, metric, size, unit)
    expected = [NUMBERS[metric](values, outputs[0, lane] * unit + 50) for lane in range(LANES)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_tied_answers_count_half():
    answers, y = RNG.integers(4, size=(3, ROWS)), RNG.integers(3, size=ROWS)
    expected = np.mean([reference.roc_auc_score(y == each, answers[each]) for each in range(3)])
    assert area_under_curve(answers.astype(float), y) == pytest.approx(expected)


def test_an_area_without_both_kinds_of_rows_is_that_of_chance():
    outputs = RNG.normal(size=(2, LANES, ROWS))
    assert scores(outputs, np.zeros(ROWS, int), Metric.ROC_AUC, 20).tolist() == [0.5] * LANES


def test_balanced_weights_are_scikit_learns():
    from sklearn.utils.class_weight import compute_sample_weight

    y = np.array([0, 0, 0, 0, 2, 2, 1, 0])
    np.testing.assert_allclose(balanced_weights(y, 3), compute_sample_weight("balanced", y))
    assert balanced_weights(y, 5).sum() == pytest.approx(len(y))


def test_weights_multiply_the_gradient_of_their_rows_and_leave_the_loss():
    y, outputs = RNG.integers(3, size=ROWS), RNG.normal(size=(3, LANES, ROWS))
    weights = RNG.uniform(0.5, 2, ROWS)
    plain, weighed = outputs.copy(), outputs.copy()
    one = targets_of(y, 3, np.dtype(float))
    other = targets_of(y, 3, np.dtype(float), weights=weights)
    loss, right = measured_by_metric(plain, one, gradient=True)
    same, also = measured_by_metric(weighed, other, gradient=True)
    np.testing.assert_array_equal(loss, same)
    np.testing.assert_array_equal(right, also)
    np.testing.assert_allclose(weighed, plain * weights)
