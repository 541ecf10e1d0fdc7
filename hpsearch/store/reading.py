"""From the rows of a study to its values."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from hpsearch.domain.dataset import DataFacts, DatasetCard
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.study import Overview, Stage, Study
from hpsearch.domain.time_limit import TimeLimit
from hpsearch.domain.trial import Evaluation, Trial
from hpsearch.errors import NameTaken, UnknownName
from hpsearch.store import kept_overviews, mapping, overviews, trials
from hpsearch.store.checksums import verify
from hpsearch.store.overviews import Found
from hpsearch.store.rows import OPENINGS, STAGES, STUDIES, TIME_LIMITS

Describe = Callable[[str], DatasetCard]


class _Read(NamedTuple):
    """What was read of the trials of a study."""

    trials: tuple[Trial, ...]
    unfinished: tuple[Evaluation, ...] = ()
    overview: Overview | None = None


def study_row(connection: Connection, name: str) -> Row[Any]:
    """The row of a study, by its name.

    Raises:
        UnknownName: there is none; the error names the closest one.
    """
    row = connection.execute(select(STUDIES).where(STUDIES.c.name == name)).first()
    if row is None:
        raise UnknownName("study", name, connection.scalars(select(STUDIES.c.name)).all())
    verify(STUDIES, [row])
    return row


def refuse_taken(connection: Connection, name: str) -> None:
    """Make sure that no study has a name.

    Raises:
        NameTaken: one has.
    """
    if connection.execute(select(STUDIES.c.id).where(STUDIES.c.name == name)).first():
        raise NameTaken(name)


def study_of(
    connection: Connection, row: Row[Any], describe: Describe, best: int | None = None
) -> Study:
    """A study without learning curves, with all its trials or, in part, so many of the best."""
    stages = stages_of(connection, row.id)
    if best is None:
        read = _Read(*trials.trials_of(connection, row.id))
    elif best == 0:
        plan = Overview(finished=overviews.finished(connection, row.id))
        read = _Read(_numbered(connection, row.id, stages, set()), overview=plan)
    else:
        found = kept_overviews.kept(connection, row.id) or overviews.found(connection, row.id)
        read = _in_part(connection, row.id, stages, best, found)
    return _study(connection, row, describe, stages, read)


def study_to_run(connection: Connection, row: Row[Any], describe: Describe) -> Study:
    """A study in part, with its best trial and what is left unfinished."""
    stages = stages_of(connection, row.id)
    read = _in_part(connection, row.id, stages, 1, overviews.found_to_run(connection, row.id))
    left = trials.unfinished_of(connection, row.id)
    return _study(connection, row, describe, stages, read._replace(unfinished=left))


def _in_part(
    connection: Connection, study_id: int, stages: Sequence[Stage], best: int, found: Found
) -> _Read:
    told = overviews.told_numbers(connection, study_id, found.singled_out, best)
    return _Read(_numbered(connection, study_id, stages, told), overview=found.overview)


def _numbered(
    connection: Connection, study_id: int, stages: Sequence[Stage], told: set[int]
) -> tuple[Trial, ...]:
    """Trials of these numbers, and the finalists."""
    result = stages[-1].result
    numbers = {*told, *(result.finalists if result else ())}
    return trials.some_trials(connection, study_id, sorted(numbers))


def _study(
    connection: Connection,
    row: Row[Any],
    describe: Describe,
    stages: tuple[Stage, ...],
    read: _Read,
) -> Study:
    sections = json.loads(row.spec)
    spec, _ = study_spec(sections, describe(sections["data"]["name"]))
    openings = _rows(connection, OPENINGS, row.id, OPENINGS.c.number)
    return Study(
        id=row.id,
        name=row.name,
        spec=spec,
        data=DataFacts(**json.loads(row.data)),
        versions=tuple(json.loads(row.versions).items()),
        created_at=datetime.fromisoformat(row.created_at),
        stages=stages,
        trials=read.trials,
        unfinished=read.unfinished,
        openings=tuple(mapping.opening_of(each) for each in openings),
        time_limits=_time_limits(connection, row.id),
        overview=read.overview,
    )


def stages_of(connection: Connection, study_id: int) -> tuple[Stage, ...]:
    """The stages of a study, from the first."""
    rows = _rows(connection, STAGES, study_id, STAGES.c.number)
    return tuple(map(mapping.stage_of, rows))


def _time_limits(connection: Connection, study_id: int) -> tuple[TimeLimit, ...]:
    return tuple(
        TimeLimit(
            seconds=row.seconds,
            trials=row.trials,
            reached_at=datetime.fromisoformat(row.reached_at),
        )
        for row in _rows(connection, TIME_LIMITS, study_id, TIME_LIMITS.c.id)
    )


def _rows(
    connection: Connection, table: Table, study_id: int, order: ColumnElement[Any]
) -> Sequence[Row[Any]]:
    """All rows of a study in a table, as they were stored."""
    own = table.c.study_id == study_id
    rows = connection.execute(select(table).where(own).order_by(order)).all()
    verify(table, rows)
    return rows
