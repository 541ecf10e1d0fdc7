import json
from pathlib import Path

import numpy as np
import pytest

from hpsearch.statistics.expected_best import expected_best, expected_best_band

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


def test_the_band_goes_to_half_of_the_trials():
    scores = [row[0] for row in BOOK["rows"]]
    band = expected_best_band(scores)
    assert (band.counts[0], band.counts[-1]) == (1, 50)
    assert band.expected == pytest.approx([expected_best(scores, int(m)) for m in band.counts])
    assert (band.low <= band.expected).all()
    assert (band.expected <= band.high).all()
    assert (np.diff(band.expected) > 0).all()


def test_the_band_of_equal_scores_has_no_width():
    band = expected_best_band([0.5] * 10)
    assert band.low == pytest.approx(0.5) == band.high


def test_the_band_covers_the_truth():
    """Of uniform scores the best of m is m / (m + 1) on average; less sure towards half of all."""
    rng = np.random.default_rng(3)
    bands = [expected_best_band(rng.uniform(size=60).tolist(), points=3) for _ in range(200)]
    truth = bands[0].counts / (bands[0].counts + 1)
    covered = np.mean([(each.low <= truth) & (truth <= each.high) for each in bands], axis=0)
    assert covered == pytest.approx([0.9, 0.9, 0.8], abs=0.05)
