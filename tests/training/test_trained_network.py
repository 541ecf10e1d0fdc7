"""What a trained network answers is what its training measured at its end."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.domain.dataset import Fold
from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import State
from hpsearch.training.losses import measured, targets_of
from hpsearch.training.trained_network import check_shapes, outputs, together
from tests.training.test_batched_trainer import assert_same_bits
from tests.training.test_techniques import CHOICES, NETWORKS


def measures(trainer, network, rows):
    """Mean loss and score of a network's answers to some rows of its trainer."""
    is_class = np.issubdtype(trainer.y.dtype, np.integer)
    answers = outputs(network, trainer.x[rows], is_class=is_class).T[:, None]
    targets = targets_of(trainer.y[rows], trainer.output_count, answers.dtype)
    loss, score = measured(answers, targets, gradient=False)
    return loss[0] / len(rows), score[0] / len(rows)


def planned(number, **configuration):
    from tests.training.conftest import plan

    values = {"lr": 0.02 * (number + 1), **configuration}
    return replace(plan.__wrapped__()(number), configuration=Configuration(tuple(values.items())))


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries({**CHOICES, "dropout_mode": st.sampled_from(["inverted", "book"])}),
    st.fixed_dictionaries(NETWORKS),
    st.integers(0, 2),
    st.sampled_from([1, 3]),
    st.sampled_from([{}, {"width": 5}, {"width": 3, "depth": 2}]),
)
def test_answers_are_those_of_the_last_validation(training, network, numbers, members, own):
    from tests.training.conftest import make_trainer

    training = training | {"early_stopping": 0}
    if numbers:
        training["label_smoothing"] = 0.0
    trainer = make_trainer.__wrapped__()(
        numbers, **network, **training, dtype="float32", ensemble=members
    )
    cohort = [planned(number, **own) for number in range(3)]
    fold = trainer.folds[0][0]
    for evaluation, trained in trainer.fit(cohort):
        if trained is None:
            assert evaluation.outcome.state is State.DIVERGED
            continue
        check_shapes(trained)
        assert trained.members == members
        found = measures(trainer, trained, fold.validation_rows)
        stored = evaluation.validation_loss, evaluation.validation_score
        assert found == pytest.approx(stored, rel=1e-4, abs=1e-6)
        found = measures(trainer, trained, fold.train_rows)
        assert found == pytest.approx(
            (evaluation.train_loss, evaluation.train_score), rel=1e-4, abs=1e-6
        )


def test_keeping_the_networks_changes_no_bit(make_trainer):
    trainer = make_trainer(dtype="float32", dropout=0.2, batchnorm="pre", early_stopping=1)
    cohort = [planned(number, width=3 + number) for number in range(5)]
    kept = trainer.fit(cohort)
    for one, (other, _) in zip(trainer.evaluate(cohort), kept, strict=True):
        assert_same_bits(one, other)
    assert [each.sizes for _, each in kept] == [(6, n, n, 3) for n in range(3, 8)]


def test_the_weights_of_the_best_epoch_are_kept(make_trainer):
    trainer = make_trainer(early_stopping=2, score="best")
    ((evaluation, trained),) = trainer.fit([replace(planned(60), epochs=40)])
    assert len(evaluation.curve.validation_loss) > np.argmin(evaluation.curve.validation_loss) + 1
    loss, _ = measures(trainer, trained, trainer.folds[0][0].validation_rows)
    assert loss == pytest.approx(evaluation.validation_loss)


def test_inputs_that_were_always_0_have_no_say(make_trainer):
    trainer = make_trainer()
    ((_, trained),) = trainer.fit([planned(0)])
    other = trainer.x.copy()
    other[:, 1] = 1e6
    answers = (outputs(trained, each, is_class=True) for each in (trainer.x, other))
    assert np.array_equal(*answers)


def test_several_networks_answer_with_their_mean_probability(make_trainer):
    trainer = make_trainer()
    networks = [each for _, each in trainer.fit([planned(number) for number in range(3)])]
    joined = together(networks)
    assert joined.members == 3
    single = [np.exp(outputs(each, trainer.x, is_class=True)) for each in networks]
    mean = np.mean([each / each.sum(axis=1, keepdims=True) for each in single], axis=0)
    answers = np.exp(outputs(joined, trainer.x, is_class=True))
    assert answers == pytest.approx(mean)
    assert np.array_equal(
        outputs(joined.member(1), trainer.x, is_class=True),
        outputs(networks[1], trainer.x, is_class=True),
    )


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_an_answer_does_not_depend_on_the_other_rows(data):
    from tests.training.conftest import make_trainer

    trainer = make_trainer.__wrapped__()(dtype="float32", hidden=(1, 3))
    ((_, trained),) = trainer.fit([planned(0)])
    rows = np.random.default_rng(1).normal(size=(300, 6)).astype(np.float32)
    chosen = data.draw(st.lists(st.integers(0, 299), min_size=1, max_size=200))
    whole = outputs(trained, rows, is_class=True)
    assert np.array_equal(outputs(trained, rows[chosen], is_class=True), whole[chosen])


def test_arrays_of_another_structure_are_refused(make_trainer):
    ((_, trained),) = make_trainer(batchnorm="pre").fit([planned(0)])
    check_shapes(trained)
    for wrong in (
        replace(trained, sizes=(7, *trained.sizes[1:])),
        replace(trained, parameters=trained.parameters[0]),
        replace(trained, running=trained.running[:1]),
    ):
        with pytest.raises(ValueError, match=r"structure|parameters"):
            check_shapes(wrong)


def test_all_rows_can_train_when_a_few_of_them_stand_in_for_validation(make_trainer):
    trainer = make_trainer(dtype="float32")
    rows = np.arange(53)
    whole = replace(trainer, folds=((Fold(train_rows=rows, validation_rows=rows[:8]),),))
    ((evaluation, trained),) = whole.fit([planned(0)])
    found = measures(whole, trained, rows)
    assert found == pytest.approx((evaluation.train_loss, evaluation.train_score), rel=1e-4)
