"""What fresh trainings say about a finalist of a search."""

import math
from collections.abc import Sequence


def confirmed_interval(scores: Sequence[float], share: float = 0.95) -> tuple[float, float] | None:
    """Student's interval of the mean score over fresh seeds and fresh splits.

    Approximate: the splits share rows, so that the scores are not quite independent (Nadeau and
    Bengio 2003 on what that does).

    Args:
        scores: one mean per repeat.
        share: of such intervals that cover the true mean.

    Returns:
        Low and high end; None for fewer than two repeats.
    """
    if len(scores) < 2:
        return None
    mean = math.fsum(scores) / len(scores)
    variance = math.fsum((score - mean) ** 2 for score in scores) / (len(scores) - 1)
    half = _student((1 + share) / 2, len(scores) - 1) * math.sqrt(variance / len(scores))
    return mean - half, mean + half


def _student(p: float, degrees: int) -> float:
    # Imported here: SciPy takes longer to load than all else that a table needs.
    from scipy.special import stdtrit

    return float(stdtrit(degrees, p))
