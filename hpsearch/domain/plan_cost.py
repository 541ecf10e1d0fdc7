"""How many trainings a plan takes, as far as that can be said before any of them."""

import math
from dataclasses import dataclass
from itertools import pairwise

from hpsearch.domain.halving import AUDITED_SHARE, LEAST_AUDITED, LEAST_KEPT, TERCILES
from hpsearch.domain.rungs import FACTOR
from hpsearch.domain.search_plan import CONFIRMING_REPEATS
from hpsearch.domain.spec import StudySpec


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCost:
    """Trainings of one configuration on one fold.

    Attributes:
        short: those that end at a rung.
        full: those to the last epoch, audits and confirmations included.
        confirming: those of the full ones that train finalists again.
        work: all of them, counted in full ones.
        most_work: the same where nothing is given up, because nothing learns at the first rung.
    """

    short: int
    full: int
    confirming: int
    work: float
    most_work: float


def plan_cost(spec: StudySpec, trial_count: int) -> PlanCost:
    """What a plan costs if each rung keeps what the rule keeps at least, and one or two more.

    A rung goes on where the one before it ended, as in a run that nothing interrupts.
    """
    epochs, parts = spec.training.epochs, len(spec.parts)
    finalists = 0 if spec.is_compared else min(spec.plan.confirm, trial_count)
    confirming = finalists * CONFIRMING_REPEATS * spec.split.fold_count
    short, full, work, most = 0, confirming, float(confirming), float(confirming)
    for trials in spec.plan.trial_counts(trial_count):
        size = min(spec.generation or trials, trials)
        rungs = spec.plan.rungs(epochs, size)
        reached, audits = _reached(spec, trials, size, len(rungs))
        short += parts * sum(reached[:-1])
        full += parts * (reached[-1] + audits)
        own = [end - start for start, end in pairwise((0, *rungs))]
        passes = sum(count * rung for count, rung in zip(reached, own, strict=True))
        work += parts * (passes + audits * (epochs - rungs[0])) / epochs
        most += parts * trials
    return PlanCost(
        short=short, full=full, confirming=confirming, work=work, most_work=max(work, most)
    )


def _reached(spec: StudySpec, trials: int, size: int, rungs: int) -> tuple[list[int], int]:
    """How many trials of a stage are trained up to each rung, and how many are audited."""
    reached, generations = [trials], math.ceil(trials / size)
    for _ in range(rungs - 1):
        if spec.plan.keeps_slow_starters:
            kept = max(LEAST_KEPT, math.ceil(reached[-1] / FACTOR)) + TERCILES - 1
        else:
            kept = LEAST_KEPT * generations
        reached.append(min(kept, reached[-1]))
    dropped = trials - reached[-1]
    if not spec.plan.keeps_slow_starters:
        return reached, 0
    least = min(LEAST_AUDITED, dropped // generations)
    return reached, generations * max(least, math.ceil(AUDITED_SHARE * dropped / generations))
