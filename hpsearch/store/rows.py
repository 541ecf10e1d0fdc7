"""Tables of the database; columns only. Queries are in `sql_store`, migrations in `alembic/`.

Each row has a checksum (`checksums`), absent where an older version stored it. A column that is
added to a table must come after all that the checksum covers, and be allowed to be empty; else the
checksums of rows that are there no longer fit.
"""

from typing import Any, ClassVar

from sqlalchemy import Double, ForeignKey, ForeignKeyConstraint, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Names for all constraints, so that migrations can change them.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """Declarative base."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[type, Any]] = {float: Double()}


class StudyRow(Row):
    """A study; `spec`, `data` and `versions` are JSON objects, `created_at` an ISO time in UTC.

    `source` says where an imported study came from (`domain.imported.Source`); then the three
    objects are empty, and each trial has one evaluation of no epochs, which holds its score.
    """

    __tablename__ = "study"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    spec: Mapped[str]
    data: Mapped[str]
    versions: Mapped[str]
    created_at: Mapped[str]
    checksum: Mapped[int | None]
    source: Mapped[str | None]


class StageRow(Row):
    """A stage; `space` is a JSON list of names with the tables of their ranges.

    `verdicts` is a JSON object, absent until the stage has ended.
    """

    __tablename__ = "stage"

    study_id: Mapped[int] = mapped_column(
        ForeignKey("study.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    space: Mapped[str]
    trial_count: Mapped[int]
    first_number: Mapped[int]
    verdicts: Mapped[str | None]
    checksum: Mapped[int | None]


class TimeLimitRow(Row):
    """A time limit that ended a run (`domain.time_limit.TimeLimit`); an ISO time in UTC."""

    __tablename__ = "time_limit"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    seconds: Mapped[float]
    trials: Mapped[int]
    reached_at: Mapped[str]
    checksum: Mapped[int | None]


class TrialRow(Row):
    """A trial that has ended; `configuration` is a JSON object.

    `origin` says where its configuration came from (`domain.trial.Origin`).
    """

    __tablename__ = "trial"
    __table_args__ = (
        ForeignKeyConstraint(
            ["study_id", "stage"], ["stage.study_id", "stage.number"], ondelete="CASCADE"
        ),
        Index("ix_trial_score", "study_id", "score"),
    )

    study_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[int]
    configuration: Mapped[str]
    state: Mapped[str]
    epoch: Mapped[int | None]
    reason: Mapped[str]
    score: Mapped[float | None]
    finished_at: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="sampler")
    checksum: Mapped[int | None]


class EvaluationRow(Row):
    """One finished training. Rows are added and never changed.

    `curve` holds the four series of `domain.trial.Curve` one after the other, little-endian
    float32; their lengths follow from its size (epochs run = (size / 4 - 1) / 4). `details` is a
    JSON object of what else was measured, absent where there is nothing. `row_results` says what it
    made of each validation row (`domain.row_results`); absent unless it is complete, and where an
    older version stored it.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("study_id", "number", "purpose", "repeat", "fold", "epochs"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    number: Mapped[int]
    purpose: Mapped[str]
    repeat: Mapped[int]
    fold: Mapped[int]
    epochs: Mapped[int]
    state: Mapped[str]
    epoch: Mapped[int | None]
    reason: Mapped[str]
    train_loss: Mapped[float | None]
    train_score: Mapped[float | None]
    validation_loss: Mapped[float | None]
    validation_score: Mapped[float | None]
    seconds: Mapped[float]
    curve: Mapped[bytes | None]
    details: Mapped[str | None]
    row_results: Mapped[bytes | None]
    checksum: Mapped[int | None]
    curve_checksum: Mapped[int | None]
    row_results_checksum: Mapped[int | None]


class OverviewRow(Row):
    """What is said of all trials of a study (`kept_overviews`): a copy, valid while it holds.

    `trials`, `evaluations` and `last_evaluation` say what was stored when it was made, `facts` is a
    JSON object. Triggers drop the row when a trial or a training is added.
    """

    __tablename__ = "overview"

    study_id: Mapped[int] = mapped_column(
        ForeignKey("study.id", ondelete="CASCADE"), primary_key=True
    )
    trials: Mapped[int]
    evaluations: Mapped[int]
    last_evaluation: Mapped[int]
    facts: Mapped[str]
    checksum: Mapped[int | None]


class OpeningRow(Row):
    """One look at the test part. Rows are added and never changed.

    `scores` is a JSON object, `opened_at` an ISO time in UTC.
    """

    __tablename__ = "opening"

    study_id: Mapped[int] = mapped_column(
        ForeignKey("study.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    trial: Mapped[int]
    networks: Mapped[int]
    test_rows: Mapped[int]
    fingerprint: Mapped[str]
    scores: Mapped[str]
    opened_at: Mapped[str]
    checksum: Mapped[int | None]
