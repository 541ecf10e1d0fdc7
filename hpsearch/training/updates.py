"""What a step does to the parameters once the gradient is known: clip, penalise, update."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import DecayMode, Optimizer, TrainingSpec
from hpsearch.training import regularization
from hpsearch.training.optimizers import OPTIMIZERS, State, Step

Array = NDArray[np.floating[Any]]

LINEAR = (Optimizer.SGD, Optimizer.MOMENTUM, Optimizer.NESTEROV)


class Rates(NamedTuple):
    """Settings that may differ between the lanes of a population, each `(lane, 1)`."""

    lr: Array
    momentum: Array
    wd: Array
    l1: Array
    max_norm: Array
    dropout: Array
    clip_value: Array
    clip_norm: Array
    label_smoothing: Array

    def keep(self, lanes: NDArray[np.bool_] | slice) -> "Rates":
        """The same of some lanes."""
        return Rates(*(each[lanes] for each in self))


class Updates:
    """Steps of lanes that share an optimiser.

    Args:
        optimizer: of all lanes.
        training: settings that all lanes share.
        rates: settings of each lane.
        weights: where the weights lie among the parameters.
        state: of the optimiser, arrays shaped like the parameters.
        clipped: steps so far whose gradient was clipped, of each lane, by the kind of clipping.

    Attributes:
        is_linear: whether a step is proportional to the loss's gradient. The learning rate is then
            multiplied into the gradient at the outputs, which are few, instead of that of all
            parameters.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        training: TrainingSpec,
        rates: Rates,
        weights: slice,
        state: State,
        clipped: dict[str, NDArray[np.int64]],
    ) -> None:
        self._optimizer, self._training = optimizer, training
        self._rates, self._weights = rates, weights
        self.state, self.clipped = state, clipped
        self._used = {name for name in Rates._fields if getattr(rates, name).any()}
        self.is_linear = self._steps_are_linear()

    def keep(self, lanes: NDArray[np.bool_] | slice) -> "Updates":
        """The same of some lanes; of a slice of them, parts of the arrays of this one."""
        return Updates(
            self._optimizer,
            self._training,
            self._rates.keep(lanes),
            self._weights,
            tuple(each[lanes] for each in self.state),
            {name: each[lanes] for name, each in self.clipped.items()},
        )

    def apply(
        self,
        parameters: Array,
        gradients: Array,
        learning_rate: Array,
        number: int,
    ) -> None:
        """Do a step.

        Args:
            parameters: `(lane, parameter)`, changed in place.
            gradients: of the loss, times the learning rate where steps are linear; used up.
            learning_rate: after the schedule, `(lane, 1)`.
            number: steps done so far, this one included.
        """
        self._regularize(parameters, gradients, learning_rate)
        step = Step(learning_rate, self._rates.momentum, number, self._training, self.is_linear)
        OPTIMIZERS[self._optimizer].update(self.state, parameters, gradients, step)

    def _regularize(self, parameters: Array, gradients: Array, learning_rate: Array) -> None:
        """Clipping of the loss's gradient, then what L1 and weight decay add to it."""
        rates, used = self._rates, self._used
        if "clip_value" in used:
            self.clipped["cut"] += regularization.clip_values(gradients, rates.clip_value)
        if "clip_norm" in used:
            self.clipped["clipped"] += regularization.clip_norms(gradients, rates.clip_norm)
        weights, own = parameters[:, self._weights], gradients[:, self._weights]
        if "l1" in used:
            regularization.add_l1(own, weights, rates.l1)
        if "wd" in used and self._is_coupled():
            regularization.add_decay(own, weights, rates.wd)
        elif "wd" in used:
            regularization.shrink(weights, rates.wd, learning_rate)

    def _steps_are_linear(self) -> bool:
        if self._optimizer not in LINEAR or {"clip_value", "clip_norm", "l1"} & self._used:
            return False
        return "wd" not in self._used or not self._is_coupled()

    def _is_coupled(self) -> bool:
        """Whether λW must go through the optimiser; for plain SGD shrinking is the same."""
        shrinks = self._optimizer in (Optimizer.SGD, Optimizer.ADAMW)
        return self._training.wd_mode is DecayMode.COUPLED and not shrinks


Runs = Sequence[tuple[slice, Updates]]


def fresh_updates(
    optimizers: Sequence[Optimizer],
    training: TrainingSpec,
    rates: Rates,
    weights: slice,
    parameters: Array,
) -> Runs:
    """Updates of each run of lanes with the same optimiser, before their first step.

    Args:
        optimizers: of each lane.
        weights: where the weights lie among the parameters.
        parameters: of all lanes, `(lane, parameter)`.
    """
    runs: list[tuple[slice, Updates]] = []
    for optimizer, lanes in groupby(optimizers):
        start = runs[-1][0].stop if runs else 0
        own = slice(start, start + len(list(lanes)))
        limits = {"cut": rates.clip_value[own], "clipped": rates.clip_norm[own]}
        clipped = {
            name: np.zeros(len(limit), np.int64) for name, limit in limits.items() if limit.any()
        }
        state = OPTIMIZERS[optimizer].init(parameters[own])
        runs.append((own, Updates(optimizer, training, rates.keep(own), weights, state, clipped)))
    return runs


def kept_updates(runs: Runs, lanes: NDArray[np.bool_] | slice) -> Runs:
    """The same of some lanes, and where each run is among them."""
    is_kept = np.zeros(runs[-1][0].stop, np.bool_)
    is_kept[lanes] = True
    kept: list[tuple[slice, Updates]] = []
    for own, updates in runs:
        count = int(np.count_nonzero(is_kept[own]))
        if count:
            start = kept[-1][0].stop if kept else 0
            first = int(np.argmax(is_kept[own]))
            chosen = slice(first, first + count) if isinstance(lanes, slice) else is_kept[own]
            kept.append((slice(start, start + count), updates.keep(chosen)))
    return kept
