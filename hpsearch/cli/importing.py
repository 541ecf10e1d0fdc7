"""`hpsearch import`: results of other tools, to be listed, ranked, reported and exported."""

import shlex
from typing import Annotated

import typer

from hpsearch.cli.options import DropOption, StorageOption
from hpsearch.domain.task import Direction

app = typer.Typer(
    help="Bring in results of other tools, to be ranked, reported and exported.",
    no_args_is_help=True,
)

NameOption = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="What to call it here.")
]


@app.command()
def optuna(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Optuna's database, `sqlite:///FILE`; only read.")
    ],
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study's name there.")],
    name: NameOption = None,
    storage: StorageOption = None,
) -> None:
    """An Optuna study with one objective: its trials that have ended.

    Examples:

        hpsearch import optuna sqlite:///optuna.db my-study && hpsearch report my-study
    """
    from hpsearch.imports import import_optuna
    from hpsearch.settings import settings as environment

    here = environment(storage).storage
    _tell(import_optuna(here, url, study, name), here)


@app.command()
def csv(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, TSV or Parquet: a row for each trial.")
    ],
    score: Annotated[
        str, typer.Option("--score", metavar="COLUMN", help="The column that ranks the trials.")
    ],
    direction: Annotated[
        Direction, typer.Option("--direction", help="Which of its values are better.")
    ] = Direction.MAXIMIZE,
    drop: DropOption = None,
    name: NameOption = None,
    storage: StorageOption = None,
) -> None:
    """A table of trials: every column but the score is a hyperparameter.

    Where columns are called `params_...` or `param_...`, as in tables of Optuna and scikit-learn,
    only these are.

    Examples:

        hpsearch import csv runs.csv --score val_loss --direction minimize
    """
    from hpsearch.imports import import_table
    from hpsearch.settings import settings as environment

    here = environment(storage).storage
    found, left_out = import_table(here, file, score, direction, drop or (), name)
    if left_out:
        shown = ", ".join(f"`{each}`" for each in left_out)
        typer.echo(f"left out, as no hyperparameters: {shown}", err=True)
    _tell(found, here)


def _tell(study: object, storage: str) -> None:
    from hpsearch.cli.running import storage_option
    from hpsearch.domain.imported import ImportedStudy
    from hpsearch.reporting.imported_text import imported_note

    assert isinstance(study, ImportedStudy)
    typer.echo(imported_note(study), err=True)
    name = shlex.quote(study.name)
    for command in (f"best {name}", f"report {name}"):
        typer.echo(f"  hpsearch {command}{storage_option(storage)}")
