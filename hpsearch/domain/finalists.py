"""Which trials are worth confirming at the end of a search."""

import math
from collections.abc import Sequence

from hpsearch.domain.learning import Observation, order_key
from hpsearch.domain.space import Configuration

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
    unstable = [each.configuration for each in observations if each.learning.course.is_unstable]
    safe = [each for each in ordered if not _is_near(each.configuration, unstable)]
    return tuple((safe if len(safe) >= count else ordered)[:count])


def _is_near(configuration: Configuration, others: Sequence[Configuration]) -> bool:
    """Whether any of the others has almost the same learning rate."""
    own, optimizer = configuration.get("lr"), configuration.get("optimizer")
    rates = [each.get("lr") for each in others if each.get("optimizer") == optimizer]
    return own is not None and any(
        abs(math.log10(float(own) / float(rate))) <= NEAR_DECADES
        for rate in rates
        if rate is not None
    )
