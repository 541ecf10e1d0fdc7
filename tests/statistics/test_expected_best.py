import json
from pathlib import Path

import pytest

from hpsearch.statistics.expected_best import expected_best

BOOK = json.loads((Path(__file__).parents[1] / "domain" / "book_trials.json").read_text())


@pytest.mark.parametrize(
    ("count", "best"),
    [(1, 0.218), (5, 0.507), (10, 0.653), (20, 0.754), (50, 0.814), (100, 0.840)],
)
def test_the_books_hundred_trials(count, best):
    scores = [row[0] for row in BOOK["rows"]]
    assert expected_best(scores, count) == pytest.approx(best, abs=5e-4)


def test_two_of_three_by_hand():
    # The pairs of 1, 2, 4 have the maxima 2, 4 and 4.
    assert expected_best([4, 1, 2], 2) == pytest.approx(10 / 3)
