"""A study of very many trials, made by the real driver in a real database; nothing is trained.

Scores come from a landscape over lr and wd with the noise of their validation rows, so that they
have ties, curves have their shape, and what does not fit diverges.
"""

import argparse
import json
import math
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpsearch import bootstrap
from hpsearch.data import sources
from hpsearch.data.splits import FoldsByRepeat, folds_by_repeat
from hpsearch.domain.dataset import facts
from hpsearch.domain.row_results import packed
from hpsearch.domain.space import OFF, Configuration
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    State,
)
from hpsearch.execution.in_process import InProcess
from hpsearch.search.driver import run_study
from hpsearch.search.events import TrialsSaved
from hpsearch.versions import library_versions

NAME = "many"
FOLDS, EPOCHS, HIDDEN = 3, 20, "32"
CLASSES = 10


class LandscapeTrainer:
    """Gives every training a curve, a score and what it makes of each row, at once.

    Args:
        rows: validation rows of each fold.
    """

    def __init__(self, rows: Sequence[int]) -> None:
        self._rows = tuple(rows)

    def evaluate(self, cohort: Sequence[PlannedEvaluation]) -> tuple[Evaluation, ...]:
        """Evaluations in order; the same again for the same trial, repeat and fold."""
        return tuple(self._evaluation(each) for each in cohort)

    def _evaluation(self, planned: PlannedEvaluation) -> Evaluation:
        seed = (planned.number, planned.repeat, planned.fold)
        random = np.random.Generator(np.random.SFC64(seed))
        if float(planned.configuration["lr"]) > 0.5:
            epoch = int(random.integers(1, planned.epochs))
            return Evaluation(
                planned=planned,
                outcome=Outcome(State.DIVERGED, epoch),
                curve=_curve(random, epoch, 0.1),
                seconds=0.004,
            )
        is_right = random.random(self._rows[planned.fold]) < _quality(planned.configuration)
        curve = _curve(random, planned.epochs, float(is_right.mean()))
        return Evaluation(
            planned=planned,
            outcome=COMPLETED,
            train_loss=float(curve.train_loss[-1]),
            train_score=float(curve.train_score[-1]),
            validation_loss=float(curve.validation_loss[-1]),
            validation_score=float(is_right.mean()),
            curve=curve,
            seconds=0.012 + 0.001 * float(random.random()),
            row_results=packed(is_right),
        )


def _quality(configuration: Configuration) -> float:
    """True accuracy of a configuration: a hill around lr 0.1, a little better with some decay."""
    wd = configuration["wd"]
    away = math.log10(float(configuration["lr"])) + 1
    decay = 0.0 if wd == OFF else 0.02 * math.exp(-((math.log10(float(wd)) + 3) ** 2))
    return 1 / CLASSES + 0.78 * math.exp(-0.35 * away * away) + decay


def _curve(random: np.random.Generator, epochs: int, score: float) -> Curve:
    """From chance to `score` in so many epochs, with noise that does not compress."""
    share = 1 - np.exp(-3 * np.arange(epochs + 1) / epochs)
    noise = 0.01 * random.standard_normal((4, epochs + 1)).astype(np.float32)
    rising: NDArray[np.float64] = 1 / CLASSES + (score - 1 / CLASSES) * share / share[-1]
    falling = -np.log(np.clip(rising, 0.05, 0.99))
    return Curve(
        train_loss=(falling + noise[0]).astype(np.float32),
        train_score=(rising + noise[1])[1:].astype(np.float32),
        validation_loss=(falling * 1.1 + noise[2])[1:].astype(np.float32),
        validation_score=np.append((rising + noise[3])[1:-1], score).astype(np.float32),
    )


def make(storage: str, trials: int) -> dict[str, float]:
    """Search to the end, judgement and confirmations included; what it took, but for the data.

    Returns:
        `seconds` by the clock, `busy` seconds of a core, and the `megabytes` of the process.
    """
    sections = {
        "data": {"name": "mnist"},
        "network": {"hidden": HIDDEN},
        "training": {"epochs": EPOCHS},
        "split": {"folds": FOLDS},
        "search": {"stages": 1, "prune": "none", "trials": trials},
        "space": {"text": "lr,wd"},
    }
    spec = bootstrap.ask(None, sections, NAME).spec
    dataset = sources.load(spec.data, spec.seed)
    folds = folds_by_repeat(dataset.y, spec.split, spec.seed, range(1 + spec.plan.confirm))
    executor = InProcess()
    executor.load(LandscapeTrainer(_validation_rows(folds)), 0.0)
    sampler = bootstrap.SAMPLERS[spec.sampler]()
    started, busy = time.perf_counter(), time.process_time()
    with bootstrap.opened(storage, is_new_allowed=True) as store:
        about = facts(dataset, folds[0])
        study = store.create_study(NAME, spec, trials, about, library_versions(spec.sampler))
        with store.driving(study):
            events = run_study(study, store=store, sampler=sampler, executor=executor)
            saved = [each.finished for each in events if isinstance(each, TrialsSaved)]
    assert saved[-1] == trials
    return {
        "seconds": time.perf_counter() - started,
        "busy": time.process_time() - busy,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


def _validation_rows(folds: FoldsByRepeat) -> list[int]:
    return [len(fold.validation_rows) for fold in folds[0]]


def main() -> None:
    """Make the database and print how long that took, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database", type=Path)
    parser.add_argument("trials", type=int)
    given = parser.parse_args()
    print(json.dumps(make(f"sqlite:///{given.database}", given.trials)))


if __name__ == "__main__":
    main()
