"""Scrambled Sobol points: random search whose trials keep their distance from one another.

Bergstra and Bengio 2012, section 5, for the use of low-discrepancy sets in this place; Owen 1998
for the scrambling, which keeps each point uniform in itself.
"""

from collections.abc import Sequence

from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import Ending


class SobolSampler:
    """Takes point k of a sequence of its own for trial k of each stage.

    The sequence is scrambled by (seed, stage), with one dimension per hyperparameter in the order
    of the space, so that a trial is the same whatever is proposed with it.
    """

    is_independent = True

    def check(self, space: Space) -> None:
        """Every space can be covered: the sequence has 21,201 dimensions."""

    def propose(
        self, stage: Stage, history: Sequence[Ending], numbers: Sequence[int], seed: int
    ) -> tuple[Configuration, ...]:
        """One configuration per trial number; `history` is not looked at."""
        from scipy.stats import qmc

        scrambling = generator(seed, "sobol", stage.number)
        engine = qmc.Sobol(len(stage.space), scramble=True, rng=scrambling)
        places = [number - stage.first_number for number in numbers]
        # The sequence is balanced over powers of two, and drawn to the next one.
        points = engine.random_base2(max(places).bit_length()).tolist()
        return tuple(
            stage.space.at(dict(zip(stage.space, points[place], strict=True))) for place in places
        )
