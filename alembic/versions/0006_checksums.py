"""Checksums of rows, and of learning curves and row results.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("study", "stage", "time_limit", "trial", "evaluation", "opening")
LARGE = ("curve_checksum", "row_results_checksum")


def upgrade() -> None:
    """Add the columns; rows that are there have no checksum, and are taken as they are."""
    for table in TABLES:
        op.add_column(table, sa.Column("checksum", sa.Integer(), nullable=True))
    for column in LARGE:
        op.add_column("evaluation", sa.Column(column, sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for column in reversed(LARGE):
        op.drop_column("evaluation", column)
    for table in reversed(TABLES):
        op.drop_column(table, "checksum")
