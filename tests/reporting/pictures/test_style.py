"""The same study gives the same bytes, and nothing on a picture covers anything else."""

import struct
import xml.etree.ElementTree as ET
from itertools import combinations

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from hpsearch.reporting.pictures import style
from tests.reporting.pictures.studies import STUDIES, drawn
from tests.stored_studies import run_sections


@pytest.mark.parametrize("name", ["values", "measured", "searched", "saddle"])
def test_the_same_study_trained_again_gives_the_same_bytes(albums, tmp_path, name):
    run_sections(tmp_path, STUDIES[name], name)
    assert drawn(tmp_path, name) == albums[name]


def test_settings_of_the_user_do_not_matter(studied, albums):
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "svg.hashsalt": "mine"}):
        assert drawn(studied, "words") == albums["words"]
        assert matplotlib.rcParams["font.size"] == 20


@pytest.mark.parametrize("name", STUDIES)
def test_pictures_are_plain_cards_of_a_size_for_a_page(albums, name):
    for each in albums[name]:
        assert ET.fromstring(each.svg).tag.endswith("svg")
        assert b"fill: #ffffff" in each.svg
        width, height = struct.unpack(">II", each.png[16:24])
        assert each.png.startswith(b"\x89PNG")
        assert width <= 200 * 9.5
        assert height <= 200 * 12
        for when_or_what in (b"<dc:date>", b"atplotlib v"):
            assert when_or_what not in each.svg
        assert b"tEXt" not in each.png


@pytest.fixture
def figures(studied, monkeypatch):
    """Figures of a study before they become bytes."""
    found = []
    monkeypatch.setattr(style, "_bytes", lambda figure, *_: found.append(figure) or b"")

    def of(name):
        found.clear()
        drawn(studied, name)
        return found[::2]  # each is written twice

    return of


@pytest.mark.parametrize("name", STUDIES)
def test_no_text_covers_another_or_leaves_the_picture(figures, name, monkeypatch):
    shown = []
    draw = Text.draw

    def noted(self, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            shown.append((self.get_text(), self.get_window_extent(renderer)))
        return draw(self, renderer, *args, **kwargs)

    monkeypatch.setattr(Text, "draw", noted)
    for figure in figures(name):
        canvas = FigureCanvasAgg(figure)
        shown.clear()
        canvas.draw()
        width, height = canvas.get_width_height()
        assert len(shown) > 5
        for text, box in shown:
            assert 0 <= box.x0 < box.x1 <= width + 1, text
            assert 0 <= box.y0 < box.y1 <= height + 1, text
        for (first, one), (second, other) in combinations(shown, 2):
            assert not one.padded(-1.5).overlaps(other.padded(-1.5)), (first, second)


def test_colours_and_markers_tell_lines_apart():
    for count in range(1, 20):
        for is_ordered in (False, True):
            styles = style.line_styles(count, is_ordered=is_ordered)
            assert len({each.color for each in styles}) == count
            assert len({(each.color, each.marker) for each in styles}) == count
    ordered = [each.color for each in style.line_styles(6, is_ordered=True)]
    lightness = [sum(bytes.fromhex(color[1:])) for color in ordered]
    assert lightness == sorted(lightness)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0123, "0.012"), (12613.0, "13000"), (1.26e-6, "1.3e-06"), (0.0, "0"), (5.6e6, "5.6e+06")],
)
def test_numbers_have_two_digits(number, text):
    assert style.number_text(number) == text


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (3, 3), (4, 4), (5, 3), (7, 4), (16, 4)])
def test_panels_fill_their_rows(count, columns):
    assert style.columns_for(count) == columns
