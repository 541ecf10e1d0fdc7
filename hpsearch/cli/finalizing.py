"""`hpsearch finalize`: from a finished search to a model."""

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli.interruption import Interrupted, interruptible
from hpsearch.cli.options import Format, FormatOption, NameArgument, StorageOption


def finalize(
    name: NameArgument,
    seeds: Annotated[
        int,
        typer.Option(
            metavar="N", help="Networks to train, which then answer together.", min=1, max=100
        ),
    ] = 5,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Default: NAME.model.npz."),
    ] = None,
    trial: Annotated[
        int | None,
        typer.Option(metavar="K", help="Number of the trial to train; default: the best.", min=0),
    ] = None,
    again: Annotated[  # noqa: FBT002 - a flag of the command line
        bool,
        typer.Option("--again", help="Open the test set once more; every report will say so."),
    ] = False,
    force: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--force", help="Replace the file if it exists.")
    ] = False,
    storage: StorageOption = None,
    shown: FormatOption = Format.TEXT,
) -> None:
    """Train the best configuration on all rows, open the test set once, save the model.

    The best configuration is the best confirmed one, where finalists were confirmed. The test set
    is the data that no search ever loads. Its score is stored before it is shown.

    Examples:

        hpsearch finalize mnist-lr-wd

        hpsearch finalize churn --seeds 9 -o churn.npz
    """
    from hpsearch import finalization
    from hpsearch.settings import settings as environment

    here = environment(storage)
    wish = finalization.Wish(
        name=name, networks=seeds, output=output, trial=trial, is_again=again, replaces=force
    )
    study, chosen = finalization.check(here.storage, wish)
    networks = f"{seeds} network{'s' if seeds > 1 else ''}"
    rows = study.data.rows
    typer.echo(f"training {networks} of trial {chosen.number} on all {rows} rows", err=True)
    try:
        with interruptible():
            finished = finalization.finalize(here.storage, wish)
    except Interrupted as interrupted:
        typer.echo("\nStopped. The same line starts again.", err=True)
        sys.stderr.flush()
        os._exit(interrupted.exit_code)
    _print(finished, shown)


def _print(finished: "object", shown: Format) -> None:
    from hpsearch.finalization import Finalized
    from hpsearch.reporting.final_test import (
        networks_text,
        opening_values,
        scores_text,
        test_note,
    )
    from hpsearch.reporting.text import configuration_text, wrapped

    assert isinstance(finished, Finalized)
    study, opening, members = finished.study, finished.opening, finished.model.network.members
    if shown is Format.JSON:
        values = {
            "model": str(finished.path),
            "trial": finished.trial.number,
            "configuration": dict(finished.trial.configuration),
            "networks": members,
            "test": opening_values(opening) if opening else None,
            "openings": len(study.openings),
        }
        typer.echo(json.dumps(values, indent=2))
        return
    configuration = configuration_text(finished.trial.configuration)
    typer.echo(f"{finished.path}: {networks_text(members)}, trial {finished.trial.number}")
    typer.echo(f"  {configuration}\n")
    if opening is None:
        typer.echo(
            wrapped(
                "No test set was set aside, so nothing was tested: what the search and its "
                "confirmations say is all that is known."
            )
        )
    elif opening is study.openings[-1] or opening.number == study.openings[-1].number:
        typer.echo(wrapped(test_note(study)))
    else:
        typer.echo(wrapped(f"Its test is on record: {scores_text(opening)}. {test_note(study)}"))
    typer.echo(f"\nNext:\n  hpsearch predict {shlex.quote(str(finished.path))} DATA")
