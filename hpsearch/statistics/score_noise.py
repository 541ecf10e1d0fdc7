"""How far two scores must lie apart to mean anything: standard errors of their difference."""

import math
from collections.abc import Sequence

import numpy as np


def error_over_folds(scores: Sequence[Sequence[float]], fold_count: int | None = None) -> float:
    """Standard error of the difference of two trials' mean scores over shared folds.

    What a trial's score in a fold has beyond the trial's mean and the fold's mean is noise:
    r_ij = y_ij - ȳ_i - ȳ_j + ȳ, σ² = Σ r² / ((m - 1)(J - 1)) (two-way layout without
    replication). Training sets of different folds overlap, so that the variance of a difference of
    means over J trainings is 2 σ² (1/J + 1/(K - 1)) rather than 2 σ² / J (Nadeau and Bengio 2003,
    Inference for the generalization error, with a test share of 1/(K - 1) of the training rows).

    Args:
        scores: of each trial in each training, `(trial, training)`; two or more of both.
        fold_count: K folds, 2 or more; None if every training is another fold.
    """
    y = np.asarray(scores, np.float64)
    trials, trainings = y.shape
    residuals = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0) + y.mean()
    variance = float((residuals**2).sum()) / ((trials - 1) * (trainings - 1))
    overlap = 1 / ((fold_count or trainings) - 1)
    return math.sqrt(2 * variance * (1 / trainings + overlap))


def error_on_rows(first_only: int, second_only: int, rows: int) -> float:
    """Standard error of the difference of two accuracies on the same rows.

    √(b + c - (b - c)² / n) / n (McNemar 1947; Agresti 2013, section 11.1.1).

    Args:
        first_only: b, rows that only the first gets right.
        second_only: c, rows that only the second gets right.
        rows: n, all rows.
    """
    discordant, lead = first_only + second_only, first_only - second_only
    return math.sqrt(max(0.0, discordant - lead * lead / rows)) / rows


def error_of_accuracy(accuracy: float, rows: int) -> float:
    """Standard error of the difference of two accuracies near `accuracy` on `rows` rows each.

    √(2 p (1 - p) / n), as if each had rows of its own: an upper bound where they share them, for
    when only the accuracies are known.

    Args:
        accuracy: p in [0, 1]; other scores have other errors.
        rows: n, 1 or more.
    """
    return math.sqrt(2 * accuracy * (1 - accuracy) / rows)
