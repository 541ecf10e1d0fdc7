import pytest

from hpsearch.domain.names import check_name, default_name
from hpsearch.errors import InvalidStudy


@pytest.mark.parametrize("name", ["a", "mnist-lr-wd", "My study 2", "x.y_z", "9" * 64])
def test_plain_names_are_accepted(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "-rf",
        "<script>",
        "a\nb",
        "=cmd()",
        "x" * 65,
        "nul\0",
        "ä",
    ],
)
def test_names_that_mean_something_elsewhere_are_refused(name):
    with pytest.raises(InvalidStudy, match="not a safe study name"):
        check_name(name)


def test_a_study_without_a_name_is_called_by_data_and_space():
    assert default_name("mnist", ("lr", "wd")) == "mnist-lr-wd"
