"""After how many epochs a generation is looked at, when hopeless trials are given up early."""

import math

from hpsearch.errors import InvalidStudy

FACTOR = 3  # from rung to rung, in epochs up and in trials down
SHORTEST_RUNG = 2  # epochs
LEAST_EPOCHS = 4  # of a full training that is worth cutting short
LEAST_GENERATION = 16  # trials, for halving to be worth while by default


def rungs(epochs: int) -> tuple[int, ...]:
    """Epochs of each rung of a training of `epochs`, the last one in full.

    r_0 = max(2, epochs / 10 rounded up), then three times as many, as long as a rung is at most
    half of the full training. Below 4 epochs the full training is the only rung.
    """
    shorter, rung = [], max(SHORTEST_RUNG, math.ceil(epochs / 10))
    while 2 * rung <= epochs:
        shorter.append(rung)
        rung *= FACTOR
    return (*shorter, epochs)


def check_epochs(epochs: int) -> None:
    """Refuse to prune trainings that are too short for it.

    Raises:
        InvalidStudy: fewer than 4 epochs.
    """
    if epochs < LEAST_EPOCHS:
        raise InvalidStudy(
            "prune",
            f"halving needs {LEAST_EPOCHS} epochs or more, `{epochs}` is too short to cut",
            f"use `--epochs {LEAST_EPOCHS}` or more, or `--prune none`",
        )
