"""How good the best of a few trials would be, on average."""

import math
from collections.abc import Sequence


def expected_best(scores: Sequence[float], count: int) -> float:
    """Expected highest score among `count` of the trials, drawn without putting back.

    Σ V_(i) C(i - 1, m - 1) / C(n, m) over the scores in ascending order: unbiased for trials that
    were drawn independently (Tang et al. 2020, Showing your work doesn't always work).

    Args:
        scores: of the n trials.
        count: m, 1 to n.
    """
    ascending = sorted(scores)
    draws = math.comb(len(ascending), count)
    return math.fsum(
        value * (math.comb(index, count - 1) / draws) for index, value in enumerate(ascending)
    )
