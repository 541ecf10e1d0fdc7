"""What `start` and `resume` have in common: follow the run, then say what came of it."""

import os
import shlex
import sys
from contextlib import AbstractContextManager

import typer

from hpsearch.bootstrap import Run, opened
from hpsearch.cli.interruption import Interrupted, interruptible
from hpsearch.cli.live import follow
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.study import Study
from hpsearch.errors import HpsearchError
from hpsearch.reporting.best import best_text
from hpsearch.settings import DEFAULT_STORAGE
from hpsearch.store.database import path_of


def run_to_the_end(running: AbstractContextManager[Run], storage: str, name: str) -> None:
    """Run a study and print its result; a signal ends the program with what is saved told.

    Raises:
        NoValidTrial: no trial has a score.
    """
    try:
        with interruptible():
            with running as run:
                follow(run)
            with opened(storage) as store:
                study = store.load_study(name)
            print_result(study, storage)
    except Interrupted as interrupted:
        _tell_interruption(storage, name)
        sys.stderr.flush()
        # Not `sys.exit`: it would wait for a reader of stdout that may never read on.
        os._exit(interrupted.exit_code)


def print_result(study: Study, storage: str) -> None:
    """The Best-5, where the database is, and what to type next."""
    typer.echo(best_text(study, 5))
    name = shlex.quote(study.name)
    commands = [f"show {name}", f"report {name}"]
    if study.spec.sampler is not Sampler.GRID:
        commands.append(f"finalize {name}")
        commands.append(f"resume {name} --trials {2 * study.trial_count}")
    typer.echo(f"\nAll {len(study.trials)} trials are in {path_of(storage)}. Next:")
    for command in commands:
        typer.echo(f"  hpsearch {command}{storage_option(storage)}")


def storage_option(storage: str) -> str:
    """What to add to a suggested command so that it finds the same database."""
    return "" if storage == DEFAULT_STORAGE else f" --storage {shlex.quote(storage)}"


def _tell_interruption(storage: str, name: str) -> None:
    try:
        with opened(storage) as store:
            study = store.load_study(name)
    except HpsearchError:
        typer.echo("\nStopped before the first trial; nothing was saved.", err=True)
        return
    command = f"hpsearch resume {shlex.quote(name)}{storage_option(storage)}"
    typer.echo(
        f"\nStopped. {len(study.trials)} of {study.trial_count} trials saved. Continue: {command}",
        err=True,
    )
