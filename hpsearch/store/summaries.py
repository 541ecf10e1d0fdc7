"""The list of studies, from their rows and counts of the others."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hpsearch.domain.study import StudySummary
from hpsearch.domain.task import Metric
from hpsearch.store import mapping
from hpsearch.store.checksums import verify
from hpsearch.store.rows import STAGES, STUDIES, TRIALS


def summaries(connection: Connection) -> list[StudySummary]:
    """A line for each study, the newest last."""
    stages = _stages(connection)
    counted = select(TRIALS.c.study_id, func.count().label("ended")).group_by(TRIALS.c.study_id)
    ended = {row.study_id: row.ended for row in connection.execute(counted)}
    rows = connection.execute(select(STUDIES).order_by(STUDIES.c.id)).all()
    verify(STUDIES, rows)
    return [
        StudySummary(
            name=row.name,
            finished=ended.get(row.id, 0),
            trial_count=sum(each.trial_count for each in stages[row.id]),
            best_score=_best_score(connection, row.id),
            created_at=datetime.fromisoformat(row.created_at),
            **_subject(row, stages[row.id]),
        )
        for row in rows
    ]


def _stages(connection: Connection) -> dict[int, list[Row[Any]]]:
    """Rows of the stages of each study, by its id."""
    rows = connection.execute(select(STAGES).order_by(STAGES.c.number)).all()
    verify(STAGES, rows)
    stages: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        stages[row.study_id].append(row)
    return stages


def _subject(row: Row[Any], stages: Sequence[Row[Any]]) -> dict[str, Any]:
    """What a study searched on, and by what."""
    if row.source is not None:
        source = mapping.source_of(row.source)
        names = tuple(mapping.space_of(stages[0].space))
        return {"data": source.kind.value, "space": names, "direction": source.direction}
    spec = json.loads(row.spec)
    metric = Metric(spec["data"].get("metric", Metric.ACCURACY))
    return {"data": spec["data"]["name"], "space": tuple(spec["space"]), "metric": metric}


def _best_score(connection: Connection, study_id: int) -> float | None:
    """Highest score of a study, from a row that is as it was stored.

    That no other is higher follows from an index, which was compared with its table.
    """
    scored = (TRIALS.c.study_id == study_id) & TRIALS.c.score.is_not(None)
    query = select(TRIALS).where(scored).order_by(TRIALS.c.score.desc()).limit(1)
    rows = connection.execute(query).all()
    verify(TRIALS, rows)
    return rows[0].score if rows else None
