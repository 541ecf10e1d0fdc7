"""Random search: every trial drawn for itself, uniformly on the scale of each range.

Bergstra and Bengio 2012: where few hyperparameters matter, random points cover each of them better
than a grid of the same size.
"""

from collections.abc import Sequence

from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.trial import Trial


class RandomSampler:
    """Draws each hyperparameter of each trial from a generator of its own.

    A draw is keyed by (seed, hyperparameter, stage, trial number): it depends neither on the
    number of trials drawn together, nor on interruptions, nor on the other hyperparameters.
    """

    def propose(
        self, space: Space, history: Sequence[Trial], numbers: Sequence[int], seed: int, stage: int
    ) -> tuple[Configuration, ...]:
        """One configuration per trial number; `history` is not looked at."""
        return tuple(
            space.at(
                {name: generator(seed, "sample", name, stage, number).random() for name in space}
            )
            for number in numbers
        )
