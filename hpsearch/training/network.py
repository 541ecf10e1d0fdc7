"""Forward and backward pass of many multi-layer perceptrons at once.

All parameters of a population lie in one array `(lane, parameter)`, first the weights of all
layers, then their biases: an optimiser needs one call for all layers, and weight decay one for all
weights.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.training.activations import ActivationPair

Array = NDArray[np.floating[Any]]


class Layer(NamedTuple):
    """Views of one layer in the parameters of a population, or in their gradient.

    Attributes:
        weights: `(lane, in, out)`.
        biases: `(lane, 1, out)`.
    """

    weights: Array
    biases: Array


def weight_count(sizes: Sequence[int]) -> int:
    """Weights of one network with layers of these sizes, input and output included."""
    return sum(rows * columns for rows, columns in pairwise(sizes))


def parameter_count(sizes: Sequence[int]) -> int:
    """Weights and biases of one network with layers of these sizes."""
    return weight_count(sizes) + sum(sizes[1:])


def layer_views(parameters: Array, sizes: Sequence[int]) -> tuple[Layer, ...]:
    """Each layer's view of `(lane, parameter)`, input side first."""
    lanes, weight, bias = len(parameters), 0, weight_count(sizes)
    layers = []
    for rows, columns in pairwise(sizes):
        weights = parameters[:, weight : weight + rows * columns].reshape(lanes, rows, columns)
        biases = parameters[:, bias : bias + columns].reshape(lanes, 1, columns)
        layers.append(Layer(weights, biases))
        weight, bias = weight + rows * columns, bias + columns
    return tuple(layers)


class Workspace:
    """Buffers for one forward and backward pass of `lanes` networks over `rows` rows.

    Attributes:
        output: view of the logits as `(lane, row, class)`.
        hidden: activations per hidden layer, `(lane, row, width)`.
        logits: output of the network, `(class, lane, row)`; the loss turns it into its gradient.
    """

    def __init__(self, sizes: Sequence[int], lanes: int, rows: int, dtype: np.dtype[Any]) -> None:
        widths = sizes[1:-1]
        self.hidden = [np.empty((lanes, rows, width), dtype) for width in widths]
        self.logits = np.empty((sizes[-1], lanes, rows), dtype)
        self.output = self.logits.transpose(1, 2, 0)
        # A layer's gradient is dead once the layer below has its own: two buffers a width do.
        needed = {(width, index % 2) for index, width in enumerate(widths)}
        self._gradients = {key: np.empty((lanes, rows, key[0]), dtype) for key in needed}

    def gradient(self, layer: int) -> Array:
        """Buffer for the gradient at hidden layer `layer`, `(lane, row, width)`."""
        return self._gradients[self.hidden[layer].shape[2], layer % 2]


def forward(x: Array, layers: Sequence[Layer], activation: ActivationPair, work: Workspace) -> None:
    """Fill `work` with activations and logits of `x`, `(row, feature)`, shared by all lanes."""
    below = x
    for layer, hidden in zip(layers[:-1], work.hidden, strict=True):
        np.matmul(below, layer.weights, out=hidden)  # (lane, row, width)
        hidden += layer.biases
        activation.apply(hidden)
        below = hidden
    np.matmul(below, layers[-1].weights, out=work.output)  # (lane, row, class)
    np.add(work.output, layers[-1].biases, out=work.output)


def backward(
    x: Array,
    layers: Sequence[Layer],
    activation: ActivationPair,
    work: Workspace,
    gradients: Sequence[Layer],
) -> None:
    """Fill `gradients` from the gradient of the loss that stands in `work.logits`."""
    ones = np.ones((1, len(x)), x.dtype)
    above = work.output
    if any(hidden.shape[2] == 1 for hidden in work.hidden):
        # Products with one column are vector products: their last bits depend on the strides.
        above = above.copy(order="C")
    # Not a product with ones here: on this layout its last bits depend on the number of lanes.
    gradients[-1].biases[:, 0] = work.logits.sum(axis=2).T  # (lane, class)
    for index in range(len(layers) - 1, -1, -1):
        if index < len(layers) - 1:
            np.matmul(ones, above, out=gradients[index].biases)  # sums over rows: (lane, 1, out)
        if index == 0:
            np.matmul(x.T, above, out=gradients[0].weights)
            return
        below = work.hidden[index - 1]
        np.matmul(below.transpose(0, 2, 1), above, out=gradients[index].weights)  # (lane, in, out)
        gradient = work.gradient(index - 1)
        np.matmul(above, layers[index].weights.transpose(0, 2, 1), out=gradient)  # (lane, row, in)
        activation.multiply_by_slope(gradient, below)
        above = gradient
