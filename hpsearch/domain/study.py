"""Studies: a question, the stages in which it is asked, and the trials that answer it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product

from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.opening import Opening
from hpsearch.domain.search_plan import CONFIRMING_REPEATS, NONE
from hpsearch.domain.space import Entry, Space
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.task import Direction, Metric
from hpsearch.domain.time_limit import TimeLimit
from hpsearch.domain.totals import Totals, totals_of
from hpsearch.domain.trial import Ending, Evaluation, Purpose, Trial, ending_of
from hpsearch.domain.verdict import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """What was decided at the end of a stage, stored before anything that follows from it.

    Attributes:
        judgement: verdicts of the range rule.
        finalists: numbers of the trials to confirm, best first; of the last stage only.
        repeats: times that each finalist is trained again.
        overrides: ranges that a person chose for the next stage, in place of the verdicts'.
    """

    judgement: Judgement
    finalists: tuple[int, ...] = ()
    repeats: int = CONFIRMING_REPEATS
    overrides: tuple[tuple[str, Entry], ...] = ()

    @property
    def space(self) -> Space:
        """What to search next."""
        chosen = dict(self.overrides)
        pairs = self.judgement.space.pairs
        return Space(tuple((name, chosen.get(name, entry)) for name, entry in pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One round of a study.

    Attributes:
        number: from 1.
        space: what is searched in it; empty until the stage before has been judged.
        trial_count: trials planned in it.
        first_number: number of its first trial.
        result: what was decided at its end; None before.
    """

    number: int
    space: Space
    trial_count: int
    first_number: int = 0
    result: StageResult | None = None

    @property
    def numbers(self) -> range:
        """Numbers of its trials."""
        return range(self.first_number, self.first_number + self.trial_count)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overview:
    """All trials that have ended, in few words, where only some of them were read.

    Attributes:
        finished: how many there are.
        endings: by number; None where they were not read one by one.
        totals: what is said of them together, where that was stored; else it follows from them.
        seconds: training time of all of them; 0 where nothing is to be told.
        best_by_fold: highest search score of any complete trial in each repeat and fold, in their
            order; None where nothing is to be told.
    """

    finished: int
    endings: tuple[Ending, ...] | None = None
    totals: Totals | None = None
    seconds: float = 0.0
    best_by_fold: tuple[float, ...] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """A study as it is stored.

    One of very many trials can be read in part: then `trials` are only its best and those that
    something is said about one by one, and `overview` tells of all.

    Attributes:
        id: the store's key.
        name: what the user calls it.
        data: what it keeps of the data that it searches on.
        versions: the libraries on which the bits of its results depend, at its creation.
        stages: from stage 1, at least one.
        trials: the finished ones, by number.
        unfinished: evaluations stored for trials that still lack others; their configuration is
            left empty, since it is proposed again. Not read in part.
        openings: looks at the test part, in order.
        time_limits: those that ended a run of it, the latest last.
        overview: of a study that was read in part.
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
    openings: tuple[Opening, ...] = ()
    time_limits: tuple[TimeLimit, ...] = ()
    overview: Overview | None = None

    @cached_property
    def endings(self) -> tuple[Ending, ...]:
        """How all its trials ended, by number, whether or not all were read.

        Not known of a study that is only to be told of, and was told of before.
        """
        if self.overview is None:
            return tuple(map(ending_of, self.trials))
        assert self.overview.endings is not None
        return self.overview.endings

    @cached_property
    def totals(self) -> Totals:
        """What is said of all its trials together."""
        if self.overview is not None and self.overview.totals is not None:
            return self.overview.totals
        return totals_of(self.endings, self.spec.space)

    @property
    def finished(self) -> int:
        """How many trials have ended."""
        return self.overview.finished if self.overview else len(self.trials)

    @property
    def seconds(self) -> float:
        """Training time of all its trials."""
        return self.overview.seconds if self.overview else sum(each.seconds for each in self.trials)

    @property
    def trial_count(self) -> int:
        """Trials planned over all stages."""
        return sum(stage.trial_count for stage in self.stages)

    @property
    def accuracy_rows(self) -> int | None:
        """Rows on which an accuracy is taken; None where trials are ranked by something else."""
        is_accuracy = self.spec.data.metric is Metric.ACCURACY
        return self.data.validation_rows if is_accuracy else None

    @property
    def is_finished(self) -> bool:
        """Whether every planned trial has ended, and the finalists are confirmed."""
        if self.finished < self.trial_count:
            return False
        if self.spec.is_compared:
            return True
        return self.stages[-1].result is not None and not self.unconfirmed

    @property
    def is_stopped(self) -> bool:
        """Whether the last verdicts say that the search need not go on: fewer trials than asked."""
        result = self.stages[-1].result
        return result is not None and result.judgement.stop is not None

    @property
    def grows(self) -> bool:
        """Whether more trials lengthen its only stage: no trial depends on how many there are.

        Not where later stages were given up: the verdicts that say why are kept.
        """
        is_staged = self.is_stopped and self.spec.plan.stages != 1
        return len(self.stages) == 1 and self.spec.plan.prune == NONE and not is_staged

    @property
    def finalists(self) -> tuple[int, ...]:
        """Numbers of the trials to confirm; empty before the end of the last stage."""
        result = self.stages[-1].result
        return result.finalists if result else ()

    @property
    def confirming_parts(self) -> tuple[tuple[int, int], ...]:
        """`(repeat, fold)` of each confirmation of one trial: repeats that the search never saw."""
        first, result = self.spec.repeats, self.stages[-1].result
        repeats = range(first, first + (result.repeats if result else CONFIRMING_REPEATS))
        return tuple(product(repeats, range(self.spec.split.fold_count)))

    @property
    def unconfirmed(self) -> dict[int, list[tuple[int, int]]]:
        """Repeats and folds that finalists still lack, by trial number."""
        trials = {trial.number: trial for trial in self.trials}
        lacking = {}
        for number in self.finalists:
            planned = [each.planned for each in trials[number].of(Purpose.CONFIRM)]
            done = {(each.repeat, each.fold) for each in planned}
            missing = [part for part in self.confirming_parts if part not in done]
            if missing:
                lacking[number] = missing
        return lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySummary:
    """One line of the list of studies.

    Attributes:
        best_score: the highest score of its trials; None without a complete one.
        metric: what the score is of.
        direction: which values of an imported study are better; None of a study of our own.
    """

    name: str
    data: str
    space: tuple[str, ...]
    finished: int
    trial_count: int
    best_score: float | None
    created_at: datetime
    metric: Metric = Metric.ACCURACY
    direction: Direction | None = None

    @property
    def is_imported(self) -> bool:
        """Whether it came from elsewhere, and nothing of it can be trained."""
        return self.direction is not None

    @property
    def best_value(self) -> float | None:
        """The best value of what trials are ranked by; None without a complete trial."""
        if self.best_score is None:
            return None
        is_negated = (self.direction or self.metric.direction) is Direction.MINIMIZE
        return -self.best_score if is_negated else self.best_score


def generations(stage: Stage, size: int | None) -> Iterator[range]:
    """Numbers of the trials that are proposed together, in order.

    Args:
        size: trials of a generation; None takes the whole stage. The last one may be smaller.
    """
    size = size or max(1, stage.trial_count)
    for first in range(stage.first_number, stage.numbers.stop, size):
        yield range(first, min(first + size, stage.numbers.stop))
