"""Studies on real rows, some of which no search ever sees: there the true quality is measured."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.memory_store import searched
from hpsearch import bootstrap
from hpsearch.data import built_in, splits
from hpsearch.domain.dataset import DataFacts, Dataset, Fold, facts
from hpsearch.domain.search_plan import CONFIRMING_REPEATS
from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import DataSpec, StudySpec
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Evaluation, PlannedEvaluation, Purpose
from hpsearch.execution.in_process import InProcess
from hpsearch.trainers import seconds_per_evaluation
from hpsearch.training.batched_trainer import BatchedTrainer

FRESH_REPEATS = 5
LUCK_TRIALS = 5
FRESH_SEED = 1_000_000  # beyond the seeds of all searches
FRESH_SPLITS = 1_000  # beyond the repeats of all searches
MOST_UNSEEN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A packaged study, searched on some of its rows.

    Attributes:
        name: what the tables call it.
        study: the packaged one.
        rows: that the search sees.
        settings: of the study, where they differ.
        label_noise: share of the labels that are wrong while training.
        is_shuffled: whether labels are dealt out at random, so that nothing can be learned.
    """

    name: str
    study: str
    rows: int
    settings: Mapping[str, Mapping[str, object]]
    label_noise: float = 0.0
    is_shuffled: bool = False


BOOK = Task(name="book", study="book-mnist", rows=500, settings={})
DIGITS = Task(name="digits", study="digits-kfold", rows=1_500, settings={})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A task with the rows of one seed.

    Attributes:
        spec: the question; its plan and space are the caller's to change.
        facts: what a search knows of its rows.
        trainer: for the search and its confirmations.
        fresh: trains on rows of the search, and scores on rows that it never saw.
    """

    spec: StudySpec
    facts: DataFacts
    trainer: BatchedTrainer
    fresh: BatchedTrainer


def problem(task: Task, seed: int, space: str) -> Problem:
    """The rows, splits and trainers of one seed; searches with the same seed share them."""
    sections = {
        **task.settings,
        "data": {"rows": task.rows},
        "search": {"seed": seed},
        "space": {"text": space},
    }
    spec = bootstrap.ask(task.study, sections, None).spec
    dataset, everything = (
        _loaded(task, data, seed) for data in (spec.data, DataSpec(name=spec.data.name))
    )
    repeats = range(spec.repeats + CONFIRMING_REPEATS)
    folds = splits.folds_by_repeat(dataset.y, spec.split, seed, repeats)
    x, y = np.concatenate([everything.x, everything.x]), everything.y
    noisy = np.concatenate([_with_noise(y, task.label_noise, seed), y])
    trainer = BatchedTrainer(
        x=x,
        y=noisy,
        folds=tuple(tuple(_clean(fold, len(y)) for fold in repeat) for repeat in folds),
        output_count=len(dataset.classes),
        network=spec.network,
        training=spec.training,
        seed=seed,
    )
    unseen = np.arange(task.rows, min(len(y), task.rows + MOST_UNSEEN))
    return Problem(
        spec=spec,
        facts=facts(dataset, folds[0]),
        trainer=trainer,
        fresh=replace(trainer, folds=_fresh_folds(spec, y, unseen), seed=FRESH_SEED + seed),
    )


def _loaded(task: Task, data: DataSpec, seed: int) -> Dataset:
    dataset = built_in.load(data, seed)
    if not task.is_shuffled:
        return dataset
    return replace(dataset, y=generator(seed, "shuffled labels").permutation(dataset.y))


def _with_noise(y: NDArray[np.int64], share: float, seed: int) -> NDArray[np.int64]:
    """Labels of which so many are replaced by one of the other classes."""
    chance, classes = generator(seed, "label noise"), int(y.max()) + 1
    others = (y + chance.integers(1, classes, len(y))) % classes
    return np.where(chance.random(len(y)) < share, others, y)


def _clean(fold: Fold, rows: int) -> Fold:
    """The fold with validation rows from the second copy, whose labels are right."""
    return replace(fold, validation_rows=fold.validation_rows + rows)


def _fresh_folds(
    spec: StudySpec, y: NDArray[np.int64], unseen: NDArray[np.int64]
) -> tuple[tuple[Fold, ...], ...]:
    """For each repeat the training rows of a new split, and the unseen rows to score on."""
    count = int(unseen[0])
    parts = (
        splits.folds(y[:count], spec.split, spec.seed, FRESH_SPLITS + repeat)[0]
        for repeat in range(FRESH_REPEATS)
    )
    return tuple((_clean(replace(part, validation_rows=unseen), len(y)),) for part in parts)


class Luck(NamedTuple):
    """By how much the rows that score are easier than the unseen ones.

    Attributes:
        searching: those of the search.
        confirming: those of the confirmations.
    """

    searching: float = 0.0
    confirming: float = 0.0


def luck_of_rows(of: Problem, fixed: Configuration) -> Luck:
    """Luck as a fixed configuration has it.

    Its mean over many draws of the rows is 0, and so is its share in any optimism: taken off, what
    is left is less noisy.
    """
    planned = [
        PlannedEvaluation(
            number=FRESH_SEED + number,
            configuration=fixed,
            repeat=repeat,
            fold=fold,
            epochs=of.spec.training.epochs,
        )
        for number in range(LUCK_TRIALS)
        for repeat, folds in enumerate(of.trainer.folds)
        for fold in range(len(folds))
    ]
    true = true_qualities(of, [fixed])[0]
    scores: dict[bool, list[float]] = {False: [], True: []}
    for each in of.trainer.evaluate(planned):
        scores[each.planned.repeat >= of.spec.repeats].append(each.validation_score or 0.0)
    return Luck(float(np.mean(scores[False])) - true, float(np.mean(scores[True])) - true)


def true_qualities(of: Problem, chosen: Sequence[Configuration]) -> list[float]:
    """Mean score of each configuration on unseen rows, trained anew; 0 where one diverges."""
    planned = [
        PlannedEvaluation(
            number=0,
            configuration=configuration,
            repeat=repeat,
            fold=0,
            epochs=of.spec.training.epochs,
            purpose=Purpose.FINAL,
        )
        for configuration in dict.fromkeys(chosen)
        for repeat in range(FRESH_REPEATS)
    ]
    found: dict[Configuration, list[float]] = {each: [] for each in chosen}
    for evaluation in of.fresh.evaluate(planned):
        found[evaluation.planned.configuration].append(evaluation.validation_score or 0.0)
    return [float(np.mean(found[each])) for each in chosen]


class Measured(InProcess):
    """Trains in this process, and keeps the processor's seconds by purpose."""

    def __init__(self, trainer: BatchedTrainer) -> None:
        super().__init__()
        self.load(trainer, seconds_per_evaluation(trainer))
        self.seconds: Counter[Purpose] = Counter()

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Cohorts in order."""
        started = time.process_time()
        for evaluations in super().evaluate(planned):
            taken, clock = time.process_time() - started, sum(each.seconds for each in evaluations)
            for each in evaluations:  # audits train beside the last rung
                self.seconds[each.planned.purpose] += taken * each.seconds / clock
            yield evaluations
            started = time.process_time()


def search(of: Problem, spec: StudySpec, trials: int) -> tuple[Study, Mapping[Purpose, float]]:
    """Run a study on a problem's rows; it, and the processor's seconds by purpose."""
    executor = Measured(of.trainer)
    study = searched(spec, trials, of.facts, executor)
    return study, executor.seconds
