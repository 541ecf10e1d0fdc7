"""Networks as training left them, and what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import DropoutMode, NetworkSpec, TrainingSpec
from hpsearch.training.ensembles import averaged
from hpsearch.training.epochs import EVALUATION_ROWS, Population
from hpsearch.training.initial_weights import resized_parameters
from hpsearch.training.network import Noise, Pass, layer_views, parameter_count

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainedNetwork:
    """One network, or several of one structure that answer together.

    Attributes:
        sizes: features, hidden widths, outputs.
        network: their structure.
        parameters: `(member, parameter)`, laid out as `training.network` says.
        running: running mean and variance of each normalised layer, `(member, 2, width)`.
        steps: steps of the training, by which the running statistics are corrected.
        dropped: share that hidden activations are shortened by, in [0, 1): that of dropout in the
            book's mode, otherwise 0.
    """

    sizes: tuple[int, ...]
    network: NetworkSpec
    parameters: Array
    running: tuple[Array, ...] = ()
    steps: int = 0
    dropped: float = 0.0

    @property
    def members(self) -> int:
        """Networks that answer together."""
        return len(self.parameters)

    def member(self, index: int) -> "TrainedNetwork":
        """One of them, by itself."""
        own = slice(index, index + 1)
        running = tuple(each[own] for each in self.running)
        return replace(self, parameters=self.parameters[own], running=running)


def check_shapes(network: TrainedNetwork) -> None:
    """Make sure that arrays fit the structure they are said to belong to.

    Raises:
        ValueError: names what does not.
    """
    batchnorm, widths = network.network.batchnorm, network.sizes[1:-1]
    expected = parameter_count(network.sizes, batchnorm)
    if network.parameters.ndim != 2 or network.parameters.shape[1] != expected:
        raise ValueError(f"{network.parameters.shape} parameters in place of {expected}")
    running = [(network.members, 2, width) for width in widths] if batchnorm.value != "off" else []
    if [each.shape for each in network.running] != running:
        raise ValueError("running statistics of another structure")


def together(networks: Sequence[TrainedNetwork]) -> TrainedNetwork:
    """Networks of one structure, trained for equally many steps, as one that answers with all."""
    running = zip(*(each.running for each in networks), strict=True)
    return replace(
        networks[0],
        parameters=np.concatenate([each.parameters for each in networks]),
        running=tuple(np.concatenate(layers) for layers in running),
    )


def outputs(trained: TrainedNetwork, x: Array, *, is_class: bool) -> Array:
    """What networks answer to some rows, `(row, output)`, as in validation while they train.

    Rows are taken in parts of one size, the last one filled up, so that the answer to a row does
    not depend on which others are asked about, to the last bit.

    Args:
        x: inputs, `(row, feature)`.
        is_class: whether the outputs are logits of classes; those of several members are then the
            logarithms of their mean probabilities, otherwise their mean numbers.
    """
    result = np.empty((len(x), trained.sizes[-1]), trained.parameters.dtype)
    inputs = np.zeros((EVALUATION_ROWS, 1 + trained.sizes[0]), trained.parameters.dtype)
    inputs[:, 0] = 1
    work = _pass(trained)
    with np.errstate(all="ignore"):
        for start in range(0, len(x), EVALUATION_ROWS):
            part = x[start : start + EVALUATION_ROWS]
            inputs[: len(part), 1:] = part
            answers = work.forward(inputs, steps=trained.steps, is_training=False)
            mean = averaged(answers, trained.members, is_class=is_class)
            result[start : start + len(part)] = mean[:, 0, : len(part)].T
    return result


def taken_from(
    population: Population,
    lane: int,
    settings: tuple[NetworkSpec, TrainingSpec],
    columns: tuple[NDArray[np.int64], int],
) -> TrainedNetwork:
    """What training has made of one lane, or of one ensemble of lanes.

    Inputs that were 0 in every row have had no part in the training, and get none: their weights,
    which are still as they were drawn, become 0.

    Args:
        lane: its index among the lanes or ensembles of the population.
        settings: its own.
        columns: order of the features in the population, and how many of them were used.
    """
    network, training = settings
    lanes = slice(lane * training.ensemble, (lane + 1) * training.ensemble)
    sizes = (population.sizes[0], *network.hidden, population.sizes[-1])
    parameters = resized_parameters(
        population.parameters[lanes], population.sizes, sizes, network.batchnorm
    )
    first, (order, used) = layer_views(parameters, sizes, network.batchnorm)[0].weights, columns
    in_order = np.zeros_like(first)
    in_order[:, order[:used]] = first[:, :used]
    first[...] = in_order
    running = [
        each[lanes, :, :width].copy()
        for each, width in zip(population.running, network.hidden, strict=False)
    ]
    return TrainedNetwork(
        sizes=sizes,
        network=network,
        parameters=parameters,
        running=tuple(running),
        steps=population.step_count,
        dropped=training.dropout if training.dropout_mode is DropoutMode.BOOK else 0.0,
    )


def _pass(trained: TrainedNetwork) -> Pass:
    layers = layer_views(trained.parameters, trained.sizes, trained.network.batchnorm)
    noise = None
    if trained.dropped:
        rate = np.full((trained.members, 1), trained.dropped, trained.parameters.dtype)
        nobody = np.zeros(trained.members, np.uint32), np.zeros(trained.members, np.int64)
        noise = Noise((), nobody[0], rate, DropoutMode.BOOK, nobody[1])
    return Pass(trained.sizes, trained.network, layers, trained.running, noise, EVALUATION_ROWS)
