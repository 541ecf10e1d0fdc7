"""A full check of a store: what SQLite can see, and what only its rows can tell."""

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table

from hpsearch.store.checksums import LARGE, checked, checksum_of, mismatch
from hpsearch.store.inspection import check_integrity, read_only
from hpsearch.store.rows import METADATA

OF_NO_STAGE = """
SELECT study_id, number FROM {table} AS it WHERE NOT EXISTS (
    SELECT 1 FROM stage WHERE stage.study_id = it.study_id
    AND it.number >= first_number AND it.number < first_number + trial_count)
AND study_id NOT IN (SELECT id FROM study WHERE source IS NOT NULL)
"""  # numbers of an imported study may leave some out
WITHOUT_TRAINING = """
SELECT study_id, number FROM trial AS it WHERE NOT EXISTS (
    SELECT 1 FROM evaluation
    WHERE evaluation.study_id = it.study_id AND evaluation.number = it.number)
"""
OF_NO_TRIAL = """
SELECT study_id, number FROM evaluation AS it
WHERE study_id IN (SELECT id FROM study WHERE source IS NOT NULL) AND NOT EXISTS (
    SELECT 1 FROM trial WHERE trial.study_id = it.study_id AND trial.number = it.number)
"""
ORPHANS = {
    "trial {} of study {} belongs to no stage": OF_NO_STAGE.format(table="trial"),
    "a training of trial {} of study {} belongs to no stage": OF_NO_STAGE.format(
        table="evaluation"
    ),
    "trial {} of study {} has no training": WITHOUT_TRAINING,
    "a score of trial {} of study {}, which was imported, has no trial": OF_NO_TRIAL,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a full check found.

    Attributes:
        problems: what is wrong, in words; empty where all is well.
        rows: rows that were held against their checksums.
        without: rows of older versions, which have none.
    """

    problems: tuple[str, ...]
    rows: int
    without: int


def check(path: Path) -> Checked:
    """Integrity, references, checksums of all rows, and rows that belong nowhere; changes nothing.

    Raises:
        sqlite3.DatabaseError: the file cannot be read so far.
    """
    problems = check_integrity(path)
    rows = without = 0
    with read_only(path) as connection:
        connection.row_factory = sqlite3.Row
        for table in METADATA.tables.values():
            for row in connection.execute(f"SELECT * FROM {table.name}"):
                rows += row["checksum"] is not None
                without += row["checksum"] is None
                problems += _wrong(table, row)
        for words, query in ORPHANS.items():
            found = connection.execute(query).fetchall()
            problems += [words.format(each["number"], each["study_id"]) for each in found]
    return Checked(tuple(problems), rows, without)


def _wrong(table: Table, row: sqlite3.Row) -> Iterator[str]:
    values = dict(row)
    sums = {"checksum": checksum_of(tuple(values[name] for name in checked(table)))}
    for name in LARGE:
        if values.get(name) is not None:
            sums[f"{name}_checksum"] = zlib.crc32(values[name])
    if any(values[name] not in (None, found) for name, found in sums.items()):
        yield mismatch(table.name, values)
