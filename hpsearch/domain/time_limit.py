"""Limits on the time of a run: how they are written, and what is kept of one that ended a run."""

import math
import re
from dataclasses import dataclass
from datetime import datetime

from hpsearch.errors import InvalidStudy

WRITTEN = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?(s|m|min|h)?")
SECONDS = {None: 1, "s": 1, "m": 60, "min": 60, "h": 3600}


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


def seconds_of(text: str) -> float:
    """Seconds from `90`, `90s`, `10m` (or `10min`) or `2h`.

    Raises:
        InvalidStudy: no length of time above 0.
    """
    written = WRITTEN.fullmatch(text.strip())
    seconds = float(written[1]) * SECONDS[written[2]] if written else 0.0
    if not 0 < seconds < math.inf:
        raise InvalidStudy(
            "timeout", f"`{text}` is no length of time", "write seconds, or `10m`, or `2h`"
        )
    return seconds
