"""Every technique alone and together: gradients, bits, and what each is meant to do."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.domain.spec import (
    Activation,
    BatchNorm,
    DropoutMode,
    NetworkSpec,
    Optimizer,
    Schedule,
    TrainingSpec,
)
from hpsearch.training.dropout import keep_mask
from hpsearch.training.epochs import Population
from hpsearch.training.initial_weights import initial_parameters
from hpsearch.training.losses import targets_of
from hpsearch.training.network import Noise, layer_views, parameter_count
from hpsearch.training.regularization import clip_norms, clip_values, limit_norms
from hpsearch.training.rows import rows_of
from hpsearch.training.schedules import rate_factor
from hpsearch.training.updates import Rates
from tests.training.test_batched_trainer import assert_same_bits

SIZES = (6, 7, 7, 7, 3)


class FrozenNoise:
    """The same random words at every step, so that the loss is a function of the weights."""

    def integers(self, high, size, dtype):
        return np.random.default_rng(11).integers(high, size=size, dtype=dtype)


FROZEN = FrozenNoise()


def population_of(network, *, lanes=2, dropout=0.0, mode=DropoutMode.INVERTED, words=FROZEN):
    rng = np.random.default_rng(5)
    parameters = np.stack([initial_parameters(SIZES, network, rng) for _ in range(lanes)])
    parameters += 0.05 * rng.normal(size=parameters.shape)
    rates = Rates(*(np.zeros((lanes, 1)) for _ in Rates._fields))._replace(
        dropout=np.full((lanes, 1), dropout)
    )
    keys = np.arange(lanes, dtype=np.uint32) * 77
    noise = (
        Noise([words], keys, rates.dropout, mode, np.zeros(lanes, np.int64)) if dropout else None
    )
    return Population(SIZES, network, TrainingSpec(), parameters, rates, noise)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("batchnorm", BatchNorm)
@pytest.mark.parametrize("activation", ["leaky_relu", "tanh", "identity"])
def test_gradients_of_every_combination(activation, batchnorm, residual, dropout):
    network = NetworkSpec(
        hidden=(7, 7, 7),
        activation=Activation(activation),
        slope=0.02,
        batchnorm=batchnorm,
        residual=residual,
    )
    population, rng = population_of(network, dropout=dropout), np.random.default_rng(1)
    x, y = rng.normal(size=(9, SIZES[0])), rng.integers(SIZES[-1], size=9)
    rows = rows_of(x, targets_of(y, SIZES[-1], x.dtype))
    population.gradient(rows)
    found, parameters = population.gradients.copy(), population.parameters
    for index in range(parameter_count(SIZES, batchnorm)):
        before, losses = parameters[:, index].copy(), []
        for step in (1e-6, -1e-6):
            parameters[:, index] = before + step
            losses.append(population.gradient(rows)[0] / 9)
        parameters[:, index] = before
        assert found[:, index] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=2e-6)


CHOICES = {
    "optimizer": st.sampled_from(Optimizer),
    "schedule": st.sampled_from(Schedule),
    "warmup": st.sampled_from([0.0, 0.25]),
    "wd": st.sampled_from([0.0, 0.01]),
    "l1": st.sampled_from([0.0, 0.001]),
    "max_norm": st.sampled_from([0.0, 1.5]),
    "dropout": st.sampled_from([0.0, 0.2]),
    "clip_value": st.sampled_from([0.0, 0.05]),
    "clip_norm": st.sampled_from([0.0, 0.5]),
    "label_smoothing": st.sampled_from([0.0, 0.1]),
    "early_stopping": st.sampled_from([0, 1]),
    "batch": st.sampled_from([3, 8, 13, 39, 40]),
    "minibatches": st.sampled_from(["permutation", "replacement"]),
}
NETWORKS = {
    "hidden": st.sampled_from([(), (5,), (6, 6), (9, 4, 4)]),
    "activation": st.sampled_from(Activation),
    "batchnorm": st.sampled_from(BatchNorm),
    "bn_running": st.sampled_from(["unbiased", "book"]),
    "residual": st.booleans(),
}


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(CHOICES),
    st.fixed_dictionaries(NETWORKS),
    st.integers(0, 2),
    st.sampled_from([1, 3]),
    st.integers(0, 5),
)
def test_neighbours_leave_no_trace_whatever_is_switched_on(
    training, network, numbers, folds, chosen
):
    from tests.training.conftest import make_trainer, plan

    if numbers:
        training["label_smoothing"] = 0.0
    trainer = make_trainer.__wrapped__()(numbers, **network, **training, dtype="float32")
    make_plan = plan.__wrapped__()
    cohort = [
        make_plan(number, number % folds, 0.02 * (number + 1), 0.001 * number, 4)
        for number in range(6)
    ]
    assert_same_bits(trainer.evaluate([cohort[chosen]])[0], trainer.evaluate(cohort)[chosen])


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries(CHOICES), st.fixed_dictionaries(NETWORKS))
def test_float32_follows_float64_for_a_step_or_two(training, network):
    from tests.training.conftest import make_trainer, plan

    if network["batchnorm"] != "off" and network["bn_running"] == "book":
        network["bn_running"] = "unbiased"  # the book's start at 0 blows rounding up a thousandfold
    planned = plan.__wrapped__()(lr=0.01, epochs=1)
    wide, narrow = (
        make_trainer.__wrapped__()(**network, **training, dtype=dtype).evaluate([planned])[0]
        for dtype in ("float64", "float32")
    )
    assert wide.outcome == narrow.outcome
    if wide.outcome.is_complete:
        assert narrow.validation_loss == pytest.approx(wide.validation_loss, rel=2e-2, abs=1e-3)


@pytest.mark.parametrize("mode", DropoutMode)
def test_dropout_keeps_the_expected_activation(mode):
    """The mean over many masks of a linear network's output is its output without dropout."""
    network = NetworkSpec(hidden=(7, 7, 7), activation=Activation.IDENTITY)
    lanes, x = 20_000, np.random.default_rng(0).normal(size=(2, SIZES[0]))
    words = np.random.default_rng(3)
    population = population_of(network, lanes=lanes, dropout=0.3, mode=mode, words=words)
    population.parameters[:] = population.parameters[0]
    work = population._pass(2)
    with_masks = work.forward(x, steps=0, is_training=True).mean(axis=1)
    without = work.forward(x, steps=0, is_training=False)[:, 0].copy()
    assert with_masks == pytest.approx(without, abs=0.12)


def test_masks_drop_their_share_and_differ_between_lanes():
    shared = np.random.default_rng(0).integers(2**32, size=(200, 50), dtype=np.uint32)
    keys = np.random.default_rng(1).integers(2**32, size=40, dtype=np.uint32)
    kept = keep_mask(shared, keys, np.full((40, 1), 0.3, np.float32))
    assert kept.mean(axis=(1, 2)) == pytest.approx(0.7, abs=0.02)
    correlations = np.corrcoef(kept.reshape(40, -1).astype(float))
    assert np.abs(correlations[np.triu_indices(40, 1)]).max() < 0.05
    assert keep_mask(shared, keys[:1], np.zeros((1, 1))).all()


def test_batch_normalisation_normalises():
    network = NetworkSpec(
        hidden=(7, 7, 7), activation=Activation.IDENTITY, batchnorm=BatchNorm.POST
    )
    population = population_of(network)
    for layer in layer_views(population.parameters, SIZES, network.batchnorm):
        layer.scale[...], layer.shift[...] = 1, 0
    work = population._pass(50)
    work.forward(np.random.default_rng(0).normal(3, 5, (50, 6)), steps=0, is_training=True)
    for hidden in work._hidden:
        assert hidden.mean(axis=1) == pytest.approx(0, abs=1e-9)
        assert hidden.std(axis=1) == pytest.approx(1, abs=1e-3)


def test_running_statistics_of_the_book_start_too_small(make_trainer, plan):
    """After t steps the book's variance is (1 - 0.9ᵗ) of the true one; ours is corrected."""
    ours, book = (
        make_trainer(batchnorm="pre", bn_running=mode, batch=40).evaluate([plan(epochs=1)])[0]
        for mode in ("unbiased", "book")
    )
    assert book.validation_loss > ours.validation_loss
    long_ours, long_book = (
        make_trainer(batchnorm="pre", bn_running=mode, batch=8).evaluate([plan(epochs=40)])[0]
        for mode in ("unbiased", "book")
    )
    assert long_book.validation_loss == pytest.approx(long_ours.validation_loss, rel=1e-3)


@pytest.mark.parametrize("schedule", Schedule)
def test_schedules_start_at_the_full_rate_and_never_rise(schedule):
    factors = [rate_factor(schedule, 0.0, step, 300) for step in range(300)]
    assert factors[0] == 1
    assert all(0 <= later <= earlier for earlier, later in pairwise(factors))


def test_schedules_end_where_they_say():
    end = {each: rate_factor(each, 0.0, 299, 300) for each in Schedule}
    expected = {"constant": 1, "step": 0.01, "exponential": 0.01, "inverse": 0.1}
    assert end == pytest.approx(expected | {"linear": 0, "cosine": 0}, abs=4e-3)
    assert rate_factor(Schedule.COSINE, 0.0, 150, 300) == pytest.approx(0.5)


def test_a_warm_up_grows_linearly_to_the_full_rate():
    factors = [rate_factor(Schedule.CONSTANT, 0.1, step, 100) for step in range(12)]
    assert factors == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1])


def test_clipping_shortens_what_is_too_long_and_nothing_else():
    gradients = np.array([[3.0, 4.0], [3.0, 4.0], [0.3, 0.4]])
    limits = np.array([[1.0], [0.0], [1.0]])
    assert clip_norms(gradients, limits).tolist() == [True, False, False]
    assert gradients == pytest.approx(np.array([[0.6, 0.8], [3, 4], [0.3, 0.4]]))
    is_cut = clip_values(gradients, np.array([[0.7], [0.0], [0.35]]))
    assert is_cut.tolist() == [True, False, True]
    assert gradients == pytest.approx(np.array([[0.6, 0.7], [3, 4], [0.3, 0.35]]))


def test_the_share_of_clipped_steps_is_told(make_trainer, plan):
    """Of tight, loose and no limits; by norm, by value, and of an ensemble's members."""

    def details(**settings):
        return make_trainer(**settings).evaluate([plan(), plan(1, lr=0.3)])[0].details

    assert details() is None
    assert details(clip_norm=1e-6) == {"clipped": 1.0}
    assert details(clip_norm=1e6) == {"clipped": 0.0}
    assert details(clip_value=1e-6, clip_norm=1e6) == {"cut": 1.0, "clipped": 0.0}
    some = details(clip_norm=1.0)["clipped"]
    assert 0 < some < 1
    assert some * 20 == int(some * 20)  # 4 epochs of 5 steps
    assert 0 < details(clip_norm=1.0, ensemble=3)["clipped"] < 1


def test_max_norm_bounds_the_weights_into_each_unit():
    parameters = np.random.default_rng(0).normal(size=(2, parameter_count(SIZES)))
    layers = layer_views(parameters, SIZES)
    untouched = layers[0].weights[1].copy()
    limit_norms(layers, np.array([[1.0], [0.0]]))
    for layer in layers:
        assert np.linalg.norm(layer.weights[0], axis=0).max() <= 1 + 1e-12
    assert np.array_equal(layers[0].weights[1], untouched)


def test_coupled_and_decoupled_decay_are_one_for_sgd_and_two_for_adam(make_trainer, plan):
    def loss(**settings):
        return make_trainer(**settings).evaluate([plan(lr=0.01, wd=0.1)])[0].train_loss

    assert loss(wd_mode="coupled") == loss(wd_mode="decoupled")
    adam = loss(optimizer="adam"), loss(optimizer="adam", wd_mode="decoupled")
    assert adam[0] != adam[1] == loss(optimizer="adamw")


def test_early_stopping_ends_sooner_and_restores_the_best_weights(make_trainer, plan):
    overfitting = plan(lr=1.0, wd=0.0, epochs=200)
    (whole,) = make_trainer(hidden=(30,)).evaluate([overfitting])
    (stopped,) = make_trainer(hidden=(30,), early_stopping=5).evaluate([overfitting])
    (best,) = make_trainer(hidden=(30,), early_stopping=5, score="best").evaluate([overfitting])
    curve = stopped.curve.validation_loss
    assert len(curve) == int(np.argmin(curve)) + 6 < len(whole.curve.validation_loss)
    assert stopped.validation_loss == pytest.approx(float(curve[-1]), rel=1e-6)
    assert best.validation_loss == pytest.approx(float(curve.min()), rel=1e-6)
    assert best.train_loss == stopped.train_loss
    assert best.train_loss != pytest.approx(whole.train_loss)


def test_residual_connections_train_what_is_too_deep_without(make_trainer, plan):
    def loss(**settings):
        deep = make_trainer(hidden=(12,) * 20, activation="tanh", init=0.05, **settings)
        return deep.evaluate([plan(lr=0.05, wd=0.0, epochs=60)])[0].train_loss

    assert loss(residual=False) > 1.0 > 0.7 > loss(residual=True)
