"""Overviews: what is said of all trials of a study, kept while it holds.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("trial", "evaluation")


def upgrade() -> None:
    """Make the table, and the triggers that drop an overview with the first row after it."""
    op.create_table(
        "overview",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.Column("evaluations", sa.Integer(), nullable=False),
        sa.Column("last_evaluation", sa.Integer(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("checksum", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name="fk_overview_study_id_study", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", name="pk_overview"),
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_ends_overview AFTER INSERT ON {table} "
            "BEGIN DELETE FROM overview WHERE study_id = NEW.study_id; END"
        )


def downgrade() -> None:
    """Drop the triggers and the table, with what it holds: it can be found again."""
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_ends_overview")
    op.drop_table("overview")
