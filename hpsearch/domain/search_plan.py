"""How a search goes about its question: stages, giving up early, a baseline, confirmation.

Part of the question, because it decides which trials are trained and for how long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hpsearch.domain.rungs import LEAST_EPOCHS, LEAST_GENERATION, check_epochs, rungs
from hpsearch.domain.space import Configuration
from hpsearch.domain.stage_plan import stage_plan
from hpsearch.errors import InvalidStudy


class Sampler(StrEnum):
    """How configurations are proposed."""

    RANDOM = "random"
    GRID = "grid"
    SOBOL = "sobol"
    TPE = "tpe"
    GP = "gp"


# Trials proposed together by the samplers that learn from results; the others take a whole stage.
USUAL_GENERATION: Mapping[Sampler, int] = {Sampler.TPE: 8, Sampler.GP: 8}

AUTO = "auto"
NONE = "none"
HALVING = "halving"
CONFIRMING_REPEATS = 4
LARGEST_CONFIRM = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPlan:
    """How a search goes about its question.

    Attributes:
        stages: rounds between which the ranges may move; None for as many as the trials allow.
        prune: `halving`, `none`, `epochs:N` (all trials for N epochs, the best in full), or `auto`:
            halving where a generation is large enough.
        confirm: finalists that are trained again with fresh seeds at the end; 0 for none.
        baseline: whether the catalogue's default configuration is tried first.
        tries: configurations of the user's own, tried after it.
    """

    stages: int | None = None
    prune: str = AUTO
    confirm: int = 5
    baseline: bool = True
    tries: tuple[Configuration, ...] = ()

    def __post_init__(self) -> None:
        if self.prune not in (AUTO, NONE, HALVING):
            _short_epochs(self.prune)
        if not 0 <= self.confirm <= LARGEST_CONFIRM:
            reason = f"`{self.confirm}` finalists are outside 0 to {LARGEST_CONFIRM}"
            raise InvalidStudy("confirm", reason)

    def trial_counts(self, trials: int) -> tuple[int, ...]:
        """Trials of each stage.

        Raises:
            InvalidStudy: too few for the stages that were asked for.
        """
        return stage_plan(trials, self.stages)

    def check(self, epochs: int) -> None:
        """Refuse to give up early on trainings that are too short for it.

        Raises:
            InvalidStudy: says how many epochs it takes.
        """
        if self.prune == HALVING:
            check_epochs(epochs)
        elif self.prune not in (AUTO, NONE) and _short_epochs(self.prune) >= epochs:
            raise InvalidStudy(
                "prune",
                f"`{self.prune}` gives up nothing in trainings of {epochs} epochs",
                f"use fewer than {epochs}, or `--prune none`",
            )

    def rungs(self, epochs: int, generation: int) -> tuple[int, ...]:
        """Epochs after which a generation of so many trials is looked at; the last is the end."""
        if self.prune == NONE:
            return (epochs,)
        if self.prune == HALVING:
            return rungs(epochs)
        if self.prune == AUTO:
            is_large = generation >= LEAST_GENERATION and epochs >= LEAST_EPOCHS
            return rungs(epochs) if is_large else (epochs,)
        return (_short_epochs(self.prune), epochs)

    @property
    def keeps_slow_starters(self) -> bool:
        """Whether the best of each third of the learning rates goes on whatever its rank."""
        return self.prune in (AUTO, HALVING)


def _short_epochs(prune: str) -> int:
    word, colon, number = prune.partition(":")
    if word != "epochs" or not colon or not number.isdecimal() or int(number) < 1:
        raise InvalidStudy(
            "prune",
            f"`{prune}` is not a way to give up early",
            "write `halving`, `none`, or `epochs:N` as in `epochs:5`",
        )
    return int(number)
