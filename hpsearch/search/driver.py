"""The search itself: propose, train, store, judge, until the plan is filled; then confirm.

Starting and resuming are one call. Only finished evaluations are ever stored; what was in flight
when a run ended is planned again with the same numbers, values and seeds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hpsearch.domain.baseline import Baseline, baseline
from hpsearch.domain.default_configuration import default_configuration
from hpsearch.domain.finalists import finalists
from hpsearch.domain.learning import Observation, observation
from hpsearch.domain.range_rule import judge
from hpsearch.domain.run_limits import NO_LIMITS, RunLimits
from hpsearch.domain.space import Configuration
from hpsearch.domain.study import Stage, StageResult, Study, generations
from hpsearch.domain.trial import (
    Ending,
    Evaluation,
    Origin,
    PlannedEvaluation,
    Purpose,
    Trial,
    evaluation_order,
)
from hpsearch.search.evaluating import OutOfTime, evaluated
from hpsearch.search.events import Confirmed, Event, StageJudged, StageOpened, TimeIsUp
from hpsearch.search.failures import UntilTooManyFail
from hpsearch.search.generation import Generation
from hpsearch.search.history import History
from hpsearch.search.ports import EvaluationStore, Executor, Sampler

READ_AT_ONCE = 1000  # trials with their curves, to bound the memory


def run_study(
    study: Study,
    *,
    store: EvaluationStore,
    sampler: Sampler,
    executor: Executor,
    limits: RunLimits = NO_LIMITS,
) -> Iterator[Event]:
    """Run what `study` still lacks, yielding an event after each stored cohort.

    Where the executor's time is over the rest is left to the next run, which goes on as after any
    other interruption.

    Args:
        limits: those of this run; the executor keeps to those of time and memory.

    Raises:
        TooManyFailures: too many trials failed; what was trained is stored.
        StoreUnusable: a cohort could not be stored; what was stored before is safe.
    """
    watched = UntilTooManyFail(executor, study.name, limits)
    driver = _Driver(
        History(study), store, sampler, watched, baseline(study.data, study.spec.data.metric)
    )
    try:
        number = 1
        while number <= len(driver.history.study.stages):
            yield from driver.run_stage(number)
            number += 1
        yield from driver.confirm()
        store.keep_overview(driver.history.study)
    except OutOfTime:
        finished = len(driver.history.ended)
        store.note_time_limit(study.id, limits.seconds or 0.0, finished)
        yield TimeIsUp(finished=finished, trial_count=driver.history.study.trial_count)


@dataclass(frozen=True, slots=True, eq=False)
class _Driver:
    history: History
    store: EvaluationStore
    sampler: Sampler
    executor: Executor
    baseline: Baseline

    def run_stage(self, number: int) -> Iterator[Event]:
        """Run the generations of a stage that are not finished, and judge it once they are."""
        history, spec = self.history, self.history.study.spec
        stage = history.study.stages[number - 1]
        given = _given_configurations(history.study) if number == 1 else {}
        unfinished = [
            numbers
            for numbers in generations(stage, spec.generation)
            if self._is_open(stage, numbers)
        ]
        if not history.ended.keys() >= set(stage.numbers):
            yield StageOpened(
                stage=stage, finished=len(history.ended), trial_count=history.study.trial_count
            )
        for numbers in unfinished:
            yield from self._generation(stage, numbers, given).run()
        if stage.result is None and not spec.is_compared:
            yield self._judge(stage)

    def _generation(
        self,
        stage: Stage,
        numbers: range,
        given: Mapping[int, tuple[Configuration, Origin]],
    ) -> Generation:
        drawn = self._drawn(stage, numbers)
        own = {each: found for each, found in given.items() if each in drawn}
        return Generation(
            stage=stage,
            configurations=drawn | {each: found[0] for each, found in own.items()},
            origins={each: found[1] for each, found in own.items()},
            history=self.history,
            baseline=self.baseline,
            store=self.store,
            executor=self.executor,
        )

    def _drawn(self, stage: Stage, numbers: range) -> dict[int, Configuration]:
        """Configurations of a generation; where they can be had apart, only of what has not ended.

        Those that have ended are known.
        """
        ended, before = self.history.ended, self.history.before(numbers[0])
        wanted = [each for each in numbers if not (self.sampler.is_independent and each in ended)]
        if not wanted:  # all have ended, and their stage is still to be audited or judged
            return {each: ended[each].configuration for each in numbers}
        proposed = self.sampler.propose(stage, before, wanted, self.history.study.spec.seed)
        found = dict(zip(wanted, proposed, strict=True))
        return {
            each: found[each] if each in found else ended[each].configuration for each in numbers
        }

    def _is_open(self, stage: Stage, numbers: range) -> bool:
        """Whether trials of a generation have not ended, or may lack their audit."""
        spec = self.history.study.spec
        is_pruned = len(spec.plan.rungs(spec.training.epochs, len(numbers))) > 1
        has_ended = self.history.ended.keys() >= set(numbers)
        return not has_ended or (is_pruned and stage.result is None)

    def _judge(self, stage: Stage) -> StageJudged:
        study = self.history.study
        seen = observations(study.id, self.history.ended, self.store, self.baseline)
        judgement = judge(
            stage.space,
            seen,
            study_space=study.spec.space,
            stage=stage.number,
            validation_rows=self.baseline.accuracy_rows,
        )
        is_last = judgement.stop is not None or stage.number == len(study.stages)
        chosen = finalists(seen, study.spec.plan.confirm) if is_last else ()
        result = StageResult(judgement=judgement, finalists=tuple(each.number for each in chosen))
        self.history.study = self.store.judge(study, stage, result)
        return StageJudged(stage=stage, result=result)

    def confirm(self) -> Iterator[Confirmed]:
        """Train the finalists again with fresh seeds and folds; best of these means is the best."""
        study = self._with_finalists()
        planned = [
            PlannedEvaluation(
                number=number,
                configuration=self.history.ended[number].configuration,
                repeat=repeat,
                fold=fold,
                epochs=study.spec.training.epochs,
                purpose=Purpose.CONFIRM,
            )
            for number, missing in study.unconfirmed.items()
            for repeat, fold in missing
        ]
        total = len(study.finalists) * len(study.confirming_parts)
        done = total - len(planned)
        for evaluations in evaluated(self.executor, planned):
            self.store.add(study.id, evaluations, ())
            done += len(evaluations)
            yield Confirmed(done=done, total=total, finalists=len(study.finalists))

    def _with_finalists(self) -> Study:
        """The study with its finalists: those that were not read have not been trained again."""
        study = self.history.study
        read = {trial.number for trial in study.trials}
        new = [_trial(self.history.ended[each], ()) for each in study.finalists if each not in read]
        return replace(study, trials=(*study.trials, *new))


def observations(
    study_id: int, ended: Mapping[int, Ending], store: EvaluationStore, baseline: Baseline
) -> list[Observation]:
    """Ended trials as the range rule sees them, from their stored curves."""
    numbers, seen = sorted(ended), list[Observation]()
    for start in range(0, len(numbers), READ_AT_ONCE):
        some = numbers[start : start + READ_AT_ONCE]
        own: dict[int, list[Evaluation]] = {number: [] for number in some}
        for each in store.evaluations(study_id, some):
            own[each.planned.number].append(each)
        seen += [observation(_trial(ended[each], found), baseline) for each, found in own.items()]
    return seen


def _given_configurations(study: Study) -> Mapping[int, tuple[Configuration, Origin]]:
    """The first trials of a study, which no sampler draws, by number."""
    plan, spec = study.spec.plan, study.spec
    default = default_configuration(spec.space, spec.training.optimizer) if plan.baseline else None
    given = [] if default is None else [(default, Origin.DEFAULT)]
    given += [(each, Origin.USER) for each in plan.tries]
    return dict(enumerate(given))


def _trial(ending: Ending, evaluations: Sequence[Evaluation]) -> Trial:
    """The trial that ended so, with some evaluations."""
    return Trial(
        number=ending.number,
        stage=ending.stage,
        configuration=ending.configuration,
        outcome=ending.outcome,
        evaluations=tuple(sorted(evaluations, key=evaluation_order)),
        origin=ending.origin,
    )
