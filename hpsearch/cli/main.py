"""The command line: which commands there are, and what an error becomes."""

import atexit
import contextlib
import gc
import sys
from typing import Annotated

import typer

from hpsearch.cli import built_in, db, housekeeping, importing, listing, output, planning
from hpsearch.cli.comparing import compare
from hpsearch.cli.data import data
from hpsearch.cli.doctor import doctor
from hpsearch.cli.finalizing import finalize
from hpsearch.cli.predicting import predict
from hpsearch.cli.replay import replay, verify
from hpsearch.cli.resume import resume
from hpsearch.cli.start import start
from hpsearch.errors import (
    DISK_ERRORS,
    HpsearchError,
    InvalidInput,
    NoValidTrial,
    OutputFailed,
    StoreFailed,
    StoreReadOnly,
    StoreRefused,
    StudyBusy,
    TooManyFailures,
)

EXIT_CODES = {
    InvalidInput: 2,
    NoValidTrial: 3,
    TooManyFailures: 3,
    StoreRefused: 65,
    StoreFailed: 74,
    OutputFailed: 74,
    StudyBusy: 75,
    StoreReadOnly: 77,
}

app = typer.Typer(
    name="hpsearch",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(start)
app.command()(resume)
app.command()(planning.narrow)
app.command()(planning.confirm)
app.command()(finalize)
app.command()(predict)
app.command("list")(listing.list_studies)
app.command()(listing.show)
app.command()(listing.best)
app.command()(compare)
app.command()(output.report)
app.command()(output.export)
app.add_typer(importing.app, name="import")
app.command()(replay)
app.command()(verify)
app.command()(housekeeping.rename)
app.command()(housekeeping.delete)
app.command()(data)
app.command()(built_in.hyperparameters)
app.command()(built_in.studies)
app.command()(doctor)
app.add_typer(db.app, name="db")


def _print_version(is_asked: bool) -> None:  # noqa: FBT001 - typer's callback
    if is_asked:
        from importlib import metadata

        typer.echo(metadata.version("hpsearch"))
        raise typer.Exit


@app.callback()
def program(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Find good hyperparameters for a neural network, keep every trial, say how sure it is."""


def main() -> None:
    """Run the command line; an error that the user can act on becomes one line and a code."""
    # Collecting garbage while large packages load, and again at the end, takes half a second.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    try:
        app()
    except HpsearchError as error:
        _end(error)
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        _end(OutputFailed(error))


def _end(error: HpsearchError) -> None:
    """Say what is wrong, if that can be said, and end with its code."""
    with contextlib.suppress(OSError):
        typer.echo(f"error: {error.message}", err=True)
        if error.hint:
            typer.echo(f"hint: {error.hint}", err=True)
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except OSError:  # Python would try again at the end, and end with another code
            setattr(sys, name, None)
    sys.exit(exit_code(error))


def exit_code(error: HpsearchError) -> int:
    """Code of the most particular group that the error belongs to."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
