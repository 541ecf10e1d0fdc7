"""Optimisers as pairs of functions over the parameters of all lanes at once.

`init` makes the state that `update` reads and changes; both work in place on `(lane, parameter)`
arrays, with per-lane settings of shape `(lane, 1)`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import Optimizer

Array = NDArray[np.floating]
State = tuple[Array, ...]


class OptimizerPair(NamedTuple):
    """An optimiser.

    Attributes:
        init: state for these parameters; every array of it has the lane as its first axis.
        update: one step: `update(state, parameters, gradients, learning_rate)` changes the first
            two and may use up the third.
    """

    init: Callable[[Array], State]
    update: Callable[[State, Array, Array, Array], None]


def _no_state(parameters: Array) -> State:
    return ()


def _sgd(state: State, parameters: Array, gradients: Array, learning_rate: Array) -> None:
    gradients *= learning_rate
    parameters -= gradients


OPTIMIZERS = {Optimizer.SGD: OptimizerPair(_no_state, _sgd)}
