"""Real studies as Optuna reads them back."""

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from hpsearch.bootstrap import opened
from hpsearch.domain.trial import Origin
from hpsearch.reporting.optuna_database import optuna_database
from tests.stored_studies import run_sections

SECTIONS = {
    "data": {"name": "digits"},
    "split": {"folds": 2},
    "network": {"hidden": "8"},
    "training": {"epochs": 4},
    "space": {
        "optimizer": ["sgd", "adam"],
        "lr": {"sgd": "1e-3:10", "adam": "1e-4:1e-2"},
        "wd": "1e-6:0.1",
        "dropout": "0:0.5",
        "width": "4:16",
    },
    "search": {
        "trials": 42,
        "stages": 2,
        "prune": "epochs:2",
        "confirm": 1,
        "try": ["optimizer=sgd,lr=0.1,wd=off,dropout=off,width=40"],
    },
}


def read_back(folder, name):
    """A study of the database in `folder`, and what Optuna makes of it."""
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        study = store.load_study(name)
        data = optuna_database(
            study,
            lambda numbers: store.evaluations(study.id, numbers),
            store.finish_times(study.id),
        )
    (folder / f"{name}.optuna").write_bytes(data)
    storage = optuna.storages.RDBStorage(f"sqlite:///{folder}/{name}.optuna")
    loaded = optuna.load_study(study_name=name, storage=storage)
    trials = loaded.trials
    attributes = (loaded.user_attrs, loaded.direction.name, loaded.metric_names)
    storage.remove_session()
    storage.engine.dispose()
    return study, trials, attributes


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("told")
    run_sections(folder, SECTIONS, "told")
    return read_back(folder, "told")


def test_every_trial_has_its_state_and_value(told):
    study, trials, attributes = told
    assert attributes[1:] == ("MAXIMIZE", ["accuracy"])
    assert len(trials) == len(study.trials) == 42
    states = {trial.outcome.state.name for trial in study.trials}
    assert {"COMPLETE", "PRUNED"} <= states
    for ours, theirs in zip(study.trials, trials, strict=True):
        assert theirs.state.name == ours.outcome.state.name
        assert theirs.number == theirs.user_attrs["number"] == ours.number
        if ours.score is not None:
            assert theirs.value == ours.score
        assert theirs.datetime_complete >= theirs.datetime_start


def test_learning_curves_are_intermediate_values(told):
    study, trials, _ = told
    for ours, theirs in zip(study.trials, trials, strict=True):
        epochs = 4 if ours.score is not None else 2
        assert list(theirs.intermediate_values) == list(range(1, epochs + 1))
        assert theirs.intermediate_values[epochs] == pytest.approx(theirs.value)


def test_parameters_have_one_kind_each(told):
    study, trials, _ = told
    for ours, theirs in zip(study.trials, trials, strict=True):
        own = ours.configuration
        expected = {"optimizer": own["optimizer"], "width": own["width"]}
        expected[f"{own['optimizer']}.lr"] = own["lr"]
        for name in ("wd", "dropout"):
            expected[f"{name}_is_on"] = own[name] != "off"
            expected |= {name: own[name]} if own[name] != "off" else {}
        assert theirs.params == expected
    kinds = trials[2].distributions
    assert kinds["optimizer"] == CategoricalDistribution(("sgd", "adam"))
    assert kinds["width"] == IntDistribution(4, 16, log=True)
    mine = next(trial for trial in study.trials if trial.origin is Origin.USER)
    assert (mine.configuration["width"], mine.configuration["wd"]) == (40, "off")
    assert trials[mine.number].distributions["width"] == IntDistribution(4, 40, log=True)
    assert trials[mine.number].distributions["sgd.lr"] == FloatDistribution(1e-3, 10, log=True)


def test_stage_folds_and_verdicts_are_attributes(told):
    study, trials, (attributes, *_) = told
    best = next(trial for trial in study.trials if trial.number == study.finalists[0])
    own = trials[best.number].user_attrs
    assert own["stage"] == best.stage
    assert own["configuration"] == dict(best.configuration)
    assert own["confirmed_score"] == best.confirmed_score
    assert (own["split0_test_score"] + own["split1_test_score"]) / 2 == pytest.approx(best.score)
    verdicts = study.stages[0].result.judgement.verdicts
    assert attributes["stage 1"] == {each.name: each.sentence for each in verdicts}
    assert set(attributes["stage 2 in full"]["verdicts"]) == set(attributes["stage 1"])
    assert attributes["finalists"] == list(study.finalists)
    assert attributes["data"]["fingerprint"] == study.data.fingerprint


def test_failures_and_losses_keep_their_meaning(tmp_path):
    sections = {
        "data": {"name": "digits", "metric": "log_loss"},
        "split": {"folds": 2},
        "network": {"hidden": "8", "activation": "identity"},
        "training": {"epochs": 2},
        "space": {"lr": [0.1, 10.0]},
        "search": {"sampler": "grid"},
    }
    run_sections(tmp_path, sections, "steep")
    study, (good, bad), (_, direction, metric) = read_back(tmp_path, "steep")
    assert (direction, metric) == ("MINIMIZE", ["log_loss"])
    assert good.value == -study.trials[0].score > 0
    assert study.trials[1].outcome.state.value == bad.user_attrs["state"] == "diverged"
    assert (bad.state.name, bad.value) == ("FAIL", None)
    assert bad.user_attrs["epoch"] == study.trials[1].outcome.epoch
    assert bad.params == {"lr": 10.0}
    assert bad.distributions["lr"] == CategoricalDistribution((0.1, 10.0))


def test_a_function_keeps_its_sign(tmp_path):
    sections = {"data": {"name": "valley"}, "space": {"lr": [0.1, 0.01]}}
    run_sections(tmp_path, sections | {"search": {"sampler": "grid"}}, "descent")
    study, trials, (_, direction, metric) = read_back(tmp_path, "descent")
    assert (direction, metric) == ("MAXIMIZE", ["-f"])
    assert [each.value for each in trials] == [each.score for each in study.trials]
