"""`hpsearch predict`: a model, data, and what the one says about the other."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class PredictionFormat(StrEnum):
    """How predictions are written."""

    CSV = "csv"
    JSON = "json"


def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="File of `hpsearch finalize`.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="CSV, TSV, Parquet or NPZ file.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: print them.")
    ] = None,
    kind: Annotated[
        PredictionFormat, typer.Option("--format", help="One line per row, or JSON.")
    ] = PredictionFormat.CSV,
    probabilities: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--probabilities", help="Also the probability of each class.")
    ] = False,
    force: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--force", help="Replace the file if it exists.")
    ] = False,
) -> None:
    """Predict the class, or the number, of each row of a file, in its order.

    Examples:

        hpsearch predict churn.model.npz new.csv > predictions.csv

        hpsearch predict mnist-lr-wd.model.npz digits.npz --probabilities --format json
    """
    from hpsearch.data.tables import of_file
    from hpsearch.data.unlabelled import read_data
    from hpsearch.execution.blas import limit_to_one_thread
    from hpsearch.model.model_file import load
    from hpsearch.reporting.output_files import write_file
    from hpsearch.reporting.predictions import predictions_csv, predictions_json

    limit_to_one_thread()
    loaded = load(model)
    rows = read_data(data)
    with of_file(data):
        notes = loaded.inputs.notes(rows)
        answers = loaded.predict(rows)
    shares = loaded.predict_proba(rows) if probabilities else None
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    write = predictions_csv if kind is PredictionFormat.CSV else predictions_json
    text = write(answers, loaded.classes, shares)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_file(output, text, replace=force)
