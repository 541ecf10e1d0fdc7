"""Where imported studies came from.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; of the studies that are there nothing was imported."""
    op.add_column("study", sa.Column("source", sa.String(), nullable=True))


def downgrade() -> None:
    """Delete what was imported, which an older version takes for damage, and drop the column."""
    for table in ("evaluation", "trial", "stage"):
        op.execute(
            f"DELETE FROM {table} WHERE study_id IN (SELECT id FROM study WHERE source IS NOT NULL)"
        )
    op.execute("DELETE FROM study WHERE source IS NOT NULL")
    op.drop_column("study", "source")
