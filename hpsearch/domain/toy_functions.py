"""Functions of two variables on which optimisers are watched, without any network.

Each is studied as if it were a data set: its name is a name of data, an update is an epoch, and
the score is minus its value, so that higher is better, as everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

# Settings of training that mean something where there are no rows and no network.
SETTINGS = frozenset(
    {"optimizer", "lr", "momentum", "beta1", "beta2", "rho", "eps", "eps_inside", "adam_eps"}
    | {"schedule", "warmup", "epochs", "dtype"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToyFunction:
    """The function f = a x² + b y², where a descent starts, and how long it lasts.

    Attributes:
        formula: as people write it.
        factors: a and b; a negative one makes a saddle.
        start: where every descent starts.
        updates: steps of the optimiser, unless the study says otherwise.
    """

    name: str
    formula: str
    factors: tuple[float, float]
    start: tuple[float, float]
    updates: int

    @property
    def has_minimum(self) -> bool:
        """Whether it falls to 0 at the origin and no further."""
        return min(self.factors) > 0

    def value(self, points: Array) -> Array:
        """Value at `(..., 2)` points."""
        return np.square(points) @ np.array(self.factors, points.dtype)

    def gradient(self, points: Array) -> Array:
        """Gradient at `(..., 2)` points, shaped like them."""
        return points * (2 * np.array(self.factors, points.dtype))


TOY_FUNCTIONS: Mapping[str, ToyFunction] = {
    each.name: each
    for each in (
        ToyFunction(
            name="valley", formula="x²/20 + y²", factors=(1 / 20, 1.0), start=(-7, 2), updates=30
        ),
        ToyFunction(
            name="bowl", formula="0.1 x² + 2 y²", factors=(0.1, 2.0), start=(-5, -2), updates=20
        ),
        ToyFunction(
            name="saddle", formula="x² - y²", factors=(1.0, -1.0), start=(1, 1e-3), updates=250
        ),
    )
}
