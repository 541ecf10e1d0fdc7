"""Whole searches without a database: the package's own driver over a store in memory."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hpsearch import bootstrap
from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.space import Space
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.study import Stage, StageResult, Study
from hpsearch.domain.trial import Evaluation, Trial, evaluation_order
from hpsearch.search.driver import run_study
from hpsearch.search.ports import Executor


class MemoryStore:
    """Keeps what one study stores, and forgets it with the process."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._trials: dict[int, Trial] = {}
        self._evaluations: dict[int, list[Evaluation]] = defaultdict(list)

    def add(
        self, study_id: int, evaluations: Sequence[Evaluation], finished: Sequence[Trial]
    ) -> None:
        """Keep evaluations and the trials that end."""
        for each in evaluations:
            self._evaluations[each.planned.number].append(each)
        self._trials |= {trial.number: trial for trial in finished}

    def evaluations(self, study_id: int, numbers: Sequence[int]) -> list[Evaluation]:
        """Evaluations of these trials, of every purpose."""
        return [each for number in numbers for each in self._evaluations[number]]

    def judge(self, study: Study, stage: Stage, result: StageResult) -> Study:
        """Keep a stage's result; the next stage searches what it says, unless it says stop."""
        stages = [replace(each, result=result) if each == stage else each for each in study.stages]
        if result.judgement.stop is not None:
            stages = stages[: stage.number]
        elif stage.number < len(stages):
            stages[stage.number] = replace(stages[stage.number], space=result.space)
        self._study = replace(self._study, stages=tuple(stages))
        return self.study

    def keep_overview(self, study: Study) -> None:
        """All is at hand."""

    def note_time_limit(self, study_id: int, seconds: float, trials: int) -> None:
        """No run here has a time limit."""
        raise AssertionError(f"{trials} trials ended by a limit of {seconds} s")

    @property
    def study(self) -> Study:
        """The study with its ended trials, each with all its evaluations."""
        trials = (self._with_all(self._trials[number]) for number in sorted(self._trials))
        return replace(self._study, trials=tuple(trials))

    def _with_all(self, trial: Trial) -> Trial:
        own = sorted(self._evaluations[trial.number], key=evaluation_order)
        return replace(trial, evaluations=tuple(own))


def searched(spec: StudySpec, trials: int, data: DataFacts, executor: Executor) -> Study:
    """Run a study of `trials` search trials to its end, confirmations included."""
    counts = spec.plan.trial_counts(trials)
    stages = [
        Stage(
            number=number,
            space=spec.space if number == 1 else Space(()),
            trial_count=count,
            first_number=sum(counts[: number - 1]),
        )
        for number, count in enumerate(counts, 1)
    ]
    study = Study(
        id=1,
        name="in-memory",
        spec=spec,
        data=data,
        versions=(),
        created_at=datetime.now(UTC),
        stages=tuple(stages),
    )
    store, sampler = MemoryStore(study), bootstrap.SAMPLERS[spec.sampler]()
    for _ in run_study(study, store=store, sampler=sampler, executor=executor):
        pass
    return store.study
