"""What the driver tells whoever runs it."""

from dataclasses import dataclass

from hpsearch.domain.study import Stage, StageResult
from hpsearch.domain.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageOpened:
    """A stage starts, or goes on after an interruption.

    Attributes:
        finished: trials of the study that ended before.
        trial_count: trials planned over all stages.
    """

    stage: Stage
    finished: int
    trial_count: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialsSaved:
    """Trials ended and are stored: nothing loses them any more.

    Attributes:
        trials: those saved now, by number.
        finished: trials of the study that have ended.
        trial_count: trials planned over all stages.
        best: the best trial so far; it has a score unless no trial has one.
    """

    trials: tuple[Trial, ...]
    finished: int
    trial_count: int
    best: Trial


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageJudged:
    """A stage has ended; what was decided is stored."""

    stage: Stage
    result: StageResult


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confirmed:
    """Confirmations of finalists are stored.

    Attributes:
        done: trainings of finalists so far.
        total: in the end.
        finalists: how many trials are confirmed.
    """

    done: int
    total: int
    finalists: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeIsUp:
    """The time of the run is over, and something is left for the next one.

    Attributes:
        finished: trials of the study that have ended.
        trial_count: trials planned over all stages.
    """

    finished: int
    trial_count: int


Event = StageOpened | TrialsSaved | StageJudged | Confirmed | TimeIsUp
