import sys
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from hpsearch.domain.space_text import parse_space
from hpsearch.domain.trial import Outcome, State
from hpsearch.errors import InvalidStudy
from hpsearch.sampling import bayesian
from hpsearch.sampling.bayesian import GP_FIT, TPE_FIT, GpSampler, TpeSampler, fitted_on
from hpsearch.sampling.optuna_study import known_trials
from hpsearch.sampling.random_search import RandomSampler
from tests.sampling.histories import EVERY_KIND, PAIR, random_history, stage

needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="PyTorch is missing: `pip install 'hpsearch[gp]'`"
)
SAMPLERS = [TpeSampler, pytest.param(GpSampler, marks=needs_torch)]
HISTORY = 24


def near(units):
    """A score that is best at lr 0.7, wd 0.2 of the unit square."""
    return 1 - abs(units["lr"] - 0.7) - abs(units["wd"] - 0.2)


def history(space=PAIR, ending_of=near, count=HISTORY):
    return random_history(space, count, ending_of)


def propose(sampler, known, count=4, seed=0, space=PAIR, number=1):
    numbers = range(len(known), len(known) + count)
    return sampler().propose(stage(space, number=number), known, numbers, seed)


def coordinates(configurations, space=PAIR):
    return np.array([list(space.units(each).values()) for each in configurations])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_first_trials_are_those_of_random_search(sampler):
    few = history(count=bayesian.STARTUP_TRIALS - 1)
    assert propose(sampler, few) == propose(RandomSampler, few)
    enough = history(count=bayesian.STARTUP_TRIALS)
    assert propose(sampler, enough) != propose(RandomSampler, enough)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_proposal_is_a_function_of_its_arguments(sampler):
    known = history()
    first = propose(sampler, known)
    np.random.seed(5)  # noqa: NPY002 - a state that must not matter
    assert propose(sampler, known) == first
    assert propose(sampler, known, count=6)[:4] == first
    assert propose(sampler, known, seed=1) != first
    assert propose(sampler, known, number=2) != first


@settings(max_examples=20)
@given(st.integers(bayesian.STARTUP_TRIALS, 40), st.integers(1, 8), st.integers(0, 3))
def test_a_longer_generation_begins_with_the_shorter_one(count, asked, seed):
    known = history(count=count)
    assert propose(TpeSampler, known, asked, seed) == propose(TpeSampler, known, 8, seed)[:asked]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_proposals_of_a_generation_keep_apart(sampler):
    units = coordinates(propose(sampler, history(), 8))
    apart = np.linalg.norm(units[:, None] - units[None], axis=2)[np.triu_indices(8, 1)]
    assert apart.min() > 1e-3


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_proposals_gather_near_the_best(sampler):
    units = coordinates(propose(sampler, history(count=40), 8))
    distance = np.abs(units - [0.7, 0.2]).sum(axis=1)
    assert np.median(distance) < 0.35  # 0.59 for random points


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_trials_that_diverge_are_stayed_away_from(sampler):
    def ending_of(units):
        return Outcome(State.DIVERGED, 1) if units["lr"] > 0.5 else 0.5 + 0.1 * units["wd"]

    units = coordinates(propose(sampler, history(ending_of=ending_of, count=40), 8))
    assert (units[:, 0] < 0.55).mean() >= 0.75


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_history_without_any_score_still_gives_proposals(sampler):
    known = history(ending_of=lambda units: Outcome(State.DIVERGED, 1))
    assert len(set(propose(sampler, known))) == 4


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_kind_of_hyperparameter_can_be_proposed(sampler):
    known = history(EVERY_KIND, lambda units: 1 - units["width"])
    proposed = propose(sampler, known, space=EVERY_KIND)
    assert all(EVERY_KIND.units(each) is not None for each in proposed)
    assert len(set(proposed)) == 4
    again = propose(sampler, known, space=EVERY_KIND)
    assert again == proposed


def test_a_ridge_is_followed_after_the_ranges_were_narrowed():
    """Only a joint model knows that the two belong together."""
    known = history(ending_of=lambda units: -abs(units["lr"] - units["wd"]), count=120)
    narrowed = parse_space("lr=1e-3:1e-1,wd=2.2e-5:4.7e-3")
    units = coordinates(propose(TpeSampler, known, 8, space=narrowed, number=2), narrowed)
    assert np.abs(units[:, 0] - units[:, 1]).mean() < 0.2  # 1/3 for independent ones


@needs_torch
def test_a_gaussian_process_is_fitted_to_the_same_bits_with_any_number_of_threads():
    known = history(count=150)
    with threadpool_limits(1):
        alone = propose(GpSampler, known, 1)
    with threadpool_limits(2):
        assert propose(GpSampler, known, 1) == alone


@pytest.mark.parametrize("fit", [TPE_FIT, GP_FIT])
def test_a_large_history_is_fitted_in_part_with_the_best_of_it(fit):
    known = known_trials(stage(PAIR), history(count=sum(fit) + 50), 0)
    kept = fitted_on(known, fit, np.random.default_rng(0))
    numbers = [each.trial.number for each in kept]
    assert len(numbers) == sum(fit)
    assert numbers == sorted(set(numbers))
    best = sorted(known, key=lambda each: -each.score)[: fit.best]
    assert {each.trial.number for each in best} <= set(numbers)
    assert fitted_on(known[:30], fit, np.random.default_rng(0)) == known[:30]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_large_history_gives_proposals_near_its_best(sampler):
    units = coordinates(propose(sampler, history(count=600), 4))
    assert np.median(np.abs(units - [0.7, 0.2]).sum(axis=1)) < 0.35


def test_a_missing_library_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InvalidStudy, match=r"`gp` needs PyTorch") as error:
        GpSampler().check(PAIR)
    assert "pip install 'hpsearch[gp]'" in error.value.hint
