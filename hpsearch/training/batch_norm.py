"""Batch normalisation over the rows of a minibatch (Ioffe and Szegedy 2015), lane by lane."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

EPSILON = 1e-6  # as in the book's code (10e-7), inside the root
MOMENTUM = 0.9  # of the running statistics


def row_sums(values: Array) -> Array:
    """Sums over rows, `(lane, 1, width)`, as a product with ones: faster than a reduction."""
    return np.ones((1, values.shape[1]), values.dtype) @ values


class BatchNormLayer:
    """One layer's normalisation of one size of minibatch.

    y = γ x̂ + β with x̂ = (x - μ) / √(σ² + ε), μ and σ² (biased) over the rows.

    Args:
        scale: γ, `(lane, 1, width)`.
        shift: β, `(lane, 1, width)`.
        running: running mean and variance, `(lane, 2, width)`; training updates them.
    """

    def __init__(self, scale: Array, shift: Array, running: Array) -> None:
        self._scale, self._shift, self._running = scale, shift, running

    def train(self, values: Array) -> None:
        """Normalise `(lane, row, width)` in place by its own statistics."""
        rows = values.dtype.type(values.shape[1])
        mean = row_sums(values) / rows
        values -= mean
        variance = row_sums(values * values) / rows
        self._deviation = np.sqrt(variance + values.dtype.type(EPSILON))
        values /= self._deviation
        self._normalised = values.copy()
        values *= self._scale
        values += self._shift
        self._running *= values.dtype.type(MOMENTUM)
        self._running[:, :1] += values.dtype.type(1 - MOMENTUM) * mean
        self._running[:, 1:] += values.dtype.type(1 - MOMENTUM) * variance

    def apply(self, values: Array, correction: float) -> None:
        """Normalise in place by the running statistics, which started at 0.

        Args:
            correction: what they are divided by: 1 - 0.9ᵗ after t steps makes them unbiased, 1
                leaves them as in the book. 0 stands for no step so far: nothing is normalised.
        """
        if correction:
            mean, variance = self._running[:, :1], self._running[:, 1:]
            divisor = values.dtype.type(correction)
            values -= mean / divisor
            values /= np.sqrt(variance / divisor + values.dtype.type(EPSILON))
        values *= self._scale
        values += self._shift

    def backward(self, gradient: Array, scale_gradient: Array, shift_gradient: Array) -> None:
        """Turn the gradient at the output into that at the input, in place.

        ∂x = γ / σ (∂y - mean ∂y - x̂ mean(∂y x̂)); the sums are the gradients of β and γ.
        """
        rows = gradient.dtype.type(gradient.shape[1])
        shift_gradient[...] = row_sums(gradient)
        scale_gradient[...] = row_sums(gradient * self._normalised)
        gradient -= shift_gradient / rows
        gradient -= self._normalised * (scale_gradient / rows)
        gradient *= self._scale / self._deviation
