import tracemalloc

import numpy as np
import pytest

from hpsearch.domain.dataset import Fold
from hpsearch.domain.space import Choices, Configuration, IntegerRange, Range, Space, Switched
from hpsearch.domain.spec import BatchNorm, NetworkSpec, Optimizer, Precision, TrainingSpec
from hpsearch.domain.trial import PlannedEvaluation
from hpsearch.training.batched_trainer import BatchedTrainer
from hpsearch.training.cost import (
    lanes_per_population,
    largest_settings,
    layer_sizes,
    training_products,
    worker_bytes,
)


def test_products_of_the_book_network():
    """Forward and two gradients, but none for the inputs of the first layer."""
    sizes = (784, *(100,) * 6, 10)
    weights = 784 * 100 + 5 * 100 * 100 + 100 * 10
    assert training_products(sizes, rows=400, epochs=50) == (3 * weights - 78400) * 400 * 50


def test_small_networks_share_a_population_and_huge_ones_are_alone():
    network, training = NetworkSpec(), TrainingSpec()
    assert lanes_per_population((64, 50, 10), network, training) == 64
    assert lanes_per_population((4000, 4000, 10), network, training) == 1


def peak_bytes(network, training, x):
    """What the arrays of a trainer of 2 classes take up at most, its data included."""
    train_rows = np.arange(len(x) * 4 // 5)
    fold = Fold(train_rows=train_rows, validation_rows=np.arange(len(train_rows), len(x)))
    y = np.arange(len(x)) % 2
    trainer = BatchedTrainer(
        x=x, y=y, folds=((fold,),), output_count=2, network=network, training=training, seed=0
    )
    nothing = Configuration(())
    cohort = [
        PlannedEvaluation(number=number, configuration=nothing, fold=0, epochs=1)
        for number in range(lanes_per_population(trainer.sizes, network, training))
    ]
    tracemalloc.start()
    trainer.evaluate(cohort)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak + x.nbytes


@pytest.mark.parametrize("optimizer", Optimizer)
@pytest.mark.parametrize(
    ("network", "training"),
    [
        ({"hidden": (400, 400)}, {"wd": 0.1}),
        ({"hidden": (300,)}, {"early_stopping": 1, "dtype": Precision.FLOAT64}),
        ({"hidden": (120,) * 4, "batchnorm": BatchNorm.POST}, {"batch": 500}),
        ({"hidden": (150,) * 3, "residual": True}, {"batch": 500, "dropout": 0.2, "l1": 0.1}),
        ({"hidden": ()}, {"batch": 700, "ensemble": 3}),
    ],
)
def test_the_estimate_of_memory_is_enough_and_not_far_off(network, training, optimizer):
    network = NetworkSpec(**network)
    training = TrainingSpec(**{"batch": 32, **training}, optimizer=optimizer, lr=1e-4)
    x = np.random.default_rng(0).normal(size=(2000, 400)).astype(np.float32)
    peak = peak_bytes(network, training, x)
    sizes = layer_sizes(x.shape[1], network, 2)
    estimate = worker_bytes(sizes, network, training, len(x), 1600)
    assert peak <= estimate <= 1.7 * peak


def test_the_largest_settings_of_a_space_are_those_that_need_the_most_memory():
    space = Space(
        (
            ("lr", Range(low=0.1, high=1)),
            ("width", IntegerRange(low=16, high=512)),
            ("depth", IntegerRange(low=1, high=4)),
            ("batch", IntegerRange(low=16, high=256)),
            ("optimizer", Choices(("sgd", "adadelta", "momentum"))),
            ("batchnorm", Choices(("off", "pre"))),
            ("dropout", Switched(Range(low=0.1, high=0.5))),
        )
    )
    network, training = largest_settings(NetworkSpec(), TrainingSpec(), space)
    assert (network.hidden, network.batchnorm) == ((512,) * 4, BatchNorm.PRE)
    assert (training.batch, training.optimizer, training.dropout) == (256, "adadelta", 0.5)
