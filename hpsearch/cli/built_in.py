"""`hpsearch hyperparameters` and `studies`: what is built in."""

import json

import typer

from hpsearch.cli.options import Format, FormatOption


def hyperparameters(output: FormatOption = Format.TEXT) -> None:
    """The hyperparameters that a space can name."""
    from hpsearch.domain.catalogue import CATALOGUE
    from hpsearch.domain.range_text import range_table, range_words, value_text
    from hpsearch.domain.usual_training import OF_TABLES

    if output is Format.JSON:
        rows = [
            {
                "name": entry.name,
                "meaning": entry.meaning,
                "range": range_table(entry.range),
                "limits": [entry.hard_low, entry.hard_high] if entry.hard_high else None,
                "default": entry.default,
                "default_of_tables": OF_TABLES.get(entry.name, entry.default),
                "only_with": list(entry.only_with),
                "source": entry.source,
            }
            for entry in CATALOGUE.values()
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for entry in CATALOGUE.values():
        typer.echo(f"{entry.name}: {entry.meaning}")
        limits = f"; limits {entry.hard_low:g} to {entry.hard_high:g}" if entry.hard_high else ""
        default = value_text(entry.default)
        if entry.name in OF_TABLES:
            default += f", of tables {OF_TABLES[entry.name]}"
        typer.echo(f"    {range_words(entry.range)}{limits}; default {default}")
        for optimizer, each in entry.by_optimizer:
            typer.echo(f"    with {optimizer}: {range_words(each)}")
        if entry.only_with and not entry.by_optimizer:
            typer.echo(f"    active with {', '.join(entry.only_with)} only")
        typer.echo(f"    source: {entry.source}")


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
