"""Numbers and tables as text, the same way everywhere."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hpsearch.domain.range_text import value_text
from hpsearch.domain.space import Value
from hpsearch.domain.study import Study
from hpsearch.domain.task import Direction, Metric

NO_BREAK = "\u00a0"


def configuration_text(configuration: Mapping[str, Value]) -> str:
    """`lr: 0.00874, wd: off`."""
    return ", ".join(f"{name}: {value_text(value)}" for name, value in configuration.items())


class ScoreForm(NamedTuple):
    """How scores of a study are written.

    Attributes:
        rows: validation rows.
        metric: what the score is of.
    """

    rows: int
    metric: Metric


def score_form(study: Study) -> ScoreForm | int:
    """How scores of a study are written; accuracies, and values of functions, by their rows."""
    metric, rows = study.spec.data.metric, study.data.validation_rows
    return rows if metric is Metric.ACCURACY else ScoreForm(rows, metric)


def score_text(score: float | None, form: ScoreForm | int) -> str:
    """The metric's value that a score stands for.

    Args:
        form: as by `score_form`. An accuracy has as many decimals as its validation rows can tell
            apart; without such rows it is minus the value of a function, with four digits.
    """
    if score is None:
        return "-"
    if isinstance(form, ScoreForm):
        value = form.metric.score(score) + 0.0  # a zero without a minus
        is_share = form.metric.direction is Direction.MAXIMIZE
        return f"{value:.3f}" if is_share else f"{value:.4g}"
    validation_rows = form
    if not validation_rows:
        return f"{score:.4g}"
    return f"{score:.{2 if validation_rows <= 200 else 3}f}"


def score_name(class_count: int) -> str:
    """What a score on data is: accuracy of classes, R² of numbers."""
    return "accuracy" if class_count else "R²"


def duration_text(seconds: float) -> str:
    """`45 s`, `12 min` or `3.5 h`."""
    if seconds < 100:
        return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def wrapped(sentences: str, first: str = "", rest: str = "") -> str:
    """Sentences in lines of at most 80 characters, none of which ends within `p = 0.05`.

    Args:
        first: in front of the first line.
        rest: in front of the others.
    """
    whole = re.sub(r"\bp ([<=]) ", rf"p{NO_BREAK}\1{NO_BREAK}", sentences)
    lines = textwrap.fill(
        whole,
        80,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines.replace(NO_BREAK, " ")


def aligned(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with padded columns; columns whose cells are all numbers are right-aligned."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    numeric = [all(_is_number(row[i]) for row in rows) for i in range(len(headers))]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        ]
        return "  ".join(padded).rstrip()

    return "\n".join(map(line, [headers, *rows]))


def table_width(columns: Mapping[str, Sequence[str]]) -> int:
    """Letters in a line of `aligned`, of cells by header."""
    widths = [max(map(len, (header, *cells))) for header, cells in columns.items()]
    return sum(widths) + 2 * (len(widths) - 1)


def markdown_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same table in Markdown, in which no cell means anything."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(map(_in_table, cells))} |" for cells in lines)


def without_markup(text: str) -> str:
    """Text of others in Markdown, which takes what looks like HTML for HTML."""
    return text.replace("<", "&lt;")


def _in_table(cell: str) -> str:
    return without_markup(cell).replace("|", "\\|")


def number_list(numbers: Sequence[int]) -> str:
    """Runs of numbers: `0-7` or `0-3,8`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _is_number(text: str) -> bool:
    try:
        float(text.removesuffix(" %"))
    except ValueError:
        return text == "-"
    return True
