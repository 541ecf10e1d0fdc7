"""Means and differences over trainings whose rows overlap, as those of folds do.

Trainings on folds share most of their rows, so that their scores vary together and s/√J is far too
small an error of their mean. Nadeau and Bengio (2003, Inference for the generalization error) add
the ratio of validation to training rows to 1/J. No unbiased estimate exists (Bengio and Grandvalet
2004): all of it is approximate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.statistics import student


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean and how sure it is.

    Attributes:
        error: its standard error, corrected for shared rows.
        low: lower end of its interval.
        high: upper end.
    """

    mean: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A mean difference of paired scores.

    Attributes:
        p: two-sided; 1 where nothing differs, 0 where everything differs by the same.
    """

    mean: float
    error: float
    p: float


def corrected_mean(scores: Sequence[float], ratio: float, share: float = 0.95) -> Mean | None:
    """Mean score with s √(1/J + ratio) as its error, and Student's interval of J - 1 degrees.

    Args:
        scores: of J trainings.
        ratio: validation rows over training rows: 1/(K - 1) for K folds.
        share: of such intervals that cover the true mean, about.

    Returns:
        None for fewer than two trainings.
    """
    found = _mean_and_error(scores, ratio)
    if found is None:
        return None
    mean, error = found
    half = student.quantile((1 + share) / 2, len(scores) - 1) * error
    return Mean(mean=mean, error=error, low=mean - half, high=mean + half)


def corrected_difference(
    first: Sequence[float], second: Sequence[float], ratio: float
) -> Difference | None:
    """Corrected resampled t-test of two configurations on the same folds.

    t = d̄ / (s_d √(1/J + ratio)) with J - 1 degrees of freedom (Bouckaert and Frank 2004).

    Args:
        first: scores of J trainings.
        second: of the other on the same folds, in the same order.
        ratio: validation rows over training rows.

    Returns:
        None for fewer than two trainings.
    """
    found = _mean_and_error([a - b for a, b in zip(first, second, strict=True)], ratio)
    if found is None:
        return None
    mean, error = found
    if error == 0:
        return Difference(mean=mean, error=error, p=1.0 if mean == 0 else 0.0)
    return Difference(mean=mean, error=error, p=student.two_sided(mean / error, len(first) - 1))


def _mean_and_error(values: Sequence[float], ratio: float) -> tuple[float, float] | None:
    count = len(values)
    if count < 2:
        return None
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    return mean, math.sqrt(variance * (1 / count + ratio))
