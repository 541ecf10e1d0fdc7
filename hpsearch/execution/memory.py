"""How much memory a process that trains may have, and what it does when that is not enough."""

import contextlib
import os
import resource
import sys
import threading
import time
from pathlib import Path

OUT_OF_MEMORY = 77  # exit code of a worker that found itself over its limit
LOOK_SECONDS = 0.05
# Linux kills the process with the highest score first when memory runs out: a worker, which is
# replaced, and not its driver.
SCORE = Path("/proc/self/oom_score_adj")
MORE_LIKELY = 500


def limit_memory(size: int) -> None:
    """Let this process have so many bytes of its own; files that it maps do not count.

    On Linux the kernel refuses what goes beyond, and NumPy raises a `MemoryError`. Elsewhere the
    kernel does not count arrays, and a thread ends the process soon after it has gone beyond.
    """
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    else:
        watch_memory(size)


def watch_memory(size: int) -> None:
    """End this process soon after it has had more than so many bytes in memory.

    And more than is counted now: a process may begin with what its parent has had.
    """
    most = max(size, bytes_of_usage(resource.getrusage(resource.RUSAGE_SELF)))

    def watch() -> None:
        while bytes_of_usage(resource.getrusage(resource.RUSAGE_SELF)) <= most:
            time.sleep(LOOK_SECONDS)
        os._exit(OUT_OF_MEMORY)

    threading.Thread(target=watch, daemon=True).start()


def die_before_the_driver() -> None:
    """Where the machine runs out of memory, let this process be killed rather than its driver."""
    with contextlib.suppress(OSError, ValueError):
        score = int(SCORE.read_text())
        SCORE.write_text(str(min(1000, score + MORE_LIKELY)))


def bytes_of_usage(usage: resource.struct_rusage) -> int:
    """The most memory that a process had, or its parent before it; Linux counts 1024 bytes."""
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
