import json

import pytest

from hpsearch.domain.catalogue import CATALOGUE
from hpsearch.domain.range_text import range_of_table, range_table, range_words
from hpsearch.domain.setting_values import PARSERS
from hpsearch.domain.space import Choices, Dependent, IntegerRange, Range, Scale, Switched
from hpsearch.domain.space_text import parse_space, space_of
from hpsearch.domain.spec import NetworkSpec, Optimizer, TrainingSpec
from hpsearch.domain.trial_settings import settled
from hpsearch.errors import InvalidInput, InvalidRange, InvalidStudy, UnknownName


def test_a_name_alone_takes_the_range_of_the_catalogue():
    space = parse_space("lr,wd,width,activation")
    assert dict(space) == {name: CATALOGUE[name].range for name in space}


def test_bounds_are_values_and_keep_the_scale_of_the_catalogue():
    space = parse_space(" lr = 1e-6:1e-2 , wd=1e-8:1e-4, dropout=0.1:0.3")
    assert space["lr"] == Range(low=1e-6, high=1e-2, scale=Scale.LOG)
    assert space["wd"] == Range(low=1e-8, high=1e-4, scale=Scale.LOG)
    assert space["dropout"] == Range(low=0.1, high=0.3, scale=Scale.LINEAR)


def test_a_scale_can_be_named():
    momentum = parse_space("momentum=0.5:0.99:linear", Optimizer.MOMENTUM)["momentum"]
    assert momentum == Range(low=0.5, high=0.99, scale=Scale.LINEAR)


def test_what_can_be_off_says_so():
    assert parse_space("wd=off|1e-8:1e-4")["wd"] == Switched(Range(low=1e-8, high=1e-4))
    assert parse_space("wd")["wd"] == CATALOGUE["wd"].range


def test_whole_numbers_and_choices():
    space = parse_space("width=8:64,depth=1:3,activation=relu|tanh")
    assert space["width"] == IntegerRange(low=8, high=64)
    assert space["depth"] == IntegerRange(low=1, high=3, scale=Scale.LINEAR)
    assert space["activation"] == Choices(("relu", "tanh"))


def test_the_learning_rate_has_a_range_for_each_optimiser():
    assert parse_space("lr", Optimizer.ADAM)["lr"] == Range(low=1e-5, high=0.1)
    searched = parse_space("lr,momentum,optimizer=sgd|momentum|adadelta")
    assert isinstance(searched["lr"], Dependent)
    assert searched["lr"].given("momentum") == Range(low=1e-5, high=0.3)
    assert searched["lr"].given("adadelta") is None
    assert parse_space("lr=0.1:1,optimizer=sgd|adam")["lr"].given("adam") == Range(low=0.1, high=1)


def test_inactive_hyperparameters_are_left_out():
    space = parse_space("lr,momentum,optimizer=sgd|momentum|adadelta")
    names = [list(space.at(dict.fromkeys(space, 0.5) | {"optimizer": u})) for u in (0, 0.5, 1)]
    assert names == [["lr", "optimizer"], ["lr", "momentum", "optimizer"], ["optimizer"]]


def test_seed_stands_for_the_ranges_of_the_notes():
    assert parse_space("seed") == parse_space("lr=1e-6:1e-2,wd=1e-8:1e-4")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_entry_is_consistent(name):
    entry = CATALOGUE[name]
    assert entry.meaning
    assert entry.source
    optimizer = entry.only_with[0] if entry.only_with else Optimizer.SGD
    space = parse_space(name, optimizer)
    for u in (0.0, 0.3, 1.0):
        value = space.at({name: u})[name]
        assert value in space[name]
        network, training = settled(NetworkSpec(), TrainingSpec(optimizer=optimizer), {name: value})
        assert name in (*PARSERS["network"], *PARSERS["training"], "width", "depth")
        assert (network, training) is not None


@pytest.mark.parametrize("text", ["lr,wd", "width,depth,batch", "activation,init,batchnorm"])
def test_tables_give_the_same_range_again(text):
    for entry in parse_space(text).values():
        assert range_of_table(range_table(entry)) == entry


def test_a_table_of_a_dependent_range_gives_it_again():
    entry = parse_space("lr,optimizer")["lr"]
    assert range_of_table(range_table(entry)) == entry
    assert range_words(entry).startswith("by optimizer: sgd 0.0001 to 1 (log); ")


def test_a_typo_is_answered_with_the_closest_name():
    with pytest.raises(UnknownName, match="unknown hyperparameter `lrr`") as caught:
        parse_space("lrr,wd")
    assert "did you mean `lr`?" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr=0.1:0.01", r"lr: low \(`0.1`\) must be below high \(`0.01`\)"),
        ("lr=0:0.1", "lr: a log scale needs low > 0"),
        ("lr=1e-9:1", "lr: `1e-09` is outside the limits 1e-07 to 10"),
        ("lr=0.1:11", "lr: `11` is outside the limits"),
        ("wd=off|1e-6:11", "wd: `11` is outside the limits"),
        ("lr=abc:1", "lr: `abc` is not a number"),
        ("lr=0.1", r"lr: `0\.1` is not a range"),
        ("lr=1:2:3:4", "is not a range"),
        ("lr=0.1:1:cubic", "lr: unknown scale `cubic`"),
        ("lr=nan:1", "not a finite number"),
        ("lr=off|0.1:1", "lr: is not searched by a range of this kind"),
        ("width=1.5:3", r"width: `1\.5` is not a whole number"),
        ("width=0:3", "width: a log scale needs low > 0"),
        ("activation=relu", "activation: `relu` needs two or more"),
        ("activation=relu|relu", "two or more different"),
        ("activation=relu|relo", "activation: `relo` is not one of"),
        ("lr,lr", "lr: named twice"),
        ("lr=0.1|0.1", "two or more different"),
        ("lr=0.1|", "lr: `` is not a number"),
        ("lr=0.1|off", "lr: `off` is not a number"),
        ("lr=0.1|11", "lr: `11` is outside the limits"),
        ("lr=0.1|nan", "lr: `nan` is outside the limits"),
        ("lr=0.1|0.2:0.3", r"lr: `0\.1|0\.2` is not a number"),
        ("width=16|1.5", r"width: `1\.5` is not a whole number"),
        ("residual=on|maybe", "residual: `maybe` is neither `on` nor `off`"),
        ("init=he|0", "init: standard deviation `0.0` must be positive"),
    ],
)
def test_bounds_that_make_no_sense_are_refused_with_the_value(text, said):
    with pytest.raises((InvalidRange, InvalidStudy), match=said):
        parse_space(text)


def test_what_can_never_be_active_is_refused():
    with pytest.raises(InvalidStudy, match=r"momentum: is never active with optimizer `sgd\|adam`"):
        parse_space("lr,momentum,optimizer=sgd|adam")
    with pytest.raises(InvalidStudy, match="lr: is never active with optimizer `adadelta`"):
        parse_space("lr", Optimizer.ADADELTA)


def test_an_empty_space_is_refused():
    with pytest.raises(InvalidInput, match="space is empty"):
        parse_space(" , ")


def test_a_configuration_replaces_the_settings_of_the_study():
    network, training = settled(
        NetworkSpec(hidden=(9, 8)),
        TrainingSpec(wd=0.5),
        {"width": 4, "lr": 0.2, "wd": "off", "optimizer": "adam", "activation": "tanh"},
    )
    assert network == NetworkSpec(hidden=(4, 4), activation="tanh")
    assert (training.lr, training.wd, training.optimizer) == (0.2, 0.0, Optimizer.ADAM)
    assert settled(NetworkSpec(hidden=(9, 8)), TrainingSpec(), {"depth": 3})[0].hidden == (9, 9, 9)


def test_values_are_listed_in_the_type_of_their_hyperparameter():
    text = "lr=1|0.1,wd=off|0.1,batch=16|64,init=0.01|xavier,residual=off|yes,early_stopping=5|off"
    assert {name: each.values for name, each in parse_space(text).items()} == {
        "lr": (1.0, 0.1),
        "wd": ("off", 0.1),
        "batch": (16, 64),
        "init": (0.01, "xavier"),
        "residual": ("off", "on"),
        "early_stopping": (5, "off"),
    }


@pytest.mark.parametrize(
    ("name", "listed", "values"),
    [
        ("lr", [1, 0.1], (1.0, 0.1)),
        ("lr", {"choices": [1, 0.1]}, (1.0, 0.1)),
        ("wd", [0, 0.1], ("off", 0.1)),
        ("dropout", [False, 0.15], ("off", 0.15)),
        ("width", [8, 16.0], (8, 16)),
        ("residual", [True, False], ("on", "off")),
        ("init", ["he", 1], ("he", 1.0)),
    ],
)
def test_lists_and_tables_of_files_give_the_same(name, listed, values):
    entry = space_of([(name, listed)])[name]
    assert entry == Choices(values)
    assert list(map(type, entry.values)) == list(map(type, values))
    stored = json.loads(json.dumps(range_table(entry)))
    assert repr(range_of_table(stored)) == repr(entry)


BY_OPTIMIZER = {"sgd": 0.01, "momentum": [0.01, 0.1], "adam": "1e-4:1e-2"}


def test_each_optimiser_can_have_values_of_its_own():
    space = space_of([("lr", BY_OPTIMIZER), ("optimizer", list(BY_OPTIMIZER))])
    entry = space["lr"]
    assert entry.given("sgd") == Choices((0.01,))
    assert entry.given("momentum") == Choices((0.01, 0.1))
    assert entry.given("adam") == Range(low=1e-4, high=1e-2)
    assert range_of_table(json.loads(json.dumps(range_table(entry)))) == entry
    assert space_of([(name, range_table(each)) for name, each in space.items()]) == space


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([("lr", {"sgd": 0.1})], "lr: has a range for each optimizer, which the space does not"),
        (
            [("lr", {"sgd": 0.1}), ("optimizer", "sgd|adam")],
            "lr: has no range for optimizer `adam`",
        ),
        (
            [("lr", {"sgd": 0.1, "adam": 0.1, "adagrad": 0.1}), ("optimizer", "sgd|adam")],
            "lr: does nothing with optimizer `adagrad` of this space",
        ),
        ([("lr", {"sgd": 11, "adam": 1}), ("optimizer", "sgd|adam")], "lr: `11` is outside"),
        ([("wd", {"sgd": 0.1, "adam": 1}), ("optimizer", "sgd|adam")], "wd: is not searched by"),
        ([("lr", [True, 0.1])], "lr: `True` is not a number"),
        ([("lr", [[1], 0.1])], r"lr: `\[1\]` is not a number"),
    ],
)
def test_values_by_optimiser_that_make_no_sense_are_refused(entries, said):
    with pytest.raises((InvalidRange, InvalidStudy), match=said):
        space_of(entries)


def test_listed_values_replace_the_settings_of_the_study():
    network, training = settled(
        NetworkSpec(), TrainingSpec(), {"init": 0.5, "residual": "on", "early_stopping": 7}
    )
    assert (network.init, network.residual, training.early_stopping) == (0.5, True, 7)
    assert settled(NetworkSpec(), TrainingSpec(), {"early_stopping": "off"})[1].early_stopping == 0
