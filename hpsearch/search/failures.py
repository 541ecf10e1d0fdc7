"""When so many trials fail that a run had better end."""

import re
import shlex
from collections.abc import Iterator, Sequence

from hpsearch.domain.run_limits import RunLimits
from hpsearch.domain.trial import FAILURES, Evaluation, PlannedEvaluation, State
from hpsearch.errors import TooManyFailures
from hpsearch.search.ports import Executor

ALL_ALIKE = 5  # trials that must fail, for the same reason and none otherwise, to end a run


class UntilTooManyFail:
    """An executor that gives up where too many trials fail; a diverged one has not failed.

    Args:
        executor: who trains.
        name: the study's name, for the hint.
        limits: how many trials may fail in this run.
    """

    def __init__(self, executor: Executor, name: str, limits: RunLimits) -> None:
        self._executor, self._name, self._limits = executor, name, limits
        self._trained: set[int] = set()
        self._failed: dict[int, Evaluation] = {}

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Cohorts as they finish.

        Raises:
            TooManyFailures: once the cohort that was too much has been taken, and so is stored.
        """
        for evaluations in self._executor.evaluate(planned):
            yield evaluations
            self._take_in(evaluations)
            self._check()

    def _take_in(self, evaluations: Sequence[Evaluation]) -> None:
        for each in evaluations:
            self._trained.add(each.planned.number)
            if each.outcome.state in FAILURES:
                self._failed.setdefault(each.planned.number, each)

    def _check(self) -> None:
        most, count = self._limits.failures, len(self._failed)
        if most is not None and count >= most:
            have = "s have" if count > 1 else " has"
            raise self._error(
                f"{count} trial{have} failed in this run, and `--max-failures` is {most}; "
                f"the last: {self._last.outcome.reason}"
            )
        kinds = {_kind(each.outcome.reason) for each in self._failed.values()}
        if most is None and ALL_ALIKE <= count == len(self._trained) and len(kinds) == 1:
            raise self._error(
                f"every trial fails with: {self._last.outcome.reason} ({count} of {count})"
            )

    @property
    def _last(self) -> Evaluation:
        return list(self._failed.values())[-1]

    def _error(self, message: str) -> TooManyFailures:
        going_on = (
            f"`hpsearch resume {shlex.quote(self._name)}` goes on with the trials that are left"
        )
        return TooManyFailures(message, f"{remedy(self._last)}; {going_on}")


def remedy(evaluation: Evaluation) -> str:
    """What to do about trainings that fail as this one did."""
    outcome = evaluation.outcome
    if outcome.state is State.TIMED_OUT:
        return "raise `--trial-timeout`, or search smaller networks"
    if "out of memory" in outcome.reason:
        return "use fewer `--workers`, more `--worker-memory`, or smaller networks"
    return "all that was trained is saved; put right what fails"


def _kind(reason: str) -> str:
    """The reason without its numbers, which may differ from trial to trial."""
    return re.sub(r"[0-9.]+", "0", reason)
