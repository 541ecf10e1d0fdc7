"""`hpsearch doctor`: whether this machine and the database are fit for a search."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from hpsearch.cli.options import Format, FormatOption, StorageOption

if TYPE_CHECKING:
    from hpsearch.diagnosis import Finding


def doctor(storage: StorageOption = None, output: FormatOption = Format.TEXT) -> None:
    """Check machine, libraries and database; a FAIL says what to do, and gives exit code 1."""
    from dataclasses import asdict

    from hpsearch.diagnosis import Level, findings
    from hpsearch.examination import examined
    from hpsearch.settings import settings as environment

    found = findings(examined(environment(storage)))
    if output is Format.JSON:
        typer.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        typer.echo(_text(found))
    if any(each.level is Level.FAIL for each in found):
        raise typer.Exit(1)


def _text(found: "Sequence[Finding]") -> str:
    lines = []
    for each in found:
        lines.append(f"{each.level}  {each.subject:11}  {each.text}")
        if each.advice:
            lines.append(f"{'':19}-> {each.advice}")
    return "\n".join(lines)
