"""The optimisers of the networks on functions whose exact descents are known."""

import numpy as np
import pytest

from hpsearch.domain.measurements import trajectory_of
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import Optimizer, TrainingSpec
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
from hpsearch.domain.trial import PlannedEvaluation, State
from hpsearch.training.toy_functions import Descent


def descent(name, **settings):
    return Descent(function=TOY_FUNCTIONS[name], training=TrainingSpec(dtype="float64", **settings))


def planned(number=0, epochs=30, **configuration):
    return PlannedEvaluation(
        number=number,
        configuration=Configuration(tuple(configuration.items())),
        fold=0,
        epochs=epochs,
    )


def test_a_descent_is_told_point_by_point():
    (evaluation,) = descent("valley").evaluate([planned(optimizer="sgd", lr=0.95)])
    path = np.array(trajectory_of(evaluation.details))
    assert path.shape == (31, 2)
    assert tuple(path[0]) == (-7, 2)
    assert path[30] == pytest.approx((-0.350393, 0.084782), abs=1e-6)
    assert evaluation.validation_loss == pytest.approx(0.01333, abs=5e-6)
    assert evaluation.validation_score == -evaluation.validation_loss
    values = path[:, 0] ** 2 / 20 + path[:, 1] ** 2
    assert evaluation.curve.train_loss == pytest.approx(values, rel=1e-6)
    assert evaluation.curve.validation_score == pytest.approx(-values[1:], rel=1e-6)


@pytest.mark.parametrize("name", TOY_FUNCTIONS)
def test_gradients_are_those_of_the_values(name):
    function, rng = TOY_FUNCTIONS[name], np.random.default_rng(0)
    points, step = rng.normal(size=(5, 2)), 1e-6
    for axis in range(2):
        shift = step * np.eye(2)[axis]
        slope = (function.value(points + shift) - function.value(points - shift)) / (2 * step)
        assert function.gradient(points)[:, axis] == pytest.approx(slope, abs=1e-8)


def test_a_descent_is_the_same_alone_and_in_any_cohort():
    cohort = [
        planned(number, optimizer=optimizer, lr=lr, momentum=momentum)
        for number, (optimizer, lr, momentum) in enumerate(
            (each.value, lr, momentum)
            for each in Optimizer
            for lr in (0.01, 0.3)
            for momentum in (0.5, 0.9)
        )
    ]
    together = descent("valley").evaluate(cohort)
    assert [each.planned for each in together] == cohort
    for one in together:
        (alone,) = descent("valley").evaluate([one.planned])
        assert alone.details == one.details
        assert alone.validation_score == one.validation_score


def test_the_schedule_of_a_study_steers_a_descent():
    constant, falling = (
        descent("valley", schedule=schedule).evaluate([planned(optimizer="sgd", lr=0.95)])[0]
        for schedule in ("constant", "linear")
    )
    first, second = trajectory_of(constant.details)[1], trajectory_of(falling.details)[1]
    assert first == second
    assert constant.validation_score != falling.validation_score


def test_a_descent_that_runs_away_diverges_without_a_warning(recwarn):
    (evaluation,) = descent("bowl").evaluate([planned(optimizer="sgd", lr=10.0, epochs=400)])
    assert evaluation.outcome.state is State.DIVERGED
    assert evaluation.validation_score is None
    path = np.array(trajectory_of(evaluation.details))
    assert len(path) == evaluation.outcome.epoch < 400
    assert np.isfinite(path).all()
    assert len(evaluation.curve.train_loss) == evaluation.outcome.epoch + 1
    assert not recwarn


def steps_to_leave(optimizer):
    (evaluation,) = descent("saddle").evaluate([planned(optimizer=optimizer, lr=0.01, epochs=250)])
    heights = np.abs(np.array(trajectory_of(evaluation.details))[:, 1])
    assert heights.max() > 0.1
    return int(np.argmax(heights > 0.1))


@pytest.mark.parametrize("optimizer", ["momentum", "rmsprop", "adam"])
def test_all_but_plain_descent_leave_the_saddle_sooner(optimizer):
    assert steps_to_leave(optimizer) < steps_to_leave("sgd")
