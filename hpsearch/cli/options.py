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
        help="Processes that train; 1 trains in this process. Default: one per core.",
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
FormatOption = Annotated[Format, typer.Option("--format", help="Text to read, or JSON.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The study's name.")]
