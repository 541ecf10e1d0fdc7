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
    # From the highest down, each weight follows from the one before: the binomial coefficients
    # themselves have thousands of digits.
    weight, products = count / len(scores), []
    for index, value in zip(range(len(scores), 0, -1), sorted(scores, reverse=True), strict=True):
        products.append(value * weight)
        weight *= (index - count) / max(1, index - 1)
    return math.fsum(products)
