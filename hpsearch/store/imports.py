"""Imported studies as rows: written once, as a whole."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from hpsearch.domain.imported import FoundTrials, ImportedStudy
from hpsearch.store import mapping, reading
from hpsearch.store.rows import EvaluationRow, StageRow, StudyRow, TrialRow


def store(connection: Connection, name: str, found: FoundTrials, now: datetime) -> ImportedStudy:
    """Write a study with all its trials, and read it back.

    Args:
        now: for when trials ended, where that is unknown.
    """
    values = {
        "name": name,
        "spec": "{}",
        "data": "{}",
        "versions": "{}",
        "created_at": now.isoformat(),
        "source": mapping.source_json(found.source),
    }
    connection.execute(insert(StudyRow), values)
    row = connection.execute(select(StudyRow.__table__).where(StudyRow.name == name)).one()
    connection.execute(
        insert(StageRow),
        [
            {
                "study_id": row.id,
                "number": stage.number,
                "space": mapping.space_json(stage.space),
                "trial_count": stage.trial_count,
                "first_number": stage.first_number,
            }
            for stage in found.stages
        ],
    )
    evaluations = [each for trial in found.trials for each in trial.evaluations]
    connection.execute(
        insert(EvaluationRow), [mapping.evaluation_values(row.id, each) for each in evaluations]
    )
    times = found.finish_times
    connection.execute(
        insert(TrialRow),
        [
            mapping.trial_values(row.id, trial, times.get(trial.number, now))
            for trial in found.trials
        ],
    )
    return study_of(connection, row)


def study_of(connection: Connection, row: Row[Any]) -> ImportedStudy:
    """A study with all its trials, from its row."""
    query = select(StageRow.__table__).where(StageRow.study_id == row.id).order_by(StageRow.number)
    trials, _ = reading.trials_of(connection, row.id)
    return ImportedStudy(
        id=row.id,
        name=row.name,
        source=mapping.source_of(row.source),
        created_at=datetime.fromisoformat(row.created_at),
        stages=tuple(mapping.stage_of(each) for each in connection.execute(query)),
        trials=trials,
    )
