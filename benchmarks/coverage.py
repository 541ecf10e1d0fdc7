"""How often intervals of the best score hold the truth, on studies whose truth is known.

Simulated studies: each trial has a true accuracy, drawn evenly from a range, and each validation
row a difficulty that all trials share, so that trials err on the same rows. The best by its score
is picked, as a search does. An interval covers if the true accuracy of what was picked lies in it.

Both tables ask the functions that reports ask. Shuffled labels: real studies of the handwritten
digits with their classes shuffled, run and stored like any other, so that nothing can be learned,
and every study that is called better than chance is a mistake.
"""

import argparse
import sys
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import header
from hpsearch import bootstrap
from hpsearch.assessing import assessed
from hpsearch.data import sources
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.seeds import generator
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.reporting.text import markdown_table
from hpsearch.statistics.best_of_many import corrected_best
from hpsearch.statistics.intervals import wilson

STUDIES = 500
SHUFFLED_STUDIES = 200
ROUNDS = 400
SHUFFLED_TRIALS = 40
COLUMNS = (
    "trials",
    "rows",
    "true accuracies",
    "corrected covers",
    "naive covers",
    "bias corrected",
    "bias naive",
    "width corrected",
    "width naive",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a simulated study is drawn from.

    Attributes:
        low: least true accuracy.
        high: largest.
        shared: correlation between the latent difficulties of a row for two trials.
    """

    trials: int
    rows: int
    low: float
    high: float
    shared: float


TRUTHS = (
    Truth(trials=100, rows=100, low=0.5, high=0.85, shared=0.5),
    Truth(trials=100, rows=100, low=0.8, high=0.8, shared=0.5),
    Truth(trials=100, rows=360, low=0.6, high=0.9, shared=0.7),
    Truth(trials=30, rows=360, low=0.6, high=0.9, shared=0.3),
    Truth(trials=300, rows=360, low=0.6, high=0.9, shared=0.7),
    Truth(trials=100, rows=1797, low=0.9, high=0.97, shared=0.7),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser("python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=STUDIES, metavar="N", help="simulated")
    parser.add_argument(
        "--shuffled", type=int, default=SHUFFLED_STUDIES, metavar="N", help="of shuffled labels"
    )
    given = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    limit_to_one_thread()
    print(f"## Intervals of the best\n\n{header(1)}\n")
    rows = [_row(truth, given.studies) for truth in TRUTHS]
    print(markdown_table(COLUMNS, rows))
    print()
    print(_shuffled(given.shuffled))


def _row(truth: Truth, studies: int) -> tuple[str, ...]:
    random = np.random.default_rng(0)
    found = np.array([_study(random, truth) for _ in range(studies)])  # (study, measure)
    covers, naive_covers, bias, naive_bias, width, naive_width = found.mean(axis=0)
    return (
        str(truth.trials),
        str(truth.rows),
        f"{truth.low} to {truth.high}" if truth.low < truth.high else f"all {truth.low}",
        f"{covers:.1%}",
        f"{naive_covers:.1%}",
        f"{bias:+.4f}",
        f"{naive_bias:+.4f}",
        f"{width:.3f}",
        f"{naive_width:.3f}",
    )


def _study(random: np.random.Generator, truth: Truth) -> tuple[float, ...]:
    accuracies = random.uniform(truth.low, truth.high, truth.trials)
    right = _right(random, truth, accuracies)
    means = right.mean(axis=1)
    picked = float(accuracies[means == means.max()].mean())
    found = corrected_best(right, ROUNDS)
    low, high = wilson(found.naive * truth.rows, truth.rows)
    return (
        found.low <= picked <= found.high,
        low <= picked <= high,
        found.mean - picked,
        found.naive - picked,
        found.high - found.low,
        high - low,
    )


def _right(
    random: np.random.Generator, truth: Truth, accuracies: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Whether each trial is right on each row, `(trial, row)`."""
    from scipy.special import ndtri

    common = random.normal(size=truth.rows)
    own = random.normal(size=(truth.trials, truth.rows))
    difficulty = np.sqrt(truth.shared) * common + np.sqrt(1 - truth.shared) * own
    return (difficulty < ndtri(accuracies)[:, None]).astype(np.float32)


def _shuffled(studies: int) -> str:
    """How many studies of shuffled labels are called better than chance."""
    with tempfile.TemporaryDirectory() as folder:
        found = [_shuffled_study(Path(folder), seed) for seed in range(studies)]
    calls, corrected_calls, naive_calls, score, naive = np.array(found).mean(axis=0)
    return (
        f"Shuffled labels, {studies} studies of {SHUFFLED_TRIALS} trials on 100 validation rows, "
        f"five finalists confirmed: {calls:.1%} are called better than chance by their reports, "
        f"{corrected_calls:.1%} would be by the corrected interval of the search alone, and "
        f"{naive_calls:.1%} by the naive one; mean best score {naive:.3f}, corrected {score:.3f}."
    )


def _shuffled_study(folder: Path, seed: int) -> tuple[float, ...]:
    """A study that is run, stored and assessed like any other."""
    digits = sources.load(DataSpec(name="digits", rows=500), seed)
    classes = generator(seed, "shuffled labels").permutation(digits.y)
    path, storage, name = folder / "digits.npz", f"sqlite:///{folder}/shuffled.db", f"seed {seed}"
    np.savez(path, x=digits.x, y=classes)
    sections = {
        "data": {"name": str(path)},
        "split": {"holdout": 0.2},
        "network": {"hidden": "16"},
        "training": {"epochs": 5},
        "space": {"text": "lr,wd"},
        "search": {"trials": SHUFFLED_TRIALS, "stages": 1, "prune": "none", "seed": seed},
    }
    with bootstrap.run_question(storage, bootstrap.ask(None, sections, name), 1) as run:
        deque(run.events, maxlen=0)
    with bootstrap.opened(storage) as store:
        assessment = assessed(store, store.load_study(name))
    assert assessment is not None
    corrected, chance = assessment.corrected, assessment.chance_level
    low, _ = wilson(corrected.naive * 100, 100)
    is_above = corrected.interval[0] > chance
    called = assessment.is_better_than_chance
    return called, is_above, low > chance, corrected.mean, corrected.naive


if __name__ == "__main__":
    main()
