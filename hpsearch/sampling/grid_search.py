"""Grid search: every combination of listed values once, for comparing values rather than searching.

Where few of many hyperparameters matter, random search covers each of them better (Bergstra and
Bengio 2012); a grid answers what each listed value does.
"""

from collections.abc import Sequence

from hpsearch.domain.grid import grid
from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import Ending


class GridSampler:
    """Gives trial n the n-th combination, whatever was tried before."""

    is_independent = True

    def check(self, space: Space) -> None:
        """Every space of listed values has its combinations."""
        grid(space)

    def propose(
        self, stage: Stage, history: Sequence[Ending], numbers: Sequence[int], seed: int
    ) -> tuple[Configuration, ...]:
        """One configuration per trial number; only the space is looked at."""
        combinations = grid(stage.space)
        return tuple(combinations[number] for number in numbers)
