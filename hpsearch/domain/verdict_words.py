"""Verdicts in plain words, as the command line and reports show them after the name."""

from hpsearch.domain.range_edges import EDGE_SIGNIFICANCE
from hpsearch.domain.range_text import value_text
from hpsearch.domain.space import Choices, IntegerRange, Range, Side, Switched, Value
from hpsearch.domain.verdict import (
    Action,
    ChoiceEvidence,
    Edge,
    End,
    Evidence,
    Judged,
    Judgement,
    Reason,
    Stop,
    Verdict,
)

SMALLEST_P = 1e-6
FIFTHS = {Side.LOW: "bottom fifth", Side.HIGH: "top fifth"}


def sentence(verdict: Verdict) -> str:
    """What was decided about a hyperparameter and why, without its name."""
    evidence, total = verdict.evidence, verdict.evidence.trials
    match evidence.reason:
        case Reason.TOO_FEW:
            return f"kept: {_too_few(evidence)}"
        case Reason.NO_SIGNAL:
            learned = f"none of {total} trials learned anything that holds for other rows"
            return f"kept: {learned}, {evidence.memorised} know the training rows by heart"
        case Reason.PLATEAU:
            return f"kept: {evidence.tied} of {total} trials are as good as the best"
        case Reason.UNTRAINABLE:
            diverged = f"{evidence.counts.diverged} of {total} trials diverged"
            return f"{_shift(verdict)}: {diverged}"
    dropped = "; ".join(_drop(each, evidence) for each in evidence.choices if each.is_dropped)
    if isinstance(verdict.old, Choices):
        return dropped or "kept: no choice is clearly worse than the others"
    return "; ".join(filter(None, (_about_range(verdict), dropped)))


def stop_sentence(judgement: Judgement) -> str:
    """Why a search need not go on; empty if it should."""
    counts = judgement.counts
    match judgement.stop:
        case Stop.NO_SIGNAL:
            return (
                f"no signal in the data: none of {counts.total} trials learned anything that "
                "holds for other rows"
            )
        case Stop.PLATEAU:
            return (
                f"plateau: {judgement.tied} of {counts.total} trials are as good as the best, "
                f"within the noise of their scores (±{judgement.error:.2g})"
            )
        case Stop.NARROW:
            return "all ranges that were moved have become narrow"
        case None:
            return ""


def p_text(p: float) -> str:
    """A p-value with two digits; below a millionth only that it is."""
    return "p < 1e-6" if p < SMALLEST_P else f"p = {p:.2g}".replace("e-0", "e-")


def _about_range(verdict: Verdict) -> str:
    evidence = verdict.evidence
    best = _best(evidence)
    if evidence.reason is Reason.TOO_FEW:
        return f"kept: {_too_few(evidence)}"
    assert evidence.p is not None
    if evidence.reason is Reason.NO_EVIDENCE:
        why = f"{best} lie like the others ({p_text(evidence.p)})"
        return f"kept: no evidence that it matters here, {why}"
    assert evidence.low
    assert evidence.high
    if evidence.reason is Reason.BOTH_ENDS:
        low, high = evidence.low.elites, evidence.high.elites
        return (
            f"kept: {best} crowd both ends of the range, "
            f"{low} in its bottom fifth and {high} in its top fifth"
        )
    return "; ".join(filter(None, (_moved(verdict), *_ends(verdict))))


def _moved(verdict: Verdict) -> str:
    """The main clause: what moved, and the evidence that moved it."""
    evidence, new = verdict.evidence, _numbers(verdict.new)
    for side, action in ((Side.HIGH, verdict.high_side), (Side.LOW, verdict.low_side)):
        edge = evidence.edge(side)
        if action is Action.WIDEN and edge:
            bound = value_text(new.high if side is Side.HIGH else new.low)
            limit = ", its limit" if edge.end is End.LIMIT else ""
            lean = f"{edge.elites} of {_best(evidence)} lie in the {FIFTHS[side]} of the range"
            if edge.p < EDGE_SIGNIFICANCE:
                return f"widened to {bound}{limit}: {lean} ({p_text(edge.p)})"
            return f"widened to {bound}{limit}: {_trend(side, evidence)}, and {lean}"
    assert evidence.span
    assert evidence.p is not None
    first, last = (value_text(_like(each, new)) for each in evidence.span)
    if verdict.action is Action.KEEP:
        return f"kept: {_best(evidence)} lie all over the range ({p_text(evidence.p)})"
    lie = f"most of {_best(evidence)} lie between {first} and {last}"
    return f"narrowed to {_bounds(new)}: {lie} ({p_text(evidence.p)})"


def _trend(side: Side, evidence: Evidence) -> str:
    assert evidence.trend is not None
    assert evidence.trend_p is not None
    better = "the higher" if side is Side.HIGH else "the lower"
    rho = f"rank correlation {abs(evidence.trend):.2f}"
    return f"{better}, the better ({rho}, {p_text(evidence.trend_p)})"


def _ends(verdict: Verdict) -> list[str]:
    """What else became of the ends: the other one shrank, or a crowded one was not widened."""
    old, new, clauses = _numbers(verdict.old), _numbers(verdict.new), []
    if verdict.action is Action.WIDEN:
        if verdict.low_side is Action.SHRINK:
            clauses.append(f"the lower end rises to {value_text(new.low)}")
        if verdict.high_side is Action.SHRINK:
            clauses.append(f"the upper end falls to {value_text(new.high)}")
    sides = ((Side.LOW, old.low, verdict.low_side), (Side.HIGH, old.high, verdict.high_side))
    for side, bound, action in sides:
        edge = verdict.evidence.edge(side)
        if edge and action is not Action.WIDEN:
            clauses.append(_not_widened(edge, bound))
    return clauses


def _not_widened(edge: Edge, bound: Value) -> str:
    match edge.end:
        case End.UNSTABLE:
            return f"not widened beyond {value_text(bound)}, where training is unstable"
        case End.SEARCHED:
            tried = f"{edge.beyond} earlier trials there were worse"
            return f"not widened beyond {value_text(bound)}: {tried}"
        case End.LIMIT:
            return f"{value_text(bound)} is its limit"
        case _:
            return ""


def _too_few(evidence: Evidence) -> str:
    if evidence.counts.trained < evidence.counts.total and not evidence.elites:
        trained = f"{evidence.counts.trained} of {evidence.trials} trials could be trained"
        return f"{trained}, too few to judge a range"
    if evidence.elites:
        return f"{evidence.trials} trials use it, {evidence.elites} of them among the best: too few"
    return f"{evidence.trials} trials are too few to judge a range"


def _best(evidence: Evidence) -> str:
    """The elites by what made them so: where few learned, the fall of the training loss."""
    if evidence.counts.learned >= evidence.elites:
        return f"the best {evidence.elites}"
    if evidence.counts.learned + evidence.counts.slow >= evidence.elites:
        return f"the {evidence.elites} fastest learners"
    return f"the {evidence.elites} least unstable trials"


def _drop(choice: ChoiceEvidence, evidence: Evidence) -> str:
    lie = f"{choice.elites} of its {choice.trials} trials are among the best"
    return f"dropped {choice.choice}: {lie} ({p_text(choice.p)})"


def _bounds(entry: Judged) -> str:
    numbers = _numbers(entry)
    return f"the range from {value_text(numbers.low)} to {value_text(numbers.high)}"


def _shift(verdict: Verdict) -> str:
    if verdict.action is Action.KEEP:
        return "kept"
    direction = "down" if verdict.high_side is Action.SHRINK else "up"
    return f"moved {direction} to {_bounds(verdict.new)}"


def _numbers(entry: Judged) -> Range | IntegerRange:
    entry = entry.on if isinstance(entry, Switched) else entry
    assert not isinstance(entry, Choices)
    return entry


def _like(value: float, entry: Range | IntegerRange) -> Value:
    return round(value) if isinstance(entry, IntegerRange) else value
