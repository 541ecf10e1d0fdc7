"""`hpsearch data`, `hyperparameters` and `studies`: what is built in."""

import json
from dataclasses import asdict

import typer

from hpsearch.cli.options import Format, FormatOption


def data(output: FormatOption = Format.TEXT) -> None:
    """The data sets that are built in."""
    from hpsearch.data.built_in import CARDS
    from hpsearch.reporting.text import aligned

    if output is Format.JSON:
        typer.echo(json.dumps([asdict(card) for card in CARDS.values()], indent=2))
        return
    headers = ("name", "rows", "features", "classes", "what it is")
    rows = [
        (card.name, str(card.rows), str(card.features), str(card.class_count), card.meaning)
        for card in CARDS.values()
    ]
    typer.echo(aligned(headers, rows))


def hyperparameters(output: FormatOption = Format.TEXT) -> None:
    """The hyperparameters that a space can name."""
    from hpsearch.domain.hyperparameters import CATALOGUE

    if output is Format.JSON:
        typer.echo(json.dumps([asdict(entry) for entry in CATALOGUE.values()], indent=2))
        return
    for entry in CATALOGUE.values():
        each = entry.range
        typer.echo(
            f"{entry.name}  {entry.meaning}\n"
            f"    range {each.low:g} to {each.high:g} ({each.scale}), "
            f"limits {entry.hard_low:g} to {entry.hard_high:g}, default {entry.default:g}\n"
            f"    {entry.source}"
        )


def studies(output: FormatOption = Format.TEXT) -> None:
    """The study files that are built in; `hpsearch start NAME` runs one."""
    from hpsearch.data.study_files import packaged_studies
    from hpsearch.reporting.text import aligned

    known = packaged_studies()
    if output is Format.JSON:
        rows = [{"name": name, "question": each.question} for name, each in known.items()]
        typer.echo(json.dumps(rows, indent=2))
        return
    typer.echo(aligned(("name", "question"), [(n, each.question) for n, each in known.items()]))
