"""How good the best of a few trials would be, on average."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
LOW, HIGH = 0.05, 0.95
_SEED = 20
_NUMBERS_AT_ONCE = 4_000_000  # of resampled scores, to bound the memory


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Expected best over the number of trials.

    Attributes:
        counts: numbers of trials, ascending, `(count,)`.
        expected: highest score among so many, on average, `(count,)`.
        low: 5 % quantile of that over resampled trials, `(count,)`.
        high: 95 % quantile.
    """

    counts: NDArray[np.int64]
    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def expected_best(scores: Sequence[float], count: int) -> float:
    """Expected highest score among `count` of the trials, drawn without putting back.

    Σ V_(i) C(i - 1, m - 1) / C(n, m) over the scores in ascending order: unbiased for trials that
    were drawn independently (Tang et al. 2020, Showing your work doesn't always work).

    Args:
        scores: of the n trials.
        count: m, 1 to n.
    """
    weights = _weights(len(scores), count)
    ordered = sorted(scores, reverse=True)
    return math.fsum(
        value * weight for value, weight in zip(ordered, weights.tolist(), strict=True)
    )


def expected_best_band(scores: Sequence[float], points: int = 40) -> Band:
    """Expected best for up to half as many trials as there are, with a 90 % bootstrap band.

    The trials are resampled with putting back. Beyond half of them the few highest decide, and the
    band would look surer than it is (Tang et al. 2020); already there it covers 80 %, not 90 %.

    Args:
        scores: of trials that were drawn independently; two or more.
        points: most numbers of trials at which it is computed.
    """
    size = len(scores)
    counts = np.unique(np.geomspace(1, size // 2, points).round().astype(np.int64))
    weights = np.array([_weights(size, int(count)) for count in counts])  # (count, trial)
    random = np.random.Generator(np.random.PCG64(_SEED))
    values = np.asarray(scores, np.float64)
    resampled = np.concatenate(
        [weights @ _resampled(values, rounds, random) for rounds in _parts(size)], axis=1
    )
    return Band(
        counts=counts,
        expected=weights @ -np.sort(-values),
        low=np.quantile(resampled, LOW, axis=1),
        high=np.quantile(resampled, HIGH, axis=1),
    )


def _resampled(
    values: NDArray[np.float64], rounds: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Values drawn with putting back, in descending order, `(value, round)`."""
    size = len(values)
    order = np.argsort(-values, kind="stable")
    descending, places = values[order], np.empty(size, np.int64)
    places[order] = np.arange(size)
    drawn = np.empty((size, rounds))
    for column in drawn.T:
        # How often each was drawn puts them in order; sorting takes more than twice as long.
        times = np.bincount(places[random.integers(size, size=size)], minlength=size)
        column[...] = np.repeat(descending, times)
    return drawn


def _parts(size: int) -> list[int]:
    """Rounds that are drawn at once: all of them, but of very many trials fewer."""
    largest = max(1, _NUMBERS_AT_ONCE // size)
    return [min(largest, ROUNDS - start) for start in range(0, ROUNDS, largest)]


def _weights(size: int, count: int) -> NDArray[np.float64]:
    """C(i - 1, m - 1) / C(n, m) of the scores from the highest, i = n, down, `(score,)`."""
    # Each follows from the one before: the binomial coefficients have thousands of digits.
    index = np.arange(size, 1, -1)
    return np.cumprod(np.concatenate([[count / size], (index - count) / (index - 1)]))
