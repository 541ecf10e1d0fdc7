"""Which trials are worth confirming at the end of a search."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hpsearch.domain.learning import Observation, order_key
from hpsearch.domain.space import Configuration, Value

FINALISTS = 5
NEAR_DECADES = 0.3


def finalists(
    observations: Sequence[Observation], count: int = FINALISTS
) -> tuple[Observation, ...]:
    """The trials to confirm, best first, of those that ran to their last epoch.

    A trial near an unstable one, within 0.3 decade of its learning rate and with the same
    optimiser, was lucky: with other initial weights it may break down itself. It goes behind the
    others, if `count` others remain.
    """
    trained = [
        each
        for each in observations
        if each.learning.score is not None and not each.learning.is_pruned
    ]
    ordered = sorted(trained, key=order_key)
    unstable = _rates(
        each.configuration for each in observations if each.learning.course.is_unstable
    )
    safe = [each for each in ordered if not _is_near(each.configuration, unstable)]
    return tuple((safe if len(safe) >= count else ordered)[:count])


def _rates(configurations: Iterable[Configuration]) -> dict[Value | None, list[float]]:
    """Learning rates of each optimiser, in ascending order."""
    found: dict[Value | None, list[float]] = defaultdict(list)
    for each in configurations:
        if "lr" in each:
            found[each.get("optimizer")].append(float(each["lr"]))
    return {optimizer: sorted(rates) for optimizer, rates in found.items()}


def _is_near(configuration: Configuration, others: Mapping[Value | None, list[float]]) -> bool:
    """Whether any of the others has almost the same learning rate: the next lower or higher."""
    if "lr" not in configuration:
        return False
    own, rates = float(configuration["lr"]), others.get(configuration.get("optimizer"), [])
    at = bisect_left(rates, own)
    return any(
        abs(math.log10(own / rate)) <= NEAR_DECADES for rate in rates[max(0, at - 1) : at + 1]
    )
