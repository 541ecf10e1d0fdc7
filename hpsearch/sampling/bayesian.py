"""Bayesian optimisation by Optuna: a tree-structured Parzen estimator, or a Gaussian process.

Bergstra et al. 2011 for TPE, Falkner et al. 2018 for its joint form over all hyperparameters;
Snoek et al. 2012 for Gaussian processes. The first generations are those of random search, until
`STARTUP_TRIALS` trials lie in the ranges of the stage, those of earlier stages included. Within a
generation each proposal knows the earlier ones as running, so that they keep apart.
"""

import math
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import Ending, State
from hpsearch.errors import InvalidStudy
from hpsearch.sampling.optuna_study import Known, distributions, known_trials, proposals
from hpsearch.sampling.random_search import RandomSampler

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

STARTUP_TRIALS = 10


class Fit(NamedTuple):
    """How many trials a model is fitted to at most: so many best ones, so many of the others."""

    best: int
    others: int


# TPE models its good trials, 25 at most, and the others as their background: a sample of them does.
TPE_FIT = Fit(best=25, others=475)
# The time of a Gaussian process grows with the cube of the trials.
GP_FIT = Fit(best=100, others=100)


class TpeSampler:
    """Multivariate TPE; a trial that did not complete counts as pruned.

    A pruned one ranks by the epoch that it reached, then by its score there; one that failed as if
    it had been pruned before the first epoch, the later it diverged the better.
    """

    is_independent = False

    def check(self, space: Space) -> None:
        """Every space can be modelled."""

    def propose(
        self, stage: Stage, history: Sequence[Ending], numbers: Sequence[int], seed: int
    ) -> tuple[Configuration, ...]:
        """A generation that depends on `history`, the seed and its first number alone."""
        known = known_trials(stage, history, seed)
        if len(known) < STARTUP_TRIALS:
            return RandomSampler().propose(stage, history, numbers, seed)
        from optuna.samplers import TPESampler

        path = ("tpe", stage.number, numbers[0])
        sampler = TPESampler(
            seed=_seed(seed, *path), n_startup_trials=0, multivariate=True, constant_liar=True
        )
        told = told_to_tpe(fitted_on(known, TPE_FIT, generator(seed, "fit", *path)), stage.space)
        return proposals(sampler, told, stage.space, len(numbers))


class GpSampler:
    """Gaussian process with log expected improvement; what did not complete gets the worst score.

    A pruned trial counts with its score at the last rung. The last bits of a fit depend on the
    number of threads, which is therefore one.
    """

    is_independent = False

    def check(self, space: Space) -> None:
        """Every space can be modelled, with PyTorch.

        Raises:
            InvalidStudy: it is not installed.
        """
        if find_spec("torch") is None:
            raise InvalidStudy(
                "sampler",
                "`gp` needs PyTorch, which is not installed",
                "`pip install 'hpsearch[gp]'`, or use `--sampler tpe`",
            )

    def propose(
        self, stage: Stage, history: Sequence[Ending], numbers: Sequence[int], seed: int
    ) -> tuple[Configuration, ...]:
        """A generation that depends on `history`, the seed and its first number alone."""
        known = known_trials(stage, history, seed)
        if len(known) < STARTUP_TRIALS:
            return RandomSampler().propose(stage, history, numbers, seed)
        import scipy.optimize  # noqa: F401 - loads its thread pool, so that it can be limited
        import torch  # noqa: F401 - the same
        from optuna.samplers import GPSampler
        from threadpoolctl import threadpool_limits

        path = ("gp", stage.number, numbers[0])
        sampler = GPSampler(seed=_seed(seed, *path), n_startup_trials=0)
        told = told_to_gp(fitted_on(known, GP_FIT, generator(seed, "fit", *path)), stage.space)
        with threadpool_limits(1):
            return proposals(sampler, told, stage.space, len(numbers))


def told_to_tpe(known: Sequence[Known], space: Space) -> list["FrozenTrial"]:
    """Trials as TPE ranks them: complete ones, then pruned ones, then failed ones."""
    from optuna.trial import create_trial

    axes = distributions(space)
    return [
        create_trial(params=dict(each.units), distributions=axes, **_ending(each)) for each in known
    ]


def told_to_gp(known: Sequence[Known], space: Space) -> list["FrozenTrial"]:
    """Trials as numbers, since a Gaussian process takes nothing else."""
    from optuna.trial import create_trial

    axes = distributions(space)
    worst = min((each.score for each in known if each.score is not None), default=0.0)
    return [
        create_trial(
            params=dict(each.units),
            distributions=axes,
            value=worst if each.score is None else each.score,
        )
        for each in known
    ]


def _ending(known: Known) -> dict[str, Any]:
    """Optuna ranks pruned trials by their last step, then by their value there, NaN last."""
    from optuna.trial import TrialState

    outcome = known.trial.outcome
    if outcome.is_complete and known.score is not None:
        return {"value": known.score}
    epoch, value = 0, float(outcome.epoch or 0)
    if outcome.state is State.PRUNED:
        epoch, value = outcome.epoch or 0, math.nan if known.score is None else known.score
    return {"state": TrialState.PRUNED, "intermediate_values": {epoch: value}}


def fitted_on(known: Sequence[Known], fit: Fit, chance: np.random.Generator) -> list[Known]:
    """The trials that a model is fitted to, in order: the best, and drawn ones of the others."""
    if len(known) <= sum(fit):
        return list(known)
    ranked = sorted(range(len(known)), key=lambda place: _rank(known[place]))
    drawn = chance.choice(ranked[fit.best :], fit.others, replace=False)
    return [known[place] for place in sorted([*ranked[: fit.best], *drawn])]


def _rank(known: Known) -> tuple[bool, float]:
    return not known.trial.outcome.is_complete, math.inf if known.score is None else -known.score


def _seed(seed: int, *path: str | int) -> int:
    return int(generator(seed, *path).integers(2**32))
