"""Tables of the database; columns only. Queries are in `sql_store`, migrations in `alembic/`.

Each row has a checksum (`checksums`), absent where an older version stored it. A column that is
added to a table must come after all that the checksum covers, and be allowed to be empty; else the
checksums of rows that are there no longer fit.

They are plain tables, not mapped classes: nothing here needs `sqlalchemy.orm`, which would make
every command that opens a store start later.
"""

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

# Names for all constraints, so that migrations can change them.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMES)

# Studies. `spec`, `data` and `versions` are JSON objects, `created_at` an ISO time in UTC. `source`
# says where an imported study came from (`domain.imported.Source`); then the three objects are
# empty, and each trial has one evaluation of no epochs, which holds its score.
STUDIES = Table(
    "study",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("spec", String, nullable=False),
    Column("data", String, nullable=False),
    Column("versions", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("checksum", Integer),
    Column("source", String),
)

# Stages. `space` is a JSON list of names with the tables of their ranges, `verdicts` a JSON object,
# absent until the stage has ended.
STAGES = Table(
    "stage",
    METADATA,
    Column("study_id", Integer, ForeignKey(STUDIES.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("space", String, nullable=False),
    Column("trial_count", Integer, nullable=False),
    Column("first_number", Integer, nullable=False),
    Column("verdicts", String),
    Column("checksum", Integer),
)

# Time limits that ended a run (`domain.time_limit.TimeLimit`); `reached_at` is an ISO time in UTC.
TIME_LIMITS = Table(
    "time_limit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", Integer, ForeignKey(STUDIES.c.id, ondelete="CASCADE"), nullable=False),
    Column("seconds", Double, nullable=False),
    Column("trials", Integer, nullable=False),
    Column("reached_at", String, nullable=False),
    Column("checksum", Integer),
)

# Trials that have ended. `configuration` is a JSON object; `origin` says where it came from
# (`domain.trial.Origin`).
TRIALS = Table(
    "trial",
    METADATA,
    Column("study_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("stage", Integer, nullable=False),
    Column("configuration", String, nullable=False),
    Column("state", String, nullable=False),
    Column("epoch", Integer),
    Column("reason", String, nullable=False),
    Column("score", Double),
    Column("finished_at", String, nullable=False),
    Column("origin", String, nullable=False, server_default="sampler"),
    Column("checksum", Integer),
    ForeignKeyConstraint(
        ["study_id", "stage"], [STAGES.c.study_id, STAGES.c.number], ondelete="CASCADE"
    ),
    Index("ix_trial_score", "study_id", "score"),
)

# Finished trainings, one row each. Rows are added and never changed.
#
# `curve` holds the four series of `domain.trial.Curve` one after the other, little-endian float32;
# their lengths follow from its size (epochs run = (size / 4 - 1) / 4). `details` is a JSON object
# of what else was measured, absent where there is nothing. `row_results` says what it made of each
# validation row (`domain.row_results`); absent unless it is complete, and where an older version
# stored it.
EVALUATIONS = Table(
    "evaluation",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", Integer, ForeignKey(STUDIES.c.id, ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("purpose", String, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("fold", Integer, nullable=False),
    Column("epochs", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("epoch", Integer),
    Column("reason", String, nullable=False),
    Column("train_loss", Double),
    Column("train_score", Double),
    Column("validation_loss", Double),
    Column("validation_score", Double),
    Column("seconds", Double, nullable=False),
    Column("curve", LargeBinary),
    Column("details", String),
    Column("row_results", LargeBinary),
    Column("checksum", Integer),
    Column("curve_checksum", Integer),
    Column("row_results_checksum", Integer),
    UniqueConstraint("study_id", "number", "purpose", "repeat", "fold", "epochs"),
)

# What is said of all trials of a study (`kept_overviews`): a copy, valid while it holds. `trials`,
# `evaluations` and `last_evaluation` say what was stored when it was made, `facts` is a JSON
# object. Triggers drop the row when a trial or a training is added.
OVERVIEWS = Table(
    "overview",
    METADATA,
    Column("study_id", Integer, ForeignKey(STUDIES.c.id, ondelete="CASCADE"), primary_key=True),
    Column("trials", Integer, nullable=False),
    Column("evaluations", Integer, nullable=False),
    Column("last_evaluation", Integer, nullable=False),
    Column("facts", String, nullable=False),
    Column("checksum", Integer),
)

# Looks at the test part. Rows are added and never changed. `scores` is a JSON object, `opened_at`
# an ISO time in UTC.
OPENINGS = Table(
    "opening",
    METADATA,
    Column("study_id", Integer, ForeignKey(STUDIES.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("trial", Integer, nullable=False),
    Column("networks", Integer, nullable=False),
    Column("test_rows", Integer, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("scores", String, nullable=False),
    Column("opened_at", String, nullable=False),
    Column("checksum", Integer),
)
