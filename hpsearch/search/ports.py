"""What the driver needs from the parts that it does not know."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.study import Stage, StageResult, Study
from hpsearch.domain.trial import Ending, Evaluation, PlannedEvaluation, Trial


class Sampler(Protocol):
    """Proposes configurations.

    Attributes:
        is_independent: whether what it proposes for a trial depends on nothing but the trial's
            number, so that some of a generation can be asked for alone.
    """

    is_independent: bool

    def check(self, space: Space) -> None:
        """Make sure, before anything is written, that `space` can be searched here.

        Raises:
            InvalidStudy: the space does not suit the sampler, or a library is missing.
        """

    def propose(
        self, stage: Stage, history: Sequence[Ending], numbers: Sequence[int], seed: int
    ) -> tuple[Configuration, ...]:
        """One configuration inside the stage's space per trial number.

        A pure function of its arguments; a longer generation begins with the same proposals.

        Args:
            stage: the stage that the trials belong to.
            history: how the trials of all earlier generations ended, by number.
            numbers: a whole generation, in order, finished trials included; one or more of it where
                the sampler is independent.
            seed: the study's seed.
        """


class Executor(Protocol):
    """Trains evaluations somewhere."""

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """Every planned evaluation exactly once, in cohorts as they finish, in any order.

        Only where the time of the run is over are some left out.
        """


class EvaluationStore(Protocol):
    """Keeps what was trained and decided."""

    def add(
        self, study_id: int, evaluations: Sequence[Evaluation], finished: Sequence[Trial]
    ) -> None:
        """Store evaluations and the trials that end, in one transaction.

        Raises:
            StoreUnusable: nothing of it was stored.
        """

    def note_time_limit(self, study_id: int, seconds: float, trials: int) -> None:
        """Keep that a time limit ended a run when so many trials had ended."""

    def keep_overview(self, study: Study) -> None:
        """Keep what is said of all trials, if they are many; nothing needs it."""

    def evaluations(self, study_id: int, numbers: Sequence[int]) -> list[Evaluation]:
        """Stored evaluations of these trials with their learning curves, of every purpose."""

    def judge(self, study: Study, stage: Stage, result: StageResult) -> Study:
        """Store what was decided at the end of a stage; the study as it is then."""
