"""What fresh trainings say about a finalist of a search."""

import math
from collections.abc import Sequence

import numpy as np

from hpsearch.statistics import student


def confirmed_interval(
    scores: Sequence[float],
    others: Sequence[Sequence[float]] = (),
    *,
    rows: int | None = None,
    share: float = 0.95,
) -> tuple[float, float] | None:
    """Interval of a finalist's mean score over fresh seeds and fresh splits.

    A few scores say little about their own spread. All finalists are trained again on the same
    fresh splits, so that the spread can be estimated from all of them together: a score is its
    finalist's mean, plus what the split does to all, plus a rest. The variances of the two are
    estimated by an analysis of variance in two ways, and Student's quantile has the degrees of
    freedom of their sum (Satterthwaite 1946, equation 17). Without `others` it is Student's
    interval.

    However often the rows are divided, they stay the same rows. With `rows`, the variance that an
    accuracy has because others might have been drawn is added, and the interval is one of the
    accuracy on new rows, on the wide side.

    Approximate: the splits share rows, so that the scores are not quite independent (Nadeau and
    Bengio 2003 on what that does); and finalists are taken to spread alike.

    Args:
        scores: one mean per repeat.
        others: the same of other finalists, repeat for repeat; those of another length are left
            out.
        rows: rows that were divided into training and validation, for scores that are accuracies.
        share: of such intervals that cover the true mean.

    Returns:
        Low and high end; None for fewer than two repeats.
    """
    repeats = len(scores)
    if repeats < 2:
        return None
    table = np.array([scores, *(each for each in others if len(each) == repeats)])
    count = len(table)
    deviations = table - table.mean(axis=1, keepdims=True)
    by_repeat = deviations.mean(axis=0)
    of_splits = float((by_repeat**2).sum()) / (repeats - 1)
    # Its expectation is the variance of the splits and a share of that of the rest; the rest of it:
    of_rest = float(((deviations - by_repeat) ** 2).sum()) / (repeats - 1) / count
    mean = math.fsum(scores) / repeats
    of_rows = mean * (1 - mean) / rows if rows else 0.0
    variance = (of_splits + of_rest) / repeats + of_rows
    weights = of_splits**2 + (of_rest**2 / (count - 1) if count > 1 else 0)
    squared = (variance * repeats) ** 2
    degrees = (repeats - 1) * squared / weights if weights else math.inf
    half = student.quantile((1 + share) / 2, degrees) * math.sqrt(variance)
    return (max(0, mean - half), min(1, mean + half)) if rows else (mean - half, mean + half)


def luck_of_the_pick(table: Sequence[Sequence[float]]) -> float:
    """By how much the best of several means flatters itself for being picked by them.

    Each repeat in turn is left out, the best is picked by the others, and scored on the one left
    out: what a pick by one repeat fewer scores on a repeat that it has not seen (leave-one-out
    cross-validation of a choice, Stone 1974). The luck is the best mean minus the mean of that. It
    costs no training.

    Args:
        table: higher is better; `(finalist, repeat)`, two repeats or more.
    """
    scores = np.array(table)
    repeats = scores.shape[1]
    others = scores.sum(axis=1, keepdims=True) - scores
    unseen = scores[others.argmax(axis=0), np.arange(repeats)]
    return float(scores.mean(axis=1).max() - unseen.mean())
