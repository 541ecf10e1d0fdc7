"""Where training breaks down: what failures teach."""

from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.domain.axes import Axis, axes
from hpsearch.domain.space import Side
from hpsearch.domain.study import Study
from hpsearch.domain.trial import State, Trial

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


def breakdowns(study: Study) -> tuple[Breakdown, ...]:
    """For each hyperparameter, the end of its values at which all of 3 or more trials diverged."""
    found = [
        each
        for axis in axes(study.spec.space)
        for side in Side
        for each in [_breakdown(axis, side, study.trials)]
        if each is not None
    ]
    return tuple(each for each in found if each.trials < len(study.trials))


def _breakdown(axis: Axis, side: Side, trials: Sequence[Trial]) -> Breakdown | None:
    active = [
        (float(trial.configuration[axis.name]), trial.outcome.state is State.DIVERGED)
        for trial in trials
        if axis.is_active(trial.configuration)
    ]
    outermost = sorted(active, reverse=side is Side.HIGH)
    count = next((i for i, (_, is_diverged) in enumerate(outermost) if not is_diverged), 0)
    if count < LEAST_BROKEN:
        return None
    return Breakdown(name=axis.key, side=side, value=outermost[count - 1][0], trials=count)
