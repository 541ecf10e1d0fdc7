"""Verdicts of a stage, the origin of a trial's configuration, details of an evaluation.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("stage", sa.Column("verdicts", sa.String(), nullable=True))
    op.add_column(
        "trial", sa.Column("origin", sa.String(), nullable=False, server_default="sampler")
    )
    op.add_column("evaluation", sa.Column("details", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop the columns, with what they hold."""
    op.drop_column("evaluation", "details")
    op.drop_column("trial", "origin")
    op.drop_column("stage", "verdicts")
