"""The files of a report: what is stored of a study, joined with what is said and drawn of it."""

import json
from functools import partial
from importlib.util import find_spec

from hpsearch.assessing import assessed
from hpsearch.bootstrap import known_data
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.study import Study
from hpsearch.errors import InvalidInput
from hpsearch.reporting.best import best_rows, no_valid_trial
from hpsearch.reporting.export import export_csv, export_parquet
from hpsearch.reporting.importance import importances
from hpsearch.reporting.latex import best_latex
from hpsearch.reporting.next_study import next_study_toml
from hpsearch.reporting.page import report_page
from hpsearch.reporting.pictures.album import pictures, search_pictures
from hpsearch.reporting.study_text import report_markdown, show_text, shown_count
from hpsearch.store.sql_store import SqlStudyStore


def report_files(
    store: SqlStudyStore, study: Study, count: int | None = None
) -> dict[str, str | bytes]:
    """Contents by file name; the same database gives the same bytes.

    The trials are a Parquet file too where pyarrow is there.

    Args:
        count: how many of the best; None is 20, and all of a grid.

    Raises:
        NoValidTrial: no trial has a score.
        InvalidInput: `count` is more than there are.
    """
    scored = len(best_trials(study.trials, len(study.trials)))
    if not scored:
        raise no_valid_trial(study)
    if count is not None and count > scored:
        raise InvalidInput(f"`--best {count}`: only {scored} trials have a score", "ask for fewer")
    known, shown = known_data(study), min(scored, shown_count(study, count))
    assessment = assessed(store, study, shown)
    drawn = [*pictures(study, partial(store.curves, study.id)), *search_pictures(study)]
    times = store.finish_times(study.id)
    stored = [(trial, times[trial.number]) for trial in study.trials]
    shares, files = importances(study), dict[str, str | bytes]()
    if assessment is not None:
        files["report.html"] = report_page(study, known, assessment, shown, drawn, shares)
        files["best.tex"] = best_latex(study, assessment, shown)
    files |= {
        "report.md": report_markdown(study, known, drawn, assessment, shown, shares),
        "report.txt": show_text(study, known, assessment) + "\n",
        "trials.csv": export_csv(stored),
        "best.json": json.dumps(best_rows(study, shown, assessment), indent=2) + "\n",
        "best.toml": next_study_toml(study),
    }
    if find_spec("pyarrow") is not None:
        files["trials.parquet"] = export_parquet(stored)
    for each in drawn:
        files |= each.files
    return files
