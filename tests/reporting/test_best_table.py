import pytest

from hpsearch.domain.assessment import assess
from hpsearch.reporting.best_table import best_table, column_meanings, interval_text
from hpsearch.reporting.latex import best_latex, escaped
from tests.domain.test_assessment import noisy, study_of


@pytest.fixture(scope="module")
def made_up():
    study, results = study_of(noisy([0.9, 0.5, 0.88], rows=500))
    return study, assess(study, results)


def test_a_row_for_each_of_the_best(made_up):
    header, first, second, third = best_table(*made_up, 5).splitlines()
    names = header.split()
    assert names[:6] == ["rank", "ranks", "score", "95", "%", "gap"]
    assert names[6:] == ["epochs", "edge", "tie", "lr", "wd"]
    assert first.split()[:2] == ["1", "1-2"]
    letters = [line[header.index("tie")] for line in (first, second, third)]
    assert letters == ["a", "a", "b"]
    assert len(best_table(*made_up, 1).splitlines()) == 2


def test_no_line_is_longer_than_80(made_up):
    study, results = study_of(noisy([0.8] * 30), confirmed={0: [0.5, 0.6]}, finalists=(0,))
    for known in (made_up, (study, assess(study, results))):
        assert max(map(len, best_table(*known, 20).splitlines())) <= 80


def test_only_columns_that_are_there_are_explained(made_up):
    text = column_meanings(*made_up, 5)
    assert "tie: a, not shown to be worse" in text
    assert "over the rows" in text
    assert "confirmed:" not in text


@pytest.mark.parametrize(
    ("interval", "text"),
    [((0.72, 0.875), "0.72-0.88"), ((-0.5, 0.25), "-0.50 to 0.25"), (None, "-")],
)
def test_intervals(interval, text):
    assert interval_text(interval, 100) == text


def test_latex_of_special_letters(made_up):
    assert escaped("a_b & 5 %") == r"a\_b \& 5 \%"
    assert escaped("\\{~^}") == r"\textbackslash{}\{\textasciitilde{}\textasciicircum{}\}"
    assert best_latex(*made_up, 2).count(r" \\") == 3
