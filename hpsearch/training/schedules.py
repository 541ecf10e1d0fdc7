"""Learning-rate schedules: a factor of the learning rate, as a function of progress."""

import math
from collections.abc import Callable

from hpsearch.domain.spec import Schedule

# Each takes the share of the steps after warm-up that is done, in [0, 1].
SCHEDULES: dict[Schedule, Callable[[float], float]] = {
    Schedule.CONSTANT: lambda share: 1.0,
    Schedule.STEP: lambda share: 0.1 ** int(min(share, 0.999_999) * 3),  # a tenth, every third
    Schedule.EXPONENTIAL: lambda share: 0.01**share,
    Schedule.INVERSE: lambda share: 1 / (1 + 9 * share),  # 1 / t, down to a tenth
    Schedule.LINEAR: lambda share: 1 - share,
    Schedule.COSINE: lambda share: (1 + math.cos(math.pi * share)) / 2,
}


def rate_factor(schedule: Schedule, warmup: float, step: int, steps: int) -> float:
    """What the learning rate is multiplied with in one step.

    Args:
        warmup: share of all steps over which the rate first grows linearly, in [0, 1).
        step: the step, from 0.
        steps: all steps of the training.
    """
    warm_steps = round(warmup * steps)
    if step < warm_steps:
        return (step + 1) / warm_steps
    return SCHEDULES[schedule]((step - warm_steps) / max(1, steps - warm_steps))
