"""Two studies side by side, as text and as plain values."""

from collections.abc import Mapping
from typing import Any

from hpsearch.domain.range_text import range_of_table, range_words, value_text
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Purpose
from hpsearch.domain.two_studies import Contender, Method, PairedTest, TwoStudies
from hpsearch.reporting.conclusions import estimate_words
from hpsearch.reporting.metric_text import expectation
from hpsearch.reporting.text import (
    ScoreForm,
    aligned,
    configuration_text,
    score_form,
    score_text,
    wrapped,
)

SIGNIFICANCE = 0.05
NAMED = {
    Method.CORRECTED_T: "corrected resampled t-test",
    Method.MCNEMAR: "McNemar's test, mid-p",
    Method.ROWS_T: "t-test over the rows",
}
WIDTH = 30  # letters of a value; longer ones stand on lines of their own


def compared_values(two: TwoStudies) -> dict[str, Any]:
    """A comparison as plain values; differences are those of the second from the first."""
    found = two.found
    return {
        "studies": [_contender_values(each) for each in (two.first, two.second)],
        "differences": {key: [one, other] for key, one, other in two.unlike},
        "paired_test": _test_values(found) if isinstance(found, PairedTest) else None,
        "why_unpaired": found if isinstance(found, str) else None,
    }


def compared_text(two: TwoStudies) -> str:
    """A comparison as text of 80 columns."""
    parts = [_question_text(two), "", _best_text(two), ""]
    estimates = [_estimate(each) for each in (two.first, two.second)]
    parts += [wrapped(each) for each in estimates if each]
    return "\n".join([*parts, wrapped(conclusion(two))])


def conclusion(two: TwoStudies) -> str:
    """What a paired test says, or why there is none."""
    found, names = two.found, (two.first.study.name, two.second.study.name)
    if isinstance(found, str):
        return " ".join(filter(None, [f"No paired test: {found}.", _overlap(two)]))
    where = _shared(found)
    how = f"{NAMED[found.method]}, {_p_text(found.p)}"
    if found.difference == 0:
        return f"{where}, both score alike ({how})."
    form, size = score_form(two.first.study), abs(found.difference)
    better, worse = names[::-1] if found.difference > 0 else names
    shown = _shown(two.first.study, size, form)
    doubt = "" if found.p < SIGNIFICANCE else ", a difference that may be chance"
    told = f"{where}, `{better}` is {shown} better than `{worse}`{doubt} ({how}{_interval(two)})."
    if found.purpose is Purpose.SEARCH:
        told += (
            " Both were chosen by these very scores, which favours the one chosen from more "
            "trials; `hpsearch confirm` of both gives scores that were not."
        )
    return told


def _overlap(two: TwoStudies) -> str:
    """Whether the estimates can be told apart by themselves; empty where that says nothing."""
    one, other = two.first, two.second
    mine, theirs = one.study.spec.data, other.study.spec.data
    is_alike = (mine.name, mine.metric) == (theirs.name, theirs.metric)
    if not is_alike or one.assessment is None or other.assessment is None:
        return ""
    (low, high), (lower, higher) = one.assessment.estimate[1], other.assessment.estimate[1]
    if low <= higher and lower <= high:
        return "The intervals of the two overlap, so that no difference is shown."
    return "The intervals of the two do not overlap."


def _shared(found: PairedTest) -> str:
    if found.rows is not None:
        return f"On the {found.rows} validation rows of the search that both share"
    what = "confirmations" if found.purpose is Purpose.CONFIRM else "trainings of the search"
    return f"On the splits of {found.trainings} {what} that both share"


def _p_text(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def _interval(two: TwoStudies) -> str:
    """The interval of the difference, in favour of the better; empty without one."""
    assert isinstance(two.found, PairedTest)
    if two.found.interval is None:
        return ""
    sign = 1 if two.found.difference > 0 else -1
    low, high = sorted(sign * end for end in two.found.interval)
    return f"; 95 % interval of the difference {low:+.3g} to {high:+.3g}"


def _shown(study: Study, size: float, form: ScoreForm | int) -> str:
    """A difference of scores, with as many digits as scores have."""
    return score_text(study.spec.data.metric.score(size), form).removeprefix("-")


def _question_text(two: TwoStudies) -> str:
    one, other = two.first.study, two.second.study
    if not two.unlike:
        return f"`{one.name}` and `{other.name}` ask the same question."
    short: list[tuple[str, ...]] = []
    long: list[tuple[str, ...]] = []
    for key, *both in two.unlike:
        cells = [_cell(each) for each in both]
        (short if max(map(len, cells)) <= WIDTH else long).append((key, *cells))
    lines = [aligned(("differs in", one.name, other.name), short)] if short else []
    for key, mine, theirs in long:
        lines += [key, f"  {one.name}: {mine}", f"  {other.name}: {theirs}"]
    return "\n".join(lines)


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case Mapping():
            return range_words(range_of_table(value))
        case list() | tuple():
            return ", ".join(map(str, value)) or "none"
        case float() | int() | str():
            text = value_text(value)
            return f"{text[:12]}…" if len(text) == 64 else text  # a hash
        case _:
            return str(value)


def _best_text(two: TwoStudies) -> str:
    header = ("study", "trials", "search", "95 %", "confirmed", "its 95 %")
    pairs = (two.first, two.second)
    rows = [_row(each) for each in pairs]
    lines = [
        f"  {each.study.name}, trial {best.number}: {configuration_text(best.configuration)}"
        for each in pairs
        for best in (each.best,)
    ]
    by = dict.fromkeys(_scored_by(each.study) for each in pairs)
    return "\n".join(
        [f"The best of each, by {' and '.join(by)}:", *lines, "", aligned(header, rows)]
    )


def _scored_by(study: Study) -> str:
    return "minus the function" if study.data.is_function else study.spec.data.metric.words


def _row(each: Contender) -> tuple[str, ...]:
    study, form = each.study, score_form(each.study)
    return (
        study.name,
        f"{len(study.trials)} of {study.trial_count}",
        score_text(each.best.score, form),
        _ends(each.interval, form),
        score_text(each.best.confirmed_score, form),
        _ends(each.confirmed_interval, form),
    )


def _ends(interval: tuple[float, float] | None, form: ScoreForm | int) -> str:
    if interval is None:
        return "-"
    low, high = sorted((score_text(end, form) for end in interval), key=float)
    return f"{low} to {high}"


def _estimate(each: Contender) -> str:
    """What the best of a study scores on new rows; empty where that is not told."""
    study, best = each.study, each.best
    if each.assessment is not None:
        return f"`{study.name}`: {estimate_words(study, each.assessment)}."
    is_open = best.confirmed_score is None and not study.data.is_function
    return f"`{study.name}`: {expectation(study)}" if is_open else ""


def _contender_values(each: Contender) -> dict[str, Any]:
    study, best = each.study, each.best
    estimate = each.assessment.estimate if each.assessment else None
    return {
        "name": study.name,
        "finished": len(study.trials),
        "trials": study.trial_count,
        "metric": None if study.data.is_function else study.spec.data.metric.value,
        "best": {
            "number": best.number,
            "configuration": dict(best.configuration),
            "score": best.score,
            "interval": each.interval,
            "confirmed_score": best.confirmed_score,
            "confirmed_interval": each.confirmed_interval,
            "estimate": estimate[0] if estimate else None,
            "estimate_interval": estimate[1] if estimate else None,
        },
    }


def _test_values(found: PairedTest) -> dict[str, Any]:
    return {
        "method": found.method.value,
        "purpose": found.purpose.value,
        "trainings": found.trainings,
        "rows": found.rows,
        "difference": found.difference,
        "interval": found.interval,
        "p": found.p,
    }
