"""Which executor keeps to the limits of a run on this machine."""

from hpsearch.domain.run_limits import RunLimits
from hpsearch.execution.deadline import deadline
from hpsearch.execution.in_process import InProcess
from hpsearch.execution.local_workers import LocalWorkers


def local_executor(workers: int, limits: RunLimits) -> LocalWorkers | InProcess:
    """So many processes that train; this one where one will do, and no limit needs another.

    Only a process of its own can be stopped whatever it is doing. The time of the run begins now.
    """
    is_over = deadline(limits.seconds)
    if workers > 1 or limits.is_enforced_apart:
        return LocalWorkers(workers, is_over, limits)
    return InProcess(is_over)
