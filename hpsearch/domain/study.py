"""Studies: a question, the stages in which it is asked, and the trials that answer it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.space import Space
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.trial import Evaluation, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One round of a study.

    Attributes:
        number: from 1.
        space: what is searched in it.
        trial_count: trials planned in it.
        first_number: number of its first trial.
    """

    number: int
    space: Space
    trial_count: int
    first_number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """A study as it is stored.

    Attributes:
        id: the store's key.
        name: what the user calls it.
        data: what it keeps of the data that it searches on.
        versions: the libraries on which the bits of its results depend, at its creation.
        stages: from stage 1, at least one.
        trials: the finished ones, by number.
        unfinished: evaluations stored for trials that still lack others; their configuration is
            left empty, since it is proposed again.
    """

    id: int
    name: str
    spec: StudySpec
    data: DataFacts
    versions: tuple[tuple[str, str], ...]
    created_at: datetime
    stages: tuple[Stage, ...]
    trials: tuple[Trial, ...] = ()
    unfinished: tuple[Evaluation, ...] = ()

    @property
    def trial_count(self) -> int:
        """Trials planned over all stages."""
        return sum(stage.trial_count for stage in self.stages)

    @property
    def is_finished(self) -> bool:
        """Whether every planned trial has ended."""
        return len(self.trials) >= self.trial_count


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySummary:
    """One line of the list of studies.

    Attributes:
        best_score: the highest score of its trials; None without a complete one.
    """

    name: str
    data: str
    space: tuple[str, ...]
    finished: int
    trial_count: int
    best_score: float | None
    created_at: datetime


def generations(stage: Stage, size: int | None) -> Iterator[range]:
    """Numbers of the trials that are proposed together, in order.

    Args:
        size: trials of a generation; None takes the whole stage. The last one may be smaller.
    """
    end = stage.first_number + stage.trial_count
    for first in range(stage.first_number, end, size or max(1, stage.trial_count)):
        yield range(first, min(first + size, end) if size else end)
