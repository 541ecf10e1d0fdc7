"""Between rows and the values that they hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from sys import intern
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Row

from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.imported import Source, SourceKind
from hpsearch.domain.opening import Opening
from hpsearch.domain.range_rule import next_space
from hpsearch.domain.range_text import range_of_table, range_table
from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.spec_text import spec_sections
from hpsearch.domain.study import Stage, StageResult
from hpsearch.domain.task import Direction
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Origin,
    Outcome,
    PlannedEvaluation,
    Purpose,
    State,
    Trial,
)
from hpsearch.domain.verdict_text import judgement_of_table, judgement_table, verdict_of_table
from hpsearch.store.checksums import checked, with_checksum
from hpsearch.store.rows import EVALUATIONS, OPENINGS, STAGES, STUDIES, TIME_LIMITS, TRIALS

_DECODER = json.JSONDecoder()
LITTLE_ENDIAN_FLOAT32 = np.dtype("<f4")
# All columns of an evaluation but its curve, which only pictures and decisions need, and what it
# made of each row, which only statistics need.
PLAIN_COLUMNS = [EVALUATIONS.c[name] for name in (*checked(EVALUATIONS), "checksum")]
STATES = {each.value: each for each in State}  # calling an enumeration takes ten times as long
PURPOSES = {each.value: each for each in Purpose}
PURPOSE_ORDER = {each.value: place for place, each in enumerate(Purpose)}
ORIGINS = {each.value: each for each in Origin}


def space_json(space: Space) -> str:
    """Text of a space: name and table of each range, in order."""
    return json.dumps([[name, range_table(each)] for name, each in space.items()])


def space_of(text: str) -> Space:
    """Inverse of `space_json`."""
    return Space(tuple((name, range_of_table(table)) for name, table in json.loads(text)))


def study_values(
    name: str, spec: StudySpec, data: DataFacts, versions: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """Columns of a study of our own."""
    values = {
        "name": name,
        "spec": json.dumps(spec_sections(spec)),
        "data": json.dumps(asdict(data)),
        "versions": json.dumps(dict(versions)),
        "created_at": now.isoformat(),
    }
    return with_checksum(STUDIES, values)


def planned_stages(study_id: int, spec: StudySpec, trial_count: int) -> list[dict[str, Any]]:
    """Columns of the stages that a study starts with; the space of the first is known."""
    counts = spec.plan.trial_counts(trial_count)
    return [
        stage_values(
            study_id,
            number,
            spec.space if number == 1 else Space(()),
            count,
            sum(counts[: number - 1]),
        )
        for number, count in enumerate(counts, 1)
    ]


def stage_values(
    study_id: int, number: int, space: Space, trial_count: int, first_number: int
) -> dict[str, Any]:
    """Columns of a stage that has not ended."""
    values = {
        "study_id": study_id,
        "number": number,
        "space": space_json(space),
        "trial_count": trial_count,
        "first_number": first_number,
    }
    return with_checksum(STAGES, values)


def source_json(source: Source) -> str:
    """Text of where a study came from."""
    return json.dumps(asdict(source))


def source_of(text: str) -> Source:
    """Inverse of `source_json`."""
    table = json.loads(text)
    kind, direction = SourceKind(table.pop("kind")), Direction(table.pop("direction"))
    return Source(kind=kind, direction=direction, **table)


def stage_of(row: Row[Any]) -> Stage:
    """A stage from its columns."""
    space = space_of(row.space)
    return Stage(
        number=row.number,
        space=space,
        trial_count=row.trial_count,
        first_number=row.first_number,
        result=_result_of(space, json.loads(row.verdicts)) if row.verdicts else None,
    )


def result_json(result: StageResult) -> str:
    """Text of what was decided at the end of a stage."""
    return json.dumps(
        {
            "judgement": judgement_table(result.judgement),
            "finalists": list(result.finalists),
            "repeats": result.repeats,
            "overrides": [[name, range_table(each)] for name, each in result.overrides],
        }
    )


def _result_of(space: Space, table: dict[str, Any]) -> StageResult:
    verdicts = [
        verdict_of_table(name, each) for name, each in table["judgement"]["verdicts"].items()
    ]
    return StageResult(
        judgement=judgement_of_table(next_space(space, verdicts), table["judgement"]),
        finalists=tuple(table["finalists"]),
        repeats=table["repeats"],
        overrides=tuple((name, range_of_table(each)) for name, each in table["overrides"]),
    )


def trial_values(study_id: int, trial: Trial, now: datetime) -> dict[str, Any]:
    """Columns of a trial."""
    values = {
        "study_id": study_id,
        "number": trial.number,
        "stage": trial.stage,
        "configuration": json.dumps(dict(trial.configuration)),
        "state": trial.outcome.state.value,
        "epoch": trial.outcome.epoch,
        "reason": trial.outcome.reason,
        "score": trial.score,
        "finished_at": now.isoformat(),
        "origin": trial.origin.value,
    }
    return with_checksum(TRIALS, values)


def trial_of(
    row: Sequence[Any], configuration: Configuration, evaluations: Sequence[Evaluation]
) -> Trial:
    """A trial from its columns, its configuration and its evaluations."""
    _, number, stage, _, state, epoch, reason, _, _, origin, _ = row
    return Trial(
        number=number,
        stage=stage,
        configuration=configuration,
        outcome=outcome_of(state, epoch, reason),
        evaluations=tuple(evaluations),
        origin=ORIGINS[origin],
    )


def outcome_of(state: str, epoch: int | None, reason: str) -> Outcome:
    """An outcome from its columns."""
    if state == State.COMPLETE and epoch is None and not reason:
        return COMPLETED  # one for all
    return Outcome(STATES[state], epoch, reason)


def opening_values(study_id: int, opening: Opening) -> dict[str, Any]:
    """Columns of an opening."""
    values = {
        "study_id": study_id,
        "number": opening.number,
        "trial": opening.trial,
        "networks": opening.networks,
        "test_rows": opening.rows,
        "fingerprint": opening.fingerprint,
        "scores": json.dumps(dict(opening.scores)),
        "opened_at": opening.opened_at.isoformat(),
    }
    return with_checksum(OPENINGS, values)


def opening_of(row: Row[Any]) -> Opening:
    """An opening from its columns."""
    return Opening(
        number=row.number,
        trial=row.trial,
        networks=row.networks,
        rows=row.test_rows,
        fingerprint=row.fingerprint,
        scores=json.loads(row.scores),
        opened_at=datetime.fromisoformat(row.opened_at),
    )


def time_limit_values(
    study_id: int, seconds: float, trials: int, reached_at: datetime
) -> dict[str, Any]:
    """Columns of a time limit that ended a run when so many trials had ended."""
    values = {
        "study_id": study_id,
        "seconds": seconds,
        "trials": trials,
        "reached_at": reached_at.isoformat(),
    }
    return with_checksum(TIME_LIMITS, values)


def configuration_of(text: str) -> Configuration:
    """A configuration from its JSON object."""
    # One string for each name, whatever the number of trials.
    return Configuration(tuple((intern(name), each) for name, each in decoded(text).items()))


def decoded(text: str) -> dict[str, Any]:
    """A JSON object as it was stored; without looking at what is around it, in half of the time."""
    found: dict[str, Any]
    found, _ = _DECODER.raw_decode(text)
    return found


def evaluation_values(study_id: int, evaluation: Evaluation) -> dict[str, Any]:
    """Columns of an evaluation."""
    planned = evaluation.planned
    values = {
        "study_id": study_id,
        "number": planned.number,
        "purpose": planned.purpose.value,
        "repeat": planned.repeat,
        "fold": planned.fold,
        "epochs": planned.epochs,
        "state": evaluation.outcome.state.value,
        "epoch": evaluation.outcome.epoch,
        "reason": evaluation.outcome.reason,
        "train_loss": evaluation.train_loss,
        "train_score": evaluation.train_score,
        "validation_loss": evaluation.validation_loss,
        "validation_score": evaluation.validation_score,
        "seconds": evaluation.seconds,
        "curve": None if evaluation.curve is None else _curve_bytes(evaluation.curve),
        "details": None if evaluation.details is None else json.dumps(dict(evaluation.details)),
        "row_results": evaluation.row_results,
    }
    return with_checksum(EVALUATIONS, values)


class Measures(NamedTuple):
    """What tables tell of an evaluation; its first four values sort those of a trial."""

    purpose: int
    epochs: int
    repeat: int
    fold: int
    train_score: float | None
    validation_score: float | None
    seconds: float


def measures_of(row: Sequence[Any]) -> tuple[Any, ...]:
    """`Measures` from the plain columns of an evaluation, without their names: half of the time."""
    _, _, purpose, repeat, fold, epochs, _, _, _, _, train, _, validation, seconds, _, _ = row
    return PURPOSE_ORDER[purpose], epochs, repeat, fold, train, validation, seconds


def evaluation_of(
    row: Sequence[Any], configuration: Configuration, curve: Curve | None = None
) -> Evaluation:
    """An evaluation from its plain columns; its curve only where that is given."""
    # By place: columns by name take half of the time that reading very many takes.
    _, number, purpose, repeat, fold, epochs, state, epoch, reason, *measured = row
    train_loss, train_score, validation_loss, validation_score, seconds, details, *_ = measured
    return Evaluation(
        planned=PlannedEvaluation(
            number=number,
            configuration=configuration,
            fold=fold,
            epochs=epochs,
            purpose=PURPOSES[purpose],
            repeat=repeat,
        ),
        outcome=outcome_of(state, epoch, reason),
        train_loss=train_loss,
        train_score=train_score,
        validation_loss=validation_loss,
        validation_score=validation_score,
        seconds=seconds,
        curve=curve,
        details=json.loads(details) if details else None,
    )


def curve_of(data: bytes) -> Curve:
    """A learning curve from its bytes."""
    values = np.frombuffer(data, LITTLE_ENDIAN_FLOAT32)
    epochs = (len(values) - 1) // 4
    cuts = [epochs + 1, 2 * epochs + 1, 3 * epochs + 1]
    train_loss, train_score, validation_loss, validation_score = np.split(values, cuts)
    return Curve(
        train_loss=train_loss,
        train_score=train_score,
        validation_loss=validation_loss,
        validation_score=validation_score,
    )


def _curve_bytes(curve: Curve) -> bytes:
    series = (curve.train_loss, curve.train_score, curve.validation_loss, curve.validation_score)
    return np.concatenate(series).astype(LITTLE_ENDIAN_FLOAT32).tobytes()
