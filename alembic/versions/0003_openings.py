"""Openings of the test part.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the triggers that keep every opening as it was written."""
    op.create_table(
        "opening",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("trial", sa.Integer(), nullable=False),
        sa.Column("networks", sa.Integer(), nullable=False),
        sa.Column("test_rows", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("scores", sa.String(), nullable=False),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name="fk_opening_study_id_study", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "number", name="pk_opening"),
    )
    op.execute(
        "CREATE TRIGGER opening_never_changes BEFORE UPDATE ON opening "
        "BEGIN SELECT RAISE(ABORT, 'opening rows are never changed'); END"
    )


def downgrade() -> None:
    """Drop the table; its trigger goes with it."""
    op.drop_table("opening")
