"""How much the best of many trials flatters itself, and how sure it is that it is the best.

The highest of many noisy scores is high because it is good and because it was lucky. Here the
choice itself is repeated on resampled rows, and what was chosen is scored on the rows that the
choice did not see.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpsearch.statistics.intervals import NORMAL_QUANTILE, wilson

ROUNDS = 1000
LOW, HIGH = 0.025, 0.975
LEAST_ROUNDS = 200
_WORK = 2_000_000_000  # products of scores and counts, about a second
_NUMBERS_AT_ONCE = 4_000_000  # of the counts of resampled rows, to bound the memory
_SEED = 17


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CorrectedBest:
    """The best of some trials without its luck.

    Attributes:
        naive: its score, the highest of all.
        mean: the score that such a choice has on rows that it was not made on.
        low: lower end of the 95 % interval of that.
        high: upper end.
        chances: share of the rounds in which each trial was chosen, `(trial,)`; sums to 1.
        first_ranks: 2.5 % quantile of each trial's rank, from 1, `(trial,)`.
        last_ranks: 97.5 % quantile.
    """

    naive: float
    mean: float
    low: float
    high: float
    chances: NDArray[np.float64]
    first_ranks: NDArray[np.int64]
    last_ranks: NDArray[np.int64]

    @property
    def optimism(self) -> float:
        """How much of the best score was luck; 0 or more, but for noise."""
        return self.naive - self.mean


def corrected_best(scores: NDArray[np.float32], rounds: int | None = None) -> CorrectedBest:
    """Bootstrap bias correction of the best of several trials (Tsamardinos et al. 2018, BBC-CV).

    In each round rows are drawn with putting back, the trial with the highest mean on them is
    chosen, and scored on the rows that were not drawn. The mean over the rounds estimates the score
    of such a choice on new rows; it is a little low, since the choice saw fewer rows.

    The quantiles of the rounds are no interval of it: each is scored on only 37 % of the rows, and
    they cover the truth far more often than they say. The interval is that of a mean over all rows
    (Wilson's where scores are 0 or 1), around the corrected mean; `benchmarks/coverage.py` measures
    how often it covers. Rows are taken to be independent, and the networks as they are: how much
    other training rows would change them is not in it.

    Args:
        scores: of each trial on each validation row, larger is better, `(trial, row)`; 0 or 1 where
            a row is wrong or right.
        rounds: how often the choice is repeated; None is 1000 times, and less often, down to 200,
            where there are very many trials and rows.
    """
    trials, rows = scores.shape
    if rounds is None:
        rounds = max(LEAST_ROUNDS, min(ROUNDS, _WORK // (trials * rows)))
    summed, chances = 0.0, np.zeros(trials)
    ranks = np.empty((rounds, trials), np.int32)
    for start, counts in _resampled(rows, rounds):
        seen = scores @ counts  # (trial, round)
        is_left = (counts == 0).astype(np.float32)
        # A round that happens to draw every row leaves none to be scored on.
        unseen = (scores @ is_left) / np.maximum(is_left.sum(axis=0), 1)
        is_chosen = seen == seen.max(axis=0)
        shares = is_chosen / is_chosen.sum(axis=0)
        summed += float((shares * unseen).sum(dtype=np.float64))
        chances += shares.sum(axis=1)
        ranks[start : start + counts.shape[1]] = _ranks(seen)
    naive = scores.mean(axis=1, dtype=np.float64)
    mean, chances = summed / rounds, chances / rounds
    low, high = _interval(scores, mean, chances)
    first, last = np.quantile(ranks, [LOW, HIGH], axis=0, method="inverted_cdf")
    return CorrectedBest(
        naive=float(naive.max()),
        mean=mean,
        low=low,
        high=high,
        chances=chances,
        first_ranks=first.astype(np.int64),
        last_ranks=last.astype(np.int64),
    )


def fold_optimism(
    fold_scores: Sequence[Sequence[float]], highest: Sequence[float] | None = None
) -> float:
    """How much of the best mean over folds was luck, from the scores of the folds alone.

    (1/K) Σ_k [best score in fold k - score in fold k of the trial with the best mean] (Tibshirani
    and Tibshirani 2009, A bias correction for the minimum error rate in cross-validation).

    Args:
        fold_scores: of each trial in each of K folds, `(trial, fold)`; one or more of both.
        highest: of all trials in each fold, where only the best by their means are in
            `fold_scores`.
    """
    scores = np.asarray(fold_scores, np.float64)
    best = int(scores.mean(axis=1).argmax())
    return float(((scores.max(axis=0) if highest is None else highest) - scores[best]).mean())


def _resampled(rows: int, rounds: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """How often each row is drawn in each round, `(row, round)`, in parts with their first round.

    Sums of 0 and 1 over them are whole numbers, and so exact in whatever order they are added.
    """
    random = np.random.Generator(np.random.PCG64(_SEED))
    size = max(1, min(rounds, _NUMBERS_AT_ONCE // rows))
    for start in range(0, rounds, size):
        yield start, _counts(random, rows, min(size, rounds - start))


def _counts(random: np.random.Generator, rows: int, rounds: int) -> NDArray[np.float32]:
    drawn = random.integers(rows, size=(rounds, rows)) + rows * np.arange(rounds)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=rounds * rows).reshape(rounds, rows)
    return counts.T.astype(np.float32, order="C")


def _ranks(seen: NDArray[np.float32]) -> NDArray[np.int32]:
    """Rank of each trial in each round, `(round, trial)`; equal ones share the lowest."""
    ordered = -np.sort(-seen, axis=0)
    columns = zip((-ordered).T, (-seen).T, strict=True)
    return np.array([1 + np.searchsorted(column, own) for column, own in columns], np.int32)


def _interval(
    scores: NDArray[np.float32], mean: float, chances: NDArray[np.float64]
) -> tuple[float, float]:
    rows = scores.shape[1]
    if np.isin(scores, (0, 1)).all():
        return wilson(min(1.0, max(0.0, mean)) * rows, rows)
    variance = float(chances @ scores.var(axis=1, ddof=1, dtype=np.float64)) if rows > 1 else 0.0
    half = NORMAL_QUANTILE * math.sqrt(variance / rows)
    return mean - half, mean + half
