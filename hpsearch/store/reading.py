"""From the rows of a study to its values."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hpsearch.domain.dataset import DataFacts, DatasetCard
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.study import Study, StudySummary
from hpsearch.domain.task import Metric
from hpsearch.domain.time_limit import TimeLimit
from hpsearch.domain.trial import Curve, Evaluation, Purpose, Trial, evaluation_order
from hpsearch.store import mapping
from hpsearch.store.rows import (
    EvaluationRow,
    OpeningRow,
    StageRow,
    StudyRow,
    TimeLimitRow,
    TrialRow,
)

# All columns of an evaluation but its curve, which only pictures and decisions need, and what it
# made of each row, which only statistics need.
WITH_CURVE = [column for column in EvaluationRow.__table__.c if column.name != "row_results"]
PLAIN_COLUMNS = [column for column in WITH_CURVE if column.name != "curve"]
RowResults = dict[int, dict[tuple[int, int], bytes]]
NUMBERS_AT_ONCE = 500  # SQLite limits the variables of a statement


def study_of(
    connection: Connection, row: Row[Any], describe: Callable[[str], DatasetCard]
) -> Study:
    """A study with all its trials, without learning curves."""
    stages = connection.execute(
        select(StageRow.__table__).where(StageRow.study_id == row.id).order_by(StageRow.number)
    )
    openings = connection.execute(
        select(OpeningRow.__table__)
        .where(OpeningRow.study_id == row.id)
        .order_by(OpeningRow.number)
    )
    trials, unfinished = trials_of(connection, row.id)
    sections = json.loads(row.spec)
    spec, _ = study_spec(sections, describe(sections["data"]["name"]))
    return Study(
        id=row.id,
        name=row.name,
        spec=spec,
        data=DataFacts(**json.loads(row.data)),
        versions=tuple(json.loads(row.versions).items()),
        created_at=datetime.fromisoformat(row.created_at),
        stages=tuple(mapping.stage_of(each) for each in stages),
        trials=trials,
        unfinished=unfinished,
        openings=tuple(mapping.opening_of(each) for each in openings),
        time_limits=_time_limits(connection, row.id),
    )


def summaries(connection: Connection) -> list[StudySummary]:
    """A line for each study, the newest last."""
    planned = dict(_per_study(connection, StageRow, func.sum(StageRow.trial_count)))
    first = select(StageRow.study_id, StageRow.space).where(StageRow.number == 1)
    spaces = {row.study_id: row.space for row in connection.execute(first)}
    ended = dict(_per_study(connection, TrialRow, func.count()))
    best = dict(_per_study(connection, TrialRow, func.max(TrialRow.score)))
    rows = connection.execute(select(StudyRow.__table__).order_by(StudyRow.id)).all()
    return [
        StudySummary(
            name=row.name,
            finished=ended.get(row.id, 0),
            trial_count=planned[row.id],
            best_score=best.get(row.id),
            created_at=datetime.fromisoformat(row.created_at),
            **_subject(row, spaces[row.id]),
        )
        for row in rows
    ]


def _subject(row: Row[Any], space: str) -> dict[str, Any]:
    """What a study searched on, and by what."""
    if row.source is not None:
        source = mapping.source_of(row.source)
        names = tuple(mapping.space_of(space))
        return {"data": source.kind.value, "space": names, "direction": source.direction}
    spec = json.loads(row.spec)
    metric = Metric(spec["data"].get("metric", Metric.ACCURACY))
    return {"data": spec["data"]["name"], "space": tuple(spec["space"]), "metric": metric}


def _per_study(connection: Connection, row: type[Any], value: Any) -> list[Any]:
    column = row.__table__.c.study_id
    return [tuple(each) for each in connection.execute(select(column, value).group_by(column))]


def evaluations_of(
    connection: Connection, study_id: int, numbers: Sequence[int]
) -> list[Evaluation]:
    """Evaluations of some trials with their learning curves; configurations are left empty."""
    found = []
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        some = list(numbers[start : start + NUMBERS_AT_ONCE])
        query = (
            select(*WITH_CURVE)
            .where(EvaluationRow.study_id == study_id, EvaluationRow.number.in_(some))
            .order_by(EvaluationRow.number)
        )
        for row in connection.execute(query):
            curve = mapping.curve_of(row.curve) if row.curve else None
            found.append(mapping.evaluation_of(row, Configuration(()), curve))
    return found


def _time_limits(connection: Connection, study_id: int) -> tuple[TimeLimit, ...]:
    own = select(TimeLimitRow.__table__).where(TimeLimitRow.study_id == study_id)
    return tuple(
        TimeLimit(
            seconds=row.seconds,
            trials=row.trials,
            reached_at=datetime.fromisoformat(row.reached_at),
        )
        for row in connection.execute(own.order_by(TimeLimitRow.id))
    )


def row_results_of(connection: Connection, study_id: int, numbers: Sequence[int]) -> RowResults:
    """Stored results of the validation rows of some trials, of the search only."""
    found: RowResults = defaultdict(dict)
    row = EvaluationRow
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        some = list(numbers[start : start + NUMBERS_AT_ONCE])
        query = (
            select(row.number, row.repeat, row.fold, row.row_results)
            .where(row.study_id == study_id, row.number.in_(some))
            .where(row.purpose == Purpose.SEARCH.value, row.row_results.is_not(None))
            .order_by(row.number, row.repeat, row.fold)
        )
        for number, repeat, fold, results in connection.execute(query):
            found[number][repeat, fold] = results or b""
    return dict(found)


def curves_of(
    connection: Connection, study_id: int, numbers: Sequence[int]
) -> dict[int, list[Curve]]:
    """Learning curves of the search, by trial number, in the order of repeat and fold."""
    row = EvaluationRow
    query = (
        select(row.number, row.curve)
        .where(row.study_id == study_id, row.number.in_(numbers))
        .where(row.purpose == Purpose.SEARCH.value, row.curve.is_not(None))
        .order_by(row.number, row.repeat, row.fold)
    )
    found: dict[int, list[Curve]] = defaultdict(list)
    for number, curve in connection.execute(query):
        found[number].append(mapping.curve_of(curve or b""))
    return found


def trials_of(
    connection: Connection, study_id: int
) -> tuple[tuple[Trial, ...], tuple[Evaluation, ...]]:
    """Finished trials by number, and the evaluations of others."""
    by_number: dict[int, list[Row[Any]]] = defaultdict(list)
    query = select(*PLAIN_COLUMNS).where(EvaluationRow.study_id == study_id)
    for row in connection.execute(query.order_by(EvaluationRow.number)):
        by_number[row.number].append(row)
    query = select(*TrialRow.__table__.c).where(TrialRow.study_id == study_id)
    trials = []
    for row in connection.execute(query.order_by(TrialRow.number)):
        configuration = mapping.configuration_of(row.configuration)
        own = [mapping.evaluation_of(each, configuration) for each in by_number.pop(row.number)]
        trials.append(mapping.trial_of(row, sorted(own, key=evaluation_order)))
    left = [
        mapping.evaluation_of(each, Configuration(())) for own in by_number.values() for each in own
    ]
    return tuple(trials), tuple(left)
