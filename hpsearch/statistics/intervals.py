"""Confidence intervals."""

import math

NORMAL_QUANTILE = 1.959964  # of 97.5 %


def wilson(right: float, count: int, z: float = NORMAL_QUANTILE) -> tuple[float, float]:
    """Interval of a share of independent rows (Wilson 1927; Brown, Cai and DasGupta 2001, eq. 4).

    Args:
        right: rows that were right, 0 to `count`.
        count: all rows, 1 or more.
        z: quantile of the normal distribution; the default gives 95 %.

    Returns:
        Low and high end, within [0, 1].
    """
    share, square = right / count, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = z * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    half /= 1 + square / count
    return max(0.0, middle - half), min(1.0, middle + half)
