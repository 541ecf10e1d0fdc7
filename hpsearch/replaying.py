"""Trials of a stored study, trained again: to see the same bits, or how much chance there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hpsearch.data import sources, splits
from hpsearch.domain.dataset import Dataset
from hpsearch.domain.final_training import final_configuration, without_validation
from hpsearch.domain.search_plan import CONFIRMING_REPEATS
from hpsearch.domain.space import Configuration
from hpsearch.domain.study import Study
from hpsearch.domain.trial import (
    FAILURES,
    Evaluation,
    PlannedEvaluation,
    Purpose,
    Trial,
    evaluation_order,
)
from hpsearch.errors import StudyDiffers, UnknownName
from hpsearch.execution.in_process import InProcess
from hpsearch.store.sql_store import SqlStudyStore
from hpsearch.trainers import final_trainer, seconds_per_evaluation, trainer_for
from hpsearch.training.batched_trainer import BatchedTrainer
from hpsearch.training.toy_functions import Descent

MEASURES = ("train_loss", "train_score", "validation_loss", "validation_score")
SERIES = ("train_loss", "train_score", "validation_loss", "validation_score")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replayed:
    """One training, done again.

    Attributes:
        differences: names of what is not the same to the last bit.
    """

    stored: Evaluation
    again: Evaluation
    differences: tuple[str, ...]


def trial_of(study: Study, number: int) -> Trial:
    """A finished trial of a study.

    Raises:
        UnknownName: no finished trial has that number.
    """
    for trial in study.trials:
        if trial.number == number:
            return trial
    last = study.trials[-1].number if study.trials else None
    hint = "it has no finished trial yet" if last is None else f"its trials are 0 to {last}"
    raise UnknownName("trial", str(number), (), hint)


def sampled(study: Study, count: int) -> list[int]:
    """Numbers of so many trials, evenly spread over the study; all where it has no more."""
    numbers = [trial.number for trial in study.trials]
    if count >= len(numbers):
        return numbers
    return [numbers[at * len(numbers) // count] for at in range(count)]


def replay(store: SqlStudyStore, study: Study, numbers: Sequence[int]) -> list[Replayed]:
    """Train everything again that is stored of some trials, and compare it bit for bit.

    Trainings that failed, ran out of time or were lost are left out: nothing says that they should
    do so again.

    Raises:
        UnknownName: no such trial.
        StudyDiffers: the data have changed.
    """
    configurations = {number: trial_of(study, number).configuration for number in numbers}
    stored = [
        replace(each, planned=_with_configuration(each.planned, configurations))
        for each in store.evaluations(study.id, list(numbers))
        if each.outcome.state not in FAILURES
    ]
    finals = [each.planned for each in stored if each.planned.purpose is Purpose.FINAL]
    others = [each.planned for each in stored if each.planned.purpose is not Purpose.FINAL]
    again = _trained(study, others) | _finally_trained(study, finals)
    stored.sort(key=lambda each: (each.planned.number, evaluation_order(each)))
    return [
        Replayed(
            stored=each,
            again=again[each.planned],
            differences=_differences(each, again[each.planned]),
        )
        for each in stored
    ]


def fresh_scores(study: Study, number: int, seeds: int) -> list[float | None]:
    """Mean validation score over the folds of a trial with fresh seeds and splits, one per repeat.

    Repeats that neither the search nor its confirmations have seen. Nothing is stored: what the
    study says of itself stays what it was. None where a training diverged.

    Args:
        seeds: how many repeats.
    """
    trial, spec, result = trial_of(study, number), study.spec, study.stages[-1].result
    first = spec.repeats + (result.repeats if result else CONFIRMING_REPEATS)
    planned = [
        PlannedEvaluation(
            number=number,
            configuration=trial.configuration,
            fold=fold,
            epochs=spec.training.epochs,
            purpose=Purpose.REPLAY,
            repeat=repeat,
        )
        for repeat in range(first, first + seeds)
        for fold in range(spec.split.fold_count)
    ]
    again = _trained(study, planned)
    means: list[float | None] = []
    for repeat in range(first, first + seeds):
        own = [again[each].validation_score for each in planned if each.repeat == repeat]
        known = [score for score in own if score is not None]
        means.append(sum(known) / len(known) if len(known) == len(own) else None)
    return means


def _with_configuration(
    planned: PlannedEvaluation, configurations: Mapping[int, Configuration]
) -> PlannedEvaluation:
    configuration = configurations[planned.number]
    if planned.purpose is Purpose.FINAL:
        configuration = final_configuration(configuration)
    return replace(planned, configuration=configuration)


def _finally_trained(
    study: Study, planned: Sequence[PlannedEvaluation]
) -> dict[PlannedEvaluation, Evaluation]:
    """Final trainings, which have all rows of the search and none to validate on."""
    if not planned:
        return {}
    repeats = 1 + max(each.repeat for each in planned)
    trainer = final_trainer(study.spec, _same_data(study), repeats)
    return {each.planned: without_validation(each) for each, _ in trainer.fit(planned)}


def _trained(
    study: Study, planned: Sequence[PlannedEvaluation]
) -> dict[PlannedEvaluation, Evaluation]:
    if not planned:
        return {}
    repeats = 1 + max(each.repeat for each in planned)
    trainer = _trainer_of(study, repeats)
    with InProcess(goes_on=False) as executor:  # every training from its first epoch
        executor.load(trainer, seconds_per_evaluation(trainer))
        return {each.planned: each for cohort in executor.evaluate(planned) for each in cohort}


def _trainer_of(study: Study, repeats: int) -> BatchedTrainer | Descent:
    """The trainer of a stored study, for so many repeats, the search's own among them."""
    spec, dataset = study.spec, _same_data(study)
    if study.data.is_function:
        return trainer_for(spec, dataset, ((),))
    wanted = range(repeats)
    folds = splits.folds_by_repeat(
        dataset.y, spec.split, spec.seed, wanted, dataset.groups, dataset.times
    )
    return trainer_for(spec, dataset, folds)


def _same_data(study: Study) -> Dataset:
    """The rows of the search.

    Raises:
        StudyDiffers: they have changed.
    """
    dataset = sources.load(study.spec.data, study.spec.seed)
    if study.data.fingerprint != dataset.fingerprint:
        changed = ("data", study.data.fingerprint, dataset.fingerprint)
        raise StudyDiffers(study.name, [changed])
    return dataset


def _differences(stored: Evaluation, again: Evaluation) -> tuple[str, ...]:
    found = [] if stored.outcome == again.outcome else ["outcome"]
    found += [name for name in MEASURES if getattr(stored, name) != getattr(again, name)]
    if stored.curve is not None and again.curve is not None:
        found += [
            f"curve of {name}"
            for name in SERIES
            if getattr(stored.curve, name).tobytes() != getattr(again.curve, name).tobytes()
        ]
    elif (stored.curve is None) != (again.curve is None):
        found.append("curve")
    return tuple(found)
