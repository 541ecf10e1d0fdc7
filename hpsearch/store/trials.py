"""From the rows of trials and their trainings to their values."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, select

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import Curve, Evaluation, Purpose, State, Trial, evaluation_order, mean
from hpsearch.domain.trial_summary import TrialSummary
from hpsearch.store import mapping
from hpsearch.store.checksums import verified, verified_parts, verify
from hpsearch.store.faults import readable
from hpsearch.store.rows import EVALUATIONS, TRIALS

WITH_CURVE: list[Any] = [*mapping.PLAIN_COLUMNS, EVALUATIONS.c.curve, EVALUATIONS.c.curve_checksum]
RowResults = dict[int, dict[tuple[int, int], bytes]]
NUMBERS_AT_ONCE = 500  # SQLite limits the variables of a statement
SEARCH = mapping.PURPOSE_ORDER[Purpose.SEARCH]
NUMBER, CONFIGURATION = map(TRIALS.c.keys().index, ("number", "configuration"))
TRAIN_SCORE, VALIDATION_SCORE, SECONDS = map(
    mapping.Measures._fields.index, ("train_score", "validation_score", "seconds")
)
_NUMBER = itemgetter([each.name for each in mapping.PLAIN_COLUMNS].index("number"))

Told = TypeVar("Told")


def ended(
    connection: Connection,
    study_id: int,
    path: Path,
    told: Callable[[Sequence[Any], Iterable[Sequence[Any]]], Told],
) -> Iterator[Told]:
    """The trials that have ended, by number, one after the other.

    Args:
        told: makes a value of the row of a trial and those of its trainings.

    Raises:
        StoreRefused: at a value that makes no sense, in the file at `path`.
    """
    with readable(path):
        for row, own in _by_trial(connection, study_id, None):
            if row is not None:
                yield told(row, own)


def finish_times_of(connection: Connection, study_id: int) -> dict[int, datetime]:
    """When each trial was stored, UTC."""
    query = select(TRIALS).where(TRIALS.c.study_id == study_id)
    rows = _stream(connection, TRIALS, query)
    return {number: datetime.fromisoformat(text) for _, number, *_, text, _, _ in rows}


def verify_trainings(connection: Connection, study_id: int) -> None:
    """Hold all trainings of a study against their checksums.

    Raises:
        DamagedRow: one is not as it was stored.
    """
    query = select(*mapping.PLAIN_COLUMNS).where(EVALUATIONS.c.study_id == study_id)
    for _ in verified_parts(connection, EVALUATIONS, query):
        pass


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
            trials.append(trial(row, own))
    return tuple(trials), tuple(left)


def some_trials(connection: Connection, study_id: int, numbers: Sequence[int]) -> tuple[Trial, ...]:
    """Finished trials of these numbers, in their order."""
    found: list[Trial] = []
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        found += trials_of(connection, study_id, numbers[start : start + NUMBERS_AT_ONCE])[0]
    return tuple(found)


def unfinished_of(connection: Connection, study_id: int) -> tuple[Evaluation, ...]:
    """Evaluations of trials that have not ended; configurations are left empty."""
    row, trial = EVALUATIONS.c, TRIALS.c
    # From two indexes: asking of each training whether its trial has ended takes twice as long.
    trained = select(row.number).where(row.study_id == study_id)
    left = trained.except_(select(trial.number).where(trial.study_id == study_id))
    query = (
        select(*mapping.PLAIN_COLUMNS)
        .where(row.study_id == study_id, row.number.in_(left))
        .order_by(row.number)
    )
    rows = connection.execute(query).all()
    verify(EVALUATIONS, rows)
    return tuple(mapping.evaluation_of(each, Configuration(())) for each in rows)


def evaluations_of(
    connection: Connection, study_id: int, numbers: Sequence[int]
) -> list[Evaluation]:
    """Evaluations of some trials with their learning curves; configurations are left empty."""
    found = []
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        some = list(numbers[start : start + NUMBERS_AT_ONCE])
        query = (
            select(*WITH_CURVE)
            .where(EVALUATIONS.c.study_id == study_id, EVALUATIONS.c.number.in_(some))
            .order_by(EVALUATIONS.c.number)
        )
        rows = connection.execute(query).all()
        verify(EVALUATIONS, rows)
        for row in rows:
            data = verified("learning curve", row.curve, row.curve_checksum)
            curve = mapping.curve_of(data) if data else None
            found.append(mapping.evaluation_of(row, Configuration(()), curve))
    return found


def row_results_of(connection: Connection, study_id: int, numbers: Sequence[int]) -> RowResults:
    """Stored results of the validation rows of some trials, of the search only."""
    found: RowResults = defaultdict(dict)
    row = EVALUATIONS.c
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
    row = EVALUATIONS.c
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


def summary(row: Sequence[Any], own: Iterable[Sequence[Any]]) -> TrialSummary:
    """A trial as a line of a table; without a value for each training it takes half the time."""
    _, number, stage, configuration, state, _, _, score, finished_at, *_ = row
    measured = [mapping.measures_of(each) for each in own]
    measured.sort()
    searched = [each for each in measured if each[0] == SEARCH]
    is_complete = state == State.COMPLETE
    return TrialSummary(
        number=number,
        stage=stage,
        state=mapping.STATES[state],
        score=score,
        seconds=sum([each[SECONDS] for each in measured]),
        configuration=mapping.decoded(configuration),
        train_score=mean([each[TRAIN_SCORE] for each in searched]) if is_complete else None,
        fold_scores=tuple([each[VALIDATION_SCORE] for each in searched]),
        finished_at=datetime.fromisoformat(finished_at),
    )


def trial(row: Sequence[Any], own: Iterable[Sequence[Any]]) -> Trial:
    """A trial with its trainings."""
    configuration = mapping.configuration_of(row[CONFIGURATION])
    evaluations = [mapping.evaluation_of(each, configuration) for each in own]
    return mapping.trial_of(row, configuration, sorted(evaluations, key=evaluation_order))


def _by_trial(
    connection: Connection, study_id: int, numbers: Sequence[int] | None
) -> Iterator[tuple[Sequence[Any] | None, Iterator[Sequence[Any]]]]:
    """Evaluations of each trial with the trial's own row; None where it has not ended."""
    ended = select(TRIALS).where(TRIALS.c.study_id == study_id)
    trained = select(*mapping.PLAIN_COLUMNS).where(EVALUATIONS.c.study_id == study_id)
    if numbers is not None:
        ended = ended.where(TRIALS.c.number.in_(numbers))
        trained = trained.where(EVALUATIONS.c.number.in_(numbers))
    trials = _stream(connection, TRIALS, ended.order_by(TRIALS.c.number))
    evaluations = _stream(connection, EVALUATIONS, trained.order_by(EVALUATIONS.c.number))
    row = next(trials, None)
    for number, own in groupby(evaluations, key=_NUMBER):
        if row is None or number < row[NUMBER]:
            yield None, own
        elif number == row[NUMBER]:
            yield row, own
            row = next(trials, None)
        else:
            break
    if row is not None:
        raise LookupError(f"trial {row[NUMBER]} has no evaluation")


def _stream(connection: Connection, table: Table, query: Select[Any]) -> Iterator[Sequence[Any]]:
    return chain.from_iterable(verified_parts(connection, table, query))
