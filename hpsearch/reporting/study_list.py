"""The list of studies, as text and as plain values."""

from collections.abc import Sequence
from typing import Any

from hpsearch.domain.study import StudySummary
from hpsearch.reporting.text import aligned


def list_text(studies: Sequence[StudySummary]) -> str:
    """One line per study."""
    headers = ("name", "data", "space", "trials", "best")
    rows = [
        (
            each.name,
            each.data,
            ",".join(each.space),
            f"{each.finished} of {each.trial_count}",
            _best_value(each),
        )
        for each in studies
    ]
    return aligned(headers, rows)


def _best_value(summary: StudySummary) -> str:
    value = summary.best_value
    if value is None:
        return "-"
    is_plain = abs(value) < 1000 and not summary.is_imported
    return f"{value:.3f}" if is_plain else f"{value:.3g}"


def list_rows(studies: Sequence[StudySummary]) -> list[dict[str, Any]]:
    """The same as plain values."""
    return [
        {
            "name": each.name,
            "data": each.data,
            "space": list(each.space),
            "finished": each.finished,
            "trials": each.trial_count,
            "best_score": each.best_score,
            **({"imported": True} if each.is_imported else {}),
        }
        for each in studies
    ]
