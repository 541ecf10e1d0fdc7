"""Changing rows that are there, with their checksums."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, update

from hpsearch.store.checksums import checked, verify, with_checksum


def change(connection: Connection, table: Table, where: ColumnElement[bool], **values: Any) -> None:
    """Give columns of the rows `where` new values.

    Raises:
        DamagedRow: one of the rows is not as it was stored.
    """
    found = connection.execute(select(table).where(where)).all()
    verify(table, found)
    for each in found:
        old = each._asdict()
        new = with_checksum(table, {name: old[name] for name in checked(table)} | values)
        own = [column == old[column.name] for column in table.primary_key]
        connection.execute(update(table).where(*own).values(**new))
