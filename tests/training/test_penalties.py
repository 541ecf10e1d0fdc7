"""What is added to the loss beside the data's own, and weights that must not start alike."""

import numpy as np
import pytest

from hpsearch.domain.spec import BatchNorm, NetworkSpec, TrainingSpec
from hpsearch.training.epochs import Population
from hpsearch.training.initial_weights import initial_parameters
from hpsearch.training.losses import measured, targets_of
from hpsearch.training.network import layer_views
from hpsearch.training.rows import rows_of
from hpsearch.training.updates import Rates

SIZES = (5, 6, 4, 3)
NETWORK = NetworkSpec(hidden=(6, 4), batchnorm=BatchNorm.PRE)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 5))
TARGETS = targets_of(RNG.integers(3, size=12), 3, X.dtype)


def after_one_step(start, **rates):
    """Parameters after one SGD step at a rate of 0.5 from `start`, as views of each layer."""
    training = TrainingSpec(batch=12)
    given = {"lr": 0.5} | rates
    columns = Rates(*(np.full((1, 1), given.get(name, 0.0)) for name in Rates._fields))
    population = Population(SIZES, NETWORK, training, start.copy(), columns)
    population.train_epoch(rows_of(X, TARGETS), 12)
    return layer_views(population.parameters, SIZES, NETWORK.batchnorm)


START = initial_parameters(SIZES, NETWORK, RNG)[None] + 0.1


@pytest.mark.parametrize(
    ("rates", "pull"),
    [({"wd": 0.3}, lambda weights: 0.3 * weights), ({"l1": 0.2}, lambda w: 0.2 * np.sign(w))],
)
def test_penalties_pull_at_the_weights_by_their_gradient_and_at_nothing_else(rates, pull):
    before = layer_views(START, SIZES, NETWORK.batchnorm)
    plain, pulled = after_one_step(START), after_one_step(START, **rates)
    for first, without, each in zip(before, plain, pulled, strict=True):
        assert each.weights == pytest.approx(without.weights - 0.5 * pull(first.weights))
        for name in ("biases", "scale", "shift"):
            assert np.array_equal(getattr(each, name), getattr(without, name))


def test_label_smoothing_is_cross_entropy_with_softened_targets():
    logits = RNG.normal(size=(3, 1, 12))  # (class, lane, row)
    powers = np.exp(logits - logits.max(axis=0))
    softened = 0.9 * np.eye(3)[:, TARGETS.labels][:, None] + 0.1 / 3
    expected = (powers / powers.sum(axis=0) - softened) / 12
    measured(logits, TARGETS, gradient=True, smoothing=np.full((1, 1), 0.1))
    assert logits == pytest.approx(expected)


def test_units_that_start_alike_stay_alike():
    """Why constant initial weights are refused: every unit of a layer gets the same gradient."""
    network, training = NetworkSpec(hidden=(6, 4)), TrainingSpec(batch=4)
    rates = Rates(*(np.full((1, 1), 1.0 * (name == "lr")) for name in Rates._fields))
    count = initial_parameters(SIZES, network, RNG).size
    population = Population(SIZES, network, training, np.full((1, count), 0.1), rates)
    for _ in range(5):
        population.train_epoch(rows_of(X, TARGETS), 4)
    first, second, _ = layer_views(population.parameters, SIZES)
    for layer in (first, second):
        assert np.ptp(layer.weights, axis=2) == pytest.approx(0, abs=1e-12)
    assert np.ptp(first.weights) > 1e-3
