"""What training costs: arithmetic and memory, before anything is trained."""

from collections.abc import Sequence
from itertools import pairwise

from hpsearch.domain.space import (
    OFF,
    Choices,
    Entry,
    IntegerRange,
    Space,
    Switched,
    Value,
)
from hpsearch.domain.spec import (
    BatchNorm,
    NetworkSpec,
    Optimizer,
    Precision,
    ScoreEpoch,
    TrainingSpec,
)
from hpsearch.domain.trial_settings import settled
from hpsearch.training.epochs import EVALUATION_ROWS
from hpsearch.training.network import parameter_count

# A population's tensors should stay near the cache; beyond this many bytes, or lanes, nothing is
# gained any more (measured on the digits and the book's network, see docs/benchmarks.md).
POPULATION_BYTES = 12_000_000
POPULATION_LANES = 64

# Seconds for one multiplication and addition, and for one NumPy call shared by the lanes of a full
# population. Rough: only the first cohort is planned with them, the rest with measured times.
SECONDS_PER_PRODUCT = 3e-11
SECONDS_PER_STEP = 1.5e-6

# Arrays shaped like the parameters: those that last (parameters, gradients and the optimiser's
# state), and those that one update makes and drops.
COPIES = {
    Optimizer.SGD: (2, 0),
    Optimizer.MOMENTUM: (3, 0),
    Optimizer.NESTEROV: (3, 0),
    Optimizer.ADAGRAD: (3, 1),
    Optimizer.RMSPROP: (3, 1),
    Optimizer.ADADELTA: (4, 2),
    Optimizer.ADAM: (4, 1),
    Optimizer.ADAMW: (4, 1),
}


def training_products(sizes: Sequence[int], rows: int, epochs: int) -> int:
    """Multiplications (each with its addition) in the steps of one training.

    Forward, gradient of the weights, and gradient of the inputs; the first layer needs no gradient
    of its inputs.
    """
    weights = [before * after for before, after in pairwise(sizes)]
    return (3 * sum(weights) - weights[0]) * rows * epochs


def training_seconds(sizes: Sequence[int], rows: int, batch: int, epochs: int) -> float:
    """Rough time of one training inside a full population on one core."""
    steps = epochs * -(-rows // batch)
    products = training_products(sizes, rows, epochs)
    return products * SECONDS_PER_PRODUCT + steps * len(sizes) * SECONDS_PER_STEP


def lane_bytes(sizes: Sequence[int], network: NetworkSpec, training: TrainingSpec) -> int:
    """Memory of one lane while it trains: parameters, gradients, optimiser and activations."""
    copies = {Optimizer.SGD: 2, Optimizer.ADADELTA: 5, Optimizer.ADAM: 5, Optimizer.ADAMW: 5}
    buffers = 2 + 2 * (network.batchnorm is not BatchNorm.OFF) + 2 * (training.dropout > 0)
    activations = training.batch * (buffers * sum(sizes[1:-1]) + 2 * sizes[-1])
    parameters = copies.get(training.optimizer, 4) * parameter_count(sizes, network.batchnorm)
    return (parameters + activations) * (4 if training.dtype is Precision.FLOAT32 else 8)


def checkpoint_bytes(sizes: Sequence[int], network: NetworkSpec, training: TrainingSpec) -> int:
    """Memory of what a training needs to go on: parameters, optimiser, and the best parameters."""
    arrays = COPIES[training.optimizer][0] - 1 + _keeps_best(training)
    size = 4 if training.dtype is Precision.FLOAT32 else 8
    return training.ensemble * arrays * parameter_count(sizes, network.batchnorm) * size


def _keeps_best(training: TrainingSpec) -> bool:
    return training.early_stopping > 0 or training.score is ScoreEpoch.BEST


def lanes_per_population(sizes: Sequence[int], network: NetworkSpec, training: TrainingSpec) -> int:
    """How many trainings are fastest side by side; an ensemble is one of several lanes."""
    wanted = POPULATION_BYTES // lane_bytes(sizes, network, training)
    return max(1, min(POPULATION_LANES, wanted) // training.ensemble)


def layer_sizes(features: int, network: NetworkSpec, output_count: int) -> tuple[int, ...]:
    """Features, hidden widths, outputs."""
    return (features, *network.hidden, output_count)


def largest_settings(
    network: NetworkSpec, training: TrainingSpec, space: Space
) -> tuple[NetworkSpec, TrainingSpec]:
    """Settings of the trial that needs the most memory, of all that a space may propose."""
    values = {name: _largest(name, entry) for name, entry in space.items()}
    return settled(network, training, {name: each for name, each in values.items() if each})


def _largest(name: str, entry: Entry) -> Value | None:
    """The value that needs the most memory; None where the size of a number needs none."""
    match entry:
        case Switched(on):
            return on.high
        case IntegerRange():
            return entry.high
        case Choices(choices):
            numbers = [each for each in choices if not isinstance(each, str)]
            words = [str(each) for each in choices if each != OFF]
            if name == "optimizer":
                return max(words, key=lambda each: sum(COPIES[Optimizer(each)]))
            return max(numbers) if numbers else words[0]
    return None


def worker_bytes(
    sizes: Sequence[int],
    network: NetworkSpec,
    training: TrainingSpec,
    rows: int,
    train_rows: int,
    *,
    is_shared: bool = False,
) -> int:
    """Most memory that one worker's arrays take up: its data, and one population at its peak.

    Args:
        rows: rows that the search sees.
        train_rows: those of them that train.
        is_shared: whether all workers look at one table, from which each makes the inputs of a
            few rows at a time.
    """
    size = 4 if training.dtype is Precision.FLOAT32 else 8
    # Both parts of a fold, and the training rows in the order of an epoch.
    targets = (rows + train_rows) * (1 + 2 * sizes[-1]) * size
    at_once = training.batch + EVALUATION_ROWS if is_shared else rows + train_rows
    inputs = at_once * sizes[0] * size + (0 if is_shared else 4 * rows * sizes[0])
    return inputs + targets + _population_size(sizes, network, training, train_rows) * size


def _population_size(
    sizes: Sequence[int], network: NetworkSpec, training: TrainingSpec, train_rows: int
) -> int:
    """Numbers in the arrays of a population: copies of its parameters, and its passes."""
    keeps_best = _keeps_best(training)
    lasting, passing = COPIES[training.optimizer]
    adds_gradient = training.wd > 0 or training.l1 > 0
    # Weights are drawn in float64, one lane at a time: two numbers beside the first copy.
    copies = max(lasting + max(passing, 2 * adds_gradient) + 2 * keeps_best, 3)
    # A pass for minibatches, one for the smaller last one, and those of the evaluation.
    rows = training.batch + train_rows % training.batch + 2 * EVALUATION_ROWS
    hidden = sizes[1:-1]
    stages = 1 + (network.batchnorm is not BatchNorm.OFF) + (training.dropout > 0)
    stages += network.batchnorm is BatchNorm.POST or training.dropout > 0 or network.residual
    row = stages * sum(hidden) + 2 * sum(set(hidden)) + 3 * max(hidden, default=0) + 3 * sizes[-1]
    lanes = training.ensemble * lanes_per_population(sizes, network, training)
    return lanes * (copies * parameter_count(sizes, network.batchnorm) + rows * row)


def study_seconds(
    sizes: Sequence[int], training: TrainingSpec, train_rows: int, evaluations: int
) -> float:
    """Rough seconds of all trainings on one core."""
    seconds = training_seconds(sizes, train_rows, training.batch, training.epochs)
    return evaluations * training.ensemble * seconds
