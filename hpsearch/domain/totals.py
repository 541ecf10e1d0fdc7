"""All trials of a study in a few numbers, however many there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.domain.breakdowns import Breakdown, breakdowns
from hpsearch.domain.space import Space
from hpsearch.domain.trial import Ending, Origin, State
from hpsearch.statistics.expected_best import expected_best


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTotals:
    """The trials of a stage that its sampler drew: the others enter no statistics of draws.

    Attributes:
        stage: its number.
        count: how many ended.
        pruned: how many of them were given up.
        best: highest score of them; None without one.
        tied: how many share it.
        half_best: highest score of half as many of them, on average, where what has no score counts
            as the worst; None of fewer than two trials, or where none has a score.
    """

    stage: int
    count: int = 0
    pruned: int = 0
    best: float | None = None
    tied: int = 0
    half_best: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What is said of all trials of a study together.

    Attributes:
        states: how many ended in which way, in the order in which each was first met.
        scored: how many have a score.
        best: highest score; None without one.
        drawn: of each stage from which the sampler drew trials that have ended.
        breakdowns: where training breaks down.
    """

    states: tuple[tuple[State, int], ...] = ()
    scored: int = 0
    best: float | None = None
    drawn: tuple[DrawnTotals, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()

    def drawn_in(self, stage: int) -> DrawnTotals:
        """Totals of what was drawn in a stage."""
        own = (each for each in self.drawn if each.stage == stage)
        return next(own, DrawnTotals(stage=stage))


def totals_of(endings: Sequence[Ending], space: Space) -> Totals:
    """Totals of trials, by number.

    Args:
        space: of the study.
    """
    scores = [each.score for each in endings if each.score is not None]
    drawn: dict[int, list[Ending]] = {}
    for each in endings:
        if each.origin is Origin.SAMPLER:
            drawn.setdefault(each.stage, []).append(each)
    return Totals(
        states=tuple(Counter(each.outcome.state for each in endings).items()),
        scored=len(scores),
        best=max(scores, default=None),
        drawn=tuple(_drawn_totals(stage, own) for stage, own in drawn.items()),
        breakdowns=breakdowns(endings, space),
    )


def _drawn_totals(stage: int, drawn: Sequence[Ending]) -> DrawnTotals:
    scores = [each.score for each in drawn if each.score is not None]
    best = max(scores, default=None)
    return DrawnTotals(
        stage=stage,
        count=len(drawn),
        pruned=sum(each.outcome.state is State.PRUNED for each in drawn),
        best=best,
        tied=scores.count(best) if best is not None else 0,
        half_best=_half_best(drawn, min(scores)) if scores and len(drawn) > 1 else None,
    )


def _half_best(drawn: Sequence[Ending], worst: float) -> float:
    every = [worst if each.score is None else each.score for each in drawn]
    return expected_best(every, len(every) // 2)
