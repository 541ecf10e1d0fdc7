"""`hpsearch finalize`: from a finished search to a model."""

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.interruption import Interrupted, interruptible
from hpsearch.cli.options import Format, FormatOption, NameArgument, StorageOption

if TYPE_CHECKING:
    from hpsearch.data.sklearn_process import Call
    from hpsearch.finalization import Finalized, Wish


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
    from hpsearch.data.sklearn_process import sklearn_apart
    from hpsearch.settings import settings as environment

    here = environment(storage)
    # Its process starts before anything else is imported, because it takes the longest.
    with sklearn_apart(is_apart=here.cores > 1) as call:
        from hpsearch.finalization import Wish

        wish = Wish(
            name=name, networks=seeds, output=output, trial=trial, is_again=again, replaces=force
        )
        finished = _finished(here.storage, wish, call)
    _print(finished, shown)


def _finished(storage: str, wish: "Wish", call: "Call") -> "Finalized":
    """Train and test, and say what is being done; end the process where that is interrupted."""
    from hpsearch import finalization

    study, chosen = finalization.check(storage, wish)
    networks = f"{wish.networks} network{'s' if wish.networks > 1 else ''}"
    rows = study.data.rows
    typer.echo(f"training {networks} of trial {chosen.number} on all {rows} rows", err=True)
    try:
        with interruptible():
            return finalization.finalize(storage, wish, call)
    except Interrupted as interrupted:
        typer.echo("\nStopped. The same line starts again.", err=True)
        sys.stderr.flush()
        os._exit(interrupted.exit_code)


def _print(finished: "Finalized", shown: Format) -> None:
    from hpsearch.reporting.final_test import (
        networks_text,
        opening_values,
        scores_text,
        test_note,
    )
    from hpsearch.reporting.text import configuration_text, wrapped

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
