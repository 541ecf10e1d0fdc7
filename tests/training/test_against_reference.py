"""The batched trainer equals the obvious one, and its gradients are those of its loss."""

import numpy as np
import pytest

from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import (
    Activation,
    InitialWeights,
    Minibatches,
    NetworkSpec,
    TrainingSpec,
)
from hpsearch.training.epochs import Population
from hpsearch.training.initial_weights import initial_parameters, standard_deviation
from hpsearch.training.losses import targets_of
from hpsearch.training.minibatches import epoch_rows
from hpsearch.training.network import layer_views, parameter_count
from hpsearch.training.rows import rows_of
from hpsearch.training.updates import Rates
from tests.training.reference_mlp import ReferenceMLP

SIZES = (6, 7, 5, 3)


def reference_for(trainer, planned):
    rng = generator(trainer.seed, "weights", planned.number, planned.repeat, planned.fold)
    parameters = initial_parameters(trainer.sizes, trainer.network, rng)
    layers = layer_views(parameters[None], trainer.sizes)
    weights = [layer.weights[0] for layer in layers]
    biases = [layer.biases[0, 0] for layer in layers]
    return ReferenceMLP(weights, biases, trainer.network.activation)


def reference_curve(trainer, planned):
    """Losses before training and per epoch (running means), and the final measures."""
    fold, network = trainer.folds[planned.repeat][planned.fold], reference_for(trainer, planned)
    x, y = trainer.x.astype(np.float64), trainer.y
    train, validation = fold.train_rows, fold.validation_rows
    rng = generator(trainer.seed, "minibatches", planned.repeat, planned.fold)
    losses, validation_losses = [network.loss(x[train], y[train])], []
    for _ in range(planned.epochs):
        order = epoch_rows(trainer.training.minibatches, len(train), trainer.training.batch, rng)
        total = 0.0
        for start in range(0, len(order), trainer.training.batch):
            rows = train[order[start : start + trainer.training.batch]]
            total += network.loss(x[rows], y[rows]) * len(rows)
            network.step(x[rows], y[rows], *planned.configuration.values())
        losses.append(total / len(order))
        validation_losses.append(network.loss(x[validation], y[validation]))
    final = (
        network.loss(x[train], y[train]),
        network.score(x[train], y[train]),
        network.score(x[validation], y[validation]),
    )
    return losses, validation_losses, final


@pytest.mark.parametrize("minibatches", Minibatches)
@pytest.mark.parametrize("init", [*InitialWeights, 0.1])
@pytest.mark.parametrize("activation", Activation)
def test_training_equals_the_reference(make_trainer, plan, activation, init, minibatches):
    trainer = make_trainer(activation=activation, init=init, minibatches=minibatches)
    cohort = [plan(0, 0, 0.3, 0.02), plan(4, 0, 0.05, 0.0), plan(9, 1, 0.2, 0.1)]
    for evaluation in trainer.evaluate(cohort):
        losses, validation_losses, final = reference_curve(trainer, evaluation.planned)
        train_loss, train_score, validation_score = final
        assert evaluation.train_loss == pytest.approx(train_loss, abs=1e-10)
        assert evaluation.train_score == train_score
        assert evaluation.validation_score == validation_score
        assert evaluation.validation_loss == pytest.approx(validation_losses[-1], abs=1e-10)
        assert evaluation.curve.train_loss == pytest.approx(losses, rel=1e-6)
        assert evaluation.curve.validation_loss == pytest.approx(validation_losses, rel=1e-6)


@pytest.mark.parametrize("hidden", [(), (4,), (9, 8, 7)])
def test_any_depth_equals_the_reference(make_trainer, plan, hidden):
    trainer = make_trainer(hidden=hidden)
    (evaluation,) = trainer.evaluate([plan()])
    _, validation_losses, final = reference_curve(trainer, evaluation.planned)
    assert evaluation.train_loss == pytest.approx(final[0], abs=1e-10)
    assert evaluation.validation_loss == pytest.approx(validation_losses[-1], abs=1e-10)


@pytest.mark.parametrize("minibatches", Minibatches)
@pytest.mark.parametrize("hidden", [(), (1,), (7, 5)])
@pytest.mark.parametrize("numbers", [1, 3])
def test_regression_equals_the_reference(make_trainer, plan, numbers, hidden, minibatches):
    trainer = make_trainer(numbers, hidden=hidden, minibatches=minibatches)
    for evaluation in trainer.evaluate([plan(0, 0, 0.02, 0.02), plan(9, 1, 0.01, 0.1)]):
        losses, validation_losses, final = reference_curve(trainer, evaluation.planned)
        train_loss, train_score, validation_score = final
        assert evaluation.train_loss == pytest.approx(train_loss, abs=1e-10)
        assert evaluation.train_score == pytest.approx(train_score, abs=1e-10)
        assert evaluation.validation_score == pytest.approx(validation_score, abs=1e-10)
        assert evaluation.curve.train_loss == pytest.approx(losses, rel=1e-6)
        assert evaluation.curve.validation_loss == pytest.approx(validation_losses, rel=1e-6)


def test_float32_stays_close_to_float64(make_trainer, plan):
    wide, narrow = (
        make_trainer(dtype=dtype).evaluate([plan()])[0] for dtype in ("float64", "float32")
    )
    assert narrow.validation_loss == pytest.approx(wide.validation_loss, rel=1e-4)
    assert narrow.train_loss == pytest.approx(wide.train_loss, rel=1e-4)


@pytest.mark.parametrize("targets", ["classes", "numbers"])
@pytest.mark.parametrize("init", [*InitialWeights, 0.3])
@pytest.mark.parametrize("activation", Activation)
def test_gradients_are_those_of_the_loss(activation, init, targets):
    lanes, rng = 2, np.random.default_rng(5)
    network = NetworkSpec(activation=activation, init=init)
    parameters = np.stack([initial_parameters(SIZES, network, rng) for _ in range(lanes)])
    parameters += 0.01 * rng.normal(size=parameters.shape)  # biases away from 0
    rates = Rates(*(np.zeros((lanes, 1)) for _ in Rates._fields))
    population = Population(SIZES, network, TrainingSpec(), parameters, rates)
    x = rng.normal(size=(9, SIZES[0]))
    y = rng.integers(3, size=9) if targets == "classes" else rng.normal(size=(9, 3))
    rows = rows_of(x, targets_of(y, 3, x.dtype))
    population.gradient(rows)
    found = population.gradients.copy()
    step = 1e-6
    for index in range(parameter_count(SIZES)):
        before = parameters[:, index].copy()
        parameters[:, index] = before + step
        above = population.evaluate(rows).loss
        parameters[:, index] = before - step
        below = population.evaluate(rows).loss
        parameters[:, index] = before
        assert found[:, index] == pytest.approx((above - below) / (2 * step), abs=1e-6)


@pytest.mark.parametrize(
    ("init", "expected"),
    [("he", (2 / 400) ** 0.5), ("xavier", 0.05), ("glorot", (2 / 500) ** 0.5), (0.01, 0.01)],
)
def test_initial_weights_have_their_standard_deviation(init, expected):
    rule = InitialWeights(init) if isinstance(init, str) else init
    assert standard_deviation(rule, 400, 100) == pytest.approx(expected)
    parameters = initial_parameters((400, 100), NetworkSpec(init=rule), np.random.default_rng(0))
    (layer,) = layer_views(parameters[None], (400, 100))
    assert layer.weights.std() == pytest.approx(expected, rel=0.02)
    assert not layer.biases.any()
