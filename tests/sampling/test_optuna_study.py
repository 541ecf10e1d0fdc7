"""The bridge to Optuna: whatever the ranges, its joint model covers all hyperparameters."""

import logging

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.samplers import TPESampler

from hpsearch.domain.space import Configuration
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.trial import COMPLETED, Outcome, State
from hpsearch.quiet_optuna import quiet
from hpsearch.sampling.bayesian import told_to_gp, told_to_tpe
from hpsearch.sampling.optuna_study import distributions, known_trials, proposals, rebuilt
from tests.sampling.histories import EVERY_KIND, PAIR, pruned, random_history, stage, trial

NARROWED = parse_space("lr=1e-3:1e-1,wd=1e-6:1e-3")
WIDENED = parse_space("lr=1e-6:10,wd=1e-8:1e-1")


def joint_names(sampler, told, space):
    """Hyperparameters that the sampler would choose together for the next trial."""
    with quiet():
        study = rebuilt(sampler, told)
        asked = study.ask(distributions(space))
    return set(sampler.infer_relative_search_space(study, asked._cached_frozen_trial))


@pytest.mark.parametrize("space", [PAIR, NARROWED, WIDENED])
def test_a_changed_range_leaves_the_joint_model_whole(space):
    """Trials of the first stage, seen from the ranges of the second."""
    history = random_history(PAIR, 80, lambda units: units["lr"])
    known = known_trials(stage(space, number=2, first_number=80), history, 0)
    assert len(known) > 10
    sampler = TPESampler(seed=0, n_startup_trials=0, multivariate=True)
    assert joint_names(sampler, told_to_tpe(known, space), space) == {"lr", "wd"}


def test_this_would_show_a_joint_model_that_is_lost():
    """Optuna itself gives it up, without a word, where a range changes within its study."""
    sampler = TPESampler(seed=0, n_startup_trials=0, multivariate=True)
    with quiet():
        study = optuna.create_study(sampler=sampler)
        for high in (1.0, 0.1):
            for _ in range(8):
                asked = study.ask({"lr": FloatDistribution(0, high)})
                study.tell(asked, asked.params["lr"])
        assert sampler.infer_relative_search_space(study, study.trials[-1]) == {}


def test_trials_outside_the_ranges_are_left_out():
    history = random_history(PAIR, 200, lambda units: units["lr"])
    known = known_trials(stage(NARROWED, number=2, first_number=200), history, 0)
    inside = [
        each
        for each in history
        if 1e-3 <= each.configuration["lr"] <= 1e-1 and each.configuration["wd"] <= 1e-3
    ]
    assert [each.trial for each in known] == inside
    assert 0 < len(inside) < 200


def test_earlier_trials_get_the_coordinates_of_the_new_ranges():
    one = trial(0, Configuration((("lr", 1e-2), ("wd", 1e-6))))
    (known,) = known_trials(stage(NARROWED, number=2), [one], 0)
    assert known.units == pytest.approx({"lr": 0.5, "wd": 0.0})


def test_inactive_hyperparameters_get_a_drawn_coordinate_that_stays():
    history = random_history(EVERY_KIND, 30, lambda units: 0.5)
    first, second = (known_trials(stage(EVERY_KIND), history, 0) for _ in range(2))
    assert [each.units for each in first] == [each.units for each in second]
    assert all(set(each.units) == set(EVERY_KIND) for each in first)
    inactive = [
        each.units["momentum"] for each in first if "momentum" not in each.trial.configuration
    ]
    assert len(set(inactive)) == len(inactive) > 10


def test_what_came_of_a_trial_is_told_in_optunas_words():
    one = Configuration((("lr", 1e-2), ("wd", 1e-6)))
    history = [
        trial(0, one, 0.7),
        trial(1, one, 0.2),
        pruned(2, one, 6, 0.1),
        trial(3, one, Outcome(State.DIVERGED, 4)),
        trial(4, one, Outcome(State.DIVERGED, 2)),
        trial(5, one, Outcome(State.FAILED, reason="out of luck")),
        trial(6, one, Outcome(State.TIMED_OUT)),
        trial(7, one, Outcome(State.LOST)),
        trial(8, one, float("nan")),
    ]
    known = known_trials(stage(PAIR), history, 0)
    tpe = told_to_tpe(known, PAIR)
    assert [each.value for each in tpe[:2]] == [0.7, 0.2]
    assert {each.state.name for each in tpe[2:]} == {"PRUNED"}
    steps = [each.intermediate_values for each in tpe[2:]]
    assert steps == [{6: 0.1}, {0: 4.0}, {0: 2.0}, {0: 0.0}, {0: 0.0}, {0: 0.0}, {0: 0.0}]
    assert [each.value for each in told_to_gp(known, PAIR)] == [0.7, 0.2, *[0.1] * 7]
    assert history[8].outcome == COMPLETED


def test_values_at_the_very_ends_of_a_range_are_taken():
    for value in (PAIR["lr"].at(0.0), PAIR["lr"].at(1.0), 1e-4, 1.0):
        history = [trial(0, Configuration((("lr", value), ("wd", 1e-1))))]
        told = told_to_tpe(known_trials(stage(PAIR), history, 0), PAIR)
        assert told[0].params["wd"] == 1.0


def test_optuna_is_silent_here_and_left_as_it_was(capfd):
    optuna.logging.set_verbosity(logging.WARNING)
    proposals(TPESampler(seed=0), [], PAIR, 2)
    assert optuna.logging.get_verbosity() == logging.WARNING
    assert capfd.readouterr() == ("", "")
