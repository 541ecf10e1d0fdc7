"""The settings of one trial: those of its study, with what its configuration says instead."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hpsearch.domain.spec import (
    Activation,
    BatchNorm,
    DropoutMode,
    InitialWeights,
    NetworkSpec,
    Optimizer,
    Schedule,
    TrainingSpec,
)


def settled(
    network: NetworkSpec, training: TrainingSpec, configuration: Mapping[str, Any]
) -> tuple[NetworkSpec, TrainingSpec]:
    """The settings of one trial: the study's, with what its configuration says instead."""
    values = {key: TYPES.get(key, _number_or_off)(each) for key, each in configuration.items()}
    width = values.pop("width", max(network.hidden, default=128))
    depth = values.pop("depth", len(network.hidden))
    if {"width", "depth"} & set(configuration):
        values["hidden"] = (width,) * depth
    own = {key: values.pop(key) for key in list(values) if hasattr(network, key)}
    return replace(network, **own), replace(training, **values)


def _number_or_off(value: Any) -> Any:
    return 0.0 if value == "off" else value


# What a configuration's value stands for, where it is more than a number.
TYPES: Mapping[str, Callable[[Any], Any]] = {
    "activation": Activation,
    "init": lambda value: value if isinstance(value, float) else InitialWeights(value),
    "optimizer": Optimizer,
    "batchnorm": BatchNorm,
    "residual": lambda value: value == "on",
    "schedule": Schedule,
    "dropout_mode": DropoutMode,
    "early_stopping": lambda value: 0 if value == "off" else value,
}


# Numbers that switch a term on, and what may differ between networks trained side by side.
SWITCHES = ("wd", "l1", "max_norm", "dropout", "clip_value", "clip_norm", "label_smoothing")
LANE_NUMBERS = ("lr", "momentum", *SWITCHES)
FREE_NAMES = ("optimizer", "lr", "momentum")  # that may differ in any way


# Searched widths up to the widest are trained in arrays of a multiple of so many units.
WIDTH_STEP, WIDEST_PADDED = 16, 128


def padded_width(width: int) -> int:
    """Units of the arrays in which layers of a searched width are trained."""
    return width if width > WIDEST_PADDED else -(-width // WIDTH_STEP) * WIDTH_STEP


def padded_network(network: NetworkSpec, training: TrainingSpec) -> NetworkSpec:
    """The network with more units that change nothing, so that more networks are alike.

    Not where they would not answer 0, nor where activations are looked at.
    """
    if network.activation is Activation.SIGMOID or training.measure:
        return network
    return replace(network, hidden=tuple(map(padded_width, network.hidden)))


def likeness(configuration: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """What of a configuration decides beside which others its networks can be trained.

    The optimiser does not: networks of several share all but the update.
    """

    def alike(name: str, value: Any) -> Any:
        if name in LANE_NUMBERS:
            return value not in (0, "off")
        return padded_width(value) if name == "width" else value

    decisive = (pair for pair in configuration.items() if pair[0] not in FREE_NAMES)
    return tuple((name, alike(name, value)) for name, value in decisive)


def rough_size(configuration: Mapping[str, Any]) -> int:
    """A number that is larger for larger networks, as far as a configuration says."""
    return int(configuration.get("width", 1)) ** 2 * int(configuration.get("depth", 1))
