"""Assessments of stored studies: the values of a study, joined with the results of its rows."""

from hpsearch.domain.assessment import Assessment, assess
from hpsearch.domain.comparisons import COMPARED, assessed_trials, is_too_large
from hpsearch.domain.imported import ImportedStudy, Searched
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.study import Study
from hpsearch.domain.task import Metric
from hpsearch.domain.two_studies import Contender
from hpsearch.reporting.best import no_valid_trial
from hpsearch.store.sql_store import SqlStudyStore


def assessed(store: SqlStudyStore, study: Study, count: int = COMPARED) -> Assessment | None:
    """How sure the best of a study are; None of a toy function, and without a complete trial.

    Nor of metrics that are no mean over rows, and of losses.
    """
    trials, metric = assessed_trials(study, count), study.spec.data.metric
    if study.data.is_function or not trials or metric not in (Metric.ACCURACY, Metric.R2):
        return None
    results = store.row_results(study.id, [trial.number for trial in trials])
    by_fold = study.overview.best_by_fold if study.overview else None
    return assess(study, results, count, by_fold)


def study_to_tell(store: SqlStudyStore, name: str, count: int = COMPARED) -> Study:
    """A study of which the best `count` are told; read in part where that is all it takes.

    Raises:
        UnknownName: no such study.
        NotOurs: it was imported.
    """
    return _whole_if_small(store, store.load_study(name, best=max(count, COMPARED)))


def searched_to_tell(store: SqlStudyStore, name: str, count: int = COMPARED) -> Searched:
    """A study of our own as by `study_to_tell`, or an imported one, which is read as a whole."""
    study = store.load_searched(name, best=max(count, COMPARED))
    return study if isinstance(study, ImportedStudy) else _whole_if_small(store, study)


def contender(store: SqlStudyStore, study: Study) -> Contender:
    """A study as it stands beside another.

    Raises:
        NoValidTrial: no trial has a score.
    """
    best = best_trials(study.trials, 1)
    if not best:
        raise no_valid_trial(study)
    number = best[0].number
    return Contender(
        study=study,
        assessment=assessed(store, study),
        row_results=store.row_results(study.id, [number]).get(number, {}),
    )


def _whole_if_small(store: SqlStudyStore, study: Study) -> Study:
    return study if is_too_large(study) else store.load_study(study.name)
