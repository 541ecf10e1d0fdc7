import json
import math
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from hpsearch.statistics.chance_of_better import chance_of_better

BOOK = json.loads((Path(__file__).parents[1] / "domain" / "book_trials.json").read_text())


@pytest.mark.parametrize(("trials", "more"), [(1, 1), (3, 2), (2, 4), (5, 0)])
def test_every_order_of_a_few_trials_counts_the_same(trials, more):
    orders = list(permutations(range(trials + more)))
    better = sum(max(each[trials:], default=-1) > max(each[:trials]) for each in orders)
    assert chance_of_better(trials, more) == better / math.factorial(trials + more)


@pytest.mark.parametrize("trials", [10, 50, 80])
def test_the_books_trials_in_any_order_beat_their_best_so_often(trials):
    """The best of its 100 accuracies stands alone: no other trial has 0.84."""
    scores = np.array([row[0] for row in BOOK["rows"]])
    random = np.random.Generator(np.random.PCG64(0))
    shuffled = random.permuted(np.tile(scores, (20_000, 1)), axis=1)
    better = shuffled[:, trials:].max(axis=1) > shuffled[:, :trials].max(axis=1)
    assert better.mean() == pytest.approx(chance_of_better(trials, 100 - trials), abs=0.01)
