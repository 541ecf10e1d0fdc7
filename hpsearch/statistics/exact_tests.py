"""Exact chances when some of a known number of things are drawn without putting back."""

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


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
