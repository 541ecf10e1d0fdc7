"""Studies that came from elsewhere: trials with a configuration and one score each, to be read.

Nothing of them was trained here: they have no network, data or folds, and nothing can be trained
again. What a trial reported while it ran is kept as it was told.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hpsearch.domain.measurements import reported_values
from hpsearch.domain.space import Configuration
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.task import Direction
from hpsearch.domain.trial import (
    COMPLETED,
    Evaluation,
    Origin,
    Outcome,
    PlannedEvaluation,
    State,
    Trial,
)


class SourceKind(StrEnum):
    """Where a study can come from."""

    OPTUNA = "optuna"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a study came from, and what its trials are ranked by.

    Attributes:
        place: the database or file, as it was typed.
        study: its name there; empty for a table.
        metric: what the values are of; the column of a table.
        direction: which values are better.
        left_out: trials there that had not ended.
    """

    kind: SourceKind
    place: str
    study: str
    metric: str
    direction: Direction
    left_out: int = 0

    @property
    def words(self) -> str:
        """`Optuna study "lr" in trials.db`."""
        if self.kind is SourceKind.CSV:
            return f"the table {self.place}"
        return f"Optuna study `{self.study}` in {self.place}"

    def score(self, value: float) -> float:
        """The score of a value, and the value of a score: the higher a score the better."""
        return -value if self.direction is Direction.MINIMIZE else value


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTrials:
    """What was read elsewhere, before it is stored.

    Attributes:
        stages: with the ranges that were searched, or those of the values where nobody says.
        finish_times: in UTC, by trial number, where they are known.
    """

    source: Source
    stages: tuple[Stage, ...]
    trials: tuple[Trial, ...]
    finish_times: Mapping[int, datetime]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImportedStudy:
    """An imported study as it is stored; it never changes.

    Attributes:
        id: the store's key.
        name: what the user calls it.
        stages: one, unless hpsearch itself once exported the study.
        trials: by number, which may leave some out.
    """

    id: int
    name: str
    source: Source
    created_at: datetime
    stages: tuple[Stage, ...]
    trials: tuple[Trial, ...]

    @property
    def finished(self) -> int:
        """How many trials there are."""
        return len(self.trials)


Searched = Study | ImportedStudy


def source_of(study: Searched) -> Source | None:
    """Where a study came from; None of a study of our own."""
    return study.source if isinstance(study, ImportedStudy) else None


def imported_trial(
    number: int,
    configuration: Configuration,
    score: float | None,
    outcome: Outcome = COMPLETED,
    *,
    stage: int = 1,
    seconds: float = 0.0,
    origin: Origin = Origin.SAMPLER,
) -> Trial:
    """A trial of which only its score is known: it stands as one evaluation of no epochs.

    A complete trial without a finite score has diverged.
    """
    is_scored = score is not None and math.isfinite(score)
    if outcome.is_complete and not is_scored:
        outcome = Outcome(State.DIVERGED)
    evaluation = Evaluation(
        planned=PlannedEvaluation(number=number, configuration=configuration, fold=0, epochs=0),
        outcome=outcome,
        validation_score=score if outcome.is_complete else None,
        seconds=seconds,
    )
    return Trial(
        number=number,
        stage=stage,
        configuration=configuration,
        outcome=outcome,
        evaluations=(evaluation,),
        origin=origin,
    )


def with_reported(trial: Trial, by_step: Mapping[int, float]) -> Trial:
    """An imported trial with what it reported while it ran, in its source's own direction."""
    (evaluation,) = trial.evaluations
    return replace(trial, evaluations=(replace(evaluation, details=reported_values(by_step)),))
