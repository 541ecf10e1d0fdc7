"""Whether a few chosen points lie differently along a line than the rest: Kuiper's test."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHUFFLES = 1999
_NUMBERS_AT_ONCE = 1_000_000  # of all shuffles together, to bound the memory


class KuiperTest(NamedTuple):
    """Result of Kuiper's test.

    Attributes:
        statistic: V in [0, 1]; 1 when the chosen points lie side by side, apart from the rest.
        p: chance of a V as large if the choice had nothing to do with the positions, in (0, 1].
    """

    statistic: float
    p: float


def kuiper(positions: NDArray[np.float64], is_chosen: NDArray[np.bool_]) -> KuiperTest:
    """Compare the positions of the chosen points with those of the rest.

    V is the largest excess of one distribution function over the other, plus the largest the other
    way round (Kuiper 1960, Tests concerning random points on a circle). It sees a cluster anywhere
    on the line, at its ends as well as in its middle. The p-value counts shuffles of the choice
    with a V at least as large, and the data itself as one of them (Phipson and Smyth 2010,
    Permutation p-values should never be zero). Without ties V depends on ranks alone, so that one
    set of shuffles serves all data of the same size; ties make V smaller, never larger.

    Args:
        positions: finite, `(point,)`.
        is_chosen: `(point,)`; at least one True and one False.
    """
    count, chosen = len(positions), int(is_chosen.sum())
    order = np.argsort(positions, kind="stable")
    ordered = positions[order]
    heights = np.where(is_chosen[order], count - chosen, -chosen).cumsum()
    is_last_of_tie = np.append(ordered[1:] != ordered[:-1], [True])
    heights = heights[is_last_of_tie]
    span = max(0, int(heights.max())) - min(0, int(heights.min()))
    shuffled = _spans(count, chosen)
    as_large = len(shuffled) - int(np.searchsorted(shuffled, span))
    return KuiperTest(span / (chosen * (count - chosen)), (1 + as_large) / (SHUFFLES + 1))


@lru_cache(maxsize=512)
def _spans(count: int, chosen: int) -> NDArray[np.int64]:
    """V times chosen times rest, whole numbers, of shuffled choices, in ascending order."""
    random = np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(count, spawn_key=(chosen,)))
    )
    spans = []
    for part in _parts(SHUFFLES, max(1, _NUMBERS_AT_ONCE // count)):
        steps = np.full((part, count), -chosen, np.int64)
        steps[:, :chosen] = count - chosen
        heights = random.permuted(steps, axis=1).cumsum(axis=1)
        # The walk starts and ends at 0, so that its highest and lowest points include 0.
        spans.append(heights.max(axis=1) - heights.min(axis=1))
    result = np.sort(np.concatenate(spans))
    result.flags.writeable = False
    return result


def _parts(total: int, largest: int) -> list[int]:
    return [min(largest, total - start) for start in range(0, total, largest)]
