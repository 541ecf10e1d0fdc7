"""What trainings must have in common to run side by side."""

from dataclasses import dataclass, replace
from typing import Any

from hpsearch.domain.spec import BatchNorm, NetworkSpec, Optimizer, TrainingSpec
from hpsearch.domain.trial import PlannedEvaluation
from hpsearch.domain.trial_settings import SWITCHES, padded_network
from hpsearch.training.minibatches import epoch_steps


@dataclass(frozen=True, slots=True)
class Structure:
    """What the lanes of one population have in common.

    Attributes:
        epochs: passes over the training rows.
        steps: minibatches of one epoch.
        network: with searched widths padded to those of the arrays.
        training: with the per-lane rates replaced by 0.5 where they are on, and no optimiser of
            its own: lanes of several share all but the update.
        start: epochs that have been done before.
    """

    epochs: int
    steps: int
    network: NetworkSpec
    training: TrainingSpec
    start: int = 0


def structure_of(
    planned: PlannedEvaluation,
    settings: tuple[NetworkSpec, TrainingSpec],
    train_rows: int,
    start: int,
) -> Structure:
    """The structure of one training.

    Args:
        settings: its own.
        train_rows: how many it trains on.
        start: epochs that have been done before.
    """
    network, training = settings
    flags: dict[str, Any] = {name: 0.5 if getattr(training, name) else 0.0 for name in SWITCHES}
    shared = replace(training, lr=1.0, momentum=0.0, optimizer=Optimizer.SGD, **flags)
    is_normalised = network.batchnorm is not BatchNorm.OFF
    steps = epoch_steps(
        training.minibatches, train_rows, training.batch, drops_single=is_normalised
    )
    if "width" in planned.configuration:
        network = padded_network(network, training)
    return Structure(planned.epochs, steps, network, shared, start)
