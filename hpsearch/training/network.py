"""Forward and backward pass of many multi-layer perceptrons at once.

All parameters of a population lie in one array `(lane, parameter)`: the biases of the first layer,
the weights of all layers, the other biases, then the scales and shifts of batch normalisation. An
optimiser needs one call for all layers, weight decay one for all weights, and the first layer,
whose inputs start with a 1, no call for its biases.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import BatchNorm, DropoutMode, NetworkSpec, RunningStatistics
from hpsearch.training.activations import activation_pair
from hpsearch.training.batch_norm import MOMENTUM, BatchNormLayer
from hpsearch.training.dropout import Words, keep_mask

Array = NDArray[np.floating[Any]]


class Layer(NamedTuple):
    """Views of one layer in the parameters of a population, or in their gradient.

    Attributes:
        weights: `(lane, in, out)`.
        biases: `(lane, 1, out)`.
        scale: batch normalisation's γ, `(lane, 1, out)`; no columns where there is none.
        shift: its β.
        joined: the first layer's biases on top of its weights, `(lane, 1 + in, out)`; None in
            other layers.
    """

    weights: Array
    biases: Array
    scale: Array
    shift: Array
    joined: Array | None = None


def weight_count(sizes: Sequence[int]) -> int:
    """Weights of one network with layers of these sizes, input and output included."""
    return sum(rows * columns for rows, columns in pairwise(sizes))


def weight_part(sizes: Sequence[int]) -> slice:
    """Where the weights of all layers lie among the parameters."""
    return slice(sizes[1], sizes[1] + weight_count(sizes))


def parameter_count(sizes: Sequence[int], batchnorm: BatchNorm = BatchNorm.OFF) -> int:
    """Weights, biases, scales and shifts of one network with layers of these sizes."""
    normalised = 0 if batchnorm is BatchNorm.OFF else 2 * sum(sizes[1:-1])
    return weight_count(sizes) + sum(sizes[1:]) + normalised


def layer_views(
    parameters: Array, sizes: Sequence[int], batchnorm: BatchNorm = BatchNorm.OFF
) -> tuple[Layer, ...]:
    """Each layer's view of `(lane, parameter)`, input side first."""
    lanes, at, layers = len(parameters), 0, []

    def take(rows: int, columns: int) -> Array:
        nonlocal at
        at += rows * columns
        return parameters[:, at - rows * columns : at].reshape(lanes, rows, columns)

    biases = [take(1, sizes[1])]
    weights = [take(rows, columns) for rows, columns in pairwise(sizes)]
    biases += [take(1, columns) for columns in sizes[2:]]
    hidden = [0 if batchnorm is BatchNorm.OFF else width for width in sizes[1:-1]]
    scales = [take(1, width) for width in (*hidden, 0)]
    shifts = [take(1, width) for width in (*hidden, 0)]
    layers = [Layer(*views) for views in zip(weights, biases, scales, shifts, strict=True)]
    at = 0
    layers[0] = layers[0]._replace(joined=take(1 + sizes[0], sizes[1]))
    return tuple(layers)


class Noise(NamedTuple):
    """What dropout needs.

    Attributes:
        generators: sources of random words, one for each fold; drawn from at every step.
        keys: one per lane, `(lane,)`.
        rate: share of activations that is dropped, `(lane, 1)`.
        mode: when the others are scaled.
        folds: index of each lane's generator, `(lane,)`.
    """

    generators: Sequence[np.random.Generator]
    keys: Words
    rate: Array
    mode: DropoutMode
    folds: NDArray[np.int64]

    def keep(self, lanes: NDArray[np.bool_] | slice) -> "Noise":
        """The same of some lanes."""
        kept, folds = np.unique(self.folds[lanes], return_inverse=True)
        generators = [self.generators[each] for each in kept]
        return Noise(generators, self.keys[lanes], self.rate[lanes], self.mode, folds)

    def state_of(self, lane: int) -> Mapping[str, Any]:
        """State of the generator that a lane's words come from."""
        state: Mapping[str, Any] = self.generators[self.folds[lane]].bit_generator.state
        return state

    def go_on(self, lane: int, state: Mapping[str, Any]) -> None:
        """Let the words of a lane, and of the others of its fold, go on from a state."""
        self.generators[self.folds[lane]].bit_generator.state = state

    def masks(self, rows: int, width: int) -> NDArray[np.bool_]:
        """True where an activation stays, `(lane, row, width)`; draws from all generators."""
        drawn = [
            each.integers(2**32, size=(rows, width), dtype=np.uint32) for each in self.generators
        ]
        shared = drawn[0] if len(drawn) == 1 else np.stack(drawn)[self.folds]
        return keep_mask(shared, self.keys, self.rate)


class Pass:
    """Forward and backward pass of `lanes` networks over `rows` rows, with its buffers.

    Attributes:
        outputs: of the networks, `(output, lane, row)`; the loss turns them into their gradient.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        network: NetworkSpec,
        layers: Sequence[Layer],
        running: Sequence[Array],
        noise: Noise | None,
        rows: int,
    ) -> None:
        lanes, dtype = len(layers[0].weights), layers[0].weights.dtype
        self._network, self._layers, self._noise = network, layers, noise
        self._activation = activation_pair(network.activation, network.slope)
        self._norms = [
            BatchNormLayer(layer.scale, layer.shift, each)
            for layer, each in zip(layers[:-1], running, strict=False)
        ]
        widths = sizes[1:-1]
        self._hidden = [np.empty((lanes, rows, width), dtype) for width in widths]
        # What the activation gave, where a later stage of the layer changes it in place.
        self._activated = self._hidden if self._is_plain() else list(map(np.copy, self._hidden))
        self._masks: list[NDArray[np.bool_]] = []
        self.outputs = np.empty((sizes[-1], lanes, rows), dtype)
        self._lane_outputs = self.outputs.transpose(1, 2, 0)
        # A layer's gradient is dead once the layer below has its own: two buffers a width do.
        self._gradients: dict[tuple[int, int], Array] = {}
        for index, width in enumerate(widths):
            self._gradients.setdefault((width, index % 2), np.empty((lanes, rows, width), dtype))
        self._turned = {
            width: np.empty((lanes, width, rows), dtype) for width in dict.fromkeys(widths[1:])
        }
        self._ones = np.ones((1, rows), dtype)
        self._adds_input = [
            network.residual and index > 0 and width == widths[index - 1]
            for index, width in enumerate(widths)
        ]
        # Products with one column are vector products: their last bits depend on strides.
        self._has_vectors = sizes[-1] == 1 or 1 in widths

    @property
    def activations(self) -> Sequence[Array]:
        """What the non-linearity of each hidden layer gave in the last forward pass."""
        return self._activated

    def forward(self, x: Array, *, steps: int, is_training: bool) -> Array:
        """Outputs for `x` of all lanes; trailing zero columns may be missing.

        Args:
            x: a column of ones, then the inputs: `(row, 1 + feature)`, or with a lane axis.
            steps: steps done so far, for batch normalisation outside training.
            is_training: whether dropout drops and batch normalisation looks at these rows.
        """
        below = x
        self._masks.clear()
        correction = self._correction(steps)
        for index, (layer, hidden) in enumerate(zip(self._layers[:-1], self._hidden, strict=True)):
            _affine(below, layer, out=hidden)  # (lane, row, width)
            if self._network.batchnorm is BatchNorm.PRE:
                self._normalise(index, hidden, correction, is_training=is_training)
            self._activation.apply(hidden)
            if self._activated is not self._hidden:
                np.copyto(self._activated[index], hidden)
            if self._network.batchnorm is BatchNorm.POST:
                self._normalise(index, hidden, correction, is_training=is_training)
            if self._noise is not None:
                self._drop(hidden, self._noise, is_training=is_training)
            if self._adds_input[index]:
                hidden += below
            below = hidden
        _affine(below, self._layers[-1], out=self._lane_outputs)  # (lane, row, output)
        return self.outputs

    def backward(self, x: Array, gradients: Sequence[Layer]) -> None:
        """Fill `gradients` from the gradient of the loss that stands in `outputs`."""
        above = self._lane_outputs
        if self._has_vectors:
            above = above.copy(order="C")
        if len(gradients) > 1:
            # Not a product with ones: on this layout its last bits depend on the lanes. Nor `sum`,
            # which takes three times as long on a short axis.
            gradients[-1].biases[:, 0] = np.einsum("clr->lc", self.outputs)
        for index in range(len(self._layers) - 1, 0, -1):
            below = self._hidden[index - 1]
            np.matmul(below.transpose(0, 2, 1), above, out=gradients[index].weights)
            gradient = self._gradients[below.shape[2], (index - 1) % 2]
            turned = above if index == len(self._hidden) else self._row_last(above)
            np.matmul(turned, self._layers[index].weights.transpose(0, 2, 1), out=gradient)
            if index < len(self._hidden) and self._adds_input[index]:
                gradient += self._passed_on
            above = self._through_layer(index - 1, gradient, gradients[index - 1])
            if index > 1:
                np.matmul(self._ones, above, out=gradients[index - 1].biases)
        first = gradients[0].joined
        assert first is not None
        np.matmul(x.swapaxes(-2, -1), above, out=first[:, : x.shape[-1]])
        first[:, x.shape[-1] :] = 0

    def _row_last(self, gradient: Array) -> Array:
        """The same numbers with those of one unit next to each other.

        The product of a small matrix in rows with one in columns is the slowest of the four kinds
        in OpenBLAS: with a copy of this one in columns it takes half to two thirds of the time.
        """
        turned = self._turned[gradient.shape[2]]
        np.copyto(turned, gradient.transpose(0, 2, 1))
        return turned.transpose(0, 2, 1)

    def _through_layer(self, index: int, gradient: Array, own: Layer) -> Array:
        """Gradient at a layer's product with its weights, from that at its output."""
        if self._adds_input[index]:
            self._passed_on = gradient.copy()
        if self._noise is not None:
            gradient *= self._masks[index]
            if self._noise.mode is DropoutMode.INVERTED:
                gradient /= (1 - self._noise.rate)[:, :, None]
        if self._network.batchnorm is BatchNorm.POST:
            self._norms[index].backward(gradient, own.scale, own.shift)
        self._activation.multiply_by_slope(gradient, self._activated[index])
        if self._network.batchnorm is BatchNorm.PRE:
            self._norms[index].backward(gradient, own.scale, own.shift)
        return gradient

    def _normalise(
        self, index: int, hidden: Array, correction: float, *, is_training: bool
    ) -> None:
        if is_training:
            self._norms[index].train(hidden)
        else:
            self._norms[index].apply(hidden, correction)

    def _drop(self, hidden: Array, noise: Noise, *, is_training: bool) -> None:
        kept = (1 - noise.rate)[:, :, None]
        if is_training:
            self._masks.append(noise.masks(*hidden.shape[1:]))
            hidden *= self._masks[-1]
            if noise.mode is DropoutMode.INVERTED:
                hidden /= kept
        elif noise.mode is DropoutMode.BOOK:
            hidden *= kept

    def _is_plain(self) -> bool:
        post = self._network.batchnorm is BatchNorm.POST
        return not (post or self._noise is not None or self._network.residual)

    def _correction(self, steps: int) -> float:
        if self._network.bn_running is RunningStatistics.BOOK:
            return 1.0
        return 1 - MOMENTUM**steps


def _affine(below: Array, layer: Layer, out: Array) -> None:
    """The layer's products with its weights, plus its biases."""
    if layer.joined is not None:
        # Inputs may end early: the columns that are missing are 0 in all of their rows.
        np.matmul(below, layer.joined[:, : below.shape[-1]], out=out)
    else:
        np.matmul(below, layer.weights, out=out)
        np.add(out, layer.biases, out=out)
