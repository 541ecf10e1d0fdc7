"""Where the best trials lie along one axis, and whether they lean on an end of its range."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.axes import Axis
from hpsearch.domain.learning import Course, Observation, order_key
from hpsearch.domain.space import Side
from hpsearch.domain.verdict import Counts, Edge, End, counts
from hpsearch.statistics.exact_tests import at_least
from hpsearch.statistics.rank_correlation import RankCorrelation

EDGE_SHARE = 0.2  # of the width: what lies there leans on the end
EDGE_SIGNIFICANCE = 0.05
TREND_SIGNIFICANCE = 0.01  # stricter: it is asked beside another test
LEANING_SHARE = 0.5  # of the best, in the outer fifth at the better end of a trend
STABILITY_SHARE = 0.1  # of the width: where training must be stable to widen beyond
STABILITY_LEAST = 2  # trials there
UNSTABLE_SHARE = 0.5  # of them
UNSTABLE_LEAD = 0.25  # over the share at the opposite end
MEMORY_LEAST = 5  # earlier trials beyond an end before they count as an answer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The trials in which an axis is active, best first.

    Attributes:
        positions: of the judged trials along the axis, `(trial,)`.
        elites: how many of them, from the front, are among the best.
        is_untrainable: whether each was unstable or failed, `(trial,)`.
        outside: positions of earlier trials outside the judged space.
        is_outside_better: whether each of those comes before the last of the best.
        counts: what became of the judged trials.
    """

    axis: Axis
    positions: NDArray[np.float64]
    elites: int
    is_untrainable: NDArray[np.bool_]
    outside: NDArray[np.float64]
    is_outside_better: NDArray[np.bool_]
    counts: Counts

    @property
    def is_elite(self) -> NDArray[np.bool_]:
        """Whether each judged trial is among the best, `(trial,)`."""
        return np.arange(len(self.positions)) < self.elites

    def within(self, side: Side, share: float) -> NDArray[np.bool_]:
        """Whether each judged trial lies in the outer part of the range on one side."""
        reach = share * self.axis.width
        if side is Side.LOW:
            return self.positions <= self.axis.low + reach
        return self.positions >= self.axis.high - reach


def sample(
    axis: Axis, inside: Sequence[Observation], outside: Sequence[Observation], elites: int
) -> Sample:
    """Trials along an axis.

    Args:
        inside: the trials of the judged space, best first.
        outside: all others.
        elites: how many of `inside` are the best.
    """
    active = [each for each in inside if axis.is_active(each.configuration)]
    others = [each for each in outside if axis.is_active(each.configuration)]
    last_elite = order_key(inside[elites - 1])
    courses = [each.learning.course for each in active]
    return Sample(
        axis=axis,
        positions=axis.positions([each.configuration for each in active]),
        elites=sum(axis.is_active(each.configuration) for each in inside[:elites]),
        is_untrainable=np.array([each.is_unstable or each is Course.FAILED for each in courses]),
        outside=axis.positions([each.configuration for each in others]),
        is_outside_better=np.array([order_key(each) < last_elite for each in others], np.bool_),
        counts=counts(active),
    )


def edge(sample: Sample, side: Side, trend: RankCorrelation) -> Edge:
    """Evidence at one end: whether more of the best lie in the outer fifth than chance allows.

    Or, whether trials get better towards it and half of the best lie there. A sampler that proposes
    from results draws most of its trials near such an end, the best and the others alike, so that
    the first test cannot tell them apart.
    """
    is_outer, is_beyond = sample.within(side, EDGE_SHARE), _is_beyond(sample, side)
    trials, elites = int(is_outer.sum()), int(is_outer[: sample.elites].sum())
    p = at_least(elites, total=len(sample.positions), marked=trials, drawn=sample.elites)
    is_leaned_on = p < EDGE_SIGNIFICANCE or (
        is_towards(side, trend) and elites >= LEANING_SHARE * sample.elites
    )
    end = _crowded(sample, side, is_beyond) if is_leaned_on else End.OPEN
    return Edge(trials=trials, elites=elites, p=p, beyond=int(is_beyond.sum()), end=end)


def is_towards(side: Side, trend: RankCorrelation) -> bool:
    """Whether trials get better towards one end."""
    return trend.p < TREND_SIGNIFICANCE and (trend.rho > 0) == (side is Side.HIGH)


def _crowded(sample: Sample, side: Side, is_beyond: NDArray[np.bool_]) -> End:
    """What keeps a crowded end from being widened, if anything does."""
    if sample.axis.is_limited(side):
        return End.LIMIT
    if sample.counts.learned and _is_stability_edge(sample, side):
        return End.UNSTABLE
    is_answered = is_beyond.sum() >= MEMORY_LEAST and not sample.is_outside_better[is_beyond].any()
    return End.SEARCHED if is_answered else End.CROWDED


def _is_stability_edge(sample: Sample, side: Side) -> bool:
    opposite = Side.HIGH if side is Side.LOW else Side.LOW
    outer, far = sample.within(side, STABILITY_SHARE), sample.within(opposite, STABILITY_SHARE)
    if outer.sum() < STABILITY_LEAST:
        return False
    here = sample.is_untrainable[outer].mean()
    there = sample.is_untrainable[far].mean() if far.any() else 0.0
    return bool(here >= UNSTABLE_SHARE and here >= there + UNSTABLE_LEAD)


def _is_beyond(sample: Sample, side: Side) -> NDArray[np.bool_]:
    """Whether each earlier trial lies within one step beyond an end."""
    axis = sample.axis
    if side is Side.LOW:
        return (sample.outside < axis.low) & (sample.outside >= axis.low - axis.step)
    return (sample.outside > axis.high) & (sample.outside <= axis.high + axis.step)
