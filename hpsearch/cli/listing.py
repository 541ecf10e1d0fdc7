"""`hpsearch list`, `show` and `best`: what is stored."""

import json
from typing import Annotated

import typer

from hpsearch.cli.options import Format, FormatOption, NameArgument, StorageOption


def list_studies(storage: StorageOption = None, output: FormatOption = Format.TEXT) -> None:
    """All studies: data, space, progress, best score."""
    from hpsearch.bootstrap import opened
    from hpsearch.reporting.study_text import list_rows, list_text
    from hpsearch.settings import settings as environment

    with opened(environment(storage).storage) as store:
        studies = store.list_studies()
    if output is Format.JSON:
        typer.echo(json.dumps(list_rows(studies), indent=2))
    else:
        typer.echo(list_text(studies) if studies else "no studies yet")


def show(
    name: NameArgument, storage: StorageOption = None, output: FormatOption = Format.TEXT
) -> None:
    """One study: question, progress, ranges, the best so far."""
    from hpsearch.assessing import assessed, study_to_tell
    from hpsearch.bootstrap import known_data, opened
    from hpsearch.reporting.study_text import show_text, show_values
    from hpsearch.settings import settings as environment

    with opened(environment(storage).storage) as store:
        study = study_to_tell(store, name)
        assessment = assessed(store, study)
    if output is Format.JSON:
        typer.echo(json.dumps(show_values(study), indent=2))
    else:
        typer.echo(show_text(study, known_data(study), assessment))


def best(
    name: NameArgument,
    count: Annotated[int, typer.Argument(metavar="[N]", help="How many.", min=1)] = 5,
    storage: StorageOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """The N best configurations, and what their scores mean."""
    from hpsearch.assessing import assessed, study_to_tell
    from hpsearch.bootstrap import opened
    from hpsearch.cli.colour import highlighted
    from hpsearch.reporting.best import best_rows, best_text
    from hpsearch.reporting.final_test import test_note
    from hpsearch.settings import settings as environment

    with opened(environment(storage).storage) as store:
        study = study_to_tell(store, name, count)
        assessment = assessed(store, study, count)
    text = best_text(study, count, assessment, with_table=True)
    if output is Format.TEXT:
        typer.echo(highlighted(text))
        return
    typer.echo(json.dumps(best_rows(study, count, assessment), indent=2))
    if study.openings:
        typer.echo(test_note(study), err=True)
