import numpy as np
import pytest

from hpsearch.statistics.best_of_many import corrected_best, fold_optimism
from hpsearch.statistics.intervals import wilson


def guesses(seed, trials=100, rows=100, share=0.1):
    """Trials that are right by chance alone."""
    return (np.random.default_rng(seed).random((trials, rows)) < share).astype(np.float32)


def test_one_trial_is_not_flattered():
    right = guesses(0, trials=1)
    found = corrected_best(right)
    assert found.naive == pytest.approx(float(right.mean()))
    assert found.mean == pytest.approx(found.naive, abs=0.005)
    assert found.chances.tolist() == [1]
    assert found.first_ranks.tolist() == found.last_ranks.tolist() == [1]


def test_two_rows_by_hand():
    """One trial is right on the first row, one on the second.

    Drawn are both rows (half of the rounds, no row left over: it scores 0) or one of them twice:
    then the trial that is right on it is chosen, and it is wrong on the other.
    """
    found = corrected_best(np.eye(2, dtype=np.float32))
    assert (found.naive, found.mean) == (0.5, 0.0)
    assert found.chances == pytest.approx([0.5, 0.5], abs=0.03)
    assert found.chances.sum() == pytest.approx(1)
    assert found.last_ranks.tolist() == [2, 2]


def test_the_best_of_guesses_is_a_guess():
    found = [corrected_best(guesses(seed)) for seed in range(30)]
    assert np.mean([each.naive for each in found]) == pytest.approx(0.18, abs=0.01)
    assert np.mean([each.mean for each in found]) == pytest.approx(0.1, abs=0.01)
    assert all(each.low <= 0.1 for each in found)


def test_the_interval_is_that_of_the_corrected_mean():
    found = corrected_best(guesses(1))
    assert (found.low, found.high) == pytest.approx(wilson(100 * found.mean, 100))
    assert found.optimism == found.naive - found.mean


def test_a_trial_far_ahead_is_sure_to_be_the_best():
    right = guesses(2, trials=5, share=0.5)
    right[3] = 1
    found = corrected_best(right)
    assert found.chances.tolist() == [0, 0, 0, 1, 0]
    assert (found.first_ranks[3], found.last_ranks[3]) == (1, 1)
    assert found.optimism == pytest.approx(0)
    assert found.first_ranks[0] >= 2


def test_scores_that_are_no_shares():
    scores = np.random.default_rng(4).normal(size=(20, 200)).astype(np.float32)
    found = corrected_best(scores)
    assert found.low < 0 < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 / np.sqrt(200), rel=0.1)


def test_the_same_scores_give_the_same_bits_in_any_parts(monkeypatch):
    right = guesses(5)
    whole = corrected_best(right)
    monkeypatch.setattr("hpsearch.statistics.best_of_many._NUMBERS_AT_ONCE", 1000)
    parts = corrected_best(right)
    assert parts.chances.tolist() == pytest.approx(whole.chances.tolist())
    assert parts.last_ranks.tolist() == whole.last_ranks.tolist()
    assert parts.mean == pytest.approx(whole.mean)


def test_fold_optimism_by_hand():
    """Best by its mean of 0.8 is the first; the folds' own best are 0.8, 0.9 and 0.9."""
    scores = [[0.8, 0.7, 0.9], [0.6, 0.9, 0.8]]
    assert fold_optimism(scores) == pytest.approx((0.0 + 0.2 + 0.0) / 3)
    assert fold_optimism([[0.5, 0.6]]) == 0
