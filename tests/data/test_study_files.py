import pytest

from hpsearch.data.built_in import card
from hpsearch.data.study_files import find_study_file, packaged_studies, read_study_file
from hpsearch.domain.grid import grid
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.spec_text import study_spec
from hpsearch.errors import InvalidInput, UnknownName


@pytest.mark.parametrize("name", packaged_studies())
def test_packaged_studies_are_complete_and_begin_with_their_question(name):
    file = packaged_studies()[name]
    assert file.name == name
    assert file.question.endswith("?")
    spec, trials = study_spec(file.sections, card(file.sections["data"]["name"]))
    assert trials == (len(grid(spec.space)) if spec.sampler is Sampler.GRID else 100)
    assert 1 < trials * len(spec.parts) <= 500


def test_a_packaged_study_is_found_by_its_name():
    assert find_study_file("book-mnist") == packaged_studies()["book-mnist"]


def test_an_unknown_study_is_answered_with_the_closest_name():
    with pytest.raises(UnknownName) as caught:
        find_study_file("book-mnits")
    assert "did you mean `book-mnist`?" in caught.value.hint


def test_malformed_files_are_refused_with_the_line(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("[data]\nname = \n")
    with pytest.raises(InvalidInput, match=r"not valid TOML.*line 2"):
        read_study_file(path)


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_study_file(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_study_file(tmp_path / "b.toml")


def test_the_name_of_a_file_is_its_stem_unless_it_says_otherwise(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("# What now?\n[space]\nlr = '0.1:1'\n")
    assert read_study_file(path)[:2] == ("mine", "What now?")
