"""The study that should follow: a file that `hpsearch start` takes as it is."""

import tomllib
from dataclasses import replace

import pytest

from hpsearch.bootstrap import ask
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.search_plan import SearchPlan
from hpsearch.domain.space import Choices, Dependent, IntegerRange, Range
from hpsearch.reporting.next_study import next_study_toml
from tests.search.staged import asked, run
from tests.stored_studies import run_sections, stored

ONE_STAGE = {"stages": 1, "confirm": 2}
EVERYTHING = {
    "network": {"hidden": "16", "bn_running": "book"},
    "space": {"text": "lr,momentum,wd,width=4:16,activation=relu|tanh,optimizer=sgd|momentum"},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A stage with hyperparameters of every kind."""
    return run(asked(tmp_path_factory.mktemp("next") / "a.db", ONE_STAGE, 30, **EVERYTHING))[1]


def question(study, tmp_path):
    """What the exported file asks."""
    path = tmp_path / "next.toml"
    path.write_text(next_study_toml(study))
    return ask(str(path), {}, None)


def decided(study, **ranges):
    """The study with other ranges to search next."""
    (stage,) = study.stages
    result = replace(stage.result, overrides=tuple(ranges.items()))
    return replace(study, stages=(replace(stage, result=result),))


def test_it_searches_what_the_verdicts_propose_and_tries_the_best_first(study, tmp_path):
    asked_next = question(study, tmp_path)
    (best,) = best_trials(study.trials, 1)
    assert asked_next.spec.space == study.stages[-1].result.space
    assert asked_next.spec.plan.tries == (best.configuration,)
    assert asked_next.spec.network == study.spec.network
    assert asked_next.spec.training == study.spec.training
    assert asked_next.spec.seed == study.spec.seed
    assert (asked_next.name, asked_next.trial_count) == ("example-next", 30)


def test_it_says_where_it_comes_from(study):
    text = next_study_toml(study)
    (best,) = best_trials(study.trials, 1)
    first, *comments = [each for each in text.splitlines() if each.startswith("#")]
    assert first == "# Is anything better than the best of example, in the ranges that it proposes?"
    assert f"# Best of its 30 trials: trial {best.number}, confirmed " in "\n".join(comments)
    assert "#   sgd.lr: " in "\n".join(comments)
    before_the_name = text[: text.index("\nname = ")].splitlines()
    assert all(each.startswith("#") for each in before_the_name if each)


def test_a_choice_that_is_left_alone_becomes_a_setting(study, tmp_path):
    changed = decided(study, activation=Choices(("tanh",)), width=IntegerRange(low=8, high=32))
    spec = question(changed, tmp_path).spec
    assert spec.network.activation == "tanh"
    assert "activation" not in spec.space
    assert spec.space["width"] == IntegerRange(low=8, high=32)
    assert spec.network.bn_running == "book"
    best = best_trials(study.trials, 1)[0].configuration
    if best["activation"] == "tanh":
        assert [dict(each) for each in spec.plan.tries] == [
            {name: value for name, value in best.items() if name != "activation"}
        ]
    else:
        assert spec.plan.tries == ()


@pytest.mark.parametrize("left", ["sgd", "momentum"])
def test_an_optimizer_that_is_left_alone_keeps_its_own_ranges(left, study, tmp_path):
    spec = question(decided(study, optimizer=Choices((left,))), tmp_path).spec
    assert spec.training.optimizer == left
    own = study.stages[-1].result.space["lr"].given(left)
    assert spec.space["lr"] == own
    assert ("momentum" in spec.space) == (left == "momentum")
    assert not any(isinstance(each, Dependent) for each in spec.space.values())


def test_an_optimizer_that_was_dropped_takes_its_ranges_with_it(tmp_path):
    space = {"space": {"text": "lr,optimizer=sgd|momentum|adam"}}
    study = run(asked(tmp_path / "a.db", ONE_STAGE, 30, **space))[1]
    spec = question(decided(study, optimizer=Choices(("sgd", "adam"))), tmp_path).spec
    assert [choice for choice, _ in spec.space["lr"].ranges] == ["sgd", "adam"]
    best = best_trials(study.trials, 1)[0].configuration
    assert bool(spec.plan.tries) == (best["optimizer"] != "momentum")


def test_batches_end_at_the_training_rows(tmp_path):
    space = {"space": {"text": "lr,batch=64:512"}, "data": {"name": "digits", "rows": 1797}}
    study = run(asked(tmp_path / "a.db", ONE_STAGE, 30, **space))[1]
    spec = question(decided(study, batch=IntegerRange(low=256, high=1024)), tmp_path).spec
    assert spec.space["batch"].high == 898


def test_where_all_is_settled_the_ranges_of_before_are_searched(tmp_path):
    path = asked(tmp_path / "a.db", ONE_STAGE, 30, space={"text": "lr=1e-3:1"})
    study = run(path)[1]
    only = replace(study, spec=replace(study.spec, space=study.spec.space))
    assert question(only, tmp_path).spec.space["lr"] == study.stages[-1].result.space["lr"]
    none = decided(study, lr=Choices((0.1,)))
    assert question(none, tmp_path).spec.space["lr"] == Range(low=1e-3, high=1)


def test_the_plan_goes_on_but_for_what_belonged_to_the_study_itself(study, tmp_path):
    plan = SearchPlan(stages=2, prune="none", confirm=3, baseline=False)
    changed = replace(study, spec=replace(study.spec, plan=plan, repeats=2))
    spec = question(changed, tmp_path).spec
    assert (spec.plan.prune, spec.plan.confirm, spec.plan.baseline) == ("none", 3, False)
    assert spec.plan.stages is None
    assert spec.repeats == 2


def test_a_name_stays_within_its_length(study, tmp_path):
    assert question(replace(study, name="a" * 64), tmp_path).name == "a" * 59 + "-next"


@pytest.mark.parametrize(
    "sections",
    [
        {
            "data": {"name": "digits"},
            "split": {"folds": 2},
            "training": {"epochs": 1},
            "space": {"lr": [0.1, 0.01], "optimizer": ["sgd", "adam"]},
            "search": {"sampler": "grid"},
        },
        {
            "data": {"name": "bowl"},
            "space": {"lr": [0.1, 0.01]},
            "search": {"sampler": "grid"},
        },
    ],
    ids=["grid", "function"],
)
def test_values_that_are_compared_stay_as_they_are(sections, tmp_path):
    run_sections(tmp_path, sections, "compared")
    study = stored(tmp_path, "compared")
    again = question(study, tmp_path)
    assert (again.name, again.spec) == ("compared-next", study.spec)
    assert again.trial_count == study.trial_count


def test_it_is_valid_toml_with_every_setting_in_its_section(study):
    values = tomllib.loads(next_study_toml(study))
    assert set(values) == {"name", "data", "split", "network", "training", "space", "search"}
    assert values["network"]["hidden"] == [16]
    assert values["network"]["bn_running"] == "book"
    assert values["training"]["epochs"] == 12
    assert set(values["space"]) == set(study.spec.space)
    assert not {"lr", "momentum", "wd", "optimizer"} & set(values["training"])
    assert "activation" not in values["network"]
