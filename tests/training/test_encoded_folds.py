"""Folds with inputs of their own: what a network sees, and that neighbours leave no trace."""

from dataclasses import replace

import numpy as np
import pytest

from hpsearch.domain.data_spec import ClassWeights
from hpsearch.domain.encoding import Encoding
from hpsearch.domain.task import Metric
from hpsearch.training import rows
from tests.training.test_batched_trainer import assert_same_bits, cohort_of


def encoding(x, y, rows, **more):
    scale = x[rows].std(axis=0, dtype=np.float64)
    return Encoding(
        fill=tuple(np.median(x[rows], axis=0).astype(float).tolist()),
        mean=tuple(x[rows].mean(axis=0, dtype=np.float64).tolist()),
        scale=tuple(np.where(scale > 0, scale, 1).tolist()),
        flagged=(1,),
        **more,
    )


@pytest.fixture
def encoded(make_trainer):
    """A trainer whose folds standardise a raw table by their own training rows."""

    def make(numbers=0, metric=None, weights=ClassWeights.NONE, **settings):
        trainer = make_trainer(numbers=numbers, **settings)
        x, y = trainer.x.astype(np.float64), trainer.y
        x[::9, 1] = np.nan
        is_number = {"target_mean": 3.0, "target_scale": 2.0} if numbers else {}
        folds = tuple(
            tuple(encoding(np.nan_to_num(x), y, fold.train_rows, **is_number) for fold in repeat)
            for repeat in trainer.folds
        )
        return replace(trainer, x=x, encodings=folds, metric=metric, class_weights=weights)

    return make


SETTINGS = [
    {},
    {"metric": Metric.ROC_AUC},
    {"metric": Metric.BALANCED_ACCURACY, "ensemble": 2},
    {"metric": Metric.ROC_AUC, "ensemble": 2},
    {"metric": Metric.LOG_LOSS, "weights": ClassWeights.BALANCED, "label_smoothing": 0.1},
    {"metric": Metric.MACRO_F1, "weights": ClassWeights.BALANCED, "dropout": 0.2},
    {"numbers": 1, "metric": Metric.RMSE},
    {"numbers": 1, "metric": Metric.MAE},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_neighbours_leave_no_trace(encoded, plan, settings):
    trainer = encoded(dtype="float32", **settings)
    cohort = cohort_of(plan, 9, folds=3)
    together = trainer.evaluate(cohort)
    for one, other in zip(cohort, together, strict=True):
        assert_same_bits(trainer.evaluate([one])[0], other)
    assert len({each.validation_score for each in together}) > 3


def test_a_fold_sees_what_its_encoding_gives(encoded, make_trainer, plan):
    """The same network on inputs that were prepared beforehand, as one shared array."""
    trainer = encoded()
    shared = make_trainer()
    for fold in range(3):
        inputs = trainer.encodings[0][fold].features(trainer.x)
        alone = replace(shared, x=inputs)
        given = plan(fold=fold)
        assert alone.sizes == trainer.sizes
        one, other = trainer.evaluate([given])[0], alone.evaluate([given])[0]
        for name in ("train_loss", "validation_loss", "train_score", "validation_score"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9)


def test_errors_of_numbers_are_in_their_own_unit(encoded, plan):
    squared = encoded(numbers=1, metric=Metric.RMSE).evaluate([plan()])[0]
    assert squared.validation_score == pytest.approx(-2 * np.sqrt(squared.validation_loss))
    share = encoded(numbers=1, metric=Metric.R2).evaluate([plan()])[0]
    assert share.validation_loss == squared.validation_loss


@pytest.mark.parametrize("minibatches", ["permutation", "replacement"])
def test_inputs_made_minibatch_by_minibatch_give_the_same_bits(
    encoded, plan, monkeypatch, minibatches
):
    trainer = encoded(dtype="float32", minibatches=minibatches)
    at_once = trainer.evaluate([plan()])[0]
    monkeypatch.setattr("hpsearch.training.rows.MOST_COPIED_BYTES", 0)
    assert_same_bits(trainer.evaluate([plan()])[0], at_once)


def test_many_rows_are_kept_as_the_raw_table_only(encoded, monkeypatch):
    trainer = encoded(dtype="float32")
    numbers, encoding = trainer.folds[0][0].train_rows, trainer.encodings[0][0]
    made = rows.encoded(trainer.x, numbers, encoding, np.dtype(np.float32))
    monkeypatch.setattr("hpsearch.training.rows.MOST_COPIED_BYTES", made.nbytes - 1)
    kept = rows.encoded(trainer.x, numbers, encoding, np.dtype(np.float32))
    assert isinstance(kept, rows.EncodedRows)
    assert (kept.shape, kept.nbytes, kept.dtype) == (made.shape, made.nbytes, made.dtype)
    assert (kept.take(np.array([3, 0])) == made[[3, 0]]).all()
