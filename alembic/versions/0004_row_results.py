"""What a training makes of each validation row.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what was trained before, the rows are not known."""
    op.add_column("evaluation", sa.Column("row_results", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drop the column, with what it holds."""
    op.drop_column("evaluation", "row_results")
