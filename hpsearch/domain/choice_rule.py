"""Which choices of a hyperparameter a search may drop: only what is clearly worse, and late."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hpsearch.domain.learning import Observation
from hpsearch.domain.space import OFF, Choices, Space, Switched
from hpsearch.domain.verdict import ChoiceEvidence
from hpsearch.statistics.exact_tests import at_most
from hpsearch.statistics.expected_best import expected_best
from hpsearch.statistics.multiple_tests import holm

FIRST_STAGE = 2  # in which a choice may be dropped
LEAST_TRIALS = 8  # with a choice before it may be dropped
SIGNIFICANCE = 0.05
ON = "on"

Scores = Mapping[str, list[float]]


def choice_evidence(
    space: Space, ordered: Sequence[Observation], elites: int, stage: int, error: float | None
) -> dict[str, tuple[ChoiceEvidence, ...]]:
    """Evidence about every choice of a space, by hyperparameter.

    A choice is dropped from the second stage on, after 8 trials with it, if too few of the best
    have it (Fisher's exact test, one-sided, p < 0.05 by Holm over all choices of the space), and
    the expected best of its trials is worse than that of as many trials with the best choice by
    more than the noise. What can be off counts as a choice between off and on, but only off can be
    dropped: where weak values are better, its range moves towards them.

    Args:
        ordered: the trials that are judged, best first.
        elites: how many of them count as the best.
        stage: from 1.
        error: standard error of the difference of two scores; None if unknown.
    """
    found = {
        name: _membership(name, entry, ordered, elites)
        for name, entry in space.pairs
        if isinstance(entry, Choices | Switched)
    }
    adjusted = iter(holm([each.p for evidence in found.values() for each in evidence]))
    result = {}
    for name, evidence in found.items():
        worse = _clearly_worse(_scores(name, space, ordered), error or 0.0)
        result[name] = tuple(
            replace(each, p=p, is_dropped=_is_dropped(each, p, stage) and each.choice in worse)
            for each, p in zip(evidence, adjusted, strict=False)
        )
    return result


def _membership(
    name: str, entry: Choices | Switched, ordered: Sequence[Observation], elites: int
) -> tuple[ChoiceEvidence, ...]:
    """Trials and elites of each choice; Fisher's test of too few elites."""
    taken = [_choice(each, name, entry) for each in ordered]
    evidence = []
    for choice in map(str, entry.values if isinstance(entry, Choices) else (OFF,)):
        trials, among_best = taken.count(choice), taken[:elites].count(choice)
        p = at_most(among_best, total=len(taken), marked=trials, drawn=elites)
        evidence.append(ChoiceEvidence(choice=choice, trials=trials, elites=among_best, p=p))
    return tuple(evidence)


def _is_dropped(evidence: ChoiceEvidence, p: float, stage: int) -> bool:
    is_tried = stage >= FIRST_STAGE and evidence.trials >= LEAST_TRIALS
    return is_tried and p < SIGNIFICANCE


def _clearly_worse(scores: Scores, error: float) -> frozenset[str]:
    """Choices whose expected best lies behind the leader's by more than `error`."""
    tried = {choice: each for choice, each in scores.items() if len(each) >= LEAST_TRIALS}
    if not tried:
        return frozenset()
    fewest = min(map(len, tried.values()))
    leader = max(tried.values(), key=lambda each: expected_best(each, fewest))
    return frozenset(choice for choice, each in tried.items() if _lead(leader, each) > error)


def _lead(first: Sequence[float], second: Sequence[float]) -> float:
    count = min(len(first), len(second))
    return expected_best(first, count) - expected_best(second, count)


def _scores(name: str, space: Space, ordered: Sequence[Observation]) -> Scores:
    """Scores by choice; a trial without one counts as the worst."""
    known = [each.learning.score for each in ordered if each.learning.score is not None]
    worst = min(known, default=0.0)
    found: dict[str, list[float]] = {}
    for each in ordered:
        score = worst if each.learning.score is None else each.learning.score
        found.setdefault(_choice(each, name, space[name]), []).append(score)
    return found


def _choice(observation: Observation, name: str, entry: object) -> str:
    value = str(observation.configuration[name])
    return ON if isinstance(entry, Switched) and value != OFF else value
