"""Scores of the single trainings of a trial, and which of two trials' stand side by side."""

import math
from collections import defaultdict

from hpsearch.domain.spec import SplitSpec
from hpsearch.domain.trial import Purpose, Trial

Scores = dict[tuple[int, int], float]


def rows_ratio(split: SplitSpec) -> float:
    """Validation rows over training rows of a split: 1/(K - 1) for K folds."""
    share = 1 / split.folds if split.folds else split.holdout or 0.0
    return share / (1 - share)


def scores_of(trial: Trial, purpose: Purpose) -> Scores:
    """Validation scores of its trainings of one purpose, by repeat and fold."""
    return {
        (each.planned.repeat, each.planned.fold): each.validation_score
        for each in trial.of(purpose)
        if each.validation_score is not None
    }


def repeat_means(trial: Trial) -> list[float]:
    """Mean score of each confirming repeat of a trial, over its folds."""
    by_repeat: dict[int, list[float]] = defaultdict(list)
    for (repeat, _), score in sorted(scores_of(trial, Purpose.CONFIRM).items()):
        by_repeat[repeat].append(score)
    return [math.fsum(scores) / len(scores) for scores in by_repeat.values()]


def paired(first: Trial, second: Trial) -> tuple[list[float], list[float]]:
    """Scores of two trials on the splits that both were trained on, in one order.

    Those of their confirmations where both have any, because these were not chosen by; else those
    of the search.
    """
    for purpose in (Purpose.CONFIRM, Purpose.SEARCH):
        one, other = scores_of(first, purpose), scores_of(second, purpose)
        shared = sorted(one.keys() & other.keys())
        if shared:
            return [one[part] for part in shared], [other[part] for part in shared]
    return [], []
