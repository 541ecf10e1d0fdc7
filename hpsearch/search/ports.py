"""What the driver needs from the parts that it does not know."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.trial import Evaluation, PlannedEvaluation, Trial


class Sampler(Protocol):
    """Proposes configurations."""

    def propose(
        self, space: Space, history: Sequence[Trial], numbers: Sequence[int], seed: int, stage: int
    ) -> tuple[Configuration, ...]:
        """One configuration inside `space` per trial number, a pure function of its arguments."""


class Executor(Protocol):
    """Trains evaluations somewhere."""

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Every planned evaluation exactly once, in cohorts as they finish, in any order."""


class EvaluationStore(Protocol):
    """Keeps what was trained."""

    def add(
        self, study_id: int, evaluations: Sequence[Evaluation], finished: Sequence[Trial]
    ) -> None:
        """Store evaluations and the trials that they finish, in one transaction.

        Raises:
            StoreUnusable: nothing of it was stored.
        """
