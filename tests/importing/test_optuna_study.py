"""Real Optuna databases as studies: what they hold comes in, and the files stay as they were."""

import hashlib
import math

import optuna
import pytest

from hpsearch.domain.space import Choices, IntegerRange, Range, Scale
from hpsearch.domain.task import Direction
from hpsearch.errors import InvalidInput, UnknownName
from hpsearch.importing.optuna_study import optuna_study
from hpsearch.quiet_optuna import quiet

KINDS = {
    "lr": optuna.distributions.FloatDistribution(1e-5, 1, log=True),
    "dropout": optuna.distributions.FloatDistribution(0, 0.5, step=0.1),
    "layers": optuna.distributions.IntDistribution(1, 8, log=True),
    "fixed": optuna.distributions.IntDistribution(3, 3),
    "optimizer": optuna.distributions.CategoricalDistribution(("sgd", None, True, 2)),
}
VALUES = {"lr": 0.01, "dropout": 0.1, "layers": 2, "fixed": 3, "optimizer": "sgd"}
COMPLETE, PRUNED, FAIL, RUNNING = (
    optuna.trial.TrialState.COMPLETE,
    optuna.trial.TrialState.PRUNED,
    optuna.trial.TrialState.FAIL,
    optuna.trial.TrialState.RUNNING,
)


def trial(value=None, state=COMPLETE, steps=None, **params):
    values = VALUES | params
    return optuna.trial.create_trial(
        state=state,
        value=value,
        params=values,
        distributions={name: KINDS[name] for name in values},
        intermediate_values=steps or {},
    )


def database(folder, *trials, name="theirs", **options):
    path = folder / "optuna.db"
    with quiet():
        storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
        study = optuna.create_study(storage=storage, study_name=name, **options)
        for each in trials:
            study.add_trial(each)
        storage.remove_session()
        storage.engine.dispose()
    return path


def test_every_kind_of_distribution_becomes_a_range(tmp_path):
    path = database(tmp_path, trial(0.5), trial(0.4, optimizer=None), trial(0.3, optimizer=True))
    found = optuna_study(str(path), "theirs")
    assert dict(found.stages[0].space) == {
        "lr": Range(low=1e-5, high=1.0, scale=Scale.LOG),
        "dropout": Range(low=0.0, high=0.5, scale=Scale.LINEAR),
        "layers": IntegerRange(low=1, high=8, scale=Scale.LOG),
        "fixed": Choices((3,)),
        "optimizer": Choices(("sgd", "None", "True", 2)),
    }
    assert [dict(each.configuration)["optimizer"] for each in found.trials] == [
        "sgd",
        "None",
        "True",
    ]
    assert dict(found.trials[0].configuration) == VALUES


def test_states_and_values_are_those_of_the_study(tmp_path):
    given = (
        trial(0.25),
        trial(state=PRUNED, steps={1: 0.5, 7: 0.4}),
        trial(state=FAIL),
        trial(math.inf),
        trial(state=RUNNING),
    )
    path = database(tmp_path, *given, direction="minimize")
    found = optuna_study(f"sqlite:///{path}", "theirs")
    assert [each.outcome.state.value for each in found.trials] == [
        "complete",
        "pruned",
        "failed",
        "diverged",
    ]
    assert found.trials[1].outcome.epoch == 7
    assert [each.score for each in found.trials] == [-0.25, None, None, None]
    assert (found.source.direction, found.source.left_out) == (Direction.MINIMIZE, 1)
    assert found.source.score(found.trials[0].score) == 0.25


def test_bounds_that_move_and_parameters_that_come_and_go_are_held_by_one_space(tmp_path):
    float_kind = optuna.distributions.FloatDistribution
    first = optuna.trial.create_trial(
        value=1.0, params={"x": 1.0}, distributions={"x": float_kind(0, 2)}
    )
    second = optuna.trial.create_trial(
        value=2.0,
        params={"x": 9.0, "y": 5.0},
        distributions={"x": float_kind(3, 10), "y": float_kind(4, 6)},
    )
    found = optuna_study(str(database(tmp_path, first, second)), "theirs")
    assert found.stages[0].space["x"] == Range(low=0.0, high=10.0, scale=Scale.LINEAR)
    assert [dict(each.configuration) for each in found.trials] == [{"x": 1.0}, {"x": 9.0, "y": 5.0}]


def test_the_database_is_only_read(tmp_path):
    path = database(tmp_path, trial(0.5))
    before = hashlib.sha256(path.read_bytes()).digest()
    path.chmod(0o400)
    optuna_study(str(path), "theirs")
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [each.name for each in tmp_path.iterdir()] == ["optuna.db"]


def test_letters_that_cannot_be_printed_stand_as_escapes(tmp_path):
    kind = optuna.distributions.CategoricalDistribution(("a\x1b[31m", "b\nc"))
    bad = optuna.trial.create_trial(
        value=1.0, params={"na\x07me": "b\nc"}, distributions={"na\x07me": kind}
    )
    found = optuna_study(str(database(tmp_path, bad)), "theirs")
    assert dict(found.trials[0].configuration) == {r"na\x07me": r"b\nc"}


@pytest.mark.parametrize(
    ("options", "trials", "said"),
    [
        ({"directions": ["minimize", "maximize"]}, (), "2 objectives"),
        ({}, (), "no trial that has ended"),
        ({}, (trial(state=RUNNING),), "no trial that has ended"),
        ({}, (optuna.trial.create_trial(value=1.0),), "no trial of the study has a parameter"),
    ],
)
def test_a_study_that_cannot_be_ranked_is_refused(tmp_path, options, trials, said):
    path = database(tmp_path, *trials, **options)
    with pytest.raises(InvalidInput, match=said):
        optuna_study(str(path), "theirs")


def test_a_misspelt_study_is_named(tmp_path):
    path = database(tmp_path, trial(0.5))
    with pytest.raises(UnknownName) as refused:
        optuna_study(str(path), "their")
    assert "did you mean `theirs`?" in refused.value.hint


def test_a_file_of_another_program_is_refused_and_left_as_it_was(tmp_path):
    import sqlite3

    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE a (b)")
    connection.close()
    text, empty = tmp_path / "text.db", tmp_path / "empty.db"
    text.write_text("no database at all, but long enough to look like a page" * 40)
    empty.touch()
    for path in (foreign, text, empty):
        before = path.read_bytes()
        with pytest.raises(InvalidInput, match="is not a database of Optuna"):
            optuna_study(str(path), "x")
        assert path.read_bytes() == before


@pytest.mark.parametrize("url", ["mysql://root@localhost/db", "postgresql://x/y"])
def test_other_databases_are_refused_with_a_way(url):
    with pytest.raises(InvalidInput, match="is not supported") as refused:
        optuna_study(url, "x")
    assert "copy_study" in refused.value.hint


def test_a_missing_file_is_not_made(tmp_path):
    with pytest.raises(InvalidInput, match="is no file"):
        optuna_study(f"sqlite:///{tmp_path}/none.db", "x")
    assert not list(tmp_path.iterdir())
