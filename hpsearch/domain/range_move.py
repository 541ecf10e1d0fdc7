"""What becomes of one range: the evidence along its axis, and the range to search next."""

from dataclasses import replace

import numpy as np

from hpsearch.domain.axes import Axis, Numeric
from hpsearch.domain.range_edges import TREND_SIGNIFICANCE, Sample, edge
from hpsearch.domain.space import Scale, Side
from hpsearch.domain.verdict import Edge, End, Evidence, Reason
from hpsearch.statistics.permutation import KuiperTest
from hpsearch.statistics.rank_correlation import RankCorrelation

SIGNIFICANCE = 0.05
SPAN = (0.1, 0.9)  # quantiles of the best between which most of them lie
SLACK_OF_SPAN = 0.25  # by which that span is widened, on either side
SLACK_OF_RANGE = 0.05  # by which it is widened at least
LEAST_WIDTH = 0.4  # of the present width
FAR_DECADES = 2.0  # by which to widen while fewer learned than there are elites
OVERLAP = 0.2  # of a range in which nothing is trainable that stays


def untested(sample: Sample) -> Evidence:
    """Evidence where too few trials have the hyperparameter to judge it."""
    return _evidence(sample, Reason.TOO_FEW)


def moved(sample: Sample, test: KuiperTest, trend: RankCorrelation) -> tuple[Numeric, Evidence]:
    """The next range of an axis, and why.

    The range stays where the positions of the best are like those of the rest, and where the best
    crowd both of its ends (two modes: neither may be cut off). Otherwise it becomes the span of
    the best with some slack and the best two in it, and is widened by a step at a crowded end.
    Where the best lie like the rest but a trend leads to a crowded end, it is widened there and
    does not shrink.

    Args:
        test: of the best against the rest, its p-value adjusted for all such tests of the stage.
        trend: along the range, likewise.
    """
    axis = sample.axis
    is_placed = test.p <= SIGNIFICANCE
    if not is_placed and trend.p >= TREND_SIGNIFICANCE:
        return axis.entry, _tested(sample, Reason.NO_EVIDENCE, test, trend)
    low, high = edge(sample, Side.LOW, trend), edge(sample, Side.HIGH, trend)
    if not is_placed and End.CROWDED not in (low.end, high.end):
        return axis.entry, _tested(sample, Reason.NO_EVIDENCE, test, trend)
    if End.OPEN not in (low.end, high.end):
        return axis.entry, _tested(sample, Reason.BOTH_ENDS, test, trend, low, high)
    evidence = _tested(sample, Reason.EVIDENCE, test, trend, low, high)
    first, last = _hull(sample) if is_placed else (axis.low, axis.high)
    step = _step(sample)
    first = axis.beyond(Side.LOW, step) if low.end is End.CROWDED else max(first, axis.low)
    last = axis.beyond(Side.HIGH, step) if high.end is End.CROWDED else min(last, axis.high)
    first, last = axis.limited(first), axis.limited(last)
    first, last = _wide_enough(axis, first, last, low, high)
    entry = axis.between(first, last)
    following = replace(axis, entry=entry)
    return entry, replace(
        evidence,
        low=_at_limit(low, is_limited=following.is_limited(Side.LOW)),
        high=_at_limit(high, is_limited=following.is_limited(Side.HIGH)),
    )


def away_from_instability(axis: Axis) -> Numeric:
    """The next range where nothing is trainable: a long step away from the unstable end."""
    step = max(_far(axis), axis.width)
    if axis.unstable_side is Side.HIGH:
        return axis.between(axis.beyond(Side.LOW, step), axis.low + OVERLAP * axis.width)
    if axis.unstable_side is Side.LOW:
        return axis.between(axis.high - OVERLAP * axis.width, axis.beyond(Side.HIGH, step))
    return axis.entry


def _at_limit(edge: Edge, *, is_limited: bool) -> Edge:
    return replace(edge, end=End.LIMIT) if is_limited and edge.end is End.CROWDED else edge


def _tested(
    sample: Sample,
    reason: Reason,
    test: KuiperTest,
    trend: RankCorrelation,
    low: Edge | None = None,
    high: Edge | None = None,
) -> Evidence:
    return replace(
        _evidence(sample, reason),
        statistic=test.statistic,
        p=test.p,
        trend=trend.rho,
        trend_p=trend.p,
        low=low,
        high=high,
    )


def _evidence(sample: Sample, reason: Reason) -> Evidence:
    span = None
    if sample.elites:
        quantiles = np.quantile(sample.positions[: sample.elites], SPAN)
        span = tuple(sample.axis.value(float(each)) for each in quantiles)
    return Evidence(
        reason=reason,
        trials=len(sample.positions),
        elites=sample.elites,
        counts=sample.counts,
        span=(span[0], span[1]) if span else None,
    )


def _hull(sample: Sample) -> tuple[float, float]:
    """Where most of the best lie, with some slack, and the best two in any case."""
    best = sample.positions[: sample.elites]
    low, high = (float(each) for each in np.quantile(best, SPAN))
    slack = max(SLACK_OF_SPAN * (high - low), SLACK_OF_RANGE * sample.axis.width)
    return min(low - slack, *best[:2].tolist()), max(high + slack, *best[:2].tolist())


def _step(sample: Sample) -> float:
    if sample.counts.learned < sample.elites:
        return max(_far(sample.axis), sample.axis.width)
    return sample.axis.step


def _far(axis: Axis) -> float:
    return FAR_DECADES if axis.entry.scale is Scale.LOG else axis.width


def _wide_enough(
    axis: Axis, first: float, last: float, low: Edge, high: Edge
) -> tuple[float, float]:
    """At least 0.4 of the present width; a crowded end is not moved for it."""
    least = LEAST_WIDTH * axis.width
    if last - first >= least:
        return first, last
    if high.end is not End.OPEN:
        last = max(last, axis.low + least)
        return last - least, last
    first = first if low.end is not End.OPEN else max((first + last - least) / 2, axis.low)
    first = min(first, axis.high - least)
    return first, first + least
