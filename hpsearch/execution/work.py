"""What a process that trains needs to know: a trainer, and how its failures are told."""

from typing import Protocol

from hpsearch.domain.trial import Evaluation, Outcome, PlannedEvaluation, State

Cohort = tuple[PlannedEvaluation, ...]

STARTED = None  # what a worker sends when it begins with a cohort
OUT_OF_MEMORY_REASON = "out of memory"


class Trainer(Protocol):
    """Trains a cohort; a value that can be pickled."""

    def evaluate(self, cohort: Cohort) -> tuple[Evaluation, ...]:
        """Every planned evaluation of `cohort`, in its order."""


def ended(cohort: Cohort, state: State, reason: str) -> tuple[Evaluation, ...]:
    """Evaluations of a cohort that gave no result."""
    outcome = Outcome(state, reason=reason)
    return tuple(Evaluation(planned=planned, outcome=outcome) for planned in cohort)


def one_by_one(cohort: Cohort) -> list[Cohort]:
    """The cohort's trials apart, so that one that fails or kills its worker fails alone."""
    numbers = dict.fromkeys(each.number for each in cohort)
    return [tuple(each for each in cohort if each.number == number) for number in numbers]


def reason_of(error: Exception) -> str:
    """One line for the trial that raised `error`."""
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY_REASON
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0] if text else 'no message'}"[:500]
