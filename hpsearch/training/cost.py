"""What training costs: arithmetic and memory, before anything is trained."""

from collections.abc import Sequence
from itertools import pairwise

from hpsearch.domain.spec import BatchNorm, NetworkSpec, Optimizer, Precision, TrainingSpec
from hpsearch.training.network import parameter_count

# A population's tensors should stay near the cache; beyond this many bytes, or lanes, nothing is
# gained any more (measured on the digits and the book's network, see docs/benchmarks.md).
POPULATION_BYTES = 12_000_000
POPULATION_LANES = 64

# Seconds for one multiplication and addition, and for one NumPy call shared by the lanes of a full
# population. Rough: only the first cohort is planned with them, the rest with measured times.
SECONDS_PER_PRODUCT = 3e-11
SECONDS_PER_STEP = 1.5e-6


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


def lanes_per_population(sizes: Sequence[int], network: NetworkSpec, training: TrainingSpec) -> int:
    """How many trainings are fastest side by side; an ensemble is one of several lanes."""
    wanted = POPULATION_BYTES // lane_bytes(sizes, network, training)
    return max(1, min(POPULATION_LANES, wanted) // training.ensemble)


def layer_sizes(features: int, network: NetworkSpec, output_count: int) -> tuple[int, ...]:
    """Features, hidden widths, outputs."""
    return (features, *network.hidden, output_count)


def study_estimate(
    sizes: Sequence[int],
    network: NetworkSpec,
    training: TrainingSpec,
    train_rows: int,
    evaluations: int,
) -> tuple[float, int]:
    """Rough seconds of all trainings on one core, and bytes of one worker's largest population."""
    seconds = training_seconds(sizes, train_rows, training.batch, training.epochs)
    lanes = training.ensemble * lanes_per_population(sizes, network, training)
    bytes_used = lanes * lane_bytes(sizes, network, training)
    return evaluations * training.ensemble * seconds, bytes_used
