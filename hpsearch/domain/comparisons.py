"""Which of the best trials can be told apart: on the rows, or the folds, that they share."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.repeat_scores import paired, rows_ratio, scores_of
from hpsearch.domain.row_results import row_scores
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.statistics.exact_tests import mcnemar
from hpsearch.statistics.multiple_tests import holm
from hpsearch.statistics.overlapping import corrected_difference

COMPARED = 20  # of the best, with Best-1
NUMBERS_AT_MOST = 20_000_000  # of all trials and rows together, to bound the memory

RowResults = Mapping[int, Mapping[tuple[int, int], bytes]]


def assessed_trials(study: Study) -> list[Trial]:
    """The trials whose rows an assessment needs, by number.

    All that are complete; of very many only the highest scores, which alone could win.
    """
    complete = [trial for trial in study.trials if trial.score is not None]
    most = max(COMPARED, NUMBERS_AT_MOST // max(1, study.data.validation_rows))
    if len(complete) > most:
        complete = sorted(complete, key=lambda trial: (-(trial.score or 0.0), trial.number))[:most]
    return sorted(complete, key=lambda trial: trial.number)


def scores_by_row(study: Study, results: RowResults) -> dict[int, NDArray[np.float32]]:
    """Score of each validation row, by number, of the trials whose rows are all known.

    Repeats divide the same rows anew: their results cannot be put side by side.
    """
    if study.spec.repeats > 1:
        return {}
    parts = study.spec.parts
    return {
        trial.number: np.concatenate(
            [row_scores(results[trial.number][part], scores[part]) for part in parts]
        )
        for trial in assessed_trials(study)
        if (scores := scores_of(trial, Purpose.SEARCH)).keys() >= set(parts)
        and results.get(trial.number, {}).keys() >= set(parts)
    }


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
