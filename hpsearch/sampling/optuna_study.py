"""The bridge to Optuna: what it is told of a study, and how it is asked.

Optuna sees one float in [0, 1] per hyperparameter, whatever its kind and its range in this stage,
in every trial. Its joint models need the same names with the same bounds throughout: where a range
changes within an Optuna study, they are silently replaced by one model per hyperparameter. So each
generation gets a study of its own, in memory, rebuilt from the trials that lie in the stage's
ranges, and thrown away after.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import Ending, State
from hpsearch.quiet_optuna import quiet
from hpsearch.sampling.random_search import drawn_unit

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A trial that has ended, located in the ranges of a stage.

    Attributes:
        units: its coordinate in [0, 1] for every hyperparameter of the space.
        score: what it scored, or had scored when it was pruned; None where that is not finite.
    """

    trial: Ending
    units: Mapping[str, float]
    score: float | None


def known_trials(stage: Stage, history: Sequence[Ending], seed: int) -> list[Known]:
    """The trials inside the stage's ranges, in the order of `history`.

    A hyperparameter that is inactive in a trial gets a drawn coordinate, the same in each call.
    """
    known = []
    for trial in history:
        active = stage.space.units(trial.configuration)
        if active is not None:
            units = {
                name: active[name]
                if name in active
                else drawn_unit(seed, name, trial.stage, trial.number)
                for name in stage.space
            }
            known.append(Known(trial, units, _last_score(trial)))
    return known


def proposals(
    sampler: "BaseSampler", told: Sequence["FrozenTrial"], space: Space, count: int
) -> tuple[Configuration, ...]:
    """Ask for so many configurations; each one is still running when the next is chosen."""
    with quiet():
        study = rebuilt(sampler, told)
        asked = [study.ask(distributions(space)) for _ in range(count)]
    return tuple(space.at(trial.params) for trial in asked)


def rebuilt(sampler: "BaseSampler", told: Sequence["FrozenTrial"]) -> "optuna.Study":
    """An Optuna study in memory that holds what it is told, in that order."""
    import optuna

    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.add_trials(told)
    return study


def distributions(names: Iterable[str]) -> dict[str, "BaseDistribution"]:
    """What Optuna may choose: the same unit interval for every hyperparameter."""
    from optuna.distributions import FloatDistribution

    return dict.fromkeys(names, FloatDistribution(0.0, 1.0))


def _last_score(trial: Ending) -> float | None:
    score = trial.rung_score if trial.state is State.PRUNED else trial.score
    return score if score is not None and math.isfinite(score) else None
