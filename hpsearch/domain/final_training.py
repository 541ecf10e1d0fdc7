"""Which configuration is trained at the end, and how long: as the search trained it."""

import statistics
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hpsearch.domain.ranking import best_trials
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import ScoreEpoch, StudySpec
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Evaluation, PlannedEvaluation, Purpose, Trial
from hpsearch.domain.trial_settings import settled
from hpsearch.errors import InvalidStudy, NoValidTrial, UnknownName

FULL = (Purpose.SEARCH, Purpose.CONFIRM)


def chosen_trial(study: Study, number: int | None = None) -> Trial:
    """The best trial of a finished study (the best confirmed one, where any is), or a given one.

    Raises:
        NoValidTrial: no trial has a score.
        UnknownName: no trial has that number.
        InvalidStudy: the search has not ended, the trial has no score, or there is no network.
    """
    if study.data.is_function:
        raise InvalidStudy("study", f"`{study.name}` descends a function and trains no network")
    if number is not None:
        return _numbered(study, number)
    if not study.is_finished:
        done = f"{len(study.trials)} of {study.trial_count} trials"
        raise InvalidStudy(
            "study",
            f"the search of `{study.name}` has not ended yet ({done})",
            f"`hpsearch resume {study.name}` first, or choose a trial with `--trial`",
        )
    best = best_trials(study.trials, 1)
    if not best:
        raise NoValidTrial(f"study `{study.name}` has no trial with a score")
    return best[0]


def _numbered(study: Study, number: int) -> Trial:
    found = [trial for trial in study.trials if trial.number == number]
    if not found:
        known = [str(trial.number) for trial in study.trials]
        raise UnknownName("trial", str(number), known)
    if found[0].score is None:
        state = found[0].outcome.state.value
        raise InvalidStudy("trial", f"trial {number} is {state} and has no score", "choose another")
    return found[0]


def final_spec(spec: StudySpec) -> StudySpec:
    """The settings of the final trainings: those of the search, without looking at any epoch."""
    training = replace(spec.training, early_stopping=0, score=ScoreEpoch.LAST, measure=())
    return replace(spec, training=training)


def final_configuration(configuration: Configuration) -> Configuration:
    """What of a trial's configuration is trained at the end: there is nothing to stop early on."""
    return Configuration(tuple(pair for pair in configuration.pairs if pair[0] != "early_stopping"))


def final_trainings(
    spec: StudySpec, trial: Trial, evaluations: Sequence[Evaluation], count: int
) -> tuple[PlannedEvaluation, ...]:
    """`count` trainings of a trial's configuration, each with a seed of its own.

    There is nothing to stop early on, since all rows train: where the search kept the weights of
    the best epoch, these end after the median of its best epochs.

    Args:
        evaluations: of the trial, with their curves.
    """
    configuration = final_configuration(trial.configuration)
    _, training = settled(spec.network, spec.training, trial.configuration)
    epochs = spec.training.epochs
    if training.early_stopping or training.score is ScoreEpoch.BEST:
        epochs = _median_best_epoch(evaluations) or epochs
    return tuple(
        PlannedEvaluation(
            number=trial.number,
            configuration=configuration,
            fold=0,
            epochs=epochs,
            purpose=Purpose.FINAL,
            repeat=repeat,
        )
        for repeat in range(count)
    )


def without_validation(evaluation: Evaluation) -> Evaluation:
    """A final training as it is stored.

    Its curve would show the rows that stand in for validation, and they have been learned.
    """
    return replace(
        evaluation, curve=None, validation_loss=None, validation_score=None, row_results=None
    )


def _median_best_epoch(evaluations: Sequence[Evaluation]) -> int | None:
    best = [
        int(np.nanargmin(each.curve.validation_loss)) + 1
        for each in evaluations
        if each.planned.purpose in FULL and each.curve is not None and each.outcome.is_complete
    ]
    return round(statistics.median(best)) if best else None
