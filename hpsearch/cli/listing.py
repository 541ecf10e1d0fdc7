"""`hpsearch list`, `show` and `best`: what is stored."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.options import Format, FormatOption, NameArgument, StorageOption, looked_at

if TYPE_CHECKING:
    from hpsearch.domain.imported import ImportedStudy


def list_studies(storage: StorageOption = None, output: FormatOption = Format.TEXT) -> None:
    """All studies: data, space, progress, best score."""
    here = looked_at(storage)
    from hpsearch.reporting.study_list import list_rows, list_text
    from hpsearch.storage import opened

    with opened(here) as store:
        studies = store.list_studies()
    if output is Format.JSON:
        typer.echo(json.dumps(list_rows(studies), indent=2))
    else:
        typer.echo(list_text(studies) if studies else "no studies yet")


def show(
    name: NameArgument, storage: StorageOption = None, output: FormatOption = Format.TEXT
) -> None:
    """One study: question, progress, ranges, the best so far."""
    here = looked_at(storage)
    from hpsearch.assessing import assessed, searched_to_tell
    from hpsearch.domain.imported import ImportedStudy
    from hpsearch.reporting.imported_text import imported_show_text, imported_values
    from hpsearch.reporting.study_text import show_text, show_values
    from hpsearch.statistics import student
    from hpsearch.storage import known_data, opened

    with opened(here) as store:
        study = searched_to_tell(store, name)
        if isinstance(study, ImportedStudy):
            values, text = imported_values(study), imported_show_text(study)
        else:
            student.load()
            values = show_values(study)
            text = show_text(study, known_data(study), assessed(store, study))
    typer.echo(json.dumps(values, indent=2) if output is Format.JSON else text)


def best(
    name: NameArgument,
    count: Annotated[int, typer.Argument(metavar="[N]", help="How many.", min=1)] = 5,
    storage: StorageOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """The N best configurations, and what their scores mean."""
    here = looked_at(storage)
    from hpsearch.assessing import assessed, searched_to_tell
    from hpsearch.cli.colour import highlighted
    from hpsearch.domain.imported import ImportedStudy
    from hpsearch.reporting.best import best_rows, best_text
    from hpsearch.reporting.final_test import test_note
    from hpsearch.statistics import student
    from hpsearch.storage import opened

    with opened(here) as store:
        study = searched_to_tell(store, name, count)
        if isinstance(study, ImportedStudy):
            _print_imported(study, count, output)
            return
        student.load()
        assessment = assessed(store, study, count)
    text = best_text(study, count, assessment, with_table=True)
    if output is Format.TEXT:
        typer.echo(highlighted(text))
        return
    typer.echo(json.dumps(best_rows(study, count, assessment), indent=2))
    if study.openings:
        typer.echo(test_note(study), err=True)


def _print_imported(study: "ImportedStudy", count: int, output: Format) -> None:
    from hpsearch.cli.colour import highlighted
    from hpsearch.reporting.imported_text import imported_best_text, imported_rows

    text = imported_best_text(study, count)
    rows = json.dumps(imported_rows(study, count), indent=2)
    typer.echo(highlighted(text) if output is Format.TEXT else rows)
