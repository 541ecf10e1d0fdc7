"""A study of very many trials in few words: how all of them ended, and which are told of."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from hpsearch.domain.space import Configuration, Value
from hpsearch.domain.study import Overview
from hpsearch.domain.trial import FAILURES, Ending, Origin, Purpose, State
from hpsearch.store import mapping
from hpsearch.store.checksums import verified_parts
from hpsearch.store.rows import EVALUATIONS, TRIALS


def best_by_fold(connection: Connection, study_id: int) -> tuple[float, ...]:
    """Highest search score of any complete trial in each repeat and fold, in their order."""
    row, trial = EVALUATIONS.c, TRIALS.c
    query = (
        select(func.max(row.validation_score))
        .join(TRIALS, (trial.study_id == row.study_id) & (trial.number == row.number))
        .where(row.study_id == study_id, row.purpose == Purpose.SEARCH.value)
        .where(trial.state == State.COMPLETE.value)
        .group_by(row.repeat, row.fold)
        .order_by(row.repeat, row.fold)
    )
    return tuple(connection.scalars(query))


def finished(connection: Connection, study_id: int) -> int:
    """How many trials have ended."""
    counted = select(func.count()).select_from(TRIALS).where(TRIALS.c.study_id == study_id)
    return connection.scalar(counted) or 0


class Found(NamedTuple):
    """What was found of all trials.

    Attributes:
        singled_out: numbers of those that no sampler drew or that failed: they are told of one by
            one, whatever they scored.
    """

    overview: Overview
    singled_out: Sequence[int]


def found(connection: Connection, study_id: int) -> Found:
    """How all trials ended, how long they trained, and how good they were on each fold."""
    overview, singled_out = found_to_run(connection, study_id)
    complete = replace(
        overview,
        seconds=_seconds(connection, study_id),
        best_by_fold=best_by_fold(connection, study_id),
    )
    return Found(complete, singled_out)


def _seconds(connection: Connection, study_id: int) -> float:
    """Training time of all trials that have ended."""
    row, trial = EVALUATIONS.c, TRIALS.c
    query = (
        select(func.sum(row.seconds))
        .join(TRIALS, (trial.study_id == row.study_id) & (trial.number == row.number))
        .where(row.study_id == study_id)
    )
    return connection.scalar(query) or 0.0


def found_to_run(connection: Connection, study_id: int) -> Found:
    """How all trials ended, without what was trained: all that a run needs."""
    endings = endings_of(connection, study_id)
    singled_out = [
        each.number
        for each in endings
        if each.origin is not Origin.SAMPLER or each.outcome.state in FAILURES
    ]
    return Found(Overview(finished=len(endings), endings=endings), singled_out)


def endings_of(connection: Connection, study_id: int) -> tuple[Ending, ...]:
    """How all trials ended, by number; nobody looked at what was given up scored."""
    query = select(TRIALS).where(TRIALS.c.study_id == study_id).order_by(TRIALS.c.number)
    # By column and many at once, which takes a third of the time of one after the other.
    parts = verified_parts(connection, TRIALS, query)
    return tuple(each for rows in parts for each in _endings(rows))


def _endings(rows: Sequence[Sequence[Any]]) -> Iterator[Ending]:
    columns = dict(zip(TRIALS.c.keys(), zip(*rows, strict=True), strict=True))
    ended = (columns["state"], columns["epoch"], columns["reason"])
    texts = f"[{','.join(columns['configuration'])}]"
    found = (
        columns["number"],
        columns["stage"],
        map(_outcome_of, *ended),
        columns["score"],
        map(mapping.ORIGINS.__getitem__, columns["origin"]),
        json.loads(texts, object_pairs_hook=_configuration),
    )
    return map(Ending, *found)


_outcome_of = lru_cache(maxsize=1000)(mapping.outcome_of)  # one object for all that ended alike


def _configuration(pairs: list[tuple[str, Value]]) -> Configuration:
    return Configuration(tuple(pairs))


def told_numbers(
    connection: Connection, study_id: int, singled_out: Sequence[int], best: int
) -> set[int]:
    """Numbers of the trials that are told of one by one, beside the finalists.

    The best with all that share the score of the last of them, those that no sampler drew, that
    failed, or that were trained again for any purpose, and the first, whose end is told where none
    has a score.
    """
    own = TRIALS.c.study_id == study_id
    highest = select(TRIALS.c.score).where(own, TRIALS.c.score.is_not(None))
    highest = highest.order_by(TRIALS.c.score.desc()).limit(best)
    least = select(func.min(highest.subquery().c.score)).scalar_subquery()
    again = select(EVALUATIONS.c.number).where(
        EVALUATIONS.c.study_id == study_id,
        EVALUATIONS.c.purpose.not_in((Purpose.SEARCH.value, Purpose.RUNG.value)),
    )
    queries = (
        select(TRIALS.c.number).where(own, TRIALS.c.score >= least),
        again,
        select(TRIALS.c.number).where(own).order_by(TRIALS.c.number).limit(1),
    )
    return {*singled_out, *(each for query in queries for each in connection.scalars(query))}
