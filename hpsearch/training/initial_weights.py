"""Random weights before the first step."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import BatchNorm, InitialWeights, NetworkSpec
from hpsearch.training.network import layer_views, parameter_count, weight_part


def standard_deviation(init: InitialWeights | float, fan_in: int, fan_out: int) -> float:
    """Standard deviation of a layer's normal initial weights.

    He: √(2 / n_in) (He et al. 2015, eq. 10). Xavier as in the book: √(1 / n_in). Glorot:
    √(2 / (n_in + n_out)) (Glorot and Bengio 2010, eq. 12). A number stands for itself.
    """
    match init:
        case InitialWeights.HE:
            return math.sqrt(2 / fan_in)
        case InitialWeights.XAVIER:
            return math.sqrt(1 / fan_in)
        case InitialWeights.GLOROT:
            return math.sqrt(2 / (fan_in + fan_out))
        case _:
            return init


def initial_parameters(
    sizes: Sequence[int], network: NetworkSpec, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Parameters of one network, `(parameter,)`: normal weights, biases and shifts 0, scales 1.

    Always drawn in float64, so that float32 and float64 training start from the same weights.
    """
    parameters = np.zeros(parameter_count(sizes, network.batchnorm))
    for layer in layer_views(parameters[None], sizes, network.batchnorm):
        layer.scale[...] = 1
    start = weight_part(sizes).start
    for rows, columns in pairwise(sizes):
        weights = parameters[start : start + rows * columns]
        rng.standard_normal(out=weights)
        weights *= standard_deviation(network.init, rows, columns)
        start += rows * columns
    return parameters


def resized_parameters(
    parameters: NDArray[Any], own: Sequence[int], sizes: Sequence[int], batchnorm: BatchNorm
) -> NDArray[Any]:
    """The same networks in layers of more units, or back in their own, `(lane, parameter)`.

    Further units are 0 in all that leads to them and from them, and stay so: with an activation
    that is 0 at 0 they answer 0, and nothing of a gradient reaches them.

    Args:
        own: features, hidden widths, outputs of the networks.
        sizes: the same of the arrays to be filled.
    """
    result = np.zeros((len(parameters), parameter_count(sizes, batchnorm)), parameters.dtype)
    given = layer_views(parameters, own, batchnorm)
    filled = layer_views(result, sizes, batchnorm)
    for one, other in zip(given, filled, strict=True):
        for values, place in zip(one[:4], other[:4], strict=True):
            rows, columns = map(min, values.shape[1:], place.shape[1:])
            place[:, :rows, :columns] = values[:, :rows, :columns]
    return result
