import pytest

from hpsearch.domain.space import Choices, Configuration, Space
from hpsearch.domain.trial import COMPLETED, Trial
from hpsearch.reporting.comparison import comparison, in_lines, varied


def grid_of(**values):
    """Trials with these values, one list per hyperparameter, and their space."""
    names = list(values)
    space = Space(tuple((name, Choices(tuple(dict.fromkeys(values[name])))) for name in names))
    trials = [
        Trial(
            number=number,
            stage=1,
            configuration=Configuration(
                tuple((n, v) for n, v in zip(names, row, strict=True) if v is not None)
            ),
            outcome=COMPLETED,
            evaluations=(),
        )
        for number, row in enumerate(zip(*values.values(), strict=True))
    ]
    return trials, space


def shape(compared):
    return {
        panel.title: [(text, trial.number) for text, trial in panel.trials]
        for panel in compared.panels
    }


def test_values_of_one_hyperparameter_share_a_panel():
    compared = comparison(*grid_of(lr=[0.1, 0.01], wd=["off", "off"]))
    assert shape(compared) == {"": [("lr 0.1", 0), ("lr 0.01", 1)]}
    assert compared.is_ordered


def test_the_first_of_two_hyperparameters_makes_the_panels():
    compared = comparison(*grid_of(init=[1.0, 1.0, "he", "he"], batchnorm=["off", "pre"] * 2))
    assert shape(compared) == {
        "init 1": [("batchnorm off", 0), ("batchnorm pre", 1)],
        "init he": [("batchnorm off", 2), ("batchnorm pre", 3)],
    }
    assert compared.labels == ("batchnorm off", "batchnorm pre")
    assert not compared.is_ordered


def test_a_value_that_goes_with_another_makes_no_panel_of_its_own():
    compared = comparison(*grid_of(optimizer=["sgd", "adam", "adadelta"], lr=[0.1, 0.001, None]))
    assert shape(compared) == {"": [("sgd, lr 0.1", 0), ("adam, lr 0.001", 1), ("adadelta", 2)]}
    assert not compared.is_ordered


def test_a_single_configuration_needs_no_label():
    compared = comparison(*grid_of(lr=[0.1]))
    assert shape(compared) == {"": [("", 0)]}


def test_what_can_be_off_is_still_in_order():
    assert comparison(*grid_of(wd=["off", 0.1, 0.2])).is_ordered
    assert not comparison(*grid_of(activation=["relu", "tanh"])).is_ordered


def test_only_what_differs_varies():
    assert varied(*grid_of(lr=[0.1, 0.1], wd=["off", 0.1], batch=[32, None])) == ("wd", "batch")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("lr 0.1", "lr 0.1"),
        ("lr 0.1, wd off, depth 3", "lr 0.1, wd off\ndepth 3"),
        ("lr 0.1, activation leaky_relu", "lr 0.1\nactivation leaky_relu"),
        ("lr 0.1, wd off, depth 3, width 40, batch 9", "lr 0.1, wd off\ndepth 3, width 40 …"),
    ],
)
def test_labels_are_cut_between_settings(text, lines):
    assert in_lines(text, 17, 2) == lines
