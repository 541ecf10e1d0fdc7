"""Exact chances: of draws without putting back, and of coins."""

import math


def at_least(found: int, *, total: int, marked: int, drawn: int) -> float:
    """Chance that `found` or more of the drawn things are marked (hypergeometric upper tail).

    P[X >= found] = Σ C(marked, i) C(total - marked, drawn - i) / C(total, drawn) over i from
    `found` on (Fisher 1922; Feller 1968, section II.6).

    Args:
        total: all things, 1 or more.
        marked: how many of them are marked, 0 to `total`.
        drawn: how many are drawn, 0 to `total`.
    """
    lowest, highest = max(0, drawn + marked - total), min(drawn, marked)
    if found <= lowest:
        return 1.0
    all_draws = _log_choose(total, drawn)
    chances = (
        math.exp(_log_choose(marked, i) + _log_choose(total - marked, drawn - i) - all_draws)
        for i in range(found, highest + 1)
    )
    return min(1.0, math.fsum(chances))


def at_most(found: int, *, total: int, marked: int, drawn: int) -> float:
    """Chance that `found` or fewer of the drawn things are marked: Fisher's one-sided test."""
    return at_least(drawn - found, total=total, marked=total - marked, drawn=drawn)


def mcnemar(first_only: int, second_only: int) -> float:
    """Mid-p of McNemar's exact test, two-sided: whether two classifiers err equally often.

    Of the n rows that only one of them gets right, b belong to the first as often as a coin falls
    on heads if neither is better. p counts the outcomes that are further from n/2, X ~ B(n, 1/2),
    and those as far by half: less timid than the exact test, it keeps its level in practice
    (Fagerland, Lydersen and Laake 2013).

    Args:
        first_only: b, rows that only the first gets right.
        second_only: c, rows that only the second gets right.
    """
    rows, fewer = first_only + second_only, min(first_only, second_only)
    if rows == 0:
        return 1.0
    unit = rows * math.log(2)
    chances = [math.exp(_log_choose(rows, i) - unit) for i in range(fewer + 1)]
    if first_only == second_only:
        return 1 - chances[-1] / 2
    return min(1.0, 2 * math.fsum(chances) - chances[-1])


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
