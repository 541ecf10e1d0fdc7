"""Looks into networks while they train, and changes nothing in them.

Everything is computed one lane at a time, so that a lane's numbers do not depend on its neighbours.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.measurements import BINS, LayerActivations, finite
from hpsearch.domain.spec import Activation, BatchNorm, NetworkSpec
from hpsearch.training.network import Layer, Pass

Array = NDArray[np.floating[Any]]

# Ends of the histograms: all that a bounded function can give, and for the others about four
# standard deviations of what He's weights give for inputs of unit variance.
ENDS = {
    Activation.SIGMOID: (0.0, 1.0),
    Activation.TANH: (-1.0, 1.0),
    Activation.RELU: (0.0, 5.0),
    Activation.LEAKY_RELU: (-5.0, 5.0),
    Activation.IDENTITY: (-5.0, 5.0),
}


def flat_count(activation: Activation, values: Array) -> int:
    """How many `values` the non-linearity gave where it passes on little of a gradient.

    Sigmoid outside 0.1 to 0.9 (slope below 0.09), tanh beyond ±0.9 (slope below 0.19), ReLU at 0.
    """
    match activation:
        case Activation.SIGMOID:
            return int(np.count_nonzero(np.abs(values - 0.5) > 0.4))
        case Activation.TANH:
            return int(np.count_nonzero(np.abs(values) > 0.9))
        case Activation.RELU:
            return int(np.count_nonzero(values == 0))
        case _:
            return 0


def layer_activations(
    sizes: Sequence[int], network: NetworkSpec, layers: Sequence[Layer], x: Array, size: int
) -> list[tuple[LayerActivations, ...]]:
    """Hidden layers of each lane: what the non-linearity gives for rows `x`, before dropout.

    Args:
        size: rows of one forward pass; batch normalisation looks at those rows, and a last one of
            a single row is left out.
    """
    lanes, widths = len(layers[0].weights), sizes[1:-1]
    tallies = [[_Tally(network.activation) for _ in widths] for _ in range(lanes)]
    for start in range(0, len(x), size):
        part = x[start : start + size]
        if len(part) == 1 and start:
            continue
        running = [np.zeros((lanes, 2, width), x.dtype) for width in widths]
        kept = [] if network.batchnorm is BatchNorm.OFF else running
        work = Pass(sizes, network, layers, kept, None, len(part))
        work.forward(part, steps=0, is_training=True)
        for index, values in enumerate(work.activations):
            for own, lane in zip(tallies, values, strict=True):
                own[index].add(lane)
    return [tuple(each.result() for each in own) for own in tallies]


def gradient_norms(gradients: Sequence[Layer], scale: Array) -> list[list[float | None]]:
    """‖∂L/∂W‖ of each lane's layers, input side first, the output layer included.

    Args:
        scale: what the gradients have been multiplied by, `(lane, 1)`; where that is 0, nothing is
            known of them.
    """
    factors = scale[:, 0].astype(np.float64).tolist()
    return [
        [finite(_norm(layer.weights[lane]) / factor) if factor else None for layer in gradients]
        for lane, factor in enumerate(factors)
    ]


def _norm(weights: Array) -> float:
    return math.sqrt(np.square(weights, dtype=np.float64).sum())


class _Tally:
    """Counts and sums of one layer of one lane."""

    def __init__(self, activation: Activation) -> None:
        self._activation, self._ends = activation, ENDS[activation]
        self._counts = np.zeros(BINS, np.int64)
        self._rows = self._flat = 0
        self._sum = self._squares = 0.0

    def add(self, values: Array) -> None:
        wide = values.astype(np.float64).ravel()
        inside = np.clip(np.nan_to_num(wide, nan=self._ends[0]), *self._ends)
        self._counts += np.histogram(inside, BINS, self._ends)[0]
        self._flat += flat_count(self._activation, wide)
        self._rows += len(wide)
        self._sum += float(wide.sum())
        self._squares += float(np.square(wide).sum())

    def result(self) -> LayerActivations:
        mean = self._sum / self._rows
        variance = self._squares / self._rows - mean * mean
        return LayerActivations(
            low=self._ends[0],
            high=self._ends[1],
            counts=tuple(self._counts.tolist()),
            mean=finite(mean),
            deviation=math.sqrt(max(0.0, variance)) if math.isfinite(variance) else None,
            saturated=self._flat / self._rows,
        )
