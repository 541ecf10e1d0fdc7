"""What a training can measure beside its scores, and the plain form in which that is kept.

Measurements stand in `Evaluation.details`, under the name of the measurement.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

BINS = 30
REPORTED = "reported"  # of an imported trial: what it told of its course
TRAJECTORY = "trajectory"  # of a descent on a toy function: its points, the start included


class Measurement(StrEnum):
    """What `measure` can name.

    `activations` are histograms of what each hidden layer gives for the training rows before the
    first step; `gradients` are the norms of the gradient of each layer's weights in the first
    minibatch of each epoch.
    """

    ACTIVATIONS = "activations"
    GRADIENTS = "gradients"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerActivations:
    """Distribution of a hidden layer's activations over rows and units.

    Attributes:
        low: lower end of the histogram.
        high: its upper end; what lies outside is counted in the first and last bin.
        counts: activations in each of `BINS` bins of equal width.
        mean: over all of them; None where that is not finite.
        deviation: their standard deviation; None where that is not finite.
        saturated: share of them where the non-linearity is flat, in [0, 1].
    """

    low: float
    high: float
    counts: tuple[int, ...]
    mean: float | None
    deviation: float | None
    saturated: float


def activation_values(layers: Sequence[LayerActivations]) -> list[dict[str, Any]]:
    """The plain form of a network's hidden layers, input side first."""
    return [asdict(layer) | {"counts": list(layer.counts)} for layer in layers]


def activations_of(details: Mapping[str, Any] | None) -> tuple[LayerActivations, ...]:
    """Hidden layers from an evaluation's details; none where nothing was measured."""
    plain = (details or {}).get(Measurement.ACTIVATIONS, ())
    return tuple(LayerActivations(**each | {"counts": tuple(each["counts"])}) for each in plain)


def gradient_norms_of(details: Mapping[str, Any] | None) -> tuple[tuple[float, ...], ...]:
    """Gradient norms from an evaluation's details, by epoch and layer; not finite ones are NaN."""
    plain = (details or {}).get(Measurement.GRADIENTS, ())
    return tuple(tuple(math.nan if each is None else each for each in epoch) for epoch in plain)


def trajectory_of(details: Mapping[str, Any] | None) -> tuple[tuple[float, float], ...]:
    """Points of a descent on a toy function; none for a network."""
    return tuple((x, y) for x, y in (details or {}).get(TRAJECTORY, ()))


def reported_values(by_step: Mapping[int, float]) -> dict[str, Any] | None:
    """The plain form of what a trial reported step by step; None without a finite value."""
    steps = [step for step, value in sorted(by_step.items()) if math.isfinite(value)]
    if not steps:
        return None
    return {REPORTED: {"steps": steps, "values": [float(by_step[step]) for step in steps]}}


def reported_of(details: Mapping[str, Any] | None) -> dict[int, float]:
    """What an imported trial reported, by step in rising order, in its source's own direction."""
    plain = (details or {}).get(REPORTED, {"steps": (), "values": ()})
    return dict(zip(plain["steps"], plain["values"], strict=True))


def finite(value: float) -> float | None:
    """The value as JSON can hold it: None where it is not finite."""
    return float(value) if math.isfinite(value) else None
