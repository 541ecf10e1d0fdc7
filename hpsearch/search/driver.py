"""The search itself: propose, train, store, until the plan is filled.

Starting and resuming are one call. Only finished evaluations are ever stored; what was in flight
when a run ended is planned again with the same numbers, values and seeds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from hpsearch.domain.ranking import better
from hpsearch.domain.space import Configuration
from hpsearch.domain.study import Stage, Study, generations
from hpsearch.domain.trial import (
    Evaluation,
    PlannedEvaluation,
    Trial,
    finished_trial,
)
from hpsearch.search.events import Event, StageOpened, TrialsSaved
from hpsearch.search.ports import EvaluationStore, Executor, Sampler


def run_study(
    study: Study, *, store: EvaluationStore, sampler: Sampler, executor: Executor
) -> Iterator[Event]:
    """Run what `study` still lacks, yielding an event after each stored cohort.

    Raises:
        StoreUnusable: a cohort could not be stored; what was stored before is safe.
    """
    progress = _Progress(study)
    for stage in study.stages:
        unfinished = [
            numbers
            for numbers in generations(stage, study.spec.generation)
            if not progress.trials.keys() >= set(numbers)
        ]
        if not unfinished:
            continue
        yield StageOpened(stage=stage, finished=len(progress.trials), trial_count=study.trial_count)
        for numbers in unfinished:
            history = progress.before(numbers[0])
            proposed = sampler.propose(stage, history, numbers, study.spec.seed)
            planned = progress.missing(dict(zip(numbers, proposed, strict=True)))
            for evaluations in executor.evaluate(planned):
                finished = progress.add(stage, evaluations)
                store.add(study.id, evaluations, finished)
                if finished:
                    yield progress.event(finished)


class _Progress:
    """The history of a running study, kept incrementally."""

    def __init__(self, study: Study) -> None:
        self.trials: dict[int, Trial] = {trial.number: trial for trial in study.trials}
        self._study = study
        self._best: Trial | None = None
        self._partial: dict[int, dict[tuple[int, int], Evaluation]] = defaultdict(dict)
        for trial in study.trials:
            self._best = better(self._best, trial)
        for each in study.unfinished:
            self._keep(each)

    def before(self, number: int) -> list[Trial]:
        """The trials below a number, by number: however they ended, they are told in one order."""
        return [self.trials[each] for each in sorted(self.trials) if each < number]

    def missing(self, proposed: Mapping[int, Configuration]) -> list[PlannedEvaluation]:
        """The evaluations that these trials still lack, in trial order."""
        return [
            PlannedEvaluation(
                number=number,
                configuration=configuration,
                repeat=repeat,
                fold=fold,
                epochs=self._study.spec.training.epochs,
            )
            for number, configuration in proposed.items()
            if number not in self.trials
            for repeat, fold in self._study.spec.parts
            if (repeat, fold) not in self._partial.get(number, ())
        ]

    def add(self, stage: Stage, evaluations: Sequence[Evaluation]) -> tuple[Trial, ...]:
        """Take in a cohort; the trials that it finishes, by number."""
        for each in evaluations:
            self._keep(each)
        touched = {each.planned.number: each.planned.configuration for each in evaluations}
        full = len(self._study.spec.parts)
        complete = [number for number in sorted(touched) if len(self._partial[number]) == full]
        finished = tuple(
            finished_trial(stage.number, touched[number], list(self._partial.pop(number).values()))
            for number in complete
        )
        self.trials |= {trial.number: trial for trial in finished}
        return finished

    def _keep(self, evaluation: Evaluation) -> None:
        planned = evaluation.planned
        self._partial[planned.number][planned.repeat, planned.fold] = evaluation

    def event(self, finished: tuple[Trial, ...]) -> TrialsSaved:
        for trial in finished:
            self._best = better(self._best, trial)
        assert self._best is not None
        return TrialsSaved(
            trials=finished,
            finished=len(self.trials),
            trial_count=self._study.trial_count,
            best=self._best,
        )
