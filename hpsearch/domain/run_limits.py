"""What a run may take: time, time for one training, memory of a worker, trials that fail.

None of it is part of a study's question: the next run may have other limits.
"""

import math
import re
from dataclasses import dataclass

from hpsearch.errors import InvalidStudy

TIME_WRITTEN = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?(s|m|min|h)?")
SECONDS = {None: 1, "s": 1, "m": 60, "min": 60, "h": 3600}
SIZE_WRITTEN = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?(MB?|GB?|TB?|MiB|GiB)", re.IGNORECASE)
BYTES = {"m": 10**6, "g": 10**9, "t": 10**12, "mib": 2**20, "gib": 2**30}
# What Python, NumPy and BLAS reserve before there is any data, with some room.
LEAST_WORKER_BYTES = 150_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """Limits of one run; None for none.

    Attributes:
        seconds: after which no more training is started.
        training_seconds: that one training, of a trial on a fold, may take.
        worker_bytes: memory of its own that a process that trains may have.
        failures: trials that may fail before the run ends; None ends it only where its first ones
            all fail alike.
    """

    seconds: float | None = None
    training_seconds: float | None = None
    worker_bytes: int | None = None
    failures: int | None = None

    @property
    def is_enforced_apart(self) -> bool:
        """Whether only a process of its own can be held to them."""
        return self.training_seconds is not None or self.worker_bytes is not None


NO_LIMITS = RunLimits()


def run_limits(
    timeout: str | None,
    trial_timeout: str | None,
    worker_memory: str | None,
    max_failures: int | None,
) -> RunLimits:
    """Limits as the options of the same names write them.

    Raises:
        InvalidStudy: no length of time, no size, or too little memory to start a worker.
    """
    return RunLimits(
        seconds=None if timeout is None else seconds_of(timeout),
        training_seconds=(
            None if trial_timeout is None else seconds_of(trial_timeout, "trial-timeout")
        ),
        worker_bytes=None if worker_memory is None else _worker_bytes(worker_memory),
        failures=max_failures,
    )


def seconds_of(text: str, option: str = "timeout") -> float:
    """Seconds from `90`, `90s`, `10m` (or `10min`) or `2h`.

    Raises:
        InvalidStudy: no length of time above 0.
    """
    written = TIME_WRITTEN.fullmatch(text.strip())
    seconds = float(written[1]) * SECONDS[written[2]] if written else 0.0
    if not 0 < seconds < math.inf:
        raise InvalidStudy(
            option, f"`{text}` is no length of time", "write seconds, or `10m`, or `2h`"
        )
    return seconds


def bytes_of(text: str, option: str) -> int:
    """Bytes from `500MB`, `2GB` (or `2G`) or `1.5GiB`.

    Raises:
        InvalidStudy: no size above 0.
    """
    written = SIZE_WRITTEN.fullmatch(text.strip())
    unit = written[2].lower() if written else ""
    factor = BYTES[unit if unit.endswith("ib") else unit[:1]] if written else 0
    size = float(written[1]) * factor if written else 0.0
    if not 0 < size < math.inf:
        raise InvalidStudy(option, f"`{text}` is no size of memory", "write `500MB` or `2GB`")
    return int(size)


def _worker_bytes(text: str) -> int:
    size = bytes_of(text, "worker-memory")
    if size < LEAST_WORKER_BYTES:
        raise InvalidStudy(
            "worker-memory",
            f"`{text}` is less than a worker needs before it holds any data",
            f"give it at least {LEAST_WORKER_BYTES // 10**6}MB",
        )
    return size
