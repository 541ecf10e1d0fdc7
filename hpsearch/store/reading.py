"""From the rows of a study to its values."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from hpsearch.domain.dataset import DataFacts, DatasetCard
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.study import Study
from hpsearch.domain.time_limit import TimeLimit
from hpsearch.domain.trial import Curve, Evaluation, Purpose, Trial, evaluation_order
from hpsearch.store import mapping
from hpsearch.store.checksums import LARGE, verified, verify
from hpsearch.store.rows import (
    EvaluationRow,
    OpeningRow,
    StageRow,
    StudyRow,
    TimeLimitRow,
    TrialRow,
)
from hpsearch.store.rows import Row as TableRow

# All columns of an evaluation but its curve, which only pictures and decisions need, and what it
# made of each row, which only statistics need.
PLAIN_COLUMNS = [column for column in EvaluationRow.__table__.c if column.name not in LARGE]
WITH_CURVE: list[Any] = [*PLAIN_COLUMNS, EvaluationRow.__table__.c.curve]
RowResults = dict[int, dict[tuple[int, int], bytes]]
NUMBERS_AT_ONCE = 500  # SQLite limits the variables of a statement


def study_of(
    connection: Connection, row: Row[Any], describe: Callable[[str], DatasetCard]
) -> Study:
    """A study with all its trials, without learning curves."""
    verify(StudyRow, [row])
    stages = _rows(connection, StageRow, row.id, StageRow.number)
    openings = _rows(connection, OpeningRow, row.id, OpeningRow.number)
    trials, unfinished = _trials(connection, row.id)
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


def planned_counts(connection: Connection) -> dict[int, int]:
    """How many trials each study plans, by its id."""
    rows = connection.execute(select(StageRow.__table__)).all()
    verify(StageRow, rows)
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        counts[row.study_id] += row.trial_count
    return counts


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
        rows = connection.execute(query).all()
        verify(EvaluationRow, rows)
        for row in rows:
            data = verified("learning curve", row.curve, row.curve_checksum)
            curve = mapping.curve_of(data) if data else None
            found.append(mapping.evaluation_of(row, Configuration(()), curve))
    return found


def _rows(
    connection: Connection, table: type[TableRow], study_id: int, order: Any
) -> Sequence[Row[Any]]:
    """All rows of a study in a table, as they were stored."""
    own = table.__table__.c.study_id == study_id
    rows = connection.execute(select(table.__table__).where(own).order_by(order)).all()
    verify(table, rows)
    return rows


def _time_limits(connection: Connection, study_id: int) -> tuple[TimeLimit, ...]:
    return tuple(
        TimeLimit(
            seconds=row.seconds,
            trials=row.trials,
            reached_at=datetime.fromisoformat(row.reached_at),
        )
        for row in _rows(connection, TimeLimitRow, study_id, TimeLimitRow.id)
    )


def row_results_of(connection: Connection, study_id: int, numbers: Sequence[int]) -> RowResults:
    """Stored results of the validation rows of some trials, of the search only."""
    found: RowResults = defaultdict(dict)
    row = EvaluationRow
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        some = list(numbers[start : start + NUMBERS_AT_ONCE])
        query = (
            select(row.number, row.repeat, row.fold, row.row_results, row.row_results_checksum)
            .where(row.study_id == study_id, row.number.in_(some))
            .where(row.purpose == Purpose.SEARCH.value, row.row_results.is_not(None))
            .order_by(row.number, row.repeat, row.fold)
        )
        for number, repeat, fold, results, checksum in connection.execute(query):
            found[number][repeat, fold] = verified("result of rows", results, checksum)
    return dict(found)


def curves_of(
    connection: Connection, study_id: int, numbers: Sequence[int]
) -> dict[int, list[Curve]]:
    """Learning curves of the search, by trial number, in the order of repeat and fold."""
    row = EvaluationRow
    query = (
        select(row.number, row.curve, row.curve_checksum)
        .where(row.study_id == study_id, row.number.in_(numbers))
        .where(row.purpose == Purpose.SEARCH.value, row.curve.is_not(None))
        .order_by(row.number, row.repeat, row.fold)
    )
    found: dict[int, list[Curve]] = defaultdict(list)
    for number, curve, checksum in connection.execute(query):
        found[number].append(mapping.curve_of(verified("learning curve", curve, checksum)))
    return found


def _trials(
    connection: Connection, study_id: int
) -> tuple[tuple[Trial, ...], tuple[Evaluation, ...]]:
    """Finished trials by number, and the evaluations of others."""
    by_number: dict[int, list[Row[Any]]] = defaultdict(list)
    query = select(*PLAIN_COLUMNS).where(EvaluationRow.study_id == study_id)
    rows = connection.execute(query.order_by(EvaluationRow.number)).all()
    verify(EvaluationRow, rows)
    for row in rows:
        by_number[row.number].append(row)
    trials = []
    for row in _rows(connection, TrialRow, study_id, TrialRow.number):
        configuration = mapping.configuration_of(row.configuration)
        own = [mapping.evaluation_of(each, configuration) for each in by_number.pop(row.number)]
        trials.append(mapping.trial_of(row, sorted(own, key=evaluation_order)))
    left = [
        mapping.evaluation_of(each, Configuration(())) for own in by_number.values() for each in own
    ]
    return tuple(trials), tuple(left)
