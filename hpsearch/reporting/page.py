"""The report as one HTML file: no network, its own styles and script and nothing else's."""

import base64
import hashlib
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from markupsafe import Markup, escape

from hpsearch.domain.assessment import Assessment, Standing
from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.range_text import value_text
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.space import Side
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Trial
from hpsearch.reporting.best import breakdown_note, meaning
from hpsearch.reporting.best_table import interval_text
from hpsearch.reporting.conclusions import conclusions
from hpsearch.reporting.final_test import test_note
from hpsearch.reporting.giving_up import audit_note
from hpsearch.reporting.inline_svg import inline_svg
from hpsearch.reporting.metric_text import score_label
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.plain_conclusions import plain_conclusions
from hpsearch.reporting.stages_text import Decided, RangeTable, decided_sentences, range_rows
from hpsearch.reporting.study_text import outcome_text, question_text
from hpsearch.reporting.sureness_text import NOTHING, method_sentences, sureness_facts
from hpsearch.reporting.text import score_form, score_text

ENDS = {Side.LOW: "low", Side.HIGH: "high"}
AGAIN = "train it again"
TEXT_COLUMNS = {"edge", "tie", AGAIN}
INDENT = 10  # letters in front of what a line of the question says
SORTS = " A click on a heading sorts."


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says, from top to bottom; parts that are empty are left out.

    Attributes:
        verdict: sentences, the most important one first.
        question: what was searched, and on what: terms with their meanings.
        order: by what the rows are ordered, and how to read the table.
        facts: terms with their meanings.
        decided: what was decided at the end of each stage.
        outcomes: how the trials ended, and what their scores mean.
        methods: how the numbers were computed.
    """

    name: str
    verdict: Sequence[str]
    question: Sequence[tuple[str, str]]
    order: str
    headers: Sequence[Cell]
    rows: Sequence[TableRow]
    facts: Sequence[tuple[str, str]]
    ranges: RangeTable
    decided: Sequence[Decided]
    outcomes: Sequence[str]
    methods: Sequence[str]


def rendered(page: Page, pictures: Sequence[Picture]) -> str:
    """The page as HTML; the same page gives the same text."""
    from jinja2 import Environment, StrictUndefined

    templates = files("hpsearch.reporting") / "templates"
    style, script = ((templates / name).read_text("utf-8") for name in ("page.css", "sort.js"))
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.filters["prose"] = _prose
    template = environment.from_string((templates / "report.html").read_text("utf-8"))
    return template.render(
        policy=_policy(style, script),
        style=style,
        script=script,
        pictures=[_drawn(each) for each in pictures],
        page=page,
    )


def report_page(
    study: Study,
    known: DatasetCard,
    assessment: Assessment | None,
    count: int,
    pictures: Sequence[Picture] = (),
    shares: Mapping[str, float] = NOTHING,
) -> str:
    """The page of a study; the same study gives the same text.

    Args:
        assessment: with `count` standings or more; None where nothing says how sure they are.
        count: rows of the table of the best.
        shares: how much each hyperparameter decides.
    """
    return rendered(_page(study, known, assessment, count, shares), pictures)


def _page(
    study: Study,
    known: DatasetCard,
    assessment: Assessment | None,
    count: int,
    shares: Mapping[str, float],
) -> Page:
    best = best_trials(study.trials, count)
    is_confirmed = any(each.confirmed_score is not None for each in best)
    order = "Confirmed finalists first, by their confirmed mean; the others by search score."
    shaded = " Shaded: tied with Best-1." if assessment else ""
    meant = [meaning(study)] if assessment else []  # else it is part of the verdict
    notes = [*meant, breakdown_note(study), audit_note(study), test_note(study)]
    headers, rows = _table(study, assessment, best)
    return Page(
        name=study.name,
        verdict=conclusions(study, assessment) if assessment else plain_conclusions(study),
        question=question_terms(question_text(study, known)),
        order=f"{order if is_confirmed else 'By search score.'}{shaded}{SORTS}",
        headers=headers,
        rows=rows,
        facts=sureness_facts(study, assessment, shares) if assessment else (),
        ranges=range_rows(study.stages),
        decided=decided_sentences(study.stages),
        outcomes=[outcome_text(study), *filter(None, notes)],
        methods=method_sentences(study, assessment) if assessment else (),
    )


def _table(
    study: Study, assessment: Assessment | None, best: Sequence[Trial]
) -> tuple[list[Cell], list[TableRow]]:
    if assessment is None:
        cells = [_plain_row(study, rank, trial) for rank, trial in enumerate(best, 1)]
        headers = list(cells[0])
        rows = [TableRow(cells=tuple(each.values()), is_tied=False) for each in cells]
    else:
        standings, headers = assessment.standings[: len(best)], _headers(study)
        rows = [
            TableRow(cells=tuple(_row(study, each).values()), is_tied=each.letter == "a")
            for each in standings
        ]
    return [Cell(text=each, is_text=each in TEXT_COLUMNS) for each in headers], rows


def _plain_row(study: Study, rank: int, trial: Trial) -> dict[str, Cell]:
    """A row where nothing says how sure it is: of a function, and of other metrics."""
    form = score_form(study)
    scores = {
        score_label(study): trial.score,
        **({"confirmed": trial.confirmed_score} if study.finalists else {}),
        **({} if study.data.is_function else {"training": trial.train_score}),
    }
    return {
        "rank": Cell(text=str(rank)),
        **value_cells(study.spec.space, trial),
        **{n: Cell(text=score_text(s, form), value=_exact(s)) for n, s in scores.items()},
        "epochs": Cell(text=str(study.spec.training.epochs)),
        "trial": Cell(text=str(trial.number)),
        AGAIN: _again(study, trial),
    }


def _headers(study: Study) -> list[str]:
    sure = ["ranks", "P(best)", "search", "95 %", "confirmed", "its 95 %", "gap", "epochs"]
    return ["rank", *study.spec.space, *sure, "edge", "tie", "trial", AGAIN]


def _row(study: Study, each: Standing) -> dict[str, Cell]:
    trial, rows = each.trial, study.data.validation_rows
    cells = [
        Cell(text=str(each.rank)),
        *value_cells(study.spec.space, trial).values(),
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
        _again(study, trial),
    ]
    return dict(zip(_headers(study), cells, strict=True))


def _again(study: Study, trial: Trial) -> Cell:
    return Cell(text=replay_command(study, trial.number), is_text=True, is_code=True)


def replay_command(study: Study, number: int) -> str:
    """The command that trains a trial again."""
    return f"hpsearch replay {shlex.quote(study.name)} {number}"


def question_terms(text: str) -> list[tuple[str, str]]:
    """Lines that begin with a word and are indented under it, as terms with their meanings."""
    return [(line[:INDENT].strip(), line[INDENT:]) for line in text.splitlines()]


def _prose(text: str) -> Markup:
    """A sentence as HTML: commands as code, and no line ends within a number or before its %."""
    safe = str(escape(text)).replace(" %", "&nbsp;%")
    safe = re.sub(r"\d[\d.]*e-\d+", r'<span class="number">\g<0></span>', safe)
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", safe))


def value_cells(names: Iterable[str], trial: Trial) -> dict[str, Cell]:
    """The configuration of a trial, a cell for each hyperparameter."""
    return {name: _value(trial.configuration.get(name, "-")) for name in names}


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
