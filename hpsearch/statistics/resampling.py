"""Intervals of what is computed from rows, by drawing the rows again."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

DRAWS = 1_000
FEW_DRAWS, MANY_ROWS = 200, 20_000  # where a draw takes long, and intervals are narrow


def resampled_interval(
    score: Callable[[NDArray[np.int64]], float], rows: int, rng: np.random.Generator
) -> tuple[float, float]:
    """The 95 % interval of a finite score of independent rows (percentile bootstrap, Efron 1979).

    Args:
        score: of the rows with these numbers, some of which come several times.
    """
    draws = DRAWS if rows < MANY_ROWS else FEW_DRAWS
    scores = [score(rng.integers(rows, size=rows)) for _ in range(draws)]
    low, high = np.quantile(scores, (0.025, 0.975)).tolist()
    return low, high
