import pytest

from hpsearch.bootstrap import describe
from hpsearch.errors import NoValidTrial
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.study_text import report_markdown
from tests.stored_studies import TINY_SECTIONS, run_sections, stored

PICTURE = Picture(
    name="curves", heading="Curves", caption="A line. " * 20, svg=b"<svg/>", png=b"png"
)
WATCHED = TINY_SECTIONS | {
    "data": {"name": "digits", "rows": 200},
    "training": {"epochs": 1, "measure": "activations,gradients"},
    "space": {"lr": "0.1|0.01"},
    "search": {"sampler": "grid"},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("watched")
    run_sections(folder, WATCHED, "watched")
    return stored(folder, "watched")


def test_a_report_shows_its_pictures_with_their_captions(study):
    text = report_markdown(study, describe("digits"), [PICTURE])
    assert "## Curves\n\n![Curves](curves.svg)\n\nA line. A line." in text
    assert text.index("## Best-2") < text.index("## Curves") < text.index("## Ranges")
    assert max(map(len, text[text.index("## Curves") : text.index("## Ranges")].split("\n"))) <= 80
    assert "## Curves" not in report_markdown(study, describe("digits"))


def test_a_picture_is_two_files():
    assert PICTURE.files == {"curves.svg": b"<svg/>", "curves.png": b"png"}


def test_a_report_says_what_is_measured(study):
    assert "measure activations and gradients" in report_markdown(study, describe("digits"))


def test_a_report_of_nothing_is_refused(tmp_path):
    run_sections(tmp_path, TINY_SECTIONS, "empty", cohorts=0)
    with pytest.raises(NoValidTrial, match="no finished trial yet"):
        report_markdown(stored(tmp_path, "empty"), describe("digits"))
