"""When the time of a run is over."""

import time
from collections.abc import Callable

IsOver = Callable[[], bool]


def never() -> bool:
    """Whether the time is over, of a run that may take as long as it takes."""
    return False


def deadline(seconds: float | None, clock: Callable[[], float] = time.monotonic) -> IsOver:
    """Tells whether `seconds` have passed since this call; never where there is no limit.

    Args:
        clock: seconds that only ever grow; setting the time of day does not move them.
    """
    if seconds is None:
        return never
    end = clock() + seconds
    return lambda: clock() >= end
