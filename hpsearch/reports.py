"""The files of a report: what is stored of a study, joined with what is said and drawn of it."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec

from hpsearch.assessing import assessed
from hpsearch.domain.imported import ImportedStudy, Searched, source_of
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.study import Study
from hpsearch.domain.trial_summary import TrialSummary, trial_summary
from hpsearch.errors import InvalidInput, NoValidTrial
from hpsearch.execution.side_by_side import shared_with_a_copy
from hpsearch.reporting.best import best_rows, no_valid_trial
from hpsearch.reporting.export import export_csv, export_parquet
from hpsearch.reporting.importance import importances
from hpsearch.reporting.imported_page import imported_page
from hpsearch.reporting.imported_text import (
    imported_markdown,
    imported_rows,
    imported_show_text,
    nothing_scored,
)
from hpsearch.reporting.latex import best_latex, imported_latex
from hpsearch.reporting.next_study import next_study_toml
from hpsearch.reporting.page import report_page
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.pictures.album import imported_pictures, pictures, search_pictures
from hpsearch.reporting.pictures.style import Drawing, drawn
from hpsearch.reporting.study_text import report_markdown, show_text, shown_count
from hpsearch.storage import known_data
from hpsearch.store.sql_store import SqlStudyStore

USUAL_COUNT = 20

SHARED_MOST = 2_000  # trials

Files = dict[str, str | bytes]
AllDrawn = Callable[[], list[Picture]]


def report_files(
    store: SqlStudyStore,
    study: Searched,
    count: int | None = None,
    *,
    cores: int = 1,
    load: Callable[[], None] = lambda: None,
) -> Files:
    """Contents by file name; the same database gives the same bytes.

    The trials are a Parquet file too where pyarrow is there.

    Args:
        count: how many of the best; None is 20, and all of a grid.
        cores: with more than one, a copy of this process helps to draw the pictures.
        load: loads what tables and text need but pictures do not, while the copy draws already.

    Raises:
        NoValidTrial: no trial has a score.
        InvalidInput: `count` is more than there are.
    """
    scored = len(best_trials(study.trials, len(study.trials)))
    if not scored:
        raise _nothing_scored(study)
    if count is not None and count > scored:
        raise InvalidInput(f"`--best {count}`: only {scored} trials have a score", "ask for fewer")
    drawings = _drawings(store, study)
    is_shared = cores > 1 and len(study.trials) <= SHARED_MOST
    pieces = [partial(drawn, each) for each in drawings]
    with shared_with_a_copy(pieces, is_shared=is_shared) as all_drawn:
        load()
        tables = _tables(store, study)  # first: what they take is free again for the pictures
        if isinstance(study, ImportedStudy):
            files, pictures = _imported_files(study, min(scored, count or USUAL_COUNT), all_drawn)
        else:
            shown = min(scored, shown_count(study, count))
            files, pictures = _own_files(store, study, shown, all_drawn)
    files |= tables
    for each in pictures:
        files |= each.files
    return files


def _drawings(store: SqlStudyStore, study: Searched) -> list[Drawing]:
    """The pictures of a study, yet to be drawn; all that they need is read."""
    if isinstance(study, ImportedStudy):
        return imported_pictures(study)
    return [*pictures(study, partial(store.curves, study.id)), *search_pictures(study)]


def _tables(store: SqlStudyStore, study: Searched) -> Files:
    """All trials as tables; what is made of one is gone before the next."""
    times, source = store.finish_times(study.id), source_of(study)

    def lines() -> Iterator[TrialSummary]:
        return (trial_summary(trial, times[trial.number]) for trial in study.trials)

    files: Files = {"trials.csv": export_csv(lines(), source)}
    if find_spec("pyarrow") is not None:
        files["trials.parquet"] = export_parquet(lines(), source)
    return files


def _nothing_scored(study: Searched) -> NoValidTrial:
    return nothing_scored(study) if isinstance(study, ImportedStudy) else no_valid_trial(study)


def _own_files(
    store: SqlStudyStore, study: Study, shown: int, all_drawn: AllDrawn
) -> tuple[Files, list[Picture]]:
    """What is written of a study of our own, and its pictures."""
    known, assessment = known_data(study), assessed(store, study, shown)
    shares, pictures = importances(study), all_drawn()
    files: Files = {
        "report.html": report_page(study, known, assessment, shown, pictures, shares),
        "report.md": report_markdown(study, known, pictures, assessment, shown, shares),
        "report.txt": show_text(study, known, assessment) + "\n",
        "best.json": json.dumps(best_rows(study, shown, assessment), indent=2) + "\n",
        "best.toml": next_study_toml(study),
    }
    if assessment is not None:
        files["best.tex"] = best_latex(study, assessment, shown)
    return files, pictures


def _imported_files(
    study: ImportedStudy, shown: int, all_drawn: AllDrawn
) -> tuple[Files, list[Picture]]:
    """What is written of an imported study, without a study to run next, and its pictures."""
    shares, pictures = importances(study), all_drawn()
    files: Files = {
        "report.html": imported_page(study, shown, pictures, shares),
        "report.md": imported_markdown(study, shown, pictures, shares),
        "report.txt": imported_show_text(study) + "\n",
        "best.json": json.dumps(imported_rows(study, shown), indent=2) + "\n",
        "best.tex": imported_latex(study, shown),
    }
    return files, pictures
