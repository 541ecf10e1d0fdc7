"""The report as one HTML file: no network, its own styles and script and nothing else's."""

import base64
import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from hpsearch.domain.assessment import Assessment, Standing
from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.range_text import value_text
from hpsearch.domain.space import Side
from hpsearch.domain.study import Study
from hpsearch.reporting.best import breakdown_note, meaning
from hpsearch.reporting.best_table import interval_text
from hpsearch.reporting.conclusions import conclusions
from hpsearch.reporting.giving_up import audit_note
from hpsearch.reporting.inline_svg import inline_svg
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.stages_text import decided_sentences, range_rows
from hpsearch.reporting.study_text import outcome_text, question_text
from hpsearch.reporting.sureness_text import NOTHING, method_sentences, sureness_facts
from hpsearch.reporting.text import score_text

ENDS = {Side.LOW: "low", Side.HIGH: "high"}
TEXT_COLUMNS = {"edge", "tie", "train it again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table.

    Attributes:
        value: what the column is sorted by where that is not the text.
    """

    text: str
    value: str | None = None
    is_text: bool = False
    is_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row of the Best-N."""

    cells: tuple[Cell, ...]
    is_tied: bool


def report_page(
    study: Study,
    known: DatasetCard,
    assessment: Assessment,
    count: int,
    pictures: Sequence[Picture] = (),
    shares: Mapping[str, float] = NOTHING,
) -> str:
    """The page; the same study gives the same text.

    Args:
        assessment: with `count` standings or more.
        count: rows of the table of the best.
        shares: how much each hyperparameter decides.
    """
    from jinja2 import Environment, StrictUndefined

    templates = files("hpsearch.reporting") / "templates"
    style, script = ((templates / name).read_text("utf-8") for name in ("page.css", "sort.js"))
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string((templates / "report.html").read_text("utf-8"))
    return template.render(
        policy=_policy(style, script),
        style=style,
        script=script,
        pictures=[_drawn(each) for each in pictures],
        facts=sureness_facts(study, assessment, shares),
        **_contents(study, known, assessment, count),
    )


def _contents(
    study: Study, known: DatasetCard, assessment: Assessment, count: int
) -> dict[str, Any]:
    standings = assessment.standings[:count]
    rows = [_row(study, each) for each in standings]
    is_confirmed = any(each.trial.confirmed_score is not None for each in standings)
    order = "Confirmed finalists first, by their confirmed mean; the others by search score."
    notes = [meaning(study), breakdown_note(study), audit_note(study)]
    return {
        "name": study.name,
        "verdict": conclusions(study, assessment),
        "question": question_text(study, known),
        "order": (order if is_confirmed else "By search score.")
        + " Shaded: tied with Best-1. A click on a heading sorts.",
        "headers": [Cell(text=each, is_text=each in TEXT_COLUMNS) for each in _headers(study)],
        "rows": [
            TableRow(cells=tuple(row.values()), is_tied=each.letter == "a")
            for row, each in zip(rows, standings, strict=True)
        ],
        "ranges": [range_rows(study.stages)],
        "decided": decided_sentences(study.stages),
        "outcomes": [outcome_text(study), *filter(None, notes)],
        "methods": method_sentences(study, assessment),
    }


def _headers(study: Study) -> list[str]:
    sure = ["ranks", "P(best)", "search", "95 %", "confirmed", "its 95 %", "gap", "epochs"]
    return ["rank", *study.spec.space, *sure, "edge", "tie", "trial", "train it again"]


def _row(study: Study, each: Standing) -> dict[str, Cell]:
    trial, rows = each.trial, study.data.validation_rows
    cells = [
        Cell(text=str(each.rank)),
        *(_value(trial.configuration.get(name, "-")) for name in study.spec.space),
        Cell(text="-" if each.ranks is None else f"{each.ranks[0]}-{each.ranks[1]}"),
        Cell(text="-" if each.chance is None else f"{each.chance:.0%}", value=_exact(each.chance)),
        Cell(text=score_text(trial.score, rows), value=_exact(trial.score)),
        Cell(text=interval_text(each.interval, rows)),
        Cell(text=score_text(trial.confirmed_score, rows), value=_exact(trial.confirmed_score)),
        Cell(text=interval_text(each.confirmed_interval, rows)),
        Cell(text="-" if each.gap is None else f"{each.gap:+.2f}", value=_exact(each.gap)),
        Cell(text=str(study.spec.training.epochs)),
        Cell(text=", ".join(f"{name} {ENDS[side]}" for name, side in each.edges), is_text=True),
        Cell(text=each.letter, is_text=True),
        Cell(text=str(trial.number)),
        Cell(text=replay_command(study, trial.number), is_text=True, is_code=True),
    ]
    return dict(zip(_headers(study), cells, strict=True))


def replay_command(study: Study, number: int) -> str:
    """The command that trains a trial again."""
    return f"hpsearch replay {shlex.quote(study.name)} {number}"


def _value(value: object) -> Cell:
    if isinstance(value, float | int):
        return Cell(text=value_text(value), value=repr(value))
    return Cell(text=str(value))


def _exact(number: float | None) -> str | None:
    return None if number is None else repr(number)


def _drawn(picture: Picture) -> dict[str, str]:
    return {
        "heading": picture.heading,
        "caption": picture.caption,
        "svg": inline_svg(picture.svg, picture.name, picture.heading),
    }


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere; only this style and this script, by their hashes."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
