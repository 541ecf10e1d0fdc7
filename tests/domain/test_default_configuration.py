import pytest

from hpsearch.domain.default_configuration import (
    default_configuration,
    default_words,
    tried_configuration,
)
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.spec import Optimizer
from hpsearch.errors import InvalidStudy, UnknownName


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        ("lr", {"lr": 0.01}),
        ("lr,wd", {"lr": 0.01, "wd": "off"}),
        ("wd,lr", {"wd": "off", "lr": 0.01}),
        ("lr=1e-6:1e-2,wd=1e-8:1e-4", {"lr": 0.01, "wd": 1e-8}),  # off is no part of this range
        ("lr,max_norm=0.5:8,l1=1e-6:1e-3", {"lr": 0.01, "max_norm": 8.0, "l1": 1e-6}),
        ("lr=0.02:1,wd=1e-8:1e-4", None),
        ("lr=0.02:1", None),
        ("lr=0.1|0.01", {"lr": 0.01}),
        ("lr=0.1|0.2", None),
        ("wd=off|0.1", {"wd": "off"}),
        ("wd=0.2|0.1", None),
        ("width,depth", {"width": 128, "depth": 2}),
        ("width=8:64", None),
        ("dropout,activation", {"dropout": "off", "activation": "relu"}),
        ("activation=tanh|sigmoid", None),
        ("residual,early_stopping", {"residual": "off", "early_stopping": "off"}),
        ("lr,optimizer=sgd|adam", {"lr": 0.01, "optimizer": "sgd"}),
        ("optimizer=adam|momentum", None),
        ("lr,momentum,optimizer=sgd|momentum", {"lr": 0.01, "optimizer": "sgd"}),
    ],
)
def test_the_default_is_the_catalogue_s_where_the_space_has_it(space, expected):
    found = default_configuration(parse_space(space), Optimizer.SGD)
    assert (None if found is None else dict(found)) == expected


def test_what_only_comes_near_the_default_is_called_so():
    exact = default_configuration(parse_space("lr,wd,residual,width"), Optimizer.SGD)
    assert default_words(exact) == "the default configuration"
    near = default_configuration(parse_space("lr,wd=1e-8:1e-4"), Optimizer.SGD)
    assert default_words(near) == "the configuration nearest to the default"


@pytest.mark.parametrize("optimizer", [Optimizer.ADAM, Optimizer.ADAMW, Optimizer.RMSPROP])
def test_optimisers_that_divide_by_the_gradient_take_smaller_steps(optimizer):
    found = default_configuration(parse_space("lr", optimizer), optimizer)
    assert dict(found) == {"lr": 0.001}


ORDINARY = parse_space("lr,wd=1e-8:1e-4,width,init,residual,early_stopping")
BY_OPTIMIZER = parse_space("lr,momentum,optimizer=sgd|adam|momentum")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lr=0.1", {"lr": 0.1, "wd": "off", "width": 128}),
        (" lr = 0.1 , wd = 1e-3 ", {"lr": 0.1, "wd": 1e-3}),  # outside the range, inside the limits
        ("wd=0", {"wd": "off"}),
        ("wd=off", {"wd": "off"}),
        ("width=64", {"width": 64}),
        ("init=0.3,residual=on", {"init": 0.3, "residual": "on"}),
        ("early_stopping=16", {"early_stopping": 16}),
    ],
)
def test_a_configuration_of_one_s_own_has_the_values_that_it_names(text, expected):
    found = tried_configuration(text, ORDINARY, Optimizer.SGD)
    assert list(found) == list(ORDINARY)
    for name, value in expected.items():
        assert found[name] == value
        assert isinstance(found[name], type(value))


def test_listed_numbers_are_numbers():
    space = parse_space("lr=0.1|0.01,wd=off|0.1")
    assert dict(tried_configuration("lr=0.5", space, Optimizer.SGD)) == {"lr": 0.5, "wd": "off"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("optimizer=adam", {"lr": 0.001, "optimizer": "adam"}),
        ("optimizer=adam,lr=0.1", {"lr": 0.1, "optimizer": "adam"}),
        ("optimizer=momentum", {"lr": 0.01, "momentum": 0.9, "optimizer": "momentum"}),
        ("lr=0.2", {"lr": 0.2, "optimizer": "sgd"}),
    ],
)
def test_what_the_optimiser_does_not_use_is_left_out(text, expected):
    assert dict(tried_configuration(text, BY_OPTIMIZER, Optimizer.SGD)) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lr", "`lr` is no value"),
        ("", "`` is no value"),
        ("lr=fast", "`fast` is not a number"),
        ("lr=100", "`100` is outside the limits 1e-07 to 10"),
        ("lr=nan", "`nan` is outside the limits"),
        ("wd=-1", "`-1` is outside the limits"),
        ("width=3.5", "`3.5` is not a whole number"),
        ("width=off", "`off` is not a number"),
        ("init=best", "`best` is neither one of"),
        ("lr=0.1,lr=0.2", "names `lr` twice"),
    ],
)
def test_values_that_make_no_sense_are_refused(text, told):
    with pytest.raises(InvalidStudy, match=r"^try: ") as caught:
        tried_configuration(text, ORDINARY, Optimizer.SGD)
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("name", "told"),
    [("momentum", "hyperparameter of the space `momentum`"), ("lrr", "hyperparameter `lrr`")],
)
def test_what_is_not_searched_cannot_be_tried(name, told):
    with pytest.raises(UnknownName) as caught:
        tried_configuration(f"{name}=0.5", ORDINARY, Optimizer.SGD)
    assert f"unknown {told}" == caught.value.message


def test_an_optimiser_without_a_range_in_the_space_cannot_be_tried():
    with pytest.raises(InvalidStudy, match="optimizer `adagrad` is none of the space's"):
        tried_configuration("optimizer=adagrad", BY_OPTIMIZER, Optimizer.SGD)
    with pytest.raises(UnknownName):  # a fixed one is no part of the space
        tried_configuration("optimizer=sgd", ORDINARY, Optimizer.SGD)


def test_what_does_nothing_cannot_be_tried():
    with pytest.raises(InvalidStudy, match=r"`momentum` does nothing in `momentum=0\.5`"):
        tried_configuration("momentum=0.5", BY_OPTIMIZER, Optimizer.SGD)
