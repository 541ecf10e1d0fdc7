import pytest

from hpsearch.domain.hyperparameters import CATALOGUE, check_configuration, parse_space
from hpsearch.domain.space import Configuration, Range, Scale
from hpsearch.errors import InvalidInput, InvalidRange, UnknownName


def test_a_name_alone_takes_the_range_of_the_catalogue():
    space = parse_space("lr,wd")
    assert dict(space) == {name: CATALOGUE[name].range for name in ("lr", "wd")}


def test_bounds_are_values_and_keep_the_scale_of_the_catalogue():
    space = parse_space(" lr = 1e-6:1e-2 , wd=1e-8:1e-4")
    assert space["lr"] == Range(low=1e-6, high=1e-2, scale=Scale.LOG)
    assert space["wd"] == Range(low=1e-8, high=1e-4, scale=Scale.LOG)


def test_a_scale_can_be_named():
    assert parse_space("lr=0.1:0.5:linear")["lr"].scale is Scale.LINEAR


def test_seed_stands_for_the_ranges_of_the_notes():
    assert parse_space("seed") == parse_space("lr=1e-6:1e-2,wd=1e-8:1e-4")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_entry_is_consistent(name):
    entry = CATALOGUE[name]
    assert entry.hard_low <= entry.range.low < entry.range.high <= entry.hard_high
    assert entry.meaning
    assert entry.source


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
        ("lr=abc:1", "lr: `abc` is not a number"),
        ("lr=0.1", "lr: `0.1` is not a range"),
        ("lr=1:2:3:4", "is not a range"),
        ("lr=0.1:1:cubic", "lr: unknown scale `cubic`"),
        ("lr=nan:1", "not a finite number"),
        ("lr,lr", "lr: named twice"),
    ],
)
def test_bounds_that_make_no_sense_are_refused_with_the_value(text, said):
    with pytest.raises(InvalidRange, match=said):
        parse_space(text)


def test_an_empty_space_is_refused():
    with pytest.raises(InvalidInput, match="space is empty"):
        parse_space(" , ")


def test_configurations_outside_the_limits_are_refused():
    check_configuration(Configuration((("lr", 0.1),)))
    with pytest.raises(InvalidRange, match="`20` is outside"):
        check_configuration(Configuration((("lr", 20.0),)))
