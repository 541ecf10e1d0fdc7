"""From the rows of a study to its values."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from hpsearch.domain.dataset import DataFacts, DatasetCard
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.study import Overview, Stage, Study
from hpsearch.domain.time_limit import TimeLimit
from hpsearch.domain.trial import (
    FAILURES,
    Curve,
    Ending,
    Evaluation,
    Origin,
    Purpose,
    State,
    Trial,
    evaluation_order,
)
from hpsearch.store import mapping
from hpsearch.store.checksums import LARGE, verified, verify
from hpsearch.store.faults import readable
from hpsearch.store.rows import (
    EvaluationRow,
    OpeningRow,
    StageRow,
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
ROWS_AT_ONCE = 2000


def study_of(
    connection: Connection,
    row: Row[Any],
    describe: Callable[[str], DatasetCard],
    best: int | None = None,
) -> Study:
    """A study without learning curves, with all its trials or, in part, so many of the best."""
    stages = stages_of(connection, row.id)
    openings = _rows(connection, OpeningRow, row.id, OpeningRow.number)
    overview, unfinished = None, tuple[Evaluation, ...]()
    if best is None:
        trials, unfinished = trials_of(connection, row.id)
    else:
        overview = _overview(connection, row.id, is_told=best > 0)
        result = stages[-1].result
        numbers = {
            *(result.finalists if result else ()),
            *_told(connection, row.id, overview.endings or (), best),
        }
        trials = _some_trials(connection, row.id, sorted(numbers))
    sections = json.loads(row.spec)
    spec, _ = study_spec(sections, describe(sections["data"]["name"]))
    return Study(
        id=row.id,
        name=row.name,
        spec=spec,
        data=DataFacts(**json.loads(row.data)),
        versions=tuple(json.loads(row.versions).items()),
        created_at=datetime.fromisoformat(row.created_at),
        stages=stages,
        trials=trials,
        unfinished=unfinished,
        openings=tuple(mapping.opening_of(each) for each in openings),
        time_limits=_time_limits(connection, row.id),
        overview=overview,
    )


def stages_of(connection: Connection, study_id: int) -> tuple[Stage, ...]:
    """The stages of a study, from the first."""
    rows = _rows(connection, StageRow, study_id, StageRow.number)
    return tuple(map(mapping.stage_of, rows))


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


def best_by_fold(connection: Connection, study_id: int) -> tuple[float, ...]:
    """Highest search score of any complete trial in each repeat and fold, in their order."""
    row, trial = EvaluationRow, TrialRow
    query = (
        select(func.max(row.validation_score))
        .join(trial, (trial.study_id == row.study_id) & (trial.number == row.number))
        .where(row.study_id == study_id, row.purpose == Purpose.SEARCH.value)
        .where(trial.state == State.COMPLETE.value)
        .group_by(row.repeat, row.fold)
        .order_by(row.repeat, row.fold)
    )
    return tuple(connection.scalars(query))


def _overview(connection: Connection, study_id: int, *, is_told: bool) -> Overview:
    row = TrialRow
    if not is_told:
        counted = select(func.count()).select_from(row).where(row.study_id == study_id)
        return Overview(finished=connection.scalar(counted) or 0)
    found = _rows(connection, row, study_id, row.number)
    # All at once, which takes a third of the time of one after the other.
    configurations = json.loads(f"[{','.join(each.configuration for each in found)}]")
    endings = tuple(
        Ending(
            each.number,
            each.stage,
            mapping.STATES[each.state],
            each.score,
            mapping.ORIGINS[each.origin],
            configuration,
        )
        for each, configuration in zip(found, configurations, strict=True)
    )
    spent = select(func.sum(EvaluationRow.seconds)).where(EvaluationRow.study_id == study_id)
    seconds = connection.scalar(spent) or 0.0
    return Overview(finished=len(endings), endings=endings, seconds=seconds)


def _told(connection: Connection, study_id: int, endings: Sequence[Ending], best: int) -> set[int]:
    """Numbers of the trials that are told of one by one, beside the finalists.

    The best with all that share the score of the last of them, those that no sampler drew, that
    failed, or that were trained again for any purpose, and the first, whose end is told where none
    has a score.
    """
    if not endings:
        return set()
    scores = sorted((each.score for each in endings if each.score is not None), reverse=True)
    least = scores[min(best, len(scores)) - 1] if scores else math.inf
    again = select(EvaluationRow.number).where(
        EvaluationRow.study_id == study_id,
        EvaluationRow.purpose.not_in((Purpose.SEARCH.value, Purpose.RUNG.value)),
    )
    chosen = {each.number for each in endings if each.score is not None and each.score >= least}
    chosen |= {each.number for each in endings if each.origin is not Origin.SAMPLER}
    chosen |= {each.number for each in endings if each.state in FAILURES}
    return {*chosen, *connection.scalars(again), endings[0].number}


def _some_trials(
    connection: Connection, study_id: int, numbers: Sequence[int]
) -> tuple[Trial, ...]:
    found: list[Trial] = []
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        found += trials_of(connection, study_id, numbers[start : start + NUMBERS_AT_ONCE])[0]
    return tuple(found)


def ended_trials(
    connection: Connection, study_id: int, path: Path
) -> Iterator[tuple[Trial, datetime]]:
    """The trials that have ended, by number, one after the other, and when they were stored.

    Raises:
        StoreRefused: at a value that makes no sense, in the file at `path`.
    """
    with readable(path):
        for row, own in _by_trial(connection, study_id, None):
            if row is not None:
                yield _trial(row, own), datetime.fromisoformat(row.finished_at)


def finish_times_of(connection: Connection, study_id: int) -> dict[int, datetime]:
    """When each trial was stored, UTC."""
    query = select(TrialRow.number, TrialRow.finished_at).where(TrialRow.study_id == study_id)
    return {number: datetime.fromisoformat(text) for number, text in connection.execute(query)}


def trials_of(
    connection: Connection, study_id: int, numbers: Sequence[int] | None = None
) -> tuple[tuple[Trial, ...], tuple[Evaluation, ...]]:
    """Finished trials by number, all or some, and the evaluations of others."""
    trials: list[Trial] = []
    left: list[Evaluation] = []
    for row, own in _by_trial(connection, study_id, numbers):
        if row is None:
            left += [mapping.evaluation_of(each, Configuration(())) for each in own]
        else:
            trials.append(_trial(row, own))
    return tuple(trials), tuple(left)


def _trial(row: Row[Any], own: Iterable[Row[Any]]) -> Trial:
    configuration = mapping.configuration_of(row.configuration)
    evaluations = [mapping.evaluation_of(each, configuration) for each in own]
    return mapping.trial_of(row, configuration, sorted(evaluations, key=evaluation_order))


def _by_trial(
    connection: Connection, study_id: int, numbers: Sequence[int] | None
) -> Iterator[tuple[Row[Any] | None, Iterator[Row[Any]]]]:
    """Evaluations of each trial with the trial's own row; None where it has not ended."""
    ended = select(*TrialRow.__table__.c).where(TrialRow.study_id == study_id)
    trained = select(*PLAIN_COLUMNS).where(EvaluationRow.study_id == study_id)
    if numbers is not None:
        ended = ended.where(TrialRow.number.in_(numbers))
        trained = trained.where(EvaluationRow.number.in_(numbers))
    trials = _stream(connection, TrialRow, ended.order_by(TrialRow.number))
    evaluations = _stream(connection, EvaluationRow, trained.order_by(EvaluationRow.number))
    row = next(trials, None)
    for number, own in groupby(evaluations, key=attrgetter("number")):
        if row is None or number < row.number:
            yield None, own
        elif number == row.number:
            yield row, own
            row = next(trials, None)
        else:
            break
    if row is not None:
        raise LookupError(f"trial {row.number} has no evaluation")


def _stream(
    connection: Connection, table: type[TableRow], query: Select[Any]
) -> Iterator[Row[Any]]:
    """Rows of a query, a few at a time: one by one takes twice as long, all at once the memory."""
    for some in connection.execute(query).partitions(ROWS_AT_ONCE):
        verify(table, some)
        yield from some
