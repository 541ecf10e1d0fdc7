"""What is kept of each validation row is what the scores were made of."""

import numpy as np
import pytest

from hpsearch.domain.row_results import row_scores


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"score": "best"},
        {"early_stopping": 2, "batch": 4},
        {"early_stopping": 1, "score": "best"},
        {"ensemble": 3},
        {"batchnorm": "pre"},
        {"numbers": 2},
        {"numbers": 1, "score": "best"},
    ],
    ids=str,
)
def test_their_mean_is_the_score(make_trainer, plan, settings):
    trainer = make_trainer(**settings)
    cohort = [plan(number, fold, lr=0.3 / 4**number) for number in range(3) for fold in range(3)]
    for each in trainer.evaluate(cohort):
        fold = trainer.folds[0][each.planned.fold]
        scores = row_scores(each.row_results, each.validation_score)
        assert len(scores) == len(fold.validation_rows)
        assert scores.mean() == pytest.approx(each.validation_score, abs=1e-3)


def test_every_row_is_right_or_wrong(make_trainer, plan):
    trainer = make_trainer()
    evaluation = trainer.evaluate([plan(0, 1)])[0]
    right = row_scores(evaluation.row_results, evaluation.validation_score)
    assert right.sum() == pytest.approx(evaluation.validation_score * 13)
    assert set(np.unique(right)) <= {0, 1}


def test_nothing_is_kept_of_a_training_that_diverged(make_trainer, plan):
    evaluation = make_trainer(dtype="float32", numbers=1).evaluate([plan(lr=1e30)])[0]
    assert not evaluation.outcome.is_complete
    assert evaluation.row_results is None
