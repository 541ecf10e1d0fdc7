import pytest

from hpsearch.domain.keywords import keyword_sections
from hpsearch.errors import UnknownName


def test_each_setting_goes_to_its_section():
    found = keyword_sections(
        {
            "trials": 60,
            "folds": 5,
            "hidden": (64, 32),
            "epochs": 9,
            "metric": "mae",
            "tries": "lr=1",
        }
    )
    assert found == {
        "search": {"trials": 60, "try": "lr=1"},
        "split": {"folds": 5},
        "network": {"hidden": [64, 32]},
        "training": {"epochs": 9},
        "data": {"metric": "mae"},
    }


@pytest.mark.parametrize("name", ["epoch", "name", "trial", "space"])
def test_what_is_no_setting_is_refused(name):
    with pytest.raises(UnknownName, match=f"unknown setting `{name}`"):
        keyword_sections({name: 1})
