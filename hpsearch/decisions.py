"""What a person decides about a stored study: its next ranges, and which trials to confirm."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hpsearch.bootstrap import Run, opened, running
from hpsearch.data.splits import FoldsByRepeat
from hpsearch.domain.baseline import baseline
from hpsearch.domain.catalogue import hyperparameter
from hpsearch.domain.dataset import Dataset
from hpsearch.domain.finalists import finalists
from hpsearch.domain.space import Choices, Dependent, Entry, Range, Space
from hpsearch.domain.space_text import space_entries, space_of
from hpsearch.domain.spec import Optimizer
from hpsearch.domain.spec_text import check_trial_count, with_batches_that_fit
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
        ended = {each.number: each for each in study.endings}
        seen = observations(study.id, ended, store, baseline(study.data))
    chosen = tuple(each.number for each in finalists(seen, top))

    def find(store: SqlStudyStore, _: Dataset, __: FoldsByRepeat) -> Study:
        return store.load_study(name, best=0)

    def choose(store: SqlStudyStore, study: Study) -> Study:
        return store.judge(study, stage, replace(result, finalists=chosen, repeats=repeats))

    with running(storage, study.spec, workers, find, choose, repeats) as run:
        yield run


def overridden(study: Study, ranges: Sequence[str]) -> tuple[Stage, StageResult]:
    """The last judged stage of a study and its result, with ranges that a person gives.

    Args:
        ranges: as in a space, `lr=1e-3:0.1`; each replaces a verdict's. Where a range depends on
            the optimizer, all of them get it, or one: `sgd.lr=1e-3:0.1`.

    Raises:
        InvalidInput: no stage has been judged, or a range makes no sense.
    """
    stage, result = _last_result(study)
    for text in ranges:
        for name, written in space_entries(text) or [("", "")]:
            own = _chosen(name, written, study, result.space)
            result = replace(result, overrides=tuple((dict(result.overrides) | own).items()))
    rows = study.spec.split.train_rows(study.data.rows)
    with_batches_that_fit(Space(result.overrides), rows, is_asked=True)
    replace(study.spec, space=result.space)  # checks what goes together
    return stage, result


def _chosen(name: str, written: str, study: Study, space: Space) -> dict[str, Entry]:
    """What a person wrote about one range, in place of that in `space`."""
    choice, _, base = name.rpartition(".")
    if hyperparameter(base).name not in space:
        raise UnknownName("hyperparameter of the space", base, space)
    if not written:
        hint = f"write `{name}=LOW:HIGH`, in values"
        raise InvalidStudy("range", f"a range of `{name}` is missing", hint)
    current, optimizer = space[base], study.spec.training.optimizer
    if not isinstance(current, Dependent):
        if choice:
            raise UnknownName("range of the space", name, space)
        entry = space_of([(base, written)], optimizer)[base]
        _check_optimizers(base, entry, study.spec.space)
        return {base: entry}
    if choice and current.given(choice) is None:
        known = [f"{each}.{base}" for each, _ in current.ranges]
        raise UnknownName("range of the space", name, known)
    new = tuple(
        (each, own if choice not in ("", each) else _plain(base, written, each))
        for each, own in current.ranges
    )
    return {base: replace(current, ranges=new)}


def _plain(name: str, written: str, optimizer: str) -> Range | Choices:
    entry = space_of([(name, written)], Optimizer(optimizer))[name]
    assert isinstance(entry, Range | Choices)
    return entry


def _check_optimizers(name: str, entry: Entry, space: Space) -> None:
    """Refuse optimizers for which the study has no ranges."""
    known = space[name]
    if name == "optimizer" and isinstance(entry, Choices) and isinstance(known, Choices):
        for each in entry.values:
            if each not in known:
                raise UnknownName("optimizer of the space", str(each), map(str, known.values))


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
        trained = [trial.number for trial in study.trials]
        trained += [each.planned.number for each in study.unfinished]
        if max(trained, default=-1) >= stage.numbers.stop:
            raise InvalidStudy("range", f"stage {stage.number + 1} has begun already")
        count = study.trial_count + (trials or stage.trial_count)
        check_trial_count(count)
        study = store.judge(study, stage, result)
        if study.stages[-1].number == stage.number:
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
