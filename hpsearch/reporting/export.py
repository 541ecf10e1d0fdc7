"""Studies as data for other programs."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hpsearch.domain.imported import ImportedStudy, Searched, Source
from hpsearch.domain.range_text import range_table
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.space import Space, Value
from hpsearch.domain.spec_text import PLAN_KEYS, spec_sections
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.domain.trial_settings import settled
from hpsearch.domain.verdict_text import verdict_table
from hpsearch.errors import InvalidInput
from hpsearch.reporting.best import no_valid_trial
from hpsearch.reporting.final_test import openings_values
from hpsearch.reporting.text import score_form, score_text

if TYPE_CHECKING:
    import pandas


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


def export_csv(trials: Iterable[tuple[Trial, datetime]], source: Source | None = None) -> str:
    """The table of `trials_frame`, as text."""
    return str(trials_frame(trials, source).to_csv(index=False, lineterminator="\n"))


def trials_frame(
    trials: Iterable[tuple[Trial, datetime]], source: Source | None = None
) -> "pandas.DataFrame":
    """One row per trial, with the column names of Optuna's `trials_dataframe`.

    Scores of the folds are `split0_test_score` and so on, as in scikit-learn's `cv_results_`. Of an
    imported study `value` is what stood there, in its own direction.

    Args:
        trials: by number, each with the time when it was stored.
        source: where an imported study came from; None of a study of our own.
    """
    import pandas

    # By column, which takes a third of the time and memory that a list of rows takes.
    columns: dict[str, list[Any]] = {}
    count = 0
    for trial, finished_at in trials:
        for name, value in _row(trial, finished_at, source).items():
            column = columns.setdefault(name, [])
            column += [math.nan] * (count - len(column))
            column.append(value)
        count += 1
    for column in columns.values():
        column += [math.nan] * (count - len(column))
    return pandas.DataFrame(columns)


def export_parquet(trials: Iterable[tuple[Trial, datetime]], source: Source | None = None) -> bytes:
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


def _row(trial: Trial, finished_at: datetime, source: Source | None) -> dict[str, Any]:
    return {
        "number": trial.number,
        "value": trial.score if source is None else _value(trial, source),
        "datetime_complete": finished_at.isoformat(sep=" ", timespec="milliseconds"),
        "duration": round(trial.seconds, 6),
        **{f"params_{name}": _harmless(value) for name, value in trial.configuration.items()},
        "state": trial.outcome.state.value.upper(),
        "stage": trial.stage,
        **(_trained(trial) if source is None else {}),
    }


def _value(trial: Trial, source: Source) -> float | None:
    return None if trial.score is None else source.score(trial.score)


def _trained(trial: Trial) -> dict[str, Any]:
    """What an imported trial does not have."""
    folds = enumerate(trial.of(Purpose.SEARCH))
    return {
        "mean_train_score": trial.train_score,
        **{f"split{index}_test_score": each.validation_score for index, each in folds},
    }


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
