"""Training what is planned, as far as the time of the run allows."""

from collections.abc import Iterator, Sequence

from hpsearch.domain.trial import Evaluation, PlannedEvaluation
from hpsearch.search.ports import Executor


class OutOfTime(Exception):
    """The run must end, with some of what was planned left to the next one."""


def evaluated(
    executor: Executor, planned: Sequence[PlannedEvaluation]
) -> Iterator[tuple[Evaluation, ...]]:
    """Cohorts as they finish.

    Raises:
        OutOfTime: after the last cohort that the executor still trained.
    """
    left = len(planned)
    if not left:
        return
    for evaluations in executor.evaluate(planned):
        left -= len(evaluations)
        yield evaluations
    if left:
        raise OutOfTime
