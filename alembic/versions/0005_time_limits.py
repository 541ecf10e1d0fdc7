"""Time limits that ended a run.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "time_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.Column("reached_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name="fk_time_limit_study_id_study", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_time_limit"),
    )


def downgrade() -> None:
    """Drop the table, with what it holds."""
    op.drop_table("time_limit")
