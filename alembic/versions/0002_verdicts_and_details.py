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
    # A question of before was asked without what the new keys of a search say.
    op.execute(
        "UPDATE study SET spec = json_set(spec, '$.search.stages', 1, '$.search.prune', 'none',"
        " '$.search.confirm', 0, '$.search.baseline', json('false'), '$.search.try', json('[]'))"
    )


def downgrade() -> None:
    """Drop the columns, with what they hold, and the keys that an older program does not know."""
    op.execute(
        "UPDATE study SET spec = json_remove(spec, '$.search.stages', '$.search.prune',"
        " '$.search.confirm', '$.search.baseline', '$.search.try')"
    )
    op.drop_column("evaluation", "details")
    op.drop_column("trial", "origin")
    op.drop_column("stage", "verdicts")
