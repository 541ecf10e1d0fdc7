"""A training that goes on where a shorter one ended is the one that started anew."""

import pickle
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.domain.space import Configuration
from hpsearch.training import lane_training
from tests.training.conftest import make_trainer as trainer_fixture
from tests.training.conftest import plan as plan_fixture
from tests.training.test_batched_trainer import assert_same_bits, cohort_of
from tests.training.test_techniques import CHOICES, NETWORKS

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam")


def with_values(planned, **values):
    pairs = (*planned.configuration.items(), *values.items())
    return replace(planned, configuration=Configuration(pairs))


def shortened(cohort, epochs):
    return [replace(each, epochs=epochs) for each in cohort]


def checkpoints_after(trainer, cohort, epochs, starts=None):
    """How far a cohort has come after so many epochs, by what is to be trained next."""
    _, kept = trainer.evaluate_from(shortened(cohort, epochs), starts or {})
    kept = pickle.loads(pickle.dumps(kept))  # as they cross from a worker to the driver
    return {
        each: kept[replace(each, epochs=epochs)]
        for each in cohort
        if replace(each, epochs=epochs) in kept
    }


@settings(max_examples=40, deadline=None)
@given(
    training=st.fixed_dictionaries(CHOICES),
    network=st.fixed_dictionaries(NETWORKS),
    numbers=st.integers(0, 2),
    folds=st.sampled_from([1, 3]),
    others=st.sampled_from([{}, {"ensemble": 2}, {"score": "best"}, {"measure": "gradients"}]),
    left=st.sets(st.integers(0, 5), max_size=4),
)
def test_going_on_leaves_no_trace_whatever_is_switched_on(
    training, network, numbers, folds, others, left
):
    """Nor does it matter which others go on, and which start anew beside them."""
    if numbers:
        training["label_smoothing"] = 0.0
    training |= others
    trainer = trainer_fixture.__wrapped__()(numbers, **network, **training, dtype="float32")
    make_plan = plan_fixture.__wrapped__()
    cohort = [
        make_plan(number, number % folds, 0.02 * (number + 1), 0.001 * number, 6)
        for number in range(6)
    ]
    starts = checkpoints_after(trainer, cohort, 2)
    starts = {each: found for each, found in starts.items() if each.number not in left}
    again = checkpoints_after(trainer, cohort, 4, {
        replace(each, epochs=4): found for each, found in starts.items()
    })  # fmt: skip
    found, _ = trainer.evaluate_from(cohort, again)
    for one, other in zip(found, trainer.evaluate(cohort), strict=True):
        assert_same_bits(one, other)


def test_trainings_that_go_on_do_only_what_is_missing(make_trainer, plan, monkeypatch):
    trainer, cohort = make_trainer(), [plan(number) for number in range(3)]
    starts, done = checkpoints_after(trainer, cohort, 2), []
    epoch = lane_training.LaneTraining._epoch
    monkeypatch.setattr(
        lane_training.LaneTraining, "_epoch", lambda self: done.append(1) or epoch(self)
    )
    trainer.evaluate_from(shortened(cohort, 7), {
        replace(each, epochs=7): found for each, found in starts.items()
    })  # fmt: skip
    assert len(done) == 5


def test_what_has_ended_has_no_checkpoint(make_trainer, plan):
    trainer = make_trainer(dtype="float32", init=30.0, epochs=4)
    wild, calm = plan(0, lr=1e6, wd=1.0, epochs=3), plan(1, lr=1e-3, wd=0.0, epochs=3)
    assert trainer.evaluate_from([wild, calm], {})[1].keys() == {calm}
    whole = shortened([calm], 4)
    assert trainer.evaluate_from(whole, {})[1] == {}


def test_no_checkpoint_is_taken_of_a_huge_network(make_trainer, plan, monkeypatch):
    monkeypatch.setattr(lane_training, "LARGEST_CHECKPOINT", 100)
    assert checkpoints_after(make_trainer(), [plan()], 2) == {}


@pytest.mark.parametrize("folds", [1, 3])
@pytest.mark.parametrize(
    "shared", [{}, {"wd": 0.01, "clip_norm": 0.5, "max_norm": 1.0}, {"schedule": "linear"}], ids=str
)
def test_unlike_optimizers_share_a_population_and_leave_no_trace(make_trainer, plan, folds, shared):
    trainer = make_trainer(dtype="float32", dropout=0.2, **shared)
    cohort = [
        with_values(each, optimizer=OPTIMIZERS[each.number % 4])
        for each in cohort_of(plan, 8, folds=folds)
    ]
    decayed = [each for each in cohort if each.number and each.fold == 0]
    assert len({trainer._structure(each) for each in decayed}) == 1
    for one, planned in zip(trainer.evaluate(cohort), cohort, strict=True):
        assert_same_bits(one, trainer.evaluate([planned])[0])
    for one, planned in zip(trainer.evaluate(cohort), cohort, strict=True):
        name = planned.configuration["optimizer"]
        alone = make_trainer(dtype="float32", dropout=0.2, optimizer=name, **shared)
        assert_same_bits(one, alone.evaluate([without_optimizer(planned)])[0])


def without_optimizer(planned):
    pairs = [pair for pair in planned.configuration.items() if pair[0] != "optimizer"]
    return replace(planned, configuration=Configuration(tuple(pairs)))
