"""How often intervals of the best score hold the truth, on studies whose truth is known.

Simulated studies: each trial has a true accuracy, drawn evenly from a range, and each validation
row a difficulty that all trials share, so that trials err on the same rows. The best by its score
is picked, as a search does. An interval covers if the true accuracy of what was picked lies in it.

Shuffled labels: real trainings on the handwritten digits with their classes shuffled, so that
nothing can be learned, and every study that is called better than chance is a mistake.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import header
from hpsearch import bootstrap
from hpsearch.data import sources, splits
from hpsearch.domain.dataset import facts
from hpsearch.domain.row_results import row_scores
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import PlannedEvaluation
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.reporting.text import markdown_table
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.statistics.best_of_many import corrected_best
from hpsearch.statistics.intervals import wilson
from hpsearch.trainers import trainer_for

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
    sections = {
        "data": {"name": "digits", "rows": 500},
        "split": {"holdout": 0.2},
        "network": {"hidden": "16"},
        "training": {"epochs": 5},
        "space": {"text": "lr,wd"},
        "search": {"trials": SHUFFLED_TRIALS, "stages": 1},
    }
    spec = bootstrap.ask(None, sections, None).spec
    found = [_shuffled_study(replace(spec, seed=seed)) for seed in range(studies)]
    calls, naive_calls, score, naive = np.array(found).mean(axis=0)
    return (
        f"Shuffled labels, {studies} studies of {SHUFFLED_TRIALS} trials on 100 validation rows: "
        f"{calls:.1%} are called better than chance by the corrected interval, {naive_calls:.1%} "
        f"by the naive one; mean best score {naive:.3f}, corrected {score:.3f}."
    )


def _shuffled_study(spec: StudySpec) -> tuple[float, ...]:
    dataset = sources.load(spec.data, spec.seed)
    classes = generator(spec.seed, "shuffled labels").permutation(dataset.y)
    dataset = replace(dataset, y=classes)
    folds = splits.folds(dataset.y, spec.split, spec.seed)
    stage = Stage(number=1, space=spec.space, trial_count=SHUFFLED_TRIALS)
    proposed = RandomSampler().propose(stage, (), range(SHUFFLED_TRIALS), spec.seed)
    planned = [
        PlannedEvaluation(number=number, configuration=each, fold=0, epochs=spec.training.epochs)
        for number, each in enumerate(proposed)
    ]
    done = trainer_for(spec, dataset, (folds,)).evaluate(planned)
    right = np.array([row_scores(each.row_results, 0) for each in done if each.row_results])
    found, rows = corrected_best(right, ROUNDS), right.shape[1]
    chance, (low, _) = facts(dataset, folds).majority_share, wilson(found.naive * rows, rows)
    return found.low > chance, low > chance, found.mean, found.naive


if __name__ == "__main__":
    main()
