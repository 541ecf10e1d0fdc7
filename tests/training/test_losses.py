import numpy as np
import pytest
from sklearn.metrics import mean_squared_error, r2_score

from hpsearch.training.losses import cross_entropy, measured, targets_of


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


def numbers_and_answers(outputs=3, lanes=2, rows=8):
    rng = np.random.default_rng(2)
    y = rng.normal(1, 3, size=(rows, outputs))
    return y, y[:, None] + rng.normal(size=(rows, lanes, outputs))


def summed_errors(answers, y, *, gradient=False):
    """Loss and score of answers `(row, lane, output)`, and what they are turned into."""
    outputs = answers.transpose(2, 1, 0).copy()
    targets = targets_of(y, y.shape[1], np.dtype(float))
    return *measured(outputs, targets, gradient=gradient), outputs


@pytest.mark.parametrize("outputs", [1, 3])
def test_squared_error_and_r2_are_scikit_learn_s(outputs):
    y, answers = numbers_and_answers(outputs)
    loss, score, _ = summed_errors(answers, y)
    for lane in range(2):
        assert loss[lane] / len(y) == pytest.approx(mean_squared_error(y, answers[:, lane]))
        assert score[lane] / len(y) == pytest.approx(r2_score(y, answers[:, lane]))


def test_the_best_constant_costs_the_variance_and_scores_nothing():
    y, _ = numbers_and_answers()
    constant = np.broadcast_to(y.mean(axis=0), (len(y), 1, 3))
    loss, score, _ = summed_errors(constant, y)
    assert loss / len(y) == pytest.approx([y.var(axis=0).mean()])
    assert score == pytest.approx([0], abs=1e-12)


def test_a_target_that_never_varies_scores_nothing():
    loss, score, _ = summed_errors(np.full((4, 1, 1), 7.5), np.full((4, 1), 7.0))
    assert (loss.tolist(), score.tolist()) == ([1.0], [0.0])


def test_the_variance_is_that_of_the_whole_part():
    """So that the running mean of R² over minibatches is the R² of all rows."""
    y, answers = numbers_and_answers()
    targets, outputs = targets_of(y, 3, np.dtype(float)), answers.transpose(2, 1, 0)
    parts = [slice(0, 3), np.array([3, 7, 6, 5, 4])]
    scores = [measured(outputs[..., p].copy(), targets.take(p), gradient=False)[1] for p in parts]
    assert sum(scores) == pytest.approx(summed_errors(answers, y)[1])


def test_the_gradient_of_squared_error_is_that_of_the_mean_loss():
    y, answers = numbers_and_answers()
    _, _, gradient = summed_errors(answers, y, gradient=True)
    for row, lane, output in np.ndindex(answers.shape):
        above, below = answers.copy(), answers.copy()
        above[row, lane, output] += 1e-6
        below[row, lane, output] -= 1e-6
        slope = (summed_errors(above, y)[0] - summed_errors(below, y)[0])[lane] / 2e-6 / len(y)
        assert gradient[output, lane, row] == pytest.approx(slope, abs=1e-8)


def test_numbers_have_no_labels_to_smooth():
    y, answers = numbers_and_answers()
    outputs, targets = answers.transpose(2, 1, 0).copy(), targets_of(y, 3, np.dtype(float))
    with pytest.raises(ValueError, match="numbers have none"):
        measured(outputs, targets, gradient=True, smoothing=np.full((2, 1), 0.1))
