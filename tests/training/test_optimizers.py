"""Exact trajectories on the functions of the two study notes, and what all optimisers share."""

import numpy as np
import pytest

from hpsearch.domain.spec import AdamEpsilon, Optimizer, TrainingSpec
from hpsearch.training.optimizers import OPTIMIZERS, Step


def points(optimizer, gradient, start, steps, lr, momentum=0.9, lanes=1, **settings):
    """Every point of a descent, `(step + 1, coordinate)`."""
    training = TrainingSpec(optimizer=optimizer, **settings)
    parameters = np.tile(np.array(start, float), (lanes, 1))
    pair = OPTIMIZERS[training.optimizer]
    state, path = pair.init(parameters), [parameters[0].copy()]
    for number in range(1, steps + 1):
        rates = np.full((lanes, 1), lr), np.full((lanes, 1), momentum)
        pair.update(state, parameters, gradient(parameters), Step(*rates, number, training))
        path.append(parameters[0].copy())
    return np.array(path)


def book_gradient(p):
    """Of x² / 20 + y²."""
    return p * [0.1, 2.0]


def d2l_gradient(p):
    """Of 0.1 x1² + 2 x2²."""
    return p * [0.2, 4.0]


HAT = {"adam_eps": AdamEpsilon.HAT}


@pytest.mark.parametrize(
    ("optimizer", "lr", "settings", "at_29", "at_30", "sign_changes"),
    [
        ("sgd", 0.95, {}, (-0.387175, -0.094203), (-0.350393, 0.084782), 30),
        ("momentum", 0.1, {}, (0.814112, 0.272878), (0.896414, 0.088086), 4),
        ("adagrad", 1.5, {}, (-0.136185, 0.0), (-0.120162, 0.0), 0),
        ("adam", 0.3, HAT, (0.020149, 0.321957), (0.136007, 0.318245), 2),
        ("adam", 0.3, {}, (0.020157, 0.321957), (0.136015, 0.318245), 2),
        ("nesterov", 0.1, {}, (0.619266, 0.007374), (0.689615, -0.000680), 5),
    ],
)
def test_the_trajectories_of_the_book(optimizer, lr, settings, at_29, at_30, sign_changes):
    path = points(optimizer, book_gradient, (-7, 2), 30, lr, **settings)
    assert path[29] == pytest.approx(at_29, abs=1e-6)
    assert path[30] == pytest.approx(at_30, abs=1e-6)
    assert np.count_nonzero(np.diff(np.sign(path[:, 1]))) == sign_changes


INSIDE = {"eps": 1e-6, "eps_inside": True}


@pytest.mark.parametrize(
    ("optimizer", "lr", "settings", "end"),
    [
        ("sgd", 0.4, {}, (-0.943467, -0.000073)),
        ("sgd", 0.6, {}, (-0.387814, -1673.365109)),
        ("momentum", 0.4, {"momentum": 0.5}, (-0.062843, 0.001202)),
        ("momentum", 0.6, {"momentum": 0.5}, (0.007188, 0.002553)),
        ("adagrad", 0.4, INSIDE, (-2.382563, -0.158591)),
        ("adagrad", 2.0, INSIDE, (-0.002295, 0.0)),
        ("rmsprop", 0.4, INSIDE | {"rho": 0.9}, (-0.010599, 0.0)),
        ("adadelta", 1.0, {"rho": 0.9}, (-4.782488, -1.787589)),
    ],
)
def test_the_trajectories_of_the_second_notes(optimizer, lr, settings, end):
    path = points(optimizer, d2l_gradient, (-5, -2), 20, lr, **settings)
    assert path[-1] == pytest.approx(end, abs=1e-6)


def test_all_but_plain_descent_leave_a_saddle_sooner():
    def steps_to_leave(optimizer, lr):
        path = points(optimizer, lambda p: p * [2.0, -2.0], (1, 1e-3), 400, lr)
        return int(np.argmax(np.abs(path[:, 1]) > 0.1))

    plain = steps_to_leave("sgd", 0.01)
    assert plain > 0
    for optimizer in ("momentum", "rmsprop", "adam"):
        assert 0 < steps_to_leave(optimizer, 0.01) < plain


def test_the_hat_form_of_adam_is_the_standard_one_with_a_shrinking_epsilon():
    """ε of the standard form at step t is ε̂ / √(1 - β2ᵗ): 3.2e-6 at the first step for 1e-7."""
    assert pytest.approx(3.2e-6, rel=0.02) == 1e-7 / (1 - 0.999) ** 0.5
    pair, hat, standard = (
        OPTIMIZERS[Optimizer.ADAM],
        np.array([[-7.0, 2.0]]),
        np.array([[-7.0, 2.0]]),
    )
    states = pair.init(hat), pair.init(standard)
    rates = np.full((1, 1), 0.3), np.zeros((1, 1))
    for number in range(1, 31):
        epsilon = 1e-2 / (1 - 0.999**number) ** 0.5
        settings = (
            TrainingSpec(optimizer=Optimizer.ADAM, adam_eps=AdamEpsilon.HAT, eps=1e-2),
            TrainingSpec(optimizer=Optimizer.ADAM, eps=epsilon),
        )
        for state, point, each in zip(states, (hat, standard), settings, strict=True):
            pair.update(state, point, book_gradient(point), Step(*rates, number, each))
        assert standard == pytest.approx(hat, abs=1e-12)


@pytest.mark.parametrize("optimizer", Optimizer)
def test_lanes_do_not_touch_each_other(optimizer):
    one = points(optimizer, book_gradient, (-7, 2), 12, 0.05)
    many = points(optimizer, book_gradient, (-7, 2), 12, 0.05, lanes=7)
    assert np.array_equal(one, many)
    assert np.isfinite(one).all()
    assert book_value(one[-1]) < book_value(one[0])


def book_value(point):
    return point[0] ** 2 / 20 + point[1] ** 2
