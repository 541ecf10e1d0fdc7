"""A trial's result does not depend on what is trained beside it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import State
from hpsearch.domain.trial_settings import LANE_NUMBERS, SWITCHES
from hpsearch.training import batched_trainer, cost
from hpsearch.training.updates import Rates

SAME_BITS = ("train_loss", "train_score", "validation_loss", "validation_score")


def assert_same_bits(first, second):
    assert first.outcome == second.outcome
    assert first.details == second.details
    assert first.row_results == second.row_results
    for name in SAME_BITS:
        assert getattr(first, name) == getattr(second, name)
    for name in ("train_loss", "train_score", "validation_loss", "validation_score"):
        one, other = getattr(first.curve, name), getattr(second.curve, name)
        assert one.tobytes() == other.tobytes()


def cohort_of(plan, count, folds=2):
    rates = np.geomspace(1e-3, 1.0, count)
    return [
        plan(number, fold, float(rates[number]), 0.001 * number, 3)
        for number in range(count)
        for fold in range(folds)
    ]


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_trial_is_the_same_alone_and_in_any_cohort(make_trainer, plan, dtype, activation):
    trainer = make_trainer(dtype=dtype, activation=activation, hidden=(30, 20))
    cohort = cohort_of(plan, 20)
    together = trainer.evaluate(cohort)
    for size in (1, 2, 3, 7):
        for start in range(0, len(cohort), size):
            for one, other in zip(
                trainer.evaluate(cohort[start : start + size]),
                together[start : start + size],
                strict=True,
            ):
                assert_same_bits(one, other)


@settings(max_examples=50, deadline=None)
@given(
    hidden=st.lists(st.integers(1, 120), max_size=3).map(tuple),
    batch=st.integers(1, 45),
    count=st.integers(2, 12),
    numbers=st.integers(0, 3),
    data=st.data(),
)
def test_neighbours_leave_no_trace_in_float32(hidden, batch, count, numbers, data):
    from tests.training.conftest import make_trainer, plan

    trainer = make_trainer.__wrapped__()(numbers, hidden=hidden, batch=batch, dtype="float32")
    cohort = cohort_of(plan.__wrapped__(), count, folds=data.draw(st.sampled_from([1, 3])))
    chosen = data.draw(st.integers(0, len(cohort) - 1))
    assert_same_bits(trainer.evaluate([cohort[chosen]])[0], trainer.evaluate(cohort)[chosen])


def test_lanes_with_rows_of_their_own_are_those_that_share_them(make_trainer, plan, monkeypatch):
    """Whether folds train side by side or each for itself is a matter of speed only."""
    trainer, cohort = make_trainer(dtype="float32", dropout=0.2), cohort_of(plan, 4, folds=3)
    together = trainer.evaluate(cohort)
    monkeypatch.setattr(batched_trainer, "LANES_THAT_SHARE", 1)
    for one, other in zip(together, trainer.evaluate(cohort), strict=True):
        assert_same_bits(one, other)
    monkeypatch.undo()
    monkeypatch.setattr(batched_trainer, "OWN_ROWS_BYTES", 3000)  # two or three lanes at a time
    for one, other in zip(together, trainer.evaluate(cohort), strict=True):
        assert_same_bits(one, other)


def test_the_order_of_a_cohort_leaves_no_trace(make_trainer, plan):
    trainer, cohort = make_trainer(dtype="float32"), cohort_of(plan, 6)
    forward, backward = trainer.evaluate(cohort), trainer.evaluate(cohort[::-1])
    for one, other in zip(forward, backward[::-1], strict=True):
        assert one.planned == other.planned
        assert_same_bits(one, other)


def test_the_size_of_a_population_leaves_no_trace(make_trainer, plan, monkeypatch):
    trainer, cohort = make_trainer(dtype="float32"), cohort_of(plan, 9)
    together = trainer.evaluate(cohort)
    monkeypatch.setattr(cost, "POPULATION_LANES", 2)
    for one, other in zip(together, trainer.evaluate(cohort), strict=True):
        assert_same_bits(one, other)


def test_a_diverging_lane_is_frozen_and_the_others_go_on(make_trainer, plan, recwarn, capfd):
    trainer = make_trainer(dtype="float32", init=30.0)
    cohort = [plan(0, lr=1e-3, wd=0.0), plan(1, lr=1e6, wd=1.0), plan(2, lr=1e-3, wd=0.001)]
    calm, wild, other = trainer.evaluate(cohort)
    assert wild.outcome.state is State.DIVERGED
    assert 1 <= wild.outcome.epoch <= 4
    assert (wild.train_loss, wild.validation_score) == (None, None)
    assert len(wild.curve.validation_loss) == wild.outcome.epoch
    assert_same_bits(calm, trainer.evaluate([cohort[0]])[0])
    assert other.outcome.is_complete
    assert not recwarn
    assert capfd.readouterr() == ("", "")


def test_a_cohort_that_diverges_as_a_whole_ends_early(make_trainer, plan):
    trainer = make_trainer(init=30.0, dtype="float32")
    results = trainer.evaluate([plan(0, lr=1e6, epochs=50), plan(1, lr=1e5, epochs=50)])
    assert {each.outcome.state for each in results} == {State.DIVERGED}
    assert all(len(each.curve.train_score) < 50 for each in results)


def test_curves_have_the_loss_before_training_and_one_value_per_epoch(make_trainer, plan):
    (evaluation,) = make_trainer().evaluate([plan(epochs=6)])
    assert len(evaluation.curve.train_loss) == 7
    assert len(evaluation.curve.train_score) == 6
    assert len(evaluation.curve.validation_loss) == 6
    assert evaluation.curve.validation_score[-1] == np.float32(evaluation.validation_score)


def test_the_last_smaller_minibatch_is_used(make_trainer, plan):
    """40 training rows in batches of 39: dropping the last row would change the result."""
    whole, cut = (make_trainer(batch=batch).evaluate([plan()])[0] for batch in (39, 40))
    assert whole.train_loss != cut.train_loss


def test_trials_of_a_fold_start_from_different_weights_and_see_the_same_rows(make_trainer, plan):
    trainer = make_trainer()
    first, second = trainer.evaluate([plan(0), plan(1)])
    assert first.curve.train_loss[0] != second.curve.train_loss[0]


def test_repeats_have_weights_minibatches_and_folds_of_their_own(make_trainer, plan):
    trainer = make_trainer(dtype="float32")
    first, second = (replace(plan(), repeat=repeat) for repeat in (0, 1))
    one, other = trainer.evaluate([first, second])
    assert_same_bits(one, trainer.evaluate([plan()])[0])
    assert one.curve.train_loss[0] != other.curve.train_loss[0]
    assert_same_bits(other, trainer.evaluate([second])[0])
    turned = replace(trainer, folds=trainer.folds[::-1])
    assert turned.evaluate([first])[0].validation_loss != one.validation_loss


PADDED = {
    "relu": {},
    "leaky_relu": {"l1": 0.001, "max_norm": 2.0},
    "tanh": {"optimizer": "adam", "batchnorm": "pre"},
    "identity": {"optimizer": "adadelta", "batchnorm": "post"},
    "sigmoid": {"optimizer": "rmsprop"},
}


@pytest.mark.parametrize("activation", PADDED)
@pytest.mark.parametrize("optimizer", ["momentum", "adagrad", "nesterov"])
def test_a_searched_width_trains_the_network_of_that_width(
    make_trainer, plan, activation, optimizer
):
    """Its arrays are wider, and what they hold beyond it stays 0."""
    settings = {"optimizer": optimizer, "activation": activation, "clip_norm": 1.0}
    settings |= {"residual": "on"} | PADDED[activation]
    (fixed,) = make_trainer(hidden=(9, 9, 9), **settings).evaluate([plan(lr=0.05)])
    searched = make_trainer(hidden=(4, 4, 4), **settings)
    (found,) = searched.evaluate([with_width(plan(lr=0.05), 9)])
    assert found.train_loss == pytest.approx(fixed.train_loss, abs=1e-10)
    assert found.curve.validation_loss == pytest.approx(fixed.curve.validation_loss, rel=1e-6)


def test_unlike_widths_share_a_population_and_leave_no_trace(make_trainer, plan):
    trainer = make_trainer(dtype="float32", dropout=0.2, batchnorm="pre", optimizer="adam")
    cohort = [with_width(each, 3 + each.number) for each in cohort_of(plan, 12, folds=3)]
    assert len({trainer._structure(each).network for each in cohort}) == 1
    for one, planned in zip(trainer.evaluate(cohort), cohort, strict=True):
        assert_same_bits(one, trainer.evaluate([planned])[0])


def with_width(planned, width):
    pairs = (*planned.configuration.items(), ("width", width))
    return replace(planned, configuration=Configuration(pairs))


def test_lanes_differ_in_the_numbers_that_schedules_know_of():
    assert Rates._fields == LANE_NUMBERS
    assert set(SWITCHES) < set(LANE_NUMBERS)


@pytest.mark.parametrize("settings", [{}, {"batchnorm": "pre", "batch": 13}], ids=str)
def test_rows_that_are_gathered_by_the_minibatch_are_those_of_a_copy(
    make_trainer, plan, monkeypatch, settings
):
    """How the training rows get into their order is a matter of memory only."""
    trainer, cohort = make_trainer(dtype="float32", **settings), cohort_of(plan, 18, folds=1)
    copied = trainer.evaluate(cohort)
    monkeypatch.setattr("hpsearch.training.rows.MOST_COPIED_BYTES", 0)
    for one, other in zip(trainer.evaluate(cohort), copied, strict=True):
        assert_same_bits(one, other)
