"""Which trials are as good as the best, within the noise of their scores."""

import math
from collections.abc import Sequence

from hpsearch.domain.learning import Course, Observation
from hpsearch.statistics.score_noise import error_of_accuracy, error_over_folds


def error_of_difference(
    ordered: Sequence[Observation], validation_rows: int | None
) -> float | None:
    """Standard error of the difference between the scores of two good trials; None if unknown.

    From the fold scores of the better half of those that learned, where there are folds; else from
    the best accuracy and the number of rows it was taken on.

    Args:
        ordered: best first.
        validation_rows: on which an accuracy is taken; None where the score is none.
    """
    learned = [
        each.learning
        for each in ordered
        if each.learning.course is Course.LEARNED and not each.learning.is_pruned
    ]
    better = learned[: math.ceil(len(learned) / 2)]
    shapes = {(each.fold_count, len(each.fold_scores)) for each in better}
    if len(better) >= 2 and len(shapes) == 1 and better[0].fold_count >= 2:
        return error_over_folds([each.fold_scores for each in better], better[0].fold_count)
    scores = [each.score for each in learned if each.score is not None]
    if validation_rows is None or not scores:
        return None
    return error_of_accuracy(max(scores), validation_rows)


def tied_count(observations: Sequence[Observation], error: float | None) -> int:
    """How many learned trials lie within `error` of the best; 0 where that is unknown.

    Trials that were given up early count by the score that they had reached.
    """
    learned = [each.learning for each in observations if each.learning.course is Course.LEARNED]
    scores = [each.score for each in learned if each.score is not None]
    final = [each.score for each in learned if each.score is not None and not each.is_pruned]
    if error is None or not final:
        return 0
    least = max(final) - error
    return sum(score >= least for score in scores)
