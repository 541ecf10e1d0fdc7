"""Successive halving of a generation by rounds: who is trained longer, and who is given up.

All trials of a generation are trained for a few epochs; the best third goes on to the next rung,
three times as long, and so on up to the full number. Every decision looks at the whole generation
at once: the order in which trials finish, workers and interruptions leave no trace. Ranks are by
accuracy where something learned; by the training loss, what learns fast but ends worst would win.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hpsearch.domain.axes import Axis, axes
from hpsearch.domain.baseline import Baseline
from hpsearch.domain.learning import Course, Observation, learning, order_key
from hpsearch.domain.rungs import FACTOR
from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Space
from hpsearch.domain.trial import Origin, Trial

LEAST_KEPT = 5
AVERAGED_EPOCHS = 2  # over which the accuracy at a rung is averaged
TERCILES = 3
AUDITED_SHARE = 0.05
LEAST_AUDITED = 3


def at_rung(trial: Trial, baseline: Baseline, epochs: int | None = None) -> Observation:
    """A trial as a rung sees it: its accuracy is the mean of the last two epochs.

    Args:
        epochs: of the rung, if the trial was trained longer; None for the end.
    """
    return Observation(
        number=trial.number,
        configuration=trial.configuration,
        learning=learning(trial, baseline, epochs=epochs, averaged=AVERAGED_EPOCHS),
        is_drawn=trial.origin is Origin.SAMPLER,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivors:
    """What a rung decides.

    Attributes:
        kept: numbers of the trials that go on to the next rung, in order.
        protected: those of them that go on up to the full training whatever their rank.
        is_pruned: False where nothing learned at the first rung: then all go on, and straight to
            the full training, since widening the ranges matters more there.
    """

    kept: tuple[int, ...]
    protected: frozenset[int]
    is_pruned: bool = True


def survivors(
    generation: Sequence[Observation],
    space: Space,
    *,
    protected: Collection[int] | None = None,
    earlier: Sequence[Observation] = (),
) -> Survivors:
    """Which trials of a generation go on from a rung.

    Those among the best max(5, a third) of all that reached the rung, and the protected: of each
    third of the learning rates the best trial at the first rung, since slow starters may end best.
    What diverged or failed never goes on.

    Args:
        generation: the trials at the rung, as `at_rung` sees them.
        space: of the stage.
        protected: as the first rung decided; None at the first rung.
        earlier: trials of earlier generations of the stage at the same rung, against which a small
            generation is judged.
    """
    pool = sorted([*generation, *earlier], key=order_key)
    alive = [each for each in pool if _is_alive(each)]
    own = {each.number for each in generation}
    is_first = protected is None
    if is_first and not any(each.learning.course is Course.LEARNED for each in pool):
        everyone = sorted(each.number for each in alive if each.number in own)
        return Survivors(kept=tuple(everyone), protected=frozenset(), is_pruned=False)
    chosen = _best_of_thirds(pool, space) if protected is None else protected
    ranked = {each.number for each in alive[: max(LEAST_KEPT, math.ceil(len(pool) / FACTOR))]}
    safe = frozenset(chosen) & own & {each.number for each in alive}
    return Survivors(kept=tuple(sorted((ranked & own) | safe)), protected=safe)


def first_few(generation: Sequence[Observation]) -> Survivors:
    """The best five of a rung, whatever their learning rates; the others are given up."""
    alive = sorted((each for each in generation if _is_alive(each)), key=order_key)
    kept = tuple(sorted(each.number for each in alive[:LEAST_KEPT]))
    return Survivors(kept=kept, protected=frozenset())


def audited(dropped: Collection[int], seed: int, stage: int) -> tuple[int, ...]:
    """Trials to train in full although they were given up: max(3, 5 %), drawn by the seed.

    Their scores show whether giving up cost anything.

    Args:
        dropped: numbers of the trials that were given up and could have gone on.
        seed: of the study.
        stage: from 1.
    """
    numbers = sorted(dropped)
    count = min(len(numbers), max(LEAST_AUDITED, math.ceil(AUDITED_SHARE * len(numbers))))
    random = generator(seed, "audit", stage, *numbers[:1])
    drawn = random.permutation(len(numbers))[:count].tolist()
    return tuple(sorted(numbers[index] for index in drawn))


def _is_alive(observation: Observation) -> bool:
    return observation.learning.course not in (Course.DIVERGED, Course.FAILED)


def _best_of_thirds(ordered: Sequence[Observation], space: Space) -> frozenset[int]:
    """Numbers of the best trial of each third of the learning rates, optimiser by optimiser."""
    found: set[int] = set()
    for axis in axes(space):
        if axis.name == "lr":
            found |= _best_along(axis, ordered)
    return frozenset(found)


def _best_along(axis: Axis, ordered: Sequence[Observation]) -> set[int]:
    active = [each for each in ordered if axis.is_active(each.configuration)]
    rates = axis.positions([each.configuration for each in active])
    rising = sorted(range(len(active)), key=lambda index: (rates[index], active[index].number))
    thirds = [rising[len(rising) * i // 3 : len(rising) * (i + 1) // 3] for i in range(TERCILES)]
    return {active[min(third)].number for third in thirds if third}
