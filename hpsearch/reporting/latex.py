r"""The Best-N as a table for a paper: LaTeX with `\usepackage{booktabs}`."""

from hpsearch.domain.assessment import Assessment
from hpsearch.domain.imported import ImportedStudy
from hpsearch.domain.range_text import value_text
from hpsearch.domain.space import Value
from hpsearch.domain.study import Study
from hpsearch.reporting.best_table import interval_text
from hpsearch.reporting.imported_text import best_columns
from hpsearch.reporting.text import score_text

SPECIAL = {
    "\\": r"\textbackslash{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def best_latex(study: Study, assessment: Assessment, count: int) -> str:
    """A `tabular` of the best: rank, configuration, score, interval, confirmed score."""
    rows, names = study.data.validation_rows, list(study.spec.space)
    standings = assessment.standings[:count]
    is_confirmed = any(each.trial.confirmed_score is not None for each in standings)
    headers = ["rank", *names, "search", r"95\,\%", *(["confirmed"] if is_confirmed else []), "tie"]
    lines = [
        f"% Best-{len(standings)} of study {study.name}; tie: a, not shown to be worse than rank 1",
        rf"\begin{{tabular}}{{r{'l' * len(names)}rl{'r' if is_confirmed else ''}c}}",
        r"\toprule",
        _row([headers[0], *map(escaped, names), *headers[1 + len(names) :]]),
        r"\midrule",
    ]
    for each in standings:
        cells = [
            str(each.rank),
            *(_value(each.trial.configuration.get(name, "-")) for name in names),
            score_text(each.trial.score, rows),
            _interval(interval_text(each.interval, rows)),
            *([score_text(each.trial.confirmed_score, rows)] if is_confirmed else []),
            each.letter,
        ]
        lines.append(_row(cells))
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def imported_latex(study: ImportedStudy, count: int) -> str:
    """A `tabular` of the best of an imported study: rank, value, configuration."""
    headers, rows = best_columns(study, count)
    lines = [
        f"% Best-{len(rows)} of study {study.name}, imported; one score for each trial",
        rf"\begin{{tabular}}{{rr{'l' * (len(headers) - 3)}r}}",
        r"\toprule",
        _row(list(map(escaped, headers))),
        r"\midrule",
        *(_row(list(map(escaped, row))) for row in rows),
    ]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def escaped(text: str) -> str:
    """Text in which no letter means anything to LaTeX."""
    return "".join(SPECIAL.get(letter, letter) for letter in text)


def _value(value: Value) -> str:
    """A value; powers of ten as such."""
    text = value_text(value)
    digits, _, exponent = text.partition("e")
    if isinstance(value, float) and exponent:
        return rf"${digits}\cdot 10^{{{int(exponent)}}}$"
    return escaped(text)


def _interval(text: str) -> str:
    """An interval with a dash between its ends; where one is negative, with minus signs."""
    if " to " in text:
        return " to ".join(f"${end}$" for end in text.split(" to "))
    return text.replace("-", "--")


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"
