"""What a running study knows: its trials so far, and the evaluations of those under way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hpsearch.domain.ranking import better, rank_key
from hpsearch.domain.space import Configuration
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.trial import (
    Ending,
    Evaluation,
    Origin,
    PlannedEvaluation,
    Purpose,
    Trial,
    ending_of,
    finished_trial,
)
from hpsearch.search.events import TrialsSaved

Key = tuple[Purpose, int, int, int]  # purpose, epochs, repeat, fold


class History:
    """Trials that have ended and evaluations of those that have not, kept incrementally.

    Attributes:
        study: as it is now; it may have been read in part, with its best trial, its finalists, and
            those that were trained again.
        ended: how trials ended, by number: what was trained of very many does not fit the memory.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.ended = {each.number: each for each in study.endings}
        self._best: Trial | None = min(study.trials, key=rank_key, default=None)
        self._evaluations: dict[int, dict[Key, Evaluation]] = defaultdict(dict)
        self.remember(study.unfinished)

    def before(self, number: int) -> list[Ending]:
        """The ended trials below a number, in order: however they ended, they are told alike."""
        return [self.ended[each] for each in sorted(self.ended) if each < number]

    def remember(self, evaluations: Iterable[Evaluation]) -> None:
        """Take in evaluations."""
        for each in evaluations:
            self._evaluations[each.planned.number][_key(each.planned)] = each

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop the evaluations of trials that nothing will be decided about any more."""
        for number in numbers:
            self._evaluations.pop(number, None)

    def of(self, number: int) -> list[Evaluation]:
        """The evaluations of a trial that are remembered."""
        return list(self._evaluations.get(number, {}).values())

    def missing(
        self, configurations: Mapping[int, Configuration], purpose: Purpose, epochs: int
    ) -> list[PlannedEvaluation]:
        """What these trials still lack of one purpose, in trial order."""
        planned = [
            PlannedEvaluation(
                number=number,
                configuration=configuration,
                repeat=repeat,
                fold=fold,
                epochs=epochs,
                purpose=purpose,
            )
            for number, configuration in configurations.items()
            for repeat, fold in self.study.spec.parts
        ]
        return [each for each in planned if not self._has(each)]

    def finish(
        self,
        stage: Stage,
        configurations: Mapping[int, Configuration],
        origins: Mapping[int, Origin],
        pruned_at: int | None = None,
    ) -> tuple[Trial, ...]:
        """End trials with what is remembered of them.

        Args:
            configurations: of the trials that end, by number.
            pruned_at: epoch after which they were given up; None where they are complete.
        """
        ended = tuple(
            finished_trial(
                stage.number,
                configuration,
                [_planned_for(each, configuration) for each in self.of(number)],
                origin=origins.get(number, Origin.SAMPLER),
                pruned_at=pruned_at,
            )
            for number, configuration in configurations.items()
        )
        for trial in ended:
            self.ended[trial.number] = ending_of(trial)
            self._best = better(self._best, trial)
        return ended

    def is_trained(self, number: int, epochs: int) -> bool:
        """Whether a trial has all evaluations of a full training."""
        parts = self.study.spec.parts
        known = self._evaluations.get(number, {})
        return all((Purpose.SEARCH, epochs, *part) in known for part in parts)

    def saved(self, trials: Sequence[Trial]) -> TrialsSaved:
        """The event that tells of ended trials."""
        assert self._best is not None
        return TrialsSaved(
            trials=tuple(trials),
            finished=len(self.ended),
            trial_count=self.study.trial_count,
            best=self._best,
        )

    def _has(self, planned: PlannedEvaluation) -> bool:
        return _key(planned) in self._evaluations.get(planned.number, {})


def _key(planned: PlannedEvaluation) -> Key:
    return planned.purpose, planned.epochs, planned.repeat, planned.fold


def _planned_for(evaluation: Evaluation, configuration: Configuration) -> Evaluation:
    """An evaluation as its trial keeps it: with its configuration, without curve and rows."""
    planned = replace(evaluation.planned, configuration=configuration)
    return replace(evaluation, planned=planned, curve=None, row_results=None)
