"""`hpsearch data`: what is built in, and what a file holds before anything is searched."""

import json
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from hpsearch.cli.options import (
    DropOption,
    Format,
    FormatOption,
    GroupOption,
    TargetOption,
    TaskOption,
    TestOption,
    TimeOption,
)


def data(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A data set, or a file.")
    ] = None,
    target: TargetOption = None,
    group: GroupOption = None,
    time: TimeOption = None,
    drop: DropOption = None,
    task: TaskOption = None,
    test: TestOption = None,
    seed: Annotated[int, typer.Option(metavar="S", help="Of the study to be started.")] = 0,
    output: FormatOption = Format.TEXT,
) -> None:
    """The data sets that are built in; of one of them, or of a file, what it holds.

    Examples:

        hpsearch data

        hpsearch data churn.csv --target churned
    """
    if name is None:
        _print_built_in(output)
        return
    from hpsearch.data.overview import overview
    from hpsearch.domain.spec_text import data_question
    from hpsearch.reporting.data_text import data_text, data_values

    columns = {"target": target, "group": group, "time": time, "drop": drop or None}
    given: dict[str, Any] = {"name": name, **columns, "task": task, "test": test}
    said = {key: value for key, value in given.items() if value is not None}
    asked, asked_task, _ = data_question({"data": said})
    found = overview(asked, seed, asked_task)
    if output is Format.JSON:
        typer.echo(json.dumps(data_values(found), indent=2))
        return
    typer.echo(data_text(found))
    if target is not None and found.classes is not None:
        typer.echo(f"\nSearch it: {_search_line(said)}", err=True)


def _search_line(said: dict[str, Any]) -> str:
    """The command that searches data of which all this was said."""
    words = ["hpsearch", "start", "--data", str(Path(said["name"]))]
    for key, value in said.items():
        if key != "name":
            for each in value if isinstance(value, list) else [value]:
                words += [f"--{key}", str(each)]
    return shlex.join([*words, "--space", "lr,wd"])


def _print_built_in(output: Format) -> None:
    from dataclasses import asdict

    from hpsearch.data.built_in import CARDS
    from hpsearch.reporting.text import aligned

    if output is Format.JSON:
        typer.echo(json.dumps([asdict(card) for card in CARDS.values()], indent=2))
        return
    headers = ("name", "rows", "features", "classes", "what it is")
    rows = [
        (
            card.name,
            str(card.rows),
            str(card.features),
            str(card.class_count) if card.class_count else "-",
            card.meaning,
        )
        for card in CARDS.values()
    ]
    typer.echo(aligned(headers, rows))
