"""Trials as lines of a table."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from hpsearch.domain.space import Value
from hpsearch.domain.trial import Purpose, State, Trial


class TrialSummary(NamedTuple):
    """One line of the table of trials.

    Attributes:
        seconds: training time, summed over all of its trainings.
        train_score: as of the trial.
        fold_scores: validation score of each training of the search, by repeat and fold.
        finished_at: when it was stored, UTC.
    """

    number: int
    stage: int
    state: State
    score: float | None
    seconds: float
    configuration: Mapping[str, Value]
    train_score: float | None
    fold_scores: tuple[float | None, ...]
    finished_at: datetime


def trial_summary(trial: Trial, finished_at: datetime) -> TrialSummary:
    """A trial as a line of a table."""
    return TrialSummary(
        number=trial.number,
        stage=trial.stage,
        state=trial.outcome.state,
        score=trial.score,
        seconds=trial.seconds,
        configuration=trial.configuration,
        train_score=trial.train_score,
        fold_scores=tuple(each.validation_score for each in trial.of(Purpose.SEARCH)),
        finished_at=finished_at,
    )
