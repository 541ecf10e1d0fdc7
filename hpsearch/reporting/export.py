"""Studies as data for other programs."""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from hpsearch.domain.imported import ImportedStudy, Searched, Source
from hpsearch.domain.range_text import range_table
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.space import Space, Value
from hpsearch.domain.spec_text import PLAN_KEYS, spec_sections
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.trial import Trial
from hpsearch.domain.trial_settings import settled
from hpsearch.domain.trial_summary import TrialSummary
from hpsearch.domain.verdict_text import verdict_table
from hpsearch.errors import InvalidInput
from hpsearch.reporting.best import no_valid_trial
from hpsearch.reporting.final_test import openings_values
from hpsearch.reporting.text import score_form, score_text

if TYPE_CHECKING:
    import pandas

TRIALS_AT_ONCE = 5000


def export_json(study: Searched) -> str:
    """The canonical export: the same study gives the same bytes, whatever happened on the way.

    Keys are sorted, numbers stand in shortest round-trip form, trials are ordered by number, and
    there are no times, hosts, process ids or versions. What is not finite is null. What a study
    measures beside its scores is in `details`, and looks at the test part are in `openings`, which
    other studies do not have. Of an imported study it says where it came from, and no folds.
    """
    return "".join(json_parts(study, study.trials))


def json_parts(study: Searched, trials: Iterable[Trial]) -> Iterator[str]:
    """The canonical export in parts, trial by trial, so that it need not fit the memory.

    Args:
        study: its trials are not looked at.
        trials: all of them, by number.
    """
    if isinstance(study, ImportedStudy):
        values, values_of = _imported_values(study), _common_values
    else:
        values, values_of = _study_values(study), _trial_values
    head, tail = _json(values | {"trials": []}).rsplit("[]", 1)
    before = f"{head}[\n    "
    for trial in trials:
        yield before + _json(values_of(trial)).replace("\n", "\n    ")
        before = ",\n    "
    yield f"\n  ]{tail}\n" if before.startswith(",") else f"{head}[]{tail}\n"


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, indent=2, allow_nan=False)


def export_csv(trials: Iterable[TrialSummary], source: Source | None = None) -> str:
    """The table of `trials_frame` as text, without the time that loading pandas takes."""
    columns = _table(trials, source)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    return text.getvalue()


def _cells(column: Sequence[Any]) -> list[Any]:
    """A column as a data frame writes it: numbers are floats unless all of them are whole."""
    kinds = set(map(type, column))
    if float in kinds or type(None) in kinds:
        is_number = kinds <= {int, float, type(None)}
        return [
            "" if value is None or value != value else float(value) if is_number else value
            for value in column
        ]
    return list(column)


def trials_frame(
    trials: Iterable[TrialSummary], source: Source | None = None
) -> "pandas.DataFrame":
    """One row per trial, with the column names of Optuna's `trials_dataframe`.

    Scores of the folds are `split0_test_score` and so on, as in scikit-learn's `cv_results_`. Of an
    imported study `value` is what stood there, in its own direction.

    Args:
        trials: by number.
        source: where an imported study came from; None of a study of our own.
    """
    import pandas

    return pandas.DataFrame(_table(trials, source))


def _table(trials: Iterable[TrialSummary], source: Source | None) -> dict[str, list[Any]]:
    """All columns, as long as there are trials."""
    columns: dict[str, list[Any]] = {}
    count, left = 0, iter(trials)
    while some := list(islice(left, TRIALS_AT_ONCE)):
        for name, values in _columns(some, source).items():
            column = columns.setdefault(name, [])
            column += [math.nan] * (count - len(column))
            column += values
        count += len(some)
    for column in columns.values():
        column += [math.nan] * (count - len(column))
    return columns


def export_parquet(trials: Iterable[TrialSummary], source: Source | None = None) -> bytes:
    """The table of `trials_frame`, as a Parquet file.

    A column of numbers and words together, as of what can be off, holds text.

    Raises:
        InvalidInput: pyarrow is not there.
    """
    frame = trials_frame(trials, source)
    for name in frame.columns:
        kinds = set(map(type, frame[name].dropna()))
        if str in kinds and len(kinds) > 1:
            frame[name] = [None if _is_missing(each) else str(each) for each in frame[name]]
    try:
        data = frame.to_parquet(None, index=False, engine="pyarrow")
    except ImportError:
        hint = "install it with `pip install 'hpsearch[parquet]'`, or use `--format csv`"
        raise InvalidInput("writing Parquet needs the package `pyarrow`", hint) from None
    return bytes(data)


def export_yaml(study: Study) -> str:
    """The best configuration with all settings of its training.

    Raises:
        NoValidTrial: no trial has a score.
    """
    import yaml

    return _headline(study) + str(yaml.safe_dump(_best_sections(study), sort_keys=False))


def _study_values(study: Study) -> dict[str, Any]:
    return {
        "study": {
            "name": study.name,
            "seed": study.spec.seed,
            "spec": spec_sections(study.spec),
            "data": {"name": study.spec.data.name, "fingerprint": study.data.fingerprint},
        },
        "stages": [
            {
                "number": stage.number,
                "sampler": study.spec.sampler.value,
                "ranges": {name: range_table(each) for name, each in stage.space.items()},
                **verdict_values(stage),
            }
            for stage in study.stages
        ],
        **({"openings": openings_values(study)} if study.openings else {}),
    }


def _imported_values(study: ImportedStudy) -> dict[str, Any]:
    return {
        "study": {"name": study.name, "source": asdict(study.source)},
        "stages": [
            {
                "number": stage.number,
                "ranges": {name: range_table(each) for name, each in stage.space.items()},
            }
            for stage in study.stages
        ],
    }


def _common_values(trial: Trial) -> dict[str, Any]:
    return {
        "number": trial.number,
        "stage": trial.stage,
        "state": trial.outcome.state.value,
        "score": _finite(trial.score),
        "configuration": dict(trial.configuration),
    }


def _trial_values(trial: Trial) -> dict[str, Any]:
    return {
        **_common_values(trial),
        "folds": [
            {
                "purpose": each.planned.purpose.value,
                "repeat": each.planned.repeat,
                "fold": each.planned.fold,
                "epochs": each.planned.epochs,
                "train_score": _finite(each.train_score),
                "validation_score": _finite(each.validation_score),
                "train_loss": _finite(each.train_loss),
                "validation_loss": _finite(each.validation_loss),
                **({"details": dict(each.details)} if each.details else {}),
            }
            for each in trial.evaluations
        ],
    }


def verdict_values(stage: Stage) -> dict[str, Any]:
    """What was decided at the end of a stage, as plain values; no verdicts before."""
    if stage.result is None:
        return {"verdicts": {}}
    judgement = stage.result.judgement
    return {
        "verdicts": {each.name: verdict_table(each) for each in judgement.verdicts},
        "stop": judgement.stop.value if judgement.stop else None,
        "finalists": list(stage.result.finalists),
        "overrides": {name: range_table(each) for name, each in stage.result.overrides},
    }


def _columns(trials: Sequence[TrialSummary], source: Source | None) -> dict[str, list[Any]]:
    """Columns of some trials: row by row takes twice as long, and a table of rows the memory."""
    shapes = dict.fromkeys((tuple(each.configuration), len(each.fold_scores)) for each in trials)
    columns: dict[str, list[Any]] = {
        "number": [each.number for each in trials],
        "value": [_value(each.score, source) for each in trials],
        "datetime_complete": [
            each.finished_at.isoformat(sep=" ", timespec="milliseconds") for each in trials
        ],
        "duration": [round(each.seconds, 6) for each in trials],
        "state": [each.state.value.upper() for each in trials],
        "stage": [each.stage for each in trials],
        "mean_train_score": [each.train_score for each in trials],
    }
    for name in {name: None for parameters, _ in shapes for name in parameters}:
        values = (each.configuration.get(name, math.nan) for each in trials)
        columns[f"params_{name}"] = [_harmless(value) for value in values]
    for index in range(max(folds for _, folds in shapes)):
        columns[f"split{index}_test_score"] = [
            each.fold_scores[index] if index < len(each.fold_scores) else math.nan
            for each in trials
        ]
    names = (name for shape in shapes for name in _names(*shape, is_ours=source is None))
    return {name: columns[name] for name in dict.fromkeys(names)}


def _names(parameters: Sequence[str], folds: int, *, is_ours: bool) -> list[str]:
    """Columns of a trial with these hyperparameters and so many trainings, in order."""
    names = ["number", "value", "datetime_complete", "duration"]
    names += [*(f"params_{name}" for name in parameters), "state", "stage"]
    if is_ours:  # an imported trial has nothing but its score
        names += ["mean_train_score", *(f"split{index}_test_score" for index in range(folds))]
    return names


def _value(score: float | None, source: Source | None) -> float | None:
    return score if source is None or score is None else source.score(score)


def _best_sections(study: Study) -> dict[str, Any]:
    best = best_trials(study.trials, 1)
    if not best:
        raise no_valid_trial(study)
    spec = study.spec
    network, training = settled(spec.network, spec.training, best[0].configuration)
    sections = spec_sections(replace(spec, network=network, training=training, space=Space(())))
    del sections["space"]
    for key in PLAN_KEYS:  # how it was searched is no part of it
        del sections["search"][key]
    return {
        name: {key: value for key, value in entries.items() if value is not None}
        for name, entries in sections.items()
    }


def _headline(study: Study) -> str:
    best = best_trials(study.trials, 1)
    if not best:
        raise no_valid_trial(study)
    score = score_text(best[0].score, score_form(study))
    kind = "-f" if study.data.is_function else f"validation {study.spec.data.metric.words}"
    return (
        f"# Best of {study.finished} trials of study {study.name}: trial {best[0].number}, "
        f"{kind} {score}\n\n"
    )


def _harmless(value: Value) -> Value:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


def _is_missing(value: Any) -> bool:
    return value is None or value != value


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
