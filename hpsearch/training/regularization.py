"""What is done to gradients and weights beside the loss, lane by lane and in place.

Each function is a no-op for lanes whose value is 0, to the last bit.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.training.network import Layer

Array = NDArray[np.floating[Any]]


def add_decay(gradients: Array, weights: Array, decay: Array) -> None:
    """Add the gradient λW of ½ λ Σ W², `(lane, weight)`; `decay` is λ, `(lane, 1)`."""
    gradients += decay * weights


def shrink(weights: Array, decay: Array, learning_rate: Array) -> None:
    """Decay beside the optimiser (decoupled): W shrinks to (1 - η λ) W."""
    weights *= 1 - learning_rate * decay


def add_l1(gradients: Array, weights: Array, l1: Array) -> None:
    """Add a subgradient of l1 · Σ |W|."""
    gradients += l1 * np.sign(weights)


def clip_values(gradients: Array, limit: Array) -> NDArray[np.bool_]:
    """Cut every component to [-limit, limit]; a limit of 0 cuts nothing.

    Returns:
        In which lanes a component was cut, `(lane,)`.
    """
    bounds = np.where(limit > 0, limit, np.inf).astype(gradients.dtype)
    is_cut: NDArray[np.bool_] = np.abs(gradients).max(axis=1) > bounds[:, 0]
    np.clip(gradients, -bounds, bounds, out=gradients)
    return is_cut


def clip_norms(gradients: Array, limit: Array) -> NDArray[np.bool_]:
    """Shorten each lane's gradient to `limit` (Pascanu et al. 2013); 0 shortens nothing.

    Returns:
        Which lanes were shortened, `(lane,)`.
    """
    norms = np.sqrt(np.einsum("lp,lp->l", gradients, gradients))[:, None]
    is_long: NDArray[np.bool_] = (limit > 0) & (norms > limit)
    gradients *= np.where(is_long, limit / norms, 1).astype(gradients.dtype)
    return is_long[:, 0]


def limit_norms(layers: Sequence[Layer], limit: Array) -> None:
    """Shorten the weights into each unit to a norm of `limit`; 0 shortens nothing."""
    for layer in layers:
        ones = np.ones((1, layer.weights.shape[1]), layer.weights.dtype)
        norms = np.sqrt(ones @ (layer.weights * layer.weights))  # (lane, 1, out)
        bound = limit[:, :, None]
        is_long = (bound > 0) & (norms > bound)
        layer.weights[...] *= np.where(is_long, bound / norms, 1).astype(norms.dtype)
