"""Whether things get better along a line: Spearman's rank correlation."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class RankCorrelation(NamedTuple):
    """Result of a test for a trend.

    Attributes:
        rho: from -1 (the lower, the better) to 1 (the higher, the better).
        p: chance of a rho as far from 0 if order and position had nothing to do with each other.
    """

    rho: float
    p: float


def trend(positions: NDArray[np.float64]) -> RankCorrelation:
    """Correlate the positions of points on a line with their order.

    rho is Spearman's, equal positions sharing their mean rank; p is two-sided, from √(n - 1) rho,
    which is nearly normal from about 20 points on (Kendall and Gibbons 1990, Rank correlation
    methods, section 4.14).

    Args:
        positions: finite, the best point's first, `(point,)`; two or more.
    """
    count = len(positions)
    _, place, sizes = np.unique(positions, return_inverse=True, return_counts=True)
    ranks = (sizes.cumsum() - (sizes - 1) / 2)[place] - (count + 1) / 2
    goodness = (count - 1) / 2 - np.arange(count)
    scale = math.sqrt(float((ranks**2).sum() * (goodness**2).sum()))
    rho = float((ranks * goodness).sum()) / scale if scale else 0.0
    return RankCorrelation(rho, math.erfc(abs(rho) * math.sqrt((count - 1) / 2)))
