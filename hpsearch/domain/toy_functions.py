"""Functions of two variables on which optimisers are watched, without any network.

Each is studied as if it were a data set: its name is a name of data, an update is an epoch, and
the score is minus its value, so that higher is better, as everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.errors import InvalidStudy

Array = NDArray[np.floating[Any]]

# Settings of training that mean something where there are no rows and no network.
SETTINGS = frozenset(
    {"optimizer", "lr", "momentum", "beta1", "beta2", "rho", "eps", "eps_inside", "adam_eps"}
    | {"schedule", "warmup", "epochs", "dtype"}
)


def check_settings(name: str, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what a study of the function `name` would ask for in vain.

    Raises:
        InvalidStudy: a setting of the data, the split or the network, or one of training or of the
            space that steers no optimiser.
    """
    asked = {(section, key) for section, keys in sections.items() for key in keys}
    used = {(section, key) for section in ("training", "space") for key in SETTINGS}
    used |= {("search", "sampler"), ("search", "seed"), ("search", "trials")}
    idle = sorted(asked - used - {("data", "name"), ("space", "text")})
    if idle:
        raise InvalidStudy(
            idle[0][1],
            f"means nothing for the function `{name}`, which has neither data nor a network",
            f"settings of a function are {', '.join(f'`{each}`' for each in sorted(SETTINGS))}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToyFunction:
    """The function f = a x² + b y², where a descent starts, and how long it lasts.

    Attributes:
        formula: as people write it.
        factors: a and b; a negative one makes a saddle.
        start: where every descent starts.
        updates: steps of the optimiser, unless the study says otherwise.
        window: how far pictures of it reach from the origin, horizontally and vertically.
    """

    name: str
    formula: str
    factors: tuple[float, float]
    start: tuple[float, float]
    updates: int
    window: tuple[float, float]

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
            name="valley",
            formula="x²/20 + y²",
            factors=(1 / 20, 1.0),
            start=(-7, 2),
            updates=30,
            window=(9, 3.5),
        ),
        ToyFunction(
            name="bowl",
            formula="0.1 x² + 2 y²",
            factors=(0.1, 2.0),
            start=(-5, -2),
            updates=20,
            window=(6, 3),
        ),
        ToyFunction(
            name="saddle",
            formula="x² - y²",
            factors=(1.0, -1.0),
            start=(1, 1e-3),
            updates=250,
            window=(1.3, 1.3),
        ),
    )
}
