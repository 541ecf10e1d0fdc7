"""Checksums of rows, so that a bit that turns over inside a number is noticed.

SQLite's own checks see damage to the structure of a file, and an index that differs from its table,
but not another number in a row. A row is therefore stored with the CRC-32 of its columns as text,
and is refused where they no longer fit. The last columns do not count where they are empty: one
that may be empty can be added at the end without touching older rows. Rows of older schemas have
no checksum, and are taken as they are. Large values have checksums of their own, for they are
rarely read.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Double, LargeBinary, Row, Select, Table

from hpsearch.store.faults import DamagedRow

ROWS_AT_ONCE = 2000
LARGE = ("curve", "row_results")  # with a column `..._checksum` each


@cache
def checked(table: Table) -> tuple[str, ...]:
    """Columns that the checksum of a row covers: all but its number in the file and large ones."""
    return tuple(
        column.name
        for column in table.columns
        if not isinstance(column.type, LargeBinary)
        and column.name not in ("id", "checksum", *(f"{each}_checksum" for each in LARGE))
    )


def with_checksum(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a row to be stored, with those of its checksums."""
    floats = _floats(table)
    kept = {name: _stored(values.get(name), name in floats) for name in checked(table)}
    sums = {
        f"{name}_checksum": None if values[name] is None else zlib.crc32(values[name])
        for name in LARGE
        if name in values
    }
    return {**values, **kept, **sums, "checksum": checksum_of(tuple(kept.values()))}


def checksum_of(values: tuple[Any, ...]) -> int:
    """CRC-32 of the values of the columns of `checked`, in their order."""
    end = len(values)
    while end and values[end - 1] is None:
        end -= 1
    return zlib.crc32(ascii(values[:end]).encode("ascii"))


def verify(table: Table, rows: Sequence[Row[Any]]) -> None:
    """Refuse rows that are not as they were stored.

    Args:
        rows: with all columns of `checked(table)`, and `checksum`.

    Raises:
        DamagedRow: one of them is not.
    """
    if rows:
        _verify(table, rows[0]._fields, rows)


def verified_parts(
    connection: Connection, table: Table, query: Select[Any]
) -> Iterator[Sequence[Sequence[Any]]]:
    """Rows of a query as plain tuples, a few thousand at a time.

    Of very many rows, one at a time takes twice as long, and all at once the memory; those of
    SQLAlchemy, whose columns have names, take a third longer.

    Args:
        query: for all columns of `checked(table)`, and `checksum`.

    Raises:
        DamagedRow: a row is not as it was stored.
    """
    found = connection.execute(query)
    fields, cursor = tuple(found.keys()), found.cursor
    assert cursor is not None
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        _verify(table, fields, rows)
        yield rows
    found.close()  # not where it is left half-way: then the connection may be closed already


def _verify(table: Table, fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    places = [fields.index(name) for name in checked(table)]
    is_first = places == list(range(len(places)))
    values_of = itemgetter(slice(len(places))) if is_first else itemgetter(*places)
    place = fields.index("checksum")
    for row in rows:
        if row[place] is not None and row[place] != checksum_of(values_of(row)):
            raise DamagedRow(mismatch(table.name, dict(zip(fields, row, strict=True))))


def verified(name: str, value: bytes | None, checksum: int | None) -> bytes:
    """A large value, empty where there is none.

    Raises:
        DamagedRow: it is not as it was stored.
    """
    found = value or b""
    if checksum is not None and zlib.crc32(found) != checksum:
        raise DamagedRow(f"a {name} does not fit its checksum")
    return found


def mismatch(table: str, row: Mapping[str, Any]) -> str:
    """What to say of a row that does not fit its checksum."""
    known = [f"{key} {row[key]}" for key in ("number", "fold", "name") if key in row]
    return f"a row of `{table}` ({', '.join(known)}) does not fit its checksum"


@cache
def _floats(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.columns if isinstance(column.type, Double))


def _stored(value: Any, is_float: bool) -> Any:  # noqa: FBT001 - private
    """As SQLite will give it back: no number that is none, no negative zero, no NumPy scalar."""
    if not is_float or value is None:
        return value
    number = float(value) + 0.0
    return None if number != number else number
