"""Predictions as data for other programs, one entry per row of the data, in their order."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray


def predictions_csv(
    answers: NDArray[Any], classes: Sequence[str], probabilities: NDArray[Any] | None = None
) -> str:
    """A header, then a line per row: `prediction`, and `probability_CLASS` where they are given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    named = [] if probabilities is None else [f"probability_{each}" for each in classes]
    writer.writerow(["prediction", *named])
    if probabilities is None:
        writer.writerows([each] for each in answers.tolist())
    else:
        pairs = zip(answers.tolist(), _shown(probabilities), strict=True)
        writer.writerows([answer, *row] for answer, row in pairs)
    return text.getvalue()


def predictions_json(
    answers: NDArray[Any], classes: Sequence[str], probabilities: NDArray[Any] | None = None
) -> str:
    """A list of objects: `prediction`, and `probabilities` by class where they are given."""
    rows: list[dict[str, Any]] = [{"prediction": each} for each in answers.tolist()]
    if probabilities is not None:
        for row, own in zip(rows, _shown(probabilities), strict=True):
            row["probabilities"] = dict(zip(classes, own, strict=True))
    return json.dumps(rows, indent=1) + "\n"


def _shown(probabilities: NDArray[Any]) -> list[list[float]]:
    """Probabilities to six decimals: a network of 32 bits says no more."""
    shown: list[list[float]] = probabilities.round(6).tolist()
    return shown
