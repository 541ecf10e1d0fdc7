"""What a person decides about a stored study: its next ranges, and which trials to confirm."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hpsearch.bootstrap import Run, opened, running
from hpsearch.data.splits import FoldsByRepeat
from hpsearch.domain.baseline import baseline
from hpsearch.domain.dataset import Dataset
from hpsearch.domain.finalists import finalists
from hpsearch.domain.space import Space
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.study import Stage, StageResult, Study
from hpsearch.errors import InvalidStudy, UnknownName
from hpsearch.search.driver import observations
from hpsearch.store.sql_store import SqlStudyStore


@contextlib.contextmanager
def confirm(storage: str, name: str, workers: int, top: int, repeats: int) -> Iterator[Run]:
    """Confirm the `top` finalists of a study that has ended, by `repeats` trainings of each.

    Raises:
        HpsearchError: no such study, one that has not ended, or an unusable store.
    """
    with opened(storage) as store:
        study = store.load_study(name)
        stage, result = _last_result(study)
        if stage is not study.stages[-1]:
            raise InvalidStudy(
                "study", f"the search of `{name}` has not ended yet", "resume it first"
            )
        trials = {trial.number: trial for trial in study.trials}
        seen = observations(study.id, trials, store, baseline(study.data))
    chosen = tuple(each.number for each in finalists(seen, top))

    def find(store: SqlStudyStore, _: Dataset, __: FoldsByRepeat) -> Study:
        return store.load_study(name)

    def choose(store: SqlStudyStore, study: Study) -> Study:
        return store.judge(study, stage, replace(result, finalists=chosen, repeats=repeats))

    with running(storage, study.spec, workers, find, choose, repeats) as run:
        yield run


def overridden(study: Study, ranges: Sequence[str]) -> tuple[Stage, StageResult]:
    """The last judged stage of a study and its result, with ranges that a person gives.

    Args:
        ranges: as in a space, `lr=1e-3:0.1`; each replaces a verdict's.

    Raises:
        InvalidInput: no stage has been judged, or a range makes no sense.
    """
    stage, result = _last_result(study)
    given = parse_space(",".join(ranges), study.spec.training.optimizer) if ranges else Space(())
    for key in given:
        if key not in study.spec.space:
            raise UnknownName("hyperparameter of the space", key, study.spec.space)
    return stage, replace(result, overrides=tuple({**dict(result.overrides), **given}.items()))


def plan_next_stage(
    store: SqlStudyStore, study: Study, stage: Stage, result: StageResult, trials: int | None
) -> Study:
    """Store a person's ranges, and one more stage if none is planned after the last judged one.

    Raises:
        StudyBusy: the study is being run.
        InvalidInput: trials of the next stage have been trained already.
    """
    with store.driving(study):
        study = store.load_study(study.name)
        if any(trial.stage > stage.number for trial in study.trials):
            raise InvalidStudy("range", f"stage {stage.number + 1} has begun already")
        study = store.judge(study, stage, result)
        if study.stages[-1].number == stage.number:
            count = study.trial_count + (trials or stage.trial_count)
            study = store.append_stage(study, count)
        return study


def _last_result(study: Study) -> tuple[Stage, StageResult]:
    """The last stage that was judged.

    Raises:
        InvalidStudy: there is none.
    """
    for stage in reversed(study.stages):
        if stage.result is not None:
            return stage, stage.result
    hint = "a grid compares values and has none" if study.spec.is_compared else "resume it first"
    raise InvalidStudy("study", f"no stage of `{study.name}` has been judged yet", hint)
