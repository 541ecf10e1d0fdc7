"""Written forms of verdicts: tables for the database and the export.

{"action": "widen", "low_side": "shrink", "high_side": "widen", "low": 0.0017, "high": 0.1,
 "evidence": {"reason": "evidence", "sentence": "...", "from": {...}, "to": {...}, ...}}
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hpsearch.domain.range_text import range_of_table, range_table
from hpsearch.domain.space import Choices, Dependent, Space, Switched
from hpsearch.domain.verdict import (
    ChoiceEvidence,
    Counts,
    Edge,
    End,
    Evidence,
    Judged,
    Judgement,
    Reason,
    Stop,
    Verdict,
)

Table = dict[str, Any]


def verdict_table(verdict: Verdict) -> Table:
    """The table of a verdict, fit for JSON; `verdict_of_table` reads the same verdict from it."""
    evidence: Table = asdict(verdict.evidence)
    new = verdict.new.on if isinstance(verdict.new, Switched) else verdict.new
    if isinstance(new, Choices):
        bounds: Table = {"choices": list(new.values)}
    else:
        bounds = {"low": new.low, "high": new.high}
    written = {
        key: value.value if isinstance(value, Reason) else value for key, value in evidence.items()
    }
    return {
        "action": verdict.action.value,
        "low_side": verdict.low_side.value,
        "high_side": verdict.high_side.value,
        **bounds,
        "evidence": {
            **written,
            "low": _edge_table(verdict.evidence.low),
            "high": _edge_table(verdict.evidence.high),
            "span": list(verdict.evidence.span) if verdict.evidence.span else None,
            "choices": [asdict(each) for each in verdict.evidence.choices],
            "from": range_table(verdict.old),
            "to": range_table(verdict.new),
            "sentence": verdict.sentence,
        },
    }


def verdict_of_table(name: str, table: Mapping[str, Any]) -> Verdict:
    """The verdict on `name` that a table describes."""
    evidence = dict(table["evidence"])
    old, new = _judged(evidence.pop("from")), _judged(evidence.pop("to"))
    sentence = evidence.pop("sentence")
    span = evidence.pop("span")
    return Verdict(
        name=name,
        old=old,
        new=new,
        evidence=Evidence(
            **{
                **evidence,
                "reason": Reason(evidence["reason"]),
                "counts": Counts(**evidence["counts"]),
                "span": (span[0], span[1]) if span else None,
                "low": _edge(evidence["low"]),
                "high": _edge(evidence["high"]),
                "choices": tuple(ChoiceEvidence(**each) for each in evidence["choices"]),
            }
        ),
        sentence=sentence,
    )


def judgement_table(judgement: Judgement) -> Table:
    """The table of a judgement without its space, which a stage keeps in any case."""
    return {
        "stop": judgement.stop.value if judgement.stop else None,
        "counts": asdict(judgement.counts),
        "tied": judgement.tied,
        "error": judgement.error,
        "verdicts": {each.name: verdict_table(each) for each in judgement.verdicts},
    }


def judgement_of_table(space: Space, table: Mapping[str, Any]) -> Judgement:
    """The judgement that a table describes, whose next space is `space`."""
    verdicts = table["verdicts"].items()
    return Judgement(
        verdicts=tuple(verdict_of_table(name, each) for name, each in verdicts),
        stop=Stop(table["stop"]) if table["stop"] else None,
        space=space,
        counts=Counts(**table["counts"]),
        tied=table["tied"],
        error=table["error"],
    )


def _edge_table(edge: Edge | None) -> Table | None:
    return {**asdict(edge), "end": edge.end.value} if edge else None


def _edge(table: Mapping[str, Any] | None) -> Edge | None:
    return Edge(**{**table, "end": End(table["end"])}) if table else None


def _judged(table: Mapping[str, Any]) -> Judged:
    entry = range_of_table(table)
    assert not isinstance(entry, Dependent)
    return entry
