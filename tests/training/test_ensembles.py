"""Several networks as one: probabilities averaged, members as independent as trials."""

from dataclasses import replace

import numpy as np
import pytest

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import State
from hpsearch.training.ensembles import averaged
from tests.training.test_batched_trainer import assert_same_bits


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


def test_probabilities_are_averaged_in_runs_of_lanes():
    logits = np.random.default_rng(0).normal(0, 3, (4, 6, 5))
    expected = softmax(logits).reshape(4, 2, 3, 5).mean(axis=2)
    found = averaged(logits.copy(), 3, is_class=True)
    assert np.exp(found) == pytest.approx(expected)
    assert np.array_equal(averaged(logits.copy(), 1, is_class=True), logits)


def test_numbers_are_averaged_as_they_are():
    outputs = np.arange(12.0).reshape(1, 6, 2)
    found = averaged(outputs, 3, is_class=False)
    assert found.tolist() == [[[2, 3], [8, 9]]]


def test_members_that_are_very_sure_do_not_overflow():
    logits = np.array([[[900.0], [0.0]], [[0.0], [800.0]]], np.float32)
    found = averaged(logits, 2, is_class=True)
    assert found.dtype == np.float32
    assert found[:, 0, 0] == pytest.approx([-np.log(2), -np.log(2)])


def with_ensemble(planned, members):
    pairs = (*planned.configuration.pairs, ("ensemble", members))
    return replace(planned, configuration=Configuration(pairs))


@pytest.mark.parametrize("settings", [{}, {"dropout": 0.3}, {"batchnorm": "pre"}])
def test_an_ensemble_of_one_is_the_network_itself(make_trainer, plan, settings):
    trainer = make_trainer(dtype="float32", **settings)
    (single,) = trainer.evaluate([plan()])
    (one,) = trainer.evaluate([with_ensemble(plan(), 1)])
    assert_same_bits(single, one)


def test_neighbours_leave_no_trace_in_an_ensemble(make_trainer, plan):
    trainer = make_trainer(dtype="float32", dropout=0.2, early_stopping=1)
    cohort = [with_ensemble(plan(n, 0, 0.05 * (n + 1), epochs=9), 1 + n % 3) for n in range(7)]
    together = trainer.evaluate(cohort)
    for alone, beside in zip(cohort, together, strict=True):
        assert_same_bits(trainer.evaluate([alone])[0], beside)


def test_the_first_member_starts_like_the_single_network_and_the_others_do_not(make_trainer, plan):
    trainer = make_trainer(lr=0.1)
    cohort = [with_ensemble(plan(), members) for members in (1, 2, 3)]
    first, second, third = (each.curve.train_loss[1] for each in trainer.evaluate(cohort))
    own = [first, 2 * second - first, 3 * third - 2 * second]  # running means are over members
    assert len({round(float(each), 4) for each in own}) == 3


def test_an_ensemble_has_a_lower_loss_than_its_members_on_average(make_trainer, plan):
    """By Jensen's inequality: -log of a mean is at most the mean of -log."""
    trainer = make_trainer(hidden=(20,), dtype="float32")
    cohort = [
        with_ensemble(plan(n, lr=0.5, wd=0.0, epochs=30), m) for n in range(9) for m in (1, 5)
    ]
    losses = np.array([each.validation_loss for each in trainer.evaluate(cohort)]).reshape(9, 2)
    assert losses[:, 1].mean() < losses[:, 0].mean()


def test_an_ensemble_diverges_with_any_of_its_members(make_trainer, plan):
    trainer = make_trainer(init=30.0, dtype="float32")
    calm, wild = plan(0, lr=1e-3, wd=0.0), plan(1, lr=1e6, wd=1.0)
    results = trainer.evaluate([with_ensemble(calm, 2), with_ensemble(wild, 2)])
    assert [each.outcome.state for each in results] == [State.COMPLETE, State.DIVERGED]
    assert_same_bits(results[0], trainer.evaluate([with_ensemble(calm, 2)])[0])
