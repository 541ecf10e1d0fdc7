"""Training losses as the book's notebook prints them: of one minibatch, just after the step on it.

    python -m benchmarks.minibatch_losses mnist.npz

Ten networks for each optimiser and each rule for initial weights, minibatches of 128 drawn with
replacement from all training images, 2,000 steps. The loss of a single minibatch says little: the
program prints its mean and its ends over the networks and the minibatches around a step.
"""

import argparse
from collections.abc import Iterable, Sequence

import numpy as np

from hpsearch.domain.spec import InitialWeights, NetworkSpec, Optimizer, TrainingSpec
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.training.epochs import Population
from hpsearch.training.initial_weights import initial_parameters
from hpsearch.training.losses import targets_of
from hpsearch.training.rows import Rows, rows_of
from hpsearch.training.updates import Rates

SIZES = (784, 100, 100, 100, 100, 10)
NETWORKS, BATCH, STEPS = 10, 128, 2000
SETTINGS = [
    *((each, 0.01, InitialWeights.HE) for each in list(Optimizer)[:2]),
    (Optimizer.ADAGRAD, 0.01, InitialWeights.HE),
    (Optimizer.ADAM, 0.001, InitialWeights.HE),
    (Optimizer.SGD, 0.01, InitialWeights.XAVIER),
]
# The steps that the notebook prints, and the minibatches on either side that tell their spread.
AROUND = {100: 5, 200: 5, 500: 20, 1000: 100, 1900: 100}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print mean and ends of the losses around each step."""
    parser = argparse.ArgumentParser("python -m benchmarks.minibatch_losses", description=__doc__)
    parser.add_argument("archive", help="MNIST as .npz")
    archive = np.load(parser.parse_args(arguments).archive, allow_pickle=False)
    limit_to_one_thread()
    x = (archive["x_train"].reshape(-1, SIZES[0]) / 255).astype(np.float32)
    y = archive["y_train"].astype(np.int64)
    for optimizer, lr, init in SETTINGS:
        losses = losses_after_steps(x, y, optimizer, lr, init)
        for step, around in AROUND.items():
            near = losses[max(0, step - around) : step + around]
            ends = f"{near.min():.3f} to {near.max():.3f}"
            print(f"{optimizer}, {init}, step {step}: {near.mean():.3f} ({ends})", flush=True)


def losses_after_steps(
    x: np.ndarray, y: np.ndarray, optimizer: Optimizer, lr: float, init: InitialWeights
) -> np.ndarray:
    """Loss of each minibatch just after the step on it, `(step, network)`."""
    network, training = (
        NetworkSpec(hidden=SIZES[1:-1], init=init),
        TrainingSpec(optimizer=optimizer, batch=BATCH),
    )
    rng, rates = np.random.default_rng(0), {"lr": lr, "momentum": 0.9}
    parameters = [initial_parameters(SIZES, network, rng) for _ in range(NETWORKS)]
    columns = (np.full((NETWORKS, 1), rates.get(each, 0), np.float32) for each in Rates._fields)
    population = Population(
        SIZES, network, training, np.stack(parameters).astype(np.float32), Rates(*columns)
    )
    losses = []
    for rows in _minibatches(x, y, rng):
        population.train_epoch(rows, BATCH)
        losses.append(population.evaluate(rows).loss)
    return np.array(losses)


def _minibatches(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Iterable[Rows]:
    for _ in range(STEPS):
        chosen = rng.integers(len(y), size=BATCH)
        yield rows_of(x[chosen], targets_of(y[chosen], SIZES[-1], x.dtype))


if __name__ == "__main__":
    main()
