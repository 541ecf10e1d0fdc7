"""What a study's test part has shown, and how often it was looked at."""

from typing import Any

from hpsearch.domain.opening import Opening
from hpsearch.domain.study import Study
from hpsearch.domain.task import Metric
from hpsearch.reporting.text import score_text
from hpsearch.statistics.intervals import wilson

ERRORS = (Metric.RMSE, Metric.MAE, Metric.LOG_LOSS)  # without an upper end


def test_note(study: Study) -> str:
    """How often the test set was opened, and what was seen last; empty where it never was."""
    if not study.openings:
        return ""
    first, last = study.openings[0], study.openings[-1]
    if first is last:
        return f"Final test: the test set was opened once, for {_of(last)}: {scores_text(last)}."
    return (
        f"Final test: the test set was opened {len(study.openings)} times, last for {_of(last)}: "
        f"{scores_text(last)}. Whatever was chosen by looking at it is not as good as it says; the "
        f"first look, for {_of(first)}, gave {_score(first, _first(first))}."
    )


def scores_text(opening: Opening) -> str:
    """`accuracy 0.934 on 1200 rows (95 % interval 0.918 to 0.947); chance level 0.101`."""
    rows, scores = opening.rows, opening.scores
    if "accuracy" not in scores:
        others = [each for each in (Metric.R2, Metric.RMSE, Metric.MAE) if each != _first(opening)]
        shown = ", ".join([_first_score(opening), *(_score(opening, each) for each in others)])
        return f"{shown} on {rows} rows; the mean of the target alone has an R² of 0"
    first = "" if _first(opening) is Metric.ACCURACY else f"{_first_score(opening)}, "
    low, high = (score_text(end, rows) for end in wilson(scores["accuracy"] * rows, rows))
    return (
        f"{first}{_score(opening, Metric.ACCURACY)} on {rows} rows (95 % interval {low} to "
        f"{high}); chance level {score_text(scores['chance'], rows)} (the commonest class)"
    )


def openings_values(study: Study) -> list[dict[str, Any]]:
    """The openings of a study as plain values, without times."""
    return [opening_values(each) for each in study.openings]


def opening_values(opening: Opening) -> dict[str, Any]:
    """One opening as plain values, without its time."""
    return {
        "number": opening.number,
        "trial": opening.trial,
        "networks": opening.networks,
        "rows": opening.rows,
        "fingerprint": opening.fingerprint,
        "scores": dict(opening.scores),
    }


def networks_text(count: int) -> str:
    """`5 networks together`, or `1 network`."""
    return "1 network" if count == 1 else f"{count} networks together"


def _of(opening: Opening) -> str:
    return f"trial {opening.trial} ({networks_text(opening.networks)})"


def _first(opening: Opening) -> Metric:
    """The metric of the study."""
    return Metric(next(iter(opening.scores)))


def _first_score(opening: Opening) -> str:
    """The metric of the study with its interval, which openings of older versions do not have."""
    shown, metric = _score(opening, _first(opening)), _first(opening)
    if "low" not in opening.scores:
        return shown
    ends = (_value(opening, metric, opening.scores[end]) for end in ("low", "high"))
    return f"{shown} (95 % interval {' to '.join(ends)})"


def _score(opening: Opening, metric: Metric) -> str:
    return f"{metric.words} {_value(opening, metric, opening.scores[metric.value])}"


def _value(opening: Opening, metric: Metric, value: float) -> str:
    if metric not in ERRORS:
        return score_text(value, opening.rows)
    return f"{value:.0f}" if 1e4 <= value < 1e9 else f"{value:.4g}"
