"""Random search: every trial drawn for itself, uniformly on the scale of each range.

Bergstra and Bengio 2012: where few hyperparameters matter, random points cover each of them better
than a grid of the same size.
"""

from collections.abc import Sequence

from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import Ending


class RandomSampler:
    """Draws each hyperparameter of each trial from a generator of its own.

    A draw is keyed by (seed, hyperparameter, stage, trial number): it depends neither on the
    number of trials drawn together, nor on interruptions, nor on the other hyperparameters.
    """

    is_independent = True

    def check(self, space: Space) -> None:
        """Every space can be drawn from."""

    def propose(
        self, stage: Stage, history: Sequence[Ending], numbers: Sequence[int], seed: int
    ) -> tuple[Configuration, ...]:
        """One configuration per trial number; `history` is not looked at."""
        return tuple(
            stage.space.at(
                {name: drawn_unit(seed, name, stage.number, number) for name in stage.space}
            )
            for number in numbers
        )


def drawn_unit(seed: int, name: str, stage: int, number: int) -> float:
    """Random coordinate in [0, 1) of one hyperparameter in one trial."""
    return float(generator(seed, "sample", name, stage, number).random())
