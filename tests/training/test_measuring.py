"""Measuring agrees with the obvious computation, and changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from hpsearch.data.built_in import load
from hpsearch.data.splits import folds
from hpsearch.domain.measurements import BINS, Measurement, activations_of, gradient_norms_of
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import Activation, DataSpec, NetworkSpec, SplitSpec, TrainingSpec
from hpsearch.domain.trial import State
from hpsearch.training.batched_trainer import BatchedTrainer
from hpsearch.training.measuring import ENDS
from hpsearch.training.minibatches import epoch_rows
from tests.training.test_against_reference import reference_for
from tests.training.test_batched_trainer import assert_same_bits, cohort_of

BOTH = "activations,gradients"
FLAT = {
    "sigmoid": lambda a: (a < 0.1) | (a > 0.9),
    "tanh": lambda a: abs(a) > 0.9,
    "relu": lambda a: a == 0,
}


@pytest.mark.parametrize("activation", Activation)
def test_histograms_are_those_of_the_reference(make_trainer, plan, activation):
    trainer = make_trainer(activation=activation, init=3.0, measure=BOTH)
    (evaluation,) = trainer.evaluate([plan(number=2)])
    network = reference_for(trainer, plan(number=2))
    inputs, _ = network.forward(trainer.x[trainer.folds[0][0].train_rows].astype(np.float64))
    measured = activations_of(evaluation.details)
    low, high = ENDS[activation]
    assert len(measured) == 2
    for layer, values in zip(measured, inputs[1:], strict=True):
        assert (layer.low, layer.high) == (low, high)
        counts = np.histogram(np.clip(values, low, high), BINS, (low, high))[0]
        assert layer.counts == tuple(counts)
        assert layer.mean == pytest.approx(values.mean())
        assert layer.deviation == pytest.approx(values.std())
        flat = FLAT.get(activation, lambda a: a != a)(values)
        assert layer.saturated == pytest.approx(flat.mean())


def reference_norms(trainer, planned):
    """Norms of the gradient of the plain loss in the first minibatch of each epoch."""
    network, fold = reference_for(trainer, planned), trainer.folds[0][planned.fold]
    x, rows, batch = trainer.x.astype(np.float64), fold.train_rows, trainer.training.batch
    rng = generator(trainer.seed, "minibatches", planned.repeat, planned.fold)
    norms = []
    for _ in range(planned.epochs):
        order = rows[epoch_rows(trainer.training.minibatches, len(rows), batch, rng)]
        gradients = network.gradients(x[order[:batch]], trainer.y[order[:batch]], 0.0)
        norms.append([np.sqrt((weights**2).sum()) for weights, _ in gradients])
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            network.step(x[part], trainer.y[part], *planned.configuration.values())
    return norms


def test_gradient_norms_are_those_of_the_reference(make_trainer, plan):
    trainer, planned = make_trainer(measure="gradients"), plan(fold=1, epochs=3)
    (evaluation,) = trainer.evaluate([planned])
    expected = reference_norms(trainer, planned)
    assert np.array(gradient_norms_of(evaluation.details)) == pytest.approx(np.array(expected))


def test_gradients_are_measured_before_they_are_clipped(make_trainer, plan):
    free, clipped = (
        make_trainer(measure="gradients", clip_norm=size).evaluate([plan()])[0].details
        for size in (0.0, 1e-3)
    )
    assert free["gradients"][0] == pytest.approx(clipped["gradients"][0])
    assert free["gradients"][1] != pytest.approx(clipped["gradients"][1])


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_gradients_do_not_depend_on_the_learning_rate(make_trainer, plan, optimizer):
    """The trainer multiplies the rate in early where it may: it is taken out again."""
    trainer = make_trainer(measure="gradients", optimizer=optimizer)
    slow, fast = trainer.evaluate([plan(lr=1e-3, wd=0.0), plan(lr=0.1, wd=0.0)])
    assert slow.details["gradients"][0] == pytest.approx(fast.details["gradients"][0])
    (still,) = trainer.evaluate([plan(lr=0.0, wd=0.0)])
    assert (still.details["gradients"][0][0] is None) == (optimizer == "momentum")


@pytest.mark.parametrize(
    "settings",
    [
        {"batchnorm": "pre", "optimizer": "adam", "dropout": 0.3},
        {"batchnorm": "post", "residual": "on", "hidden": (6, 6), "dropout": 0.3},
        {"early_stopping": 1, "clip_norm": 0.5, "batch": 13},
    ],
    ids=["pre", "residual", "stopping"],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_measuring_changes_no_other_number(make_trainer, plan, settings, dtype):
    cohort = cohort_of(plan, 6)
    plain = make_trainer(dtype=dtype, **settings).evaluate(cohort)
    watched = make_trainer(dtype=dtype, measure=BOTH, **settings).evaluate(cohort)
    for one, other in zip(plain, watched, strict=True):
        unmeasured = {key: value for key, value in other.details.items() if key not in BOTH}
        assert_same_bits(one, replace(other, details=unmeasured or None))
        assert len(other.details["gradients"]) == len(other.curve.train_score)


def test_what_is_measured_does_not_depend_on_the_cohort(make_trainer, plan):
    trainer = make_trainer(dtype="float32", measure=BOTH, batchnorm="pre", hidden=(30, 20))
    cohort = cohort_of(plan, 9)
    together = trainer.evaluate(cohort)
    for planned, evaluation in zip(cohort, together, strict=True):
        assert trainer.evaluate([planned])[0].details == evaluation.details


def test_normalised_layers_are_measured_as_they_are_in_training(make_trainer, plan):
    trainer = make_trainer(activation="identity", batchnorm="pre", measure=BOTH, init=50.0)
    (evaluation,) = trainer.evaluate([plan()])
    for layer in activations_of(evaluation.details):
        assert layer.mean == pytest.approx(0, abs=1e-9)
        assert layer.deviation == pytest.approx(1, abs=1e-3)


def test_a_diverged_training_keeps_what_was_measured(make_trainer, plan):
    trainer = make_trainer(dtype="float32", init=30.0, measure=BOTH)
    (evaluation,) = trainer.evaluate([plan(lr=1e6, wd=1.0)])
    assert evaluation.outcome.state is State.DIVERGED
    assert len(evaluation.details["gradients"]) == evaluation.outcome.epoch
    assert sum(activations_of(evaluation.details)[0].counts) == 40 * 7


# Standard deviations of five layers of 100 units on 1,000 normal inputs. For ReLU those of the
# formula: a layer multiplies the second moment by half of 100 times the weights' variance, and a
# rectified normal number deviates by √(1/2 - 1/(2π)) of its second moment's root. A single network
# of that kind is up to 14 % away in its fifth layer.
RECTIFIED = np.sqrt(0.5 - 0.5 / np.pi)
DEVIATIONS = {
    ("sigmoid", 1.0): (0.46, 0.44, 0.43, 0.44, 0.44),
    ("sigmoid", 0.01): (0.025, 0.012, 0.012, 0.012, 0.012),
    ("sigmoid", "xavier"): (0.21, 0.12, 0.13, 0.13, 0.11),
    ("tanh", "xavier"): (0.63, 0.49, 0.41, 0.36, 0.32),
    ("relu", 0.01): RECTIFIED * 0.1 * np.sqrt(0.005) ** np.arange(5),
    ("relu", "xavier"): RECTIFIED * np.sqrt(0.5) ** np.arange(5),
    ("relu", "he"): RECTIFIED * np.sqrt(2) * np.ones(5),
}


@pytest.fixture(scope="module")
def normal():
    data = load(DataSpec(name="normal"), 0)
    return data, folds(data.y, SplitSpec(holdout=0.2), 0)


def measured_on(normal, plan, activation, init, networks):
    """Hidden layers of some networks on `normal`, as an array of `LayerActivations`."""
    data, divided = normal
    trainer = BatchedTrainer(
        x=data.x,
        y=data.y,
        folds=(divided,),
        output_count=10,
        network=NetworkSpec(hidden=(100,) * 5, activation=Activation(activation), init=init),
        training=TrainingSpec(batch=1000, measure=(Measurement.ACTIVATIONS,)),
        seed=0,
    )
    cohort = [plan(number, epochs=1) for number in range(networks)]
    return [activations_of(each.details) for each in trainer.evaluate(cohort)]


@pytest.mark.parametrize(("activation", "init"), DEVIATIONS)
def test_layers_spread_as_initial_weights_let_them(normal, plan, activation, init):
    layers = measured_on(normal, plan, activation, init, 10)
    deviations = np.array([[layer.deviation for layer in each] for each in layers])
    assert sum(layers[0][0].counts) == 1000 * 100
    assert deviations.mean(axis=0) == pytest.approx(DEVIATIONS[activation, init], rel=0.1)


def test_weights_of_deviation_1_saturate(normal, plan):
    sigmoid = measured_on(normal, plan, "sigmoid", 1.0, 5)
    first, last = (np.mean([each[layer].saturated for each in sigmoid]) for layer in (0, -1))
    assert (first, last) == pytest.approx((0.82, 0.75), rel=0.1)
    counts = sigmoid[0][0].counts
    assert min(counts[0], counts[-1]) > 10 * max(counts[10:20])
    (tanh,) = measured_on(normal, plan, "tanh", 1.0, 1)
    assert [layer.saturated for layer in tanh] == pytest.approx([0.88] * 5, abs=0.01)


def test_of_an_ensemble_the_first_member_is_measured(make_trainer, plan):
    """Its first member is the network that the trial would be without an ensemble."""
    settings = {"measure": BOTH, "batchnorm": "pre", "clip_norm": 0.5}
    (alone,) = make_trainer(**settings).evaluate([plan(number=1)])
    first, second = make_trainer(ensemble=3, **settings).evaluate([plan(number=0), plan(number=1)])
    assert second.details == alone.details
    assert first.details != alone.details
