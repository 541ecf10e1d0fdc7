"""Every member of each family of techniques, one at a time, through the same checks."""

import numpy as np
import pytest

from hpsearch.domain.spec import (
    Activation,
    AdamEpsilon,
    BatchNorm,
    DecayMode,
    DropoutMode,
    InitialWeights,
    Minibatches,
    Optimizer,
    RunningStatistics,
    Schedule,
    ScoreEpoch,
)
from tests.training.test_batched_trainer import assert_same_bits

RATES = {"adam": 0.01, "adamw": 0.01, "rmsprop": 0.01, "momentum": 0.01, "nesterov": 0.01}
FAMILIES = {
    "optimizer": (Optimizer, {}),
    "schedule": (Schedule, {"warmup": 0.2}),
    "activation": (Activation, {}),
    "init": (InitialWeights, {}),
    "batchnorm": (BatchNorm, {}),
    "bn_running": (RunningStatistics, {"batchnorm": "pre"}),
    "dropout_mode": (DropoutMode, {"dropout": 0.2}),
    "wd_mode": (DecayMode, {"optimizer": "adam"}),
    "adam_eps": (AdamEpsilon, {"optimizer": "adam"}),
    "eps_inside": (("on", "off"), {"optimizer": "adagrad"}),
    "residual": (("on", "off"), {"hidden": (7, 7, 7)}),
    "minibatches": (Minibatches, {}),
    "score": (ScoreEpoch, {"early_stopping": 4}),
    "clip_value": ((0.05,), {}),
    "clip_norm": ((0.5,), {}),
    "l1": ((1e-3,), {}),
    "max_norm": ((2.0,), {}),
    "label_smoothing": ((0.1,), {}),
    "ensemble": ((3,), {}),
}
MEMBERS = [
    pytest.param(numbers, {**beside, name: member}, id=f"{name}-{member}-{numbers or 'classes'}")
    for name, (members, beside) in FAMILIES.items()
    for member in members
    for numbers in (0, 2)
    if not (numbers and name == "label_smoothing")  # numbers have no labels to smooth
]
SERIES = ("train_loss", "train_score", "validation_loss", "validation_score")


def cohort_of(plan, settings):
    lr = RATES.get(str(settings.get("optimizer")), 0.05) / 4
    return [plan(number, number % 3, lr * (1 + number / 4), 0.001, epochs=8) for number in range(6)]


@pytest.mark.parametrize(("numbers", "settings"), MEMBERS)
def test_every_member_of_a_family(make_trainer, plan, numbers, settings):
    cohort = cohort_of(plan, settings)
    trainer = make_trainer(numbers, dtype="float32", **settings)
    narrow = trainer.evaluate(cohort)
    wide = make_trainer(numbers, dtype="float64", **settings).evaluate(cohort)
    for one, other in zip(wide, narrow, strict=True):
        assert_well_formed(one)
        assert_well_formed(other)
        assert other.train_loss == pytest.approx(one.train_loss, rel=0.02)
        assert other.validation_loss == pytest.approx(one.validation_loss, rel=0.02)
    alone = [trainer.evaluate([each])[0] for each in cohort]
    for one, other in zip(narrow, alone, strict=True):
        assert_same_bits(one, other)


def assert_well_formed(evaluation):
    """Finite, of the right shapes, and better than before training.

    Before its first step batch normalisation has no statistics: there the first epoch counts.
    """
    assert evaluation.outcome.is_complete
    curve = evaluation.curve
    epochs = len(curve.validation_loss)
    assert 4 <= epochs <= 8
    assert [len(getattr(curve, name)) for name in SERIES] == [epochs + 1, epochs, epochs, epochs]
    for name in SERIES:
        assert np.isfinite(getattr(curve, name)).all()
        assert np.isfinite(getattr(evaluation, name))
    assert min(evaluation.train_loss, curve.train_loss[-1]) < curve.train_loss[:2].max()
    assert max(evaluation.train_score, evaluation.validation_score) <= 1
