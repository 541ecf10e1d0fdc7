"""Which of the best trials can be told apart: on the rows, or the folds, that they share."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.ranking import best_trials
from hpsearch.domain.repeat_scores import paired, rows_ratio, scores_of
from hpsearch.domain.row_results import row_scores
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.statistics.exact_tests import mcnemar
from hpsearch.statistics.multiple_tests import holm
from hpsearch.statistics.overlapping import corrected_difference

COMPARED = 20  # of the best, with Best-1
NUMBERS_AT_MOST = 5_000_000  # of all trials and rows together, to bound memory and time

RowResults = Mapping[int, Mapping[tuple[int, int], bytes]]


def assessed_trials(study: Study, count: int = COMPARED) -> list[Trial]:
    """The trials whose rows an assessment needs, by number: all that are complete.

    Of too many only the best, for tests between them. What of the best score was
    luck cannot be told from these: they were chosen by the same rows.
    """
    complete = [trial for trial in study.trials if trial.score is not None]
    if is_too_large(study):
        complete = best_trials(study.trials, max(count, COMPARED))
    return sorted(complete, key=lambda trial: trial.number)


def is_too_large(study: Study) -> bool:
    """Whether the rows of all trials together are too many to be looked at."""
    return are_too_many(study.totals.scored, study.data.validation_rows)


def are_too_many(scored: int, rows: int) -> bool:
    """Whether the rows of so many trials with a score, each on so many rows, are."""
    return scored * rows > NUMBERS_AT_MOST


def scores_by_row(study: Study, results: RowResults, count: int) -> dict[int, NDArray[np.float32]]:
    """Score of each validation row, by number, of the trials whose rows are all known.

    Repeats divide the same rows anew: their results cannot be put side by side.
    """
    if study.spec.repeats > 1:
        return {}
    parts = study.spec.parts
    found = {}
    for trial in assessed_trials(study, count):
        scores, own = scores_of(trial, Purpose.SEARCH), results.get(trial.number, {})
        if scores.keys() >= set(parts) and own.keys() >= set(parts):
            found[trial.number] = np.concatenate(
                [row_scores(own[part], scores[part]) for part in parts]
            )
    return found


def ties(
    study: Study, best: Sequence[Trial], rows: Mapping[int, NDArray[np.float32]]
) -> list[float | None]:
    """Holm's adjusted p-values of the differences from Best-1; None for that and the unknown."""
    raw = [_p(study, best[0], each, rows) for each in best[1:]]
    adjusted = iter(holm([p for p in raw if p is not None]))
    return [None, *(None if p is None else next(adjusted) for p in raw)]


def _p(
    study: Study, first: Trial, second: Trial, rows: Mapping[int, NDArray[np.float32]]
) -> float | None:
    """Two-sided p-value of the difference of two trials; None where it cannot be told."""
    found = corrected_difference(*paired(first, second), rows_ratio(study.spec.split))
    if found is not None:
        return found.p
    if first.number not in rows or second.number not in rows:
        return None
    one, other = rows[first.number], rows[second.number]
    if study.data.class_count:
        return mcnemar(int((one > other).sum()), int((other > one).sum()))
    found = corrected_difference(one.tolist(), other.tolist(), 0.0)
    return None if found is None else found.p
