"""What is said of all trials of a study, kept so that it need not be found again.

A row is a copy of what follows from the trials, made when a run has ended. It is no part of the
study: nothing needs it, and no export has it. That it holds is not taken on trust. The database
itself drops it with the first trial or training that is stored after it, and lets no row of these
change; and it counts only where there are as many trials and trainings as there were, up to the
same one, and where it fits its own checksum. Else all is found again from the trials.
"""

import json
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from hpsearch.domain.breakdowns import Breakdown
from hpsearch.domain.comparisons import are_too_many
from hpsearch.domain.space import Side
from hpsearch.domain.study import Overview, Study
from hpsearch.domain.totals import DrawnTotals, Totals, totals_of
from hpsearch.store import overviews
from hpsearch.store.checksums import verify, with_checksum
from hpsearch.store.faults import DamagedRow
from hpsearch.store.mapping import STATES
from hpsearch.store.overviews import Found
from hpsearch.store.rows import EVALUATIONS, OVERVIEWS, TRIALS
from hpsearch.store.trials import verify_trainings

FORMAT = 1  # of `facts`; another one when what is said is found in another way


class Extent(NamedTuple):
    """How much was stored of a study.

    Attributes:
        trials: that had ended.
        evaluations: of any purpose.
        last_evaluation: the highest key of them; 0 without one.
    """

    trials: int
    evaluations: int
    last_evaluation: int


def kept(connection: Connection, study_id: int) -> Found | None:
    """What was kept of a study, if it holds."""
    own = OVERVIEWS.c.study_id == study_id
    row = connection.execute(select(OVERVIEWS).where(own)).first()
    if row is None or _extent(connection, study_id) != (
        Extent(row.trials, row.evaluations, row.last_evaluation)
    ):
        return None
    try:
        verify(OVERVIEWS, [row])
    except DamagedRow:
        return None
    facts = json.loads(row.facts)
    return _found(facts, row.trials) if facts["format"] == FORMAT else None


def to_keep(connection: Connection, study: Study) -> dict[str, Any] | None:
    """Columns of what is to be kept of a study, all rows of which are held against their checksums.

    None where it would be read as a whole all the same, and where what is kept holds.

    Raises:
        DamagedRow: a row is not as it was stored.
    """
    scored = select(func.count(TRIALS.c.score)).where(TRIALS.c.study_id == study.id)
    if not are_too_many(connection.scalar(scored) or 0, study.data.validation_rows):
        return None
    if kept(connection, study.id) is not None:
        return None
    verify_trainings(connection, study.id)
    overview, singled_out = overviews.found(connection, study.id)
    facts = {
        "format": FORMAT,
        "totals": asdict(totals_of(overview.endings or (), study.spec.space)),
        "seconds": overview.seconds,
        "best_by_fold": overview.best_by_fold,
        "singled_out": singled_out,
    }
    extent = _extent(connection, study.id)._asdict()
    return {"study_id": study.id, **extent, "facts": json.dumps(facts)}


def keep(connection: Connection, values: dict[str, Any]) -> None:
    """Store columns of `to_keep`, unless they no longer hold."""
    study_id = values["study_id"]
    extent = Extent(*(values[name] for name in Extent._fields))
    if _extent(connection, study_id) == extent:
        connection.execute(delete(OVERVIEWS).where(OVERVIEWS.c.study_id == study_id))
        connection.execute(insert(OVERVIEWS), with_checksum(OVERVIEWS, values))


def _extent(connection: Connection, study_id: int) -> Extent:
    row = EVALUATIONS.c
    counted = select(func.count(), func.max(row.id)).where(row.study_id == study_id)
    evaluations, last = connection.execute(counted).one()
    return Extent(overviews.finished(connection, study_id), evaluations, last or 0)


def _found(facts: dict[str, Any], trials: int) -> Found:
    overview = Overview(
        finished=trials,
        totals=_totals(facts["totals"]),
        seconds=facts["seconds"],
        best_by_fold=tuple(facts["best_by_fold"]),
    )
    return Found(overview, facts["singled_out"])


def _totals(table: dict[str, Any]) -> Totals:
    """Inverse of `dataclasses.asdict`."""
    return Totals(
        states=tuple((STATES[state], count) for state, count in table["states"]),
        scored=table["scored"],
        best=table["best"],
        drawn=tuple(DrawnTotals(**each) for each in table["drawn"]),
        breakdowns=tuple(
            Breakdown(**each | {"side": Side(each["side"])}) for each in table["breakdowns"]
        ),
    )
