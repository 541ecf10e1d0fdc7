"""Pictures of a search: which there are, what they hold, and that nothing covers anything."""

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from hpsearch.domain.space import Configuration
from hpsearch.reporting.pictures import style
from hpsearch.reporting.pictures.album import search_pictures
from hpsearch.reporting.pictures.hyperparameter_axis import axes_of
from tests.reporting.pictures.studies import FEW_ROWS, STUDIES
from tests.stored_studies import TINY_SECTIONS, run_sections, stored

STAGED = TINY_SECTIONS | {
    "data": {"name": "digits", "rows": 300},
    "training": {"epochs": 9},
    "search": {"trials": 42, "stages": 2, "confirm": 2},
}
WORDS = FEW_ROWS | {
    "space": {"text": "lr,optimizer=sgd|adam,width=4:16"},
    "search": {"trials": 12, "stages": 1, "prune": "none", "confirm": 0},
}
ALWAYS = ["hyperparameters", "map", "best-so-far", "parallel", "fit", "times"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("searches")
    run_sections(folder, TINY_SECTIONS, "short")
    run_sections(folder, STAGED, "staged")
    run_sections(folder, WORDS, "words")
    run_sections(folder, STUDIES["values"], "grid")
    return folder


def all_drawn(folder, name):
    return list(map(style.drawn, search_pictures(stored(folder, name))))


@pytest.mark.parametrize(
    ("name", "extra"),
    [("short", []), ("words", []), ("staged", ["stage-ranges", "rungs"])],
)
def test_a_search_has_its_pictures(folder, name, extra):
    drawn = all_drawn(folder, name)
    assert sorted(each.name for each in drawn) == sorted(ALWAYS + extra)
    assert all(each.caption.endswith(".") for each in drawn)
    assert all_drawn(folder, name) == drawn


def test_a_grid_has_none_of_them(folder):
    assert search_pictures(stored(folder, "grid")) == []


def test_the_expected_best_is_drawn_of_random_trials_in_full_only(folder):
    captions = {
        name: {each.name: each.caption for each in search_pictures(stored(folder, name))}
        for name in ("short", "staged")
    }
    assert "random trials of stage 1 give on average" in captions["short"]["best-so-far"]
    assert "on average" not in captions["staged"]["best-so-far"]
    assert "Vertical lines part the stages." in captions["staged"]["best-so-far"]


@pytest.mark.parametrize("name", ["short", "staged", "words"])
def test_no_text_covers_another_or_leaves_the_picture(folder, name, monkeypatch):
    figures, shown = [], []
    monkeypatch.setattr(style, "_bytes", lambda figure, *_: figures.append(figure) or b"")
    all_drawn(folder, name)
    assert len(figures) >= 2 * len(ALWAYS)
    draw = Text.draw

    def noted(self, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            shown.append((self.get_text(), self.get_window_extent(renderer)))
        return draw(self, renderer, *args, **kwargs)

    monkeypatch.setattr(Text, "draw", noted)
    for figure in figures[::2]:
        canvas = FigureCanvasAgg(figure)
        shown.clear()
        canvas.draw()
        width, height = canvas.get_width_height()
        for text, box in shown:
            assert 0 <= box.x0 < box.x1 <= width + 1, text
            assert 0 <= box.y0 < box.y1 <= height + 1, text
        for (first, one), (second, other) in combinations(shown, 2):
            assert not one.padded(-1.5).overlaps(other.padded(-1.5)), (first, second)


def test_places_along_an_axis(folder):
    axes = {axis.name: axis for axis in axes_of([stored(folder, "words").spec.space])}
    lr = axes["lr"]
    assert (lr.place(lr.low), lr.place(lr.high)) == (0, 1)
    assert lr.place((lr.low * lr.high) ** 0.5) == pytest.approx(0.5)
    assert lr.of(Configuration(())) is None
    assert axes["optimizer"].place("sgd") == 0.25
    assert axes["optimizer"].ticks() == ([0.25, 0.75], ["sgd", "adam"])
    assert not axes["optimizer"].has_numbers


def test_off_lies_below_all_numbers(folder):
    (wd,) = [axis for axis in axes_of([stored(folder, "short").spec.space]) if axis.name == "wd"]
    places, texts = wd.ticks()
    assert texts[0] == "off"
    assert wd.limits[0] < places[0] < 0 <= places[1]
    assert wd.place("off") == places[0]
