"""What a study keeps of a time limit that ended one of its runs."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """A time limit that ended a run before the study was finished.

    Attributes:
        seconds: how long the run was allowed to take.
        trials: trials of the study that had ended by then; a faster machine would have more.
        reached_at: when that was, UTC.
    """

    seconds: float
    trials: int
    reached_at: datetime
