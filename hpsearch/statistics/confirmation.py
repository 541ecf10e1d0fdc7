"""What fresh trainings say about the finalists of a search."""

import math
from collections.abc import Sequence


def confirmed_interval(
    own: Sequence[float], all_finalists: Sequence[Sequence[float]], share: float = 0.95
) -> tuple[float, float] | None:
    """Interval of the mean score of one finalist over fresh seeds and fresh splits.

    Student's t with the standard deviation pooled over all finalists, since four scores alone say
    little about their own. The splits share rows, so that it is approximate (Nadeau and Bengio
    2003 on what that does).

    Args:
        own: one mean per repeat of the finalist.
        all_finalists: the same of every finalist, this one included.

    Returns:
        Low and high end; None where no finalist has two repeats.
    """
    degrees = sum(len(each) - 1 for each in all_finalists)
    if degrees < 1:
        return None
    squares = sum(_squares(each) for each in all_finalists)
    half = _student((1 + share) / 2, degrees) * math.sqrt(squares / degrees / len(own))
    mean = math.fsum(own) / len(own)
    return mean - half, mean + half


def _squares(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)


def _student(p: float, degrees: int) -> float:
    # Imported here: SciPy takes longer to load than all else that a table needs.
    from scipy.special import stdtrit

    return float(stdtrit(degrees, p))
