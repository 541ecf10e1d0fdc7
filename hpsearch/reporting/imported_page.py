"""The report of an imported study as one HTML file."""

from collections.abc import Mapping, Sequence

from hpsearch.domain.imported import ImportedStudy
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.trial import Trial
from hpsearch.reporting.imported_text import (
    BETTER,
    imported_conclusions,
    imported_question,
    imported_value,
    outcome_words,
    space_names,
    what_decides,
)
from hpsearch.reporting.page import (
    SORTS,
    Cell,
    Page,
    TableRow,
    question_terms,
    rendered,
    value_cells,
)
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.stages_text import decided_sentences, range_rows


def imported_page(
    study: ImportedStudy, count: int, pictures: Sequence[Picture], shares: Mapping[str, float]
) -> str:
    """The page; the same study gives the same text.

    Args:
        count: rows of the table of the best.
        shares: how much each hyperparameter decides.
    """
    best = best_trials(study.trials, count)
    names = ["rank", study.source.metric, *space_names(study), "trial"]
    page = Page(
        name=study.name,
        verdict=imported_conclusions(study),
        question=question_terms(imported_question(study)),
        order=f"By {study.source.metric}, {BETTER[study.source.direction]} is better.{SORTS}",
        headers=[Cell(text=each) for each in names],
        rows=[TableRow(cells=_cells(study, at, t), is_tied=False) for at, t in enumerate(best, 1)],
        facts=what_decides(study, shares),
        ranges=range_rows(study.stages),
        decided=decided_sentences(study.stages),
        outcomes=[f"{outcome_words(study)}."],
        methods=(),
    )
    return rendered(page, pictures)


def _cells(study: ImportedStudy, rank: int, trial: Trial) -> tuple[Cell, ...]:
    assert trial.score is not None
    value = study.source.score(trial.score)
    return (
        Cell(text=str(rank)),
        Cell(text=imported_value(study, trial.score), value=repr(value)),
        *value_cells(space_names(study), trial).values(),
        Cell(text=str(trial.number)),
    )
