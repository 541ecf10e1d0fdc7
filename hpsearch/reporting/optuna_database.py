"""A study as an Optuna database, which `optuna-dashboard` and Optuna itself can open."""

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.domain.imported import ImportedStudy, Searched
from hpsearch.domain.measurements import reported_of
from hpsearch.domain.range_text import range_table
from hpsearch.domain.spec_text import spec_sections
from hpsearch.domain.task import Direction
from hpsearch.domain.trial import Evaluation, Purpose, State, Trial
from hpsearch.quiet_optuna import quiet
from hpsearch.reporting.export import verdict_values
from hpsearch.reporting.optuna_parameters import Parameters, parameters

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

READ_AT_ONCE = 500  # trials whose learning curves are in memory

ReadEvaluations = Callable[[Sequence[int]], Sequence[Evaluation]]


def optuna_database(
    study: Searched, read_evaluations: ReadEvaluations, finish_times: Mapping[int, datetime]
) -> bytes:
    """The SQLite file that Optuna writes of a study of the same name.

    Values are those of the metric, in its own direction; of a toy function minus its value.
    Intermediate values are means over folds after each epoch. Trials that diverged, timed out or
    were lost are failed ones to Optuna; their own state, stage, folds and configuration are
    attributes. Verdicts are attributes of the study, by stage. Optuna counts the trials that there
    are from 0: the attribute `number` is the one here.

    Args:
        read_evaluations: gives the evaluations of some trials, with their learning curves.
        finish_times: by trial number.
    """
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = Path(folder) / "optuna.db"
        _write(path, study, _frozen_trials(study, read_evaluations, finish_times))
        return path.read_bytes()


def _write(path: Path, study: Searched, trials: "Iterator[FrozenTrial]") -> None:
    import optuna

    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    try:
        written = optuna.create_study(
            study_name=study.name,
            storage=storage,
            direction="minimize" if _is_minimized(study) else "maximize",
        )
        written.set_metric_names([_metric(study)])
        for key, value in study_attributes(study).items():
            written.set_user_attr(key, value)
        for each in trials:
            written.add_trial(each)
    finally:
        storage.remove_session()
        storage.engine.dispose()


def study_attributes(study: Searched) -> dict[str, Any]:
    """What Optuna has no place for: question, data, and ranges and verdicts of each stage.

    A stage stands there twice: the dashboard shows the first 1,024 letters of an attribute, which
    hold the sentences but not their evidence.
    """
    stages: dict[str, Any] = {}
    for stage in study.stages:
        verdicts = stage.result.judgement.verdicts if stage.result else ()
        stages[f"stage {stage.number}"] = {each.name: each.sentence for each in verdicts}
        stages[f"stage {stage.number} in full"] = {
            "ranges": {name: range_table(each) for name, each in stage.space.items()},
            **verdict_values(stage),
        }
    if isinstance(study, ImportedStudy):
        return {"source": asdict(study.source), **stages}
    return {
        "question": spec_sections(study.spec),
        "data": {"name": study.spec.data.name, "fingerprint": study.data.fingerprint},
        "finalists": list(study.finalists),
        **stages,
    }


def _frozen_trials(
    study: Searched, read_evaluations: ReadEvaluations, finish_times: Mapping[int, datetime]
) -> "Iterator[FrozenTrial]":
    told = parameters(study)
    for first in range(0, len(study.trials), READ_AT_ONCE):
        some = study.trials[first : first + READ_AT_ONCE]
        own: dict[int, list[Evaluation]] = {trial.number: [] for trial in some}
        for each in read_evaluations(list(own)):
            own[each.planned.number].append(each)
        for trial in some:
            yield _frozen(
                study, trial, told[trial.number], own[trial.number], finish_times[trial.number]
            )


def _frozen(
    study: Searched,
    trial: Trial,
    told: Parameters,
    evaluations: Sequence[Evaluation],
    finished: datetime,
) -> "FrozenTrial":
    from optuna.trial import FrozenTrial, TrialState

    steps, state = _steps(study, evaluations), _state(trial)
    value = None if trial.score is None else _value(study, trial.score)
    if state is TrialState.PRUNED and steps:
        value = steps[max(steps)]
    at = finished.replace(tzinfo=None)  # Optuna's times have no zone
    return FrozenTrial(
        number=-1,  # Optuna gives it one
        trial_id=-1,
        state=state,
        value=None if state is TrialState.FAIL else value,
        datetime_start=at - timedelta(seconds=trial.seconds),
        datetime_complete=at,
        params=dict(told.values),
        distributions=dict(told.distributions),
        user_attrs=trial_attributes(study, trial),
        system_attrs={},
        intermediate_values=steps,
    )


def trial_attributes(study: Searched, trial: Trial) -> dict[str, Any]:
    """What Optuna has no place for; folds are named as in `trials.csv`."""
    folds = {
        f"split{index}_test_score": _or_none(study, each.validation_score)
        for index, each in enumerate(trial.of(Purpose.SEARCH))
    }
    trained = {
        **folds,
        "mean_train_score": _or_none(study, trial.train_score),
        "confirmed_score": _or_none(study, trial.confirmed_score),
    }
    ended = trial.outcome.epoch
    return {
        "number": trial.number,
        "stage": trial.stage,
        "state": trial.outcome.state.value,
        "origin": trial.origin.value,
        "configuration": dict(trial.configuration),
        **({} if isinstance(study, ImportedStudy) else trained),
        **({} if ended is None else {"epoch": ended}),
        **({"reason": trial.outcome.reason} if trial.outcome.reason else {}),
    }


def _state(trial: Trial) -> "optuna.trial.TrialState":
    from optuna.trial import TrialState

    if trial.outcome.state is State.PRUNED:
        return TrialState.PRUNED
    is_valued = trial.score is not None and math.isfinite(trial.score)
    return TrialState.COMPLETE if is_valued else TrialState.FAIL


def _steps(study: Searched, evaluations: Sequence[Evaluation]) -> dict[int, float]:
    """Metric after each epoch, from 1: mean over the folds of the longest training of the search.

    As far as all of them got; without numbers that are not finite. Of an imported trial what it
    reported itself.
    """
    if isinstance(study, ImportedStudy):
        return reported_of(evaluations[0].details)
    searched = [
        each
        for each in evaluations
        if each.planned.purpose in (Purpose.SEARCH, Purpose.RUNG) and each.curve is not None
    ]
    longest = max((each.planned.epochs for each in searched), default=0)
    curves = [
        each.curve.validation_score.tolist()
        for each in searched
        if each.curve is not None and each.planned.epochs == longest
    ]
    means = [math.fsum(scores) / len(scores) for scores in zip(*curves, strict=False)]
    return {
        epoch: _value(study, mean) for epoch, mean in enumerate(means, 1) if math.isfinite(mean)
    }


def _is_minimized(study: Searched) -> bool:
    """Of a toy function the score is minus its value, and the higher the better."""
    if isinstance(study, ImportedStudy):
        return study.source.direction is Direction.MINIMIZE
    direction = study.spec.data.metric.direction
    return not study.data.is_function and direction is Direction.MINIMIZE


def _metric(study: Searched) -> str:
    if isinstance(study, ImportedStudy):
        return study.source.metric
    return "-f" if study.data.is_function else study.spec.data.metric.value


def _value(study: Searched, score: float) -> float:
    if isinstance(study, ImportedStudy):
        return study.source.score(score)
    return score if study.data.is_function else study.spec.data.metric.score(score)


def _or_none(study: Searched, score: float | None) -> float | None:
    return _value(study, score) if score is not None and math.isfinite(score) else None
