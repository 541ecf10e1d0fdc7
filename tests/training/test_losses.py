import numpy as np
import pytest

from hpsearch.training.losses import cross_entropy, targets_of


def loss_of(logits, labels, *, gradient=False):
    """Loss and right answers for logits given as `(lane, row, class)`."""
    logits = np.array(logits, float).transpose(2, 0, 1).copy()
    targets = targets_of(np.array(labels), len(logits), np.dtype(float))
    return *cross_entropy(logits, targets, gradient=gradient), logits


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    loss, _, _ = loss_of([[[0, 0, 0, 0]]], [2])
    assert loss == pytest.approx([np.log(4)])


def test_a_sure_and_wrong_network_pays_its_full_margin():
    loss, right, _ = loss_of([[[1000, 0]]], [1])
    assert loss == pytest.approx([1000])
    assert right.tolist() == [0]


def test_losses_and_right_answers_are_summed_over_rows_for_each_lane():
    logits = [[[2, 0], [0, 1]], [[0, 2], [0, 1]]]
    loss, right, _ = loss_of(logits, [0, 1])
    row = lambda margin: np.log1p(np.exp(-margin))  # noqa: E731
    assert loss == pytest.approx([row(2) + row(1), row(-2) + row(1)])
    assert right.tolist() == [2, 1]


def test_the_gradient_is_that_of_the_mean_loss():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(2, 5, 3)), [0, 2, 1, 1, 0]
    _, _, gradient = loss_of(logits, labels, gradient=True)
    for lane, row, column in np.ndindex(logits.shape):
        above, below = logits.copy(), logits.copy()
        above[lane, row, column] += 1e-6
        below[lane, row, column] -= 1e-6
        slope = (loss_of(above, labels)[0] - loss_of(below, labels)[0])[lane] / 2e-6 / 5
        assert gradient[column, lane, row] == pytest.approx(slope, abs=1e-8)


def test_what_is_not_finite_stays_visible():
    with np.errstate(invalid="ignore"):
        loss, _, _ = loss_of([[[np.nan, 0]], [[np.inf, 0]]], [0])
    assert np.isnan(loss).all()
