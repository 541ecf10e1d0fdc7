import json

from tests.command_line import assert_refused, run, succeed
from tests.stored_studies import TINY_SECTIONS, run_partly, run_sections


def test_two_studies_on_the_same_folds_are_tested(folder):
    wide = TINY_SECTIONS | {"network": {"hidden": "16"}}
    run_sections(folder, wide, "wide")
    values = json.loads(succeed("compare", "tiny", "wide", "--format", "json", cwd=folder))
    assert values["differences"] == {"hidden": [[8], [16]]}
    assert values["paired_test"]["trainings"] == 2
    text = succeed("compare", "tiny", "wide", cwd=folder)
    assert "hidden         8    16\n" in text
    assert "On the splits of 2 trainings of the search that both share, `wide` is 0." in text


def test_what_cannot_be_compared_is_refused(folder):
    run_partly(folder / "hpsearch.db", "empty", 0)
    assert_refused(run("compare", "tiny", "tiny", cwd=folder), 2, "`tiny`")
    assert_refused(run("compare", "tiny", "tinny", cwd=folder), 2, "`tinny`")
    assert_refused(run("compare", "tiny", "empty", cwd=folder), 3, "`empty`")
