"""A search whose trainings take no time: what remains is the driver and the database.

Prints the seconds of the whole search, from the empty folder to the closed database, as JSON.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence

import numpy as np

from hpsearch import bootstrap
from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.trial import COMPLETED, Curve, Evaluation, PlannedEvaluation
from hpsearch.execution.in_process import InProcess
from hpsearch.execution.work import Trainer
from hpsearch.search.driver import run_study
from hpsearch.search.events import TrialsSaved
from hpsearch.versions import library_versions

EPOCHS = 5
ONE_STAGE = {"stages": 1, "prune": "none", "confirm": 0, "baseline": False}
FACTS = DataFacts(
    fingerprint="0" * 64,
    rows=500,
    validation_rows=100,
    test_rows=0,
    class_count=10,
    majority_share=0.1,
)


class InstantTrainer:
    """Gives every training a short curve and a score at once."""

    def __init__(self) -> None:
        falling = np.linspace(2, 1, EPOCHS + 1, dtype=np.float32)
        rising = np.linspace(0.1, 0.9, EPOCHS, dtype=np.float32)
        self._curve = Curve(
            train_loss=falling,
            train_score=rising,
            validation_loss=falling[1:],
            validation_score=rising,
        )

    def evaluate(self, cohort: Sequence[PlannedEvaluation]) -> tuple[Evaluation, ...]:
        """Complete evaluations; scores differ from trial to trial."""
        return tuple(
            Evaluation(
                planned=planned,
                outcome=COMPLETED,
                train_loss=1.0,
                train_score=0.9,
                validation_loss=1.0,
                validation_score=0.5 + 0.4 * (planned.number * 0.618 % 1),
                curve=self._curve,
            )
            for planned in cohort
        )


class OneByOne:
    """An executor that hands over every evaluation alone, as it does where trials are dear."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Cohorts of one evaluation, in order."""
        for each in planned:
            yield self._trainer.evaluate([each])


def main() -> None:
    """Search, and print how long it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("trials", type=int)
    parser.add_argument("--one-by-one", action="store_true", help="one transaction per trial")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        storage = f"sqlite:///{folder}/hpsearch.db"
        print(json.dumps({"seconds": seconds(storage, given.trials, executor(given.one_by_one))}))


def executor(one_by_one: bool) -> InProcess | OneByOne:  # noqa: FBT001 - a flag of the command line
    """The executor of `--workers 1`, or one that hands over every evaluation alone."""
    if one_by_one:
        return OneByOne(InstantTrainer())
    in_process = InProcess()
    in_process.load(InstantTrainer(), 0.0)
    return in_process


def seconds(storage: str, trials: int, executor: InProcess | OneByOne) -> float:
    """Time of a whole search with an instant trainer."""
    sections = {"search": {**ONE_STAGE, "trials": trials}, "space": {"text": "lr,wd"}}
    question = bootstrap.ask(None, sections, None)
    sampler = bootstrap.SAMPLERS[question.spec.sampler]()
    started = time.perf_counter()
    with bootstrap.opened(storage, is_new_allowed=True) as store:
        study = store.create_study(question.name, question.spec, trials, FACTS, library_versions())
        with store.driving(study):
            events = list(run_study(study, store=store, sampler=sampler, executor=executor))
    taken = time.perf_counter() - started
    saved = [each for each in events if isinstance(each, TrialsSaved)]
    assert saved[-1].finished == trials
    return taken


if __name__ == "__main__":
    main()
