"""Runs migrations: on the connection that hpsearch hands over, or on the store in the environment.

For work on the schema: `HPSEARCH_STORAGE=sqlite:///some.db alembic revision --autogenerate`.
"""

from alembic import context
from sqlalchemy import Connection

from hpsearch.settings import settings
from hpsearch.store.database import engine_for
from hpsearch.store.inspection import VERSION_TABLE, path_of
from hpsearch.store.rows import METADATA


def run(connection: Connection) -> None:
    """Migrate, as part of whatever transaction the connection is in."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine_for(path_of(settings().storage)).begin() as opened:
        run(opened)
