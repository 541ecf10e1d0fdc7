"""Changing rows that are there, with their checksums."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from hpsearch.store.checksums import checked, verify, with_checksum
from hpsearch.store.rows import Row


def change(
    connection: Connection, row: type[Row], where: ColumnElement[bool], **values: Any
) -> None:
    """Give columns of the rows `where` new values.

    Raises:
        DamagedRow: one of the rows is not as it was stored.
    """
    table = row.metadata.tables[row.__tablename__]
    found = connection.execute(select(table).where(where)).all()
    verify(row, found)
    for each in found:
        old = each._asdict()
        new = with_checksum(row, {name: old[name] for name in checked(row)} | values)
        own = [column == old[column.name] for column in table.primary_key]
        connection.execute(update(table).where(*own).values(**new))
