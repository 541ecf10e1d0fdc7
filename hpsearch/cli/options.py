"""Options that several commands share."""

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How a command prints what it found."""

    TEXT = "text"
    JSON = "json"


StorageOption = Annotated[
    str | None,
    typer.Option(
        "--storage",
        metavar="URL",
        help="Database, `sqlite:///FILE`. Default: $HPSEARCH_STORAGE, or hpsearch.db here.",
        show_default=False,
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="W",
        help="Processes that train; 1 is this one, if it has no limits. Default: one per core.",
        show_default=False,
        min=1,
    ),
]
TimeoutOption = Annotated[
    str | None,
    typer.Option(
        "--timeout",
        metavar="TIME",
        help="Start no training after so long: `90` (seconds), `10m`, `2h`. `resume` goes on.",
        show_default=False,
    ),
]
TrialTimeoutOption = Annotated[
    str | None,
    typer.Option(
        "--trial-timeout",
        metavar="TIME",
        help="Give a trial up that trains longer than this on a fold; as `--timeout`, `30s`.",
        show_default=False,
    ),
]
WorkerMemoryOption = Annotated[
    str | None,
    typer.Option(
        "--worker-memory",
        metavar="SIZE",
        help="Memory that each worker may have, `2GB`; a trial that needs more fails.",
        show_default=False,
    ),
]
MaxFailuresOption = Annotated[
    int | None,
    typer.Option(
        "--max-failures",
        metavar="N",
        help="End the run when N trials have failed. Default: when its first 5 all fail alike.",
        show_default=False,
        min=1,
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="Text to read, or JSON.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The study's name.")]

TargetOption = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of a table to predict.")
]
GroupOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Rows with the same value here stay on one side."),
]
TimeOption = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Later rows validate and test.")
]
DropOption = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out.")
]
TaskOption = Annotated[
    str | None,
    typer.Option(metavar="TASK", help="classification or regression; told from the target."),
]
MetricOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Ranks trials: accuracy, balanced_accuracy, log_loss, macro_f1, roc_auc; r2, rmse, "
        "mae.",
    ),
]
TestOption = Annotated[
    float | None,
    typer.Option(metavar="SHARE", help="Rows set aside as the test part; of tables 0.2."),
]


def looked_at(storage: str | None) -> str:
    """URL of the database, which is looked at while the libraries of a command load."""
    from hpsearch.settings import settings
    from hpsearch.store.inspection import look_ahead

    url = settings(storage).storage
    look_ahead(url)
    return url
