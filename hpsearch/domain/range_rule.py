"""The range rule: at the end of a stage, which ranges are widened, shrunk or kept, and why.

A range is kept unless there is evidence that it matters where the best trials lie, widened before
it is shrunk, and never narrowed onto noise. The rule is a pure function of the trials so far; the
order in which they are given leaves no trace.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hpsearch.domain.axes import Numeric, axes, is_inside
from hpsearch.domain.choice_rule import choice_evidence
from hpsearch.domain.learning import Observation, order_key
from hpsearch.domain.range_edges import Sample, sample
from hpsearch.domain.range_move import away_from_instability, moved, untested
from hpsearch.domain.space import (
    OFF,
    Choices,
    Dependent,
    Entry,
    Range,
    Space,
    Switched,
)
from hpsearch.domain.ties import error_of_difference, tied_count
from hpsearch.domain.verdict import (
    ChoiceEvidence,
    Counts,
    Evidence,
    Judged,
    Judgement,
    Reason,
    Stop,
    Verdict,
    counts,
)
from hpsearch.domain.verdict_words import sentence
from hpsearch.statistics.multiple_tests import holm
from hpsearch.statistics.permutation import kuiper
from hpsearch.statistics.rank_correlation import trend

LEAST_TRIALS = 20  # with a hyperparameter before its range is judged
LEAST_ELITES = 4  # among them
FEWEST_ELITES = 6
ELITE_SHARE = 0.2
MEMORISED_SHARE = 0.1  # of the trials, at least 2, where nothing learned: no signal in the data
DIVERGED_SHARE = 0.9  # of the trials: nothing is trainable here
STOPS = {Reason.NO_SIGNAL: Stop.NO_SIGNAL, Reason.PLATEAU: Stop.PLATEAU}


def judge(
    space: Space,
    observations: Sequence[Observation],
    *,
    study_space: Space | None = None,
    stage: int = 1,
    validation_rows: int | None = None,
    error: float | None = None,
) -> Judgement:
    """Judge every range of a space at the end of a stage.

    Args:
        space: searched in the stage.
        observations: all search trials of the study so far, of all stages and with those that
            were given up early. The ones inside `space` are judged, the others are memory; those
            that no sampler drew are left out.
        study_space: searched in the first stage; None if it is `space`.
        stage: number of the stage, from 1.
        validation_rows: on which an accuracy is taken; None where the score is no accuracy.
        error: standard error of the difference of two scores, if more is known than the scores.
    """
    ordered = sorted((each for each in observations if each.is_drawn), key=order_key)
    inside = [each for each in ordered if is_inside(each.configuration, space)]
    error = error_of_difference(inside, validation_rows) if error is None else error
    situation = _Situation(
        space=space,
        inside=inside,
        outside=[each for each in ordered if not is_inside(each.configuration, space)],
        stage=stage,
        counts=counts(inside),
        tied=tied_count(inside, error),
        memorised=sum(each.learning.is_memorised for each in inside),
        error=error,
    )
    reason, decided = _decided(situation)
    verdicts = tuple(replace(each, sentence=sentence(each)) for each in decided)
    following = next_space(space, verdicts)
    return Judgement(
        verdicts=verdicts,
        stop=STOPS.get(reason) or _narrow(following, study_space or space),
        space=following,
        counts=situation.counts,
        tied=situation.tied,
        error=error,
    )


def next_space(space: Space, verdicts: Sequence[Verdict]) -> Space:
    """What to search after verdicts on every range of `space`."""
    new = {each.name: each.new for each in verdicts}

    def following(name: str, entry: Entry) -> Entry:
        if not isinstance(entry, Dependent):
            return new[name]
        ranges = ((choice, new[f"{choice}.{name}"]) for choice, _ in entry.ranges)
        plain = tuple(
            (choice, each) for choice, each in ranges if isinstance(each, Range | Choices)
        )
        return replace(entry, ranges=plain)

    return Space(tuple((name, following(name, entry)) for name, entry in space.pairs))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Situation:
    """The trials that are judged, best first, and what is known of them as a whole."""

    space: Space
    inside: Sequence[Observation]
    outside: Sequence[Observation]
    stage: int
    counts: Counts
    tied: int
    memorised: int
    error: float | None

    @property
    def elites(self) -> int:
        """How many of the trials count as the best."""
        return min(len(self.inside), max(FEWEST_ELITES, math.ceil(ELITE_SHARE * len(self.inside))))

    @property
    def reason(self) -> Reason:
        """What decides about all ranges at once, or that each goes by its evidence."""
        total, found = len(self.inside), self.counts
        is_learned_by_heart = self.memorised >= max(2, MEMORISED_SHARE * total)
        if found.trained < LEAST_TRIALS:
            return Reason.TOO_FEW
        if not found.learned and is_learned_by_heart and found.unstable <= total / 2:
            return Reason.NO_SIGNAL
        if found.learned >= 2 and self.tied > total / 2:
            return Reason.PLATEAU
        return Reason.UNTRAINABLE if found.diverged >= DIVERGED_SHARE * total else Reason.EVIDENCE


def _decided(situation: _Situation) -> tuple[Reason, Iterator[Verdict]]:
    """Verdicts, and the reason for all of them or that each goes by its evidence.

    Many equal scores are no plateau where the best of them lie in a part of a range only: they may
    lean on an end beyond which there are better ones, or be many because the sampler went there.
    """
    reason = situation.reason
    if reason not in (Reason.EVIDENCE, Reason.PLATEAU):
        return reason, _at_once(situation, reason)
    ranges = _ranges_by_evidence(situation)
    if reason is Reason.PLATEAU and not any(map(_is_told, ranges.values())):
        return reason, _at_once(situation, reason)
    return Reason.EVIDENCE, _by_evidence(situation, ranges)


def _at_once(situation: _Situation, reason: Reason) -> Iterator[Verdict]:
    """Verdicts that rest on the trials as a whole."""
    evidence = Evidence(
        reason=reason,
        trials=len(situation.inside),
        counts=situation.counts,
        tied=situation.tied,
        memorised=situation.memorised,
    )
    is_moved = reason is Reason.UNTRAINABLE
    ranges = {
        each.key: away_from_instability(each) if is_moved else each.entry
        for each in axes(situation.space)
    }
    for name, old in _judged(situation.space):
        new = _like(old, ranges[name]) if name in ranges else old
        yield Verdict(name=name, old=old, new=new, evidence=evidence)


def _by_evidence(
    situation: _Situation, ranges: Mapping[str, tuple[Numeric, Evidence]]
) -> Iterator[Verdict]:
    """Verdicts each of which rests on where the best trials lie."""
    choices = choice_evidence(
        situation.space, situation.inside, situation.elites, situation.stage, situation.error
    )
    for name, old in _judged(situation.space):
        tests = choices.get(name, ())
        if name in ranges:
            new, evidence = ranges[name]
            known = replace(evidence, tied=situation.tied, memorised=situation.memorised)
            yield _without_off(
                Verdict(name=name, old=old, new=_like(old, new), evidence=known), tests
            )
        elif isinstance(old, Choices):
            yield _choice_verdict(name, old, situation, tests)


def _ranges_by_evidence(situation: _Situation) -> dict[str, tuple[Numeric, Evidence]]:
    """The next range of each axis by its key, tested together."""
    samples = {
        each.key: sample(each, situation.inside, situation.outside, situation.elites)
        for each in axes(situation.space)
    }
    testable = {key: each for key, each in samples.items() if _is_testable(each)}
    tests = [kuiper(each.positions, each.is_elite) for each in testable.values()]
    trends = [trend(each.positions) for each in testable.values()]
    tests = [each._replace(p=p) for each, p in zip(tests, holm([t.p for t in tests]), strict=True)]
    trends = [
        each._replace(p=p) for each, p in zip(trends, holm([t.p for t in trends]), strict=True)
    ]
    found = {key: (each.axis.entry, untested(each)) for key, each in samples.items()}
    for (key, each), test, towards in zip(testable.items(), tests, trends, strict=True):
        found[key] = moved(each, test, towards)
    return found


def _is_told(found: tuple[Numeric, Evidence]) -> bool:
    """Whether there is evidence that the place in a range matters."""
    return found[1].reason in (Reason.EVIDENCE, Reason.BOTH_ENDS)


def _is_testable(sample: Sample) -> bool:
    trials = len(sample.positions)
    return trials >= LEAST_TRIALS and LEAST_ELITES <= sample.elites < trials


def _choice_verdict(
    name: str, old: Choices, situation: _Situation, tests: tuple[ChoiceEvidence, ...]
) -> Verdict:
    dropped = {each.choice for each in tests if each.is_dropped}
    evidence = Evidence(
        reason=Reason.EVIDENCE if dropped else Reason.NO_EVIDENCE,
        trials=len(situation.inside),
        elites=situation.elites,
        counts=situation.counts,
        tied=situation.tied,
        memorised=situation.memorised,
        choices=tests,
    )
    kept = tuple(each for each in old.values if str(each) not in dropped)
    return Verdict(name=name, old=old, new=Choices(kept) if dropped else old, evidence=evidence)


def _without_off(verdict: Verdict, tests: tuple[ChoiceEvidence, ...]) -> Verdict:
    """The verdict, with `off` dropped where the tests say so."""
    new, is_dropped = verdict.new, any(each.is_dropped for each in tests if each.choice == OFF)
    if is_dropped and isinstance(new, Switched):
        new = new.on
    return replace(verdict, new=new, evidence=replace(verdict.evidence, choices=tests))


def _judged(space: Space) -> Iterator[tuple[str, Judged]]:
    """What gets a verdict: every hyperparameter, or every range that depends on a choice."""
    for name, entry in space.pairs:
        if isinstance(entry, Dependent):
            for choice, each in entry.ranges:
                yield f"{choice}.{name}", each
        else:
            yield name, entry


def _like(old: Judged, new: Numeric) -> Judged:
    """A range that can be off where the old one could."""
    if not isinstance(old, Switched):
        return new
    assert isinstance(new, Range)
    return Switched(new)


def _narrow(space: Space, first: Space) -> Stop | None:
    """Stop when each range that was ever moved has become narrow."""
    own = {each.key: each.entry for each in axes(first)}
    moved_ones = [each for each in axes(space) if each.entry != own[each.key]]
    if moved_ones and all(each.is_narrow(own[each.key]) for each in moved_ones):
        return Stop.NARROW
    return None
