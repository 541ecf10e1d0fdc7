import math

import numpy as np
import pytest

from hpsearch.statistics.score_noise import error_of_accuracy, error_on_rows, error_over_folds


def test_residuals_of_two_trials_in_two_folds_by_hand():
    # Trial means 0.7 and 0.7, fold means 0.75 and 0.65: every residual is 0.05 or -0.05, so that
    # σ² = 4 * 0.0025 / (1 * 1) and the error is √(2 * 0.01 * (1/2 + 1)).
    assert error_over_folds([[0.8, 0.6], [0.7, 0.7]]) == pytest.approx(math.sqrt(0.03))


def test_five_folds_have_the_scale_of_nadeau_and_bengio():
    random = np.random.default_rng(1)
    scores = random.normal(0, 0.01, (4000, 5)) + random.normal(0, 1, (4000, 1))
    assert error_over_folds(scores) == pytest.approx(0.01 * math.sqrt(2 * 0.45), rel=0.03)


def test_repeats_average_the_noise_but_not_what_training_sets_share():
    # Five repeats of two folds: 1/10 + 1/(2 - 1).
    scores = [[0.8, 0.6] * 5, [0.7, 0.7] * 5]
    plain, repeated = error_over_folds([row[:2] for row in scores]), error_over_folds(scores, 2)
    variances = 0.01, 0.05 / 9  # Σ r² / ((m - 1)(J - 1))
    assert plain == pytest.approx(math.sqrt(2 * variances[0] * 1.5))
    assert repeated == pytest.approx(math.sqrt(2 * variances[1] * 1.1))


def test_what_all_trials_share_in_a_fold_is_no_noise():
    assert error_over_folds([[0.5, 0.9, 0.7], [0.6, 1.0, 0.8]]) == pytest.approx(0, abs=1e-12)


def test_discordant_rows_by_hand():
    assert error_on_rows(10, 4, 100) == pytest.approx(math.sqrt(14 - 36 / 100) / 100)
    assert error_on_rows(3, 0, 3) == 0


def test_accuracies_alone_by_hand():
    assert error_of_accuracy(0.5, 100) == pytest.approx(math.sqrt(0.005))
    # With independent answers both forms agree: b = c = n p (1 - p).
    assert error_of_accuracy(0.8, 1000) == pytest.approx(error_on_rows(160, 160, 1000))
