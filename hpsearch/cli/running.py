"""What `start` and `resume` have in common: follow the run, then say what came of it."""

import os
import shlex
import sys
import threading
from contextlib import AbstractContextManager

import typer

from hpsearch.assessing import assessed, study_to_tell
from hpsearch.bootstrap import Run, opened
from hpsearch.cli.interruption import Interrupted, interruptible
from hpsearch.cli.live import follow
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.search_plan import Sampler
from hpsearch.errors import HpsearchError
from hpsearch.reporting.best import best_text
from hpsearch.settings import DEFAULT_STORAGE
from hpsearch.statistics import student
from hpsearch.store.inspection import path_of


def run_to_the_end(running: AbstractContextManager[Run], storage: str, name: str) -> None:
    """Run a study and print its result; a signal ends the program with what is saved told.

    Raises:
        NoValidTrial: no trial has a score.
    """
    try:
        with interruptible():
            with running as run:
                # What the end will need: it takes a quarter of a second, and the workers train.
                threading.Thread(target=student.load, daemon=True).start()
                follow(run)
            _print_end(name, storage)
    except Interrupted as interrupted:
        _tell_interruption(storage, name)
        sys.stderr.flush()
        # Not `sys.exit`: it would wait for a reader of stdout that may never read on.
        os._exit(interrupted.exit_code)


def _print_end(name: str, storage: str) -> None:
    """The result, so far as there is one, and how to go on where time is up before the end."""
    with opened(storage) as store:
        study = store.load_study(name, best=1)
    if not study.is_finished:
        typer.echo(f"Continue: {_resuming(name, storage)}", err=True)
    if study.is_finished or best_trials(study.trials, 1):
        print_result(name, storage)


def print_result(name: str, storage: str) -> None:
    """The Best-5, where the database is, and what to type next."""
    with opened(storage) as store:
        study = study_to_tell(store, name)
        assessment = assessed(store, study)
    typer.echo(best_text(study, 5, assessment))
    quoted = shlex.quote(name)
    commands = [f"show {quoted}", f"report {quoted}"]
    if not study.is_finished:
        commands.append(f"resume {quoted}")
    elif study.spec.sampler is not Sampler.GRID:
        commands.append(f"finalize {quoted}")
        commands.append(f"resume {quoted} --trials {2 * study.trial_count}")
    count = study.finished
    saved = f"All {count}" if study.is_finished else f"{count} of {study.trial_count}"
    typer.echo(f"\n{saved} trials are in {path_of(storage)}. Next:")
    for command in commands:
        typer.echo(f"  hpsearch {command}{storage_option(storage)}")


def storage_option(storage: str) -> str:
    """What to add to a suggested command so that it finds the same database."""
    return "" if storage == DEFAULT_STORAGE else f" --storage {shlex.quote(storage)}"


def _tell_interruption(storage: str, name: str) -> None:
    try:
        with opened(storage) as store:
            study = store.load_study(name, best=0)
    except HpsearchError:
        typer.echo("\nStopped before the first trial; nothing was saved.", err=True)
        return
    saved = f"{study.finished} of {study.trial_count} trials saved"
    typer.echo(f"\nStopped. {saved}. Continue: {_resuming(name, storage)}", err=True)


def _resuming(name: str, storage: str) -> str:
    return f"hpsearch resume {shlex.quote(name)}{storage_option(storage)}"
