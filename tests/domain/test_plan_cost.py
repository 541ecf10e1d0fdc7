from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from hpsearch.data.built_in import card
from hpsearch.domain.plan_cost import plan_cost
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.trial import Purpose
from tests.search.staged import SECTIONS, asked, run

HIGH_ENOUGH = {"space": {"text": "lr=1e-3:1,wd"}}


def cost_of(trials, **search):
    spec, _ = study_spec({**SECTIONS, **HIGH_ENOUGH, "search": search}, card("digits"))
    return plan_cost(spec, trials)


def test_trials_in_full_are_counted_with_their_folds_and_confirmations():
    cost = cost_of(60, prune="none")
    assert (cost.short, cost.full, cost.confirming) == (0, 60 * 2 + 5 * 4 * 2, 5 * 4 * 2)
    assert cost.work == cost.most_work == cost.full


def test_without_confirmation_there_is_only_the_search():
    assert cost_of(10, prune="none", confirm=0, repeats=3).full == 10 * 2 * 3
    assert cost_of(3, prune="none", confirm=5).confirming == 3 * 4 * 2


def test_a_grid_is_neither_cut_nor_confirmed():
    grid = {"space": {"lr": [0.1, 0.2, 0.3]}, "search": {"sampler": "grid"}}
    spec, trials = study_spec({**SECTIONS, **grid}, card("digits"))
    cost = plan_cost(spec, trials)
    assert (cost.short, cost.full, cost.confirming) == (0, 6, 0)


def test_giving_up_is_less_work_than_not():
    cost = cost_of(100)
    assert cost.short > 200
    assert cost.work < 0.65 * cost.most_work
    assert cost_of(100, prune="none").work == cost.most_work


@pytest.mark.parametrize(
    "search",
    [{}, {"stages": 1}, {"prune": "epochs:3"}, {"prune": "halving", "generation": 10}],
    ids=["three stages", "one stage", "epochs", "small generations"],
)
def test_what_is_counted_is_about_what_is_trained(search, tmp_path):
    trials = 60
    study = run(asked(tmp_path / "a.db", search, trials, **HIGH_ENOUGH))[1]
    planned = [each.planned for trial in study.trials for each in trial.evaluations]
    purposes = Counter(each.purpose for each in planned)
    cost = plan_cost(replace(study.spec), study.trial_count)
    assert cost.short == pytest.approx(purposes[Purpose.RUNG], rel=0.15)
    assert cost.full == pytest.approx(len(planned) - purposes[Purpose.RUNG], rel=0.3)
    assert cost.confirming == purposes[Purpose.CONFIRM]
    assert cost.work == pytest.approx(epochs_done(planned) / study.spec.training.epochs, rel=0.2)


def epochs_done(planned):
    """Epochs of trainings that each go on where a shorter one of the same ended."""
    by_training = defaultdict(set)
    for each in planned:
        by_training[each.number, each.repeat, each.fold].add(each.epochs)
    return sum(max(lengths) for lengths in by_training.values())
