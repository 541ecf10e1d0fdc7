"""One generation of trials: proposed together, trained in rounds, some of them given up early.

A rung trains its trials to its own number of epochs: from the first one, or from where the last
rung ended if that is still at hand, with the same result. What it decides looks at the whole
generation at once, so that neither the order in which trainings end nor an interruption leaves a
trace.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hpsearch.domain.baseline import Baseline
from hpsearch.domain.halving import Survivors, at_rung, audited, first_few, survivors
from hpsearch.domain.learning import Course, Observation
from hpsearch.domain.space import Configuration
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import Evaluation, Origin, PlannedEvaluation, Purpose, finished_trial
from hpsearch.search.evaluating import evaluated
from hpsearch.search.events import TrialsSaved
from hpsearch.search.history import History
from hpsearch.search.ports import EvaluationStore, Executor

ENDED = (Course.DIVERGED, Course.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Generation:
    """Trains the trials of one generation.

    Attributes:
        configurations: by trial number, in order.
        origins: of those that no sampler drew.
    """

    stage: Stage
    configurations: Mapping[int, Configuration]
    origins: Mapping[int, Origin]
    history: History
    baseline: Baseline
    store: EvaluationStore
    executor: Executor

    def run(self) -> Iterator[TrialsSaved]:
        """Train what is missing, rung by rung, and audit some of what was given up.

        Raises:
            OutOfTime: the rest is left to the next run.
        """
        spec = self.history.study.spec
        rungs = spec.plan.rungs(spec.training.epochs, len(self.configurations))
        active = tuple(self.configurations)
        if len(rungs) > 1:
            self._recall()
        protected: frozenset[int] | None = None
        dropped: list[int] = []
        for epochs in rungs[:-1]:
            yield from self._train(active, Purpose.RUNG, epochs)
            decided = self._decide(active, epochs, protected)
            left = [number for number in active if number not in decided.kept]
            yield from self._give_up(left, epochs)
            dropped += left
            active, protected = decided.kept, decided.protected
            if not decided.is_pruned:
                break
        audits = self._audits(dropped, rungs[-1]) if spec.plan.keeps_slow_starters else []
        yield from self._train(active, Purpose.SEARCH, rungs[-1], beside=audits)
        self.history.forget(self.configurations)

    def _recall(self) -> None:
        """Read what an earlier run stored of the stage, with the curves that rungs look at."""
        numbers = range(self.stage.first_number, max(self.configurations) + 1)
        study_id = self.history.study.id
        self.history.remember(self.store.evaluations(study_id, list(numbers)))

    def _train(
        self,
        numbers: Sequence[int],
        purpose: Purpose,
        epochs: int,
        beside: Sequence[PlannedEvaluation] = (),
    ) -> Iterator[TrialsSaved]:
        """Train what is missing of some trials.

        Args:
            beside: of other trials, for whose sake no worker need wait.
        """
        chosen = {number: self.configurations[number] for number in numbers}
        planned = self.history.missing(self._open(chosen), purpose, epochs)
        for evaluations in evaluated(self.executor, [*planned, *beside]):
            self.history.remember(evaluations)
            yield from self._finish_trained(chosen, evaluations, epochs, purpose)

    def _finish_trained(
        self,
        chosen: Mapping[int, Configuration],
        evaluations: Sequence[Evaluation],
        epochs: int,
        purpose: Purpose,
    ) -> Iterator[TrialsSaved]:
        """Store a cohort with the trials that it completes."""
        complete: dict[int, Configuration] = {}
        if purpose is Purpose.SEARCH:
            touched = sorted({each.planned.number for each in evaluations} & chosen.keys())
            complete = {
                number: chosen[number]
                for number in touched
                if self.history.is_trained(number, epochs)
            }
        ended = self.history.finish(self.stage, complete, self.origins)
        if evaluations:
            self.store.add(self.history.study.id, evaluations, ended)
        if purpose is Purpose.SEARCH:
            self.history.forget(complete)  # no rung comes after it
        if ended:
            yield self.history.saved(ended)

    def _decide(
        self, active: Sequence[int], epochs: int, protected: frozenset[int] | None
    ) -> Survivors:
        seen = [self._seen(number, epochs) for number in active]
        if not self.history.study.spec.plan.keeps_slow_starters:
            return self._with_given(first_few(seen), seen)
        own = range(self.stage.first_number, min(self.configurations))
        reached = [number for number in own if self._reached(number, epochs)]
        earlier = [self._seen(number, epochs) for number in reached]
        decided = survivors(seen, self.stage.space, protected=protected, earlier=earlier)
        return self._with_given(decided, seen)

    def _with_given(self, decided: Survivors, seen: Sequence[Observation]) -> Survivors:
        """The survivors, and what no sampler drew: it is there to be compared with."""
        alive = {each.number for each in seen if each.learning.course not in ENDED}
        return replace(decided, kept=tuple(sorted({*decided.kept, *(alive & set(self.origins))})))

    def _seen(self, number: int, epochs: int) -> Observation:
        known = self.configurations.get(number) or self.history.ended[number].configuration
        trial = finished_trial(self.stage.number, known, self._up_to(number, epochs))
        return at_rung(trial, self.baseline, epochs)

    def _up_to(self, number: int, epochs: int) -> list[Evaluation]:
        return [
            each
            for each in self.history.of(number)
            if each.planned.purpose is Purpose.RUNG and each.planned.epochs <= epochs
        ]

    def _reached(self, number: int, epochs: int) -> bool:
        return any(each.planned.epochs == epochs for each in self._up_to(number, epochs))

    def _give_up(self, numbers: Sequence[int], epochs: int) -> Iterator[TrialsSaved]:
        left = self._open({number: self.configurations[number] for number in numbers})
        if left:
            ended = self.history.finish(self.stage, left, self.origins, pruned_at=epochs)
            self.store.add(self.history.study.id, (), ended)
            yield self.history.saved(ended)

    def _open(self, chosen: Mapping[int, Configuration]) -> dict[int, Configuration]:
        ended = self.history.ended
        return {number: each for number, each in chosen.items() if number not in ended}

    def _audits(self, dropped: Sequence[int], epochs: int) -> list[PlannedEvaluation]:
        """What of the given up is trained in full, to see whether anything was lost."""
        could = [
            number
            for number in dropped
            if not any(not each.outcome.is_complete for each in self._up_to(number, epochs))
        ]
        drawn = audited(could, self.history.study.spec.seed, self.stage.number)
        chosen = {number: self.configurations[number] for number in drawn}
        return self.history.missing(chosen, Purpose.AUDIT, epochs)
