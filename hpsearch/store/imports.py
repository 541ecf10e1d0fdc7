"""Imported studies as rows: written once, as a whole."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from hpsearch.domain.imported import FoundTrials, ImportedStudy
from hpsearch.store import mapping, reading
from hpsearch.store.checksums import with_checksum
from hpsearch.store.rows import EVALUATIONS, STAGES, STUDIES, TRIALS
from hpsearch.store.trials import trials_of


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
    connection.execute(insert(STUDIES), with_checksum(STUDIES, values))
    row = connection.execute(select(STUDIES).where(STUDIES.c.name == name)).one()
    stages = [
        mapping.stage_values(
            row.id, stage.number, stage.space, stage.trial_count, stage.first_number
        )
        for stage in found.stages
    ]
    evaluations = [
        mapping.evaluation_values(row.id, each)
        for trial in found.trials
        for each in trial.evaluations
    ]
    times = found.finish_times
    trials = [
        mapping.trial_values(row.id, each, times.get(each.number, now)) for each in found.trials
    ]
    connection.execute(insert(STAGES), stages)
    connection.execute(insert(EVALUATIONS), evaluations)
    connection.execute(insert(TRIALS), trials)
    return study_of(connection, row)


def study_of(connection: Connection, row: Row[Any]) -> ImportedStudy:
    """A study with all its trials, from its row."""
    trials, _ = trials_of(connection, row.id)
    return ImportedStudy(
        id=row.id,
        name=row.name,
        source=mapping.source_of(row.source),
        created_at=datetime.fromisoformat(row.created_at),
        stages=reading.stages_of(connection, row.id),
        trials=trials,
    )
