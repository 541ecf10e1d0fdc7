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
from hpsearch.store.rows import StageRow, StudyRow, TrialRow


def summaries(connection: Connection) -> list[StudySummary]:
    """A line for each study, the newest last."""
    stages = _stages(connection)
    ended = dict(_per_study(connection, func.count()))
    best = dict(_per_study(connection, func.max(TrialRow.score)))
    rows = connection.execute(select(StudyRow.__table__).order_by(StudyRow.id)).all()
    verify(StudyRow, rows)
    return [
        StudySummary(
            name=row.name,
            finished=ended.get(row.id, 0),
            trial_count=sum(each.trial_count for each in stages[row.id]),
            best_score=best.get(row.id),
            created_at=datetime.fromisoformat(row.created_at),
            **_subject(row, stages[row.id]),
        )
        for row in rows
    ]


def _stages(connection: Connection) -> dict[int, list[Row[Any]]]:
    """Rows of the stages of each study, by its id."""
    rows = connection.execute(select(StageRow.__table__).order_by(StageRow.number)).all()
    verify(StageRow, rows)
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


def _per_study(connection: Connection, value: Any) -> list[Any]:
    """A value over the trials of each study, with its id."""
    query = select(TrialRow.study_id, value).group_by(TrialRow.study_id)
    return [tuple(each) for each in connection.execute(query)]
