import pytest

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import COMPLETED, Evaluation, PlannedEvaluation, Trial
from hpsearch.reporting.clipping import clipping_text

NOTHING = Configuration(())


def trial(*details):
    evaluations = tuple(
        Evaluation(
            planned=PlannedEvaluation(number=0, configuration=NOTHING, fold=fold, epochs=1),
            outcome=COMPLETED,
            details=each,
        )
        for fold, each in enumerate(details)
    )
    return Trial(
        number=0, stage=1, configuration=NOTHING, outcome=COMPLETED, evaluations=evaluations
    )


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ([None, {}], ""),
        (
            [{"clipped": 0.3}, {"clipped": 0.38}],
            "The gradient of Best-1 was clipped in 34% of its steps.",
        ),
        (
            [{"clipped": 0.9}],
            "The gradient of Best-1 was clipped in 90% of its steps (more than half: try a lower "
            "lr instead).",
        ),
        (
            [{"cut": 1.0, "clipped": 0.0}],
            "The gradient of Best-1 was clipped in 0% of its steps. The gradient of Best-1 was cut "
            "by value in some component in 100% of its steps.",
        ),
    ],
)
def test_the_share_of_clipped_steps_is_told_as_a_mean_over_folds(details, expected):
    assert clipping_text(trial(*details), "Best-1") == expected
