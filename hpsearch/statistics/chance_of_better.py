"""How likely more of the same is to bring something better."""


def chance_of_better(trials: int, more: int) -> float:
    """Chance that the best of `more` further trials ranks above the best of `trials`.

    m / (n + m): of n + m trials drawn alike, each is as likely as any other to be the best (Rényi
    1962 on records). Exact whatever the scores are, for independent draws without ties; where best
    scores are equal, an upper bound on the chance of a higher one.

    Args:
        trials: n, 1 or more.
        more: m, 0 or more.
    """
    return more / (trials + more)
