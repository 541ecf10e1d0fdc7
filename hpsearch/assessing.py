"""Assessments of stored studies: the values of a study, joined with the results of its rows."""

from hpsearch.domain.assessment import Assessment, assess
from hpsearch.domain.comparisons import COMPARED, assessed_trials
from hpsearch.domain.study import Study
from hpsearch.domain.task import Metric
from hpsearch.store.sql_store import SqlStudyStore


def assessed(store: SqlStudyStore, study: Study, count: int = COMPARED) -> Assessment | None:
    """How sure the best of a study are; None of a toy function, and without a complete trial.

    Nor of metrics that are no mean over rows, and of losses.
    """
    trials, metric = assessed_trials(study, count), study.spec.data.metric
    if study.data.is_function or not trials or metric not in (Metric.ACCURACY, Metric.R2):
        return None
    results = store.row_results(study.id, [trial.number for trial in trials])
    return assess(study, results, count)
