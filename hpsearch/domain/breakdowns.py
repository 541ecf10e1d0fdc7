"""Where training breaks down: what failures teach."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hpsearch.domain.axes import Axis, axes
from hpsearch.domain.space import Side, Space
from hpsearch.domain.trial import Ending, State

LEAST_BROKEN = 3  # trials beyond a value, for it to be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Values of a hyperparameter from which on every trial diverged.

    Attributes:
        name: the hyperparameter, with the choice that makes it active in front.
        side: whether it is the values above or below.
        value: the mildest of them.
        trials: how many there were.
    """

    name: str
    side: Side
    value: float
    trials: int


def breakdowns(endings: Sequence[Ending], space: Space) -> tuple[Breakdown, ...]:
    """For each hyperparameter, the end of its values at which all of 3 or more trials diverged.

    Args:
        space: of the study.
    """
    if not any(each.state is State.DIVERGED for each in endings):
        return ()
    found = [each for axis in axes(space) for each in _along(axis, endings)]
    return tuple(each for each in found if each.trials < len(endings))


def _along(axis: Axis, endings: Sequence[Ending]) -> Iterator[Breakdown]:
    active = [each for each in endings if axis.is_active(each.configuration)]
    broken, alive = list[float](), list[float]()
    for each in active:
        ended_so = broken if each.state is State.DIVERGED else alive
        ended_so.append(float(each.configuration[axis.name]))
    if not alive:
        return
    lowest, highest = min(alive), max(alive)
    beyond = {
        Side.LOW: [value for value in broken if value < lowest],
        Side.HIGH: [value for value in broken if value >= highest],
    }
    for side, mildest in ((Side.LOW, max), (Side.HIGH, min)):
        values = beyond[side]
        if len(values) >= LEAST_BROKEN:
            yield Breakdown(name=axis.key, side=side, value=mildest(values), trials=len(values))
