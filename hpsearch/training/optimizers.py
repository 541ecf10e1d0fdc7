"""Optimisers as pairs of functions over the parameters of all lanes at once.

`init` makes the state that `update` reads and changes; both work in place on `(lane, parameter)`
arrays, with per-lane rates of shape `(lane, 1)`. Names follow the papers: Qian 1999 (momentum),
Nesterov 1983 in the form of Bengio et al. 2012, Duchi et al. 2011 (AdaGrad), Tieleman and Hinton
2012 (RMSProp), Zeiler 2012 (AdaDelta), Kingma and Ba 2015 (Adam), Loshchilov and Hutter 2019
(AdamW).
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import AdamEpsilon, Optimizer, TrainingSpec

Array = NDArray[np.floating[Any]]
State = tuple[Array, ...]


class Step(NamedTuple):
    """What one update needs beside parameters and gradients.

    Attributes:
        learning_rate: after the schedule, `(lane, 1)`.
        momentum: `(lane, 1)`.
        number: steps done so far, this one included.
        settings: the constants that all lanes share.
        is_scaled: whether the gradients carry the learning rate already.
    """

    learning_rate: Array
    momentum: Array
    number: int
    settings: TrainingSpec
    is_scaled: bool = False


Update = Callable[[State, Array, Array, Step], None]


class OptimizerPair(NamedTuple):
    """An optimiser.

    Attributes:
        init: state for these parameters; every array of it is shaped like them.
        update: `update(state, parameters, gradients, step)` changes the first two and may use up
            the third.
    """

    init: Callable[[Array], State]
    update: Update


def _zeros(count: int) -> Callable[[Array], State]:
    return lambda parameters: tuple(np.zeros_like(parameters) for _ in range(count))


def _scale(gradients: Array, step: Step) -> None:
    if not step.is_scaled:
        gradients *= step.learning_rate


def _sgd(state: State, parameters: Array, gradients: Array, step: Step) -> None:
    _scale(gradients, step)
    parameters -= gradients


def _momentum(state: State, parameters: Array, gradients: Array, step: Step) -> None:
    """Let v = α v - η g, then W += v."""
    (velocity,) = state
    velocity *= step.momentum
    _scale(gradients, step)
    velocity -= gradients
    parameters += velocity


def _nesterov(state: State, parameters: Array, gradients: Array, step: Step) -> None:
    """Let W += α² v - (1 + α) η g, then v = α v - η g: momentum looked at one step ahead."""
    (velocity,) = state
    _scale(gradients, step)
    velocity *= step.momentum
    velocity -= gradients
    parameters -= gradients
    np.multiply(velocity, step.momentum, out=gradients)
    parameters += gradients


def _root(squares: Array, step: Step, default: float) -> Array:
    """√s + ε, or √(s + ε) where the settings put epsilon inside the root."""
    epsilon = default if step.settings.eps is None else step.settings.eps
    if step.settings.eps_inside:
        root = squares + squares.dtype.type(epsilon)
        return np.sqrt(root, out=root)
    root = np.sqrt(squares)
    root += squares.dtype.type(epsilon)
    return root


def _adagrad(state: State, parameters: Array, gradients: Array, step: Step) -> None:
    """Let h += g², then W -= η g / (√h + ε)."""
    (squares,) = state
    squares += gradients * gradients
    gradients /= _root(squares, step, 1e-7)
    gradients *= step.learning_rate
    parameters -= gradients


def _rmsprop(state: State, parameters: Array, gradients: Array, step: Step) -> None:
    """Let h = ρ h + (1 - ρ) g², then W -= η g / (√h + ε)."""
    (squares,) = state
    _average(squares, gradients * gradients, step.settings.rho)
    gradients /= _root(squares, step, 1e-7)
    gradients *= step.learning_rate
    parameters -= gradients


def _adadelta(state: State, parameters: Array, gradients: Array, step: Step) -> None:
    """Let s average g², g' = √((Δ + ε) / (s + ε)) g, W -= g', and Δ average g'²: no rate."""
    squares, deltas = state
    epsilon = parameters.dtype.type(1e-5 if step.settings.eps is None else step.settings.eps)
    _average(squares, gradients * gradients, step.settings.rho)
    ratio = deltas + epsilon
    ratio /= squares + epsilon
    np.sqrt(ratio, out=ratio)
    gradients *= ratio
    parameters -= gradients
    np.multiply(gradients, gradients, out=gradients)
    _average(deltas, gradients, step.settings.rho)


def _adam(state: State, parameters: Array, gradients: Array, step: Step) -> None:
    """Let m, v average g, g²; W -= η m̂ / (√v̂ + ε) with both averages corrected for their start.

    The hat form of Kingma and Ba (end of section 2), as in the book's code, puts ε beside the
    uncorrected √v: W -= η √(1 - β2ᵗ) / (1 - β1ᵗ) m / (√v + ε).

    Both are kept as sums, m / (1 - β1) and v / (1 - β2), which take two passes less.
    """
    mean, squares = state
    settings, cast = step.settings, parameters.dtype.type
    is_hat = settings.adam_eps is AdamEpsilon.HAT
    correction = (1 - settings.beta1**step.number) / (1 - settings.beta1)
    root_correction = math.sqrt(1 - settings.beta2**step.number)
    unit = math.sqrt(1 - settings.beta2)
    epsilon = settings.eps if settings.eps is not None else 1e-7 if is_hat else 1e-8
    squares *= cast(settings.beta2)
    root = gradients * gradients
    squares += root
    mean *= cast(settings.beta1)
    mean += gradients
    np.sqrt(squares, out=root)
    root += cast((epsilon if is_hat else epsilon * root_correction) / unit)
    np.divide(mean, root, out=gradients)
    gradients *= step.learning_rate * cast(root_correction / (correction * unit))
    parameters -= gradients


def _average(average: Array, values: Array, keep: float) -> None:
    """Let average = keep · average + (1 - keep) · values; uses up `values`."""
    average *= average.dtype.type(keep)
    values *= average.dtype.type(1 - keep)
    average += values


OPTIMIZERS = {
    Optimizer.SGD: OptimizerPair(_zeros(0), _sgd),
    Optimizer.MOMENTUM: OptimizerPair(_zeros(1), _momentum),
    Optimizer.NESTEROV: OptimizerPair(_zeros(1), _nesterov),
    Optimizer.ADAGRAD: OptimizerPair(_zeros(1), _adagrad),
    Optimizer.RMSPROP: OptimizerPair(_zeros(1), _rmsprop),
    Optimizer.ADADELTA: OptimizerPair(_zeros(2), _adadelta),
    Optimizer.ADAM: OptimizerPair(_zeros(2), _adam),
    Optimizer.ADAMW: OptimizerPair(_zeros(2), _adam),
}
