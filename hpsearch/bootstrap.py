"""The composition root: the only place where concrete parts are chosen and joined."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hpsearch.data import sources, study_files
from hpsearch.data.division import Division, divided
from hpsearch.data.shared_table import shared
from hpsearch.data.sklearn_process import Call, called_here
from hpsearch.data.splits import FoldsByRepeat
from hpsearch.domain.changed_data import refuse_changed_data
from hpsearch.domain.dataset import Dataset, DatasetCard, facts
from hpsearch.domain.names import check_name, default_name
from hpsearch.domain.run_limits import NO_LIMITS, RunLimits
from hpsearch.domain.search_plan import CONFIRMING_REPEATS, Sampler
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.spec_text import (
    Sections,
    check_keys,
    check_trial_count,
    check_trials,
    data_question,
    differences,
    layered,
    study_spec,
)
from hpsearch.domain.study import Study
from hpsearch.domain.toy_functions import TOY_FUNCTIONS, check_settings
from hpsearch.errors import InvalidStudy, NameTaken, NotOurs, StudyDiffers, UnknownName
from hpsearch.execution.executors import local_executor
from hpsearch.sampling.bayesian import GpSampler, TpeSampler
from hpsearch.sampling.grid_search import GridSampler
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.sampling.sobol import SobolSampler
from hpsearch.search import ports
from hpsearch.search.driver import run_study
from hpsearch.search.events import Event
from hpsearch.storage import known_data as known_data
from hpsearch.storage import opened as opened
from hpsearch.store.database import load_migrator
from hpsearch.store.file_system import space_notes
from hpsearch.store.inspection import path_of
from hpsearch.store.sql_store import SqlStudyStore
from hpsearch.trainers import seconds_per_evaluation
from hpsearch.trainers import trainer_for as trainer_for
from hpsearch.training.batched_trainer import BatchedTrainer
from hpsearch.versions import library_versions, version_notes

describe = sources.card

SAMPLERS: Mapping[Sampler, Callable[[], ports.Sampler]] = {
    Sampler.RANDOM: RandomSampler,
    Sampler.GRID: GridSampler,
    Sampler.SOBOL: SobolSampler,
    Sampler.TPE: TpeSampler,
    Sampler.GP: GpSampler,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the user asks for.

    Attributes:
        name: the study's name.
        trial_count: trials wanted in all.
        is_trial_count_asked: whether the user said so, or it is the default.
    """

    name: str
    spec: StudySpec
    trial_count: int
    is_trial_count_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """A study that is being run.

    Attributes:
        study: as it was stored when the run started.
        events: iterate to run it.
        notes: what the user should know before it starts.
    """

    study: Study
    events: Iterator[Event]
    notes: tuple[str, ...]


def ask(file: str | None, flags: Sections, name: str | None) -> Question:
    """The question of a study file (a path or a packaged name) and flags, which override it.

    Raises:
        InvalidInput: anything in it that makes no sense.
    """
    read = study_files.find_study_file(file) if file else None
    if read:
        check_keys(read.sections)
    sections = layered(read.sections if read else {}, flags)
    known = known_of(sections)
    if known.is_function:
        check_settings(known.name, sections)
    spec, trials = study_spec(sections, known)
    check_trials(spec, trials)
    if known.is_function:
        check_settings(known.name, {"space": spec.space})
    SAMPLERS[spec.sampler]().check(spec.space)
    usual = read.name if read else default_name(spec.data.name, tuple(spec.space))
    chosen = usual if name is None else name
    asked = "trials" in sections.get("search", {})
    return Question(
        name=check_name(chosen), spec=spec, trial_count=trials, is_trial_count_asked=asked
    )


def known_of(sections: Sections) -> DatasetCard:
    """What is known of the data that the sections of a question name."""
    data, task, seed = data_question(sections)
    return describe(data, seed, task)


def stored_study(storage: str, question: Question) -> Study | None:
    """The stored study that asks `question`, read in part; None where there is none of that name.

    Raises:
        StudyDiffers: one of that name asks something else.
    """
    if not path_of(storage).exists():
        return None
    with opened(storage) as store:
        try:
            study = store.load_study(question.name, best=0)
        except UnknownName:
            return None
        except NotOurs:
            raise NameTaken(question.name) from None
    _refuse_another(study, question)
    return study


def _refuse_another(study: Study, question: Question) -> None:
    found = differences(study.spec, question.spec)
    is_longer = question.is_trial_count_asked and question.trial_count > study.trial_count
    if is_longer and not study.is_stopped:
        found.append(("trials", study.trial_count, question.trial_count))
    if found:
        raise StudyDiffers(question.name, found)


@contextlib.contextmanager
def run_question(
    storage: str,
    question: Question,
    workers: int,
    call: Call = called_here,
    limits: RunLimits = NO_LIMITS,
) -> Iterator[Run]:
    """Start or resume the study that asks `question`.

    Args:
        call: makes the call that needs scikit-learn.
        limits: of time, memory and failures.

    Raises:
        HpsearchError: bad data, another question under that name, or an unusable store.
    """
    known = stored_study(storage, question)

    def create(store: SqlStudyStore, dataset: Dataset, folds: FoldsByRepeat) -> Study:
        with contextlib.suppress(UnknownName):
            return store.load_study(question.name, best=0)
        try:
            return store.create_study(
                question.name,
                question.spec,
                question.trial_count,
                facts(dataset, folds[0]),
                library_versions(question.spec.sampler),
            )
        except NameTaken:  # by another process, between the two
            study = store.load_study(question.name, best=0)
            _refuse_another(study, question)
            return study

    repeats = _repeats_of(known) if known else CONFIRMING_REPEATS
    with running(
        storage,
        question.spec,
        workers,
        create,
        repeats=repeats,
        call=call,
        limits=limits,
    ) as run:
        yield run


@contextlib.contextmanager
def resume(
    storage: str,
    name: str,
    workers: int,
    trials: int | None,
    call: Call = called_here,
    limits: RunLimits = NO_LIMITS,
) -> Iterator[Run]:
    """Go on with a stored study, to `trials` in all where that is given.

    Args:
        call: makes the call that needs scikit-learn.
        limits: of time, memory and failures.

    Raises:
        HpsearchError: no such study, fewer trials than planned, changed data, a library that its
            sampler needs, unusable store.
    """
    with opened(storage) as store:
        study = store.load_study(name, best=0)
    SAMPLERS[study.spec.sampler]().check(study.spec.space)
    if trials is not None:
        check_trial_count(trials)
    if trials is not None and trials < study.trial_count:
        raise InvalidStudy(
            "trials",
            f"`{trials}` is fewer than the {study.trial_count} that are planned",
            "`--trials` is the new total",
        )
    if trials is not None and study.spec.sampler is Sampler.GRID and trials > study.trial_count:
        raise InvalidStudy(
            "trials",
            f"`{trials}` is more than the {study.trial_count} combinations of the grid",
            "start another study with more values",
        )

    def find(store: SqlStudyStore, _: Dataset, __: FoldsByRepeat) -> Study:
        return store.load_study(name, best=0)

    def lengthen(store: SqlStudyStore, study: Study) -> Study:
        return study if trials is None else store.lengthen(study, trials)

    repeats = _repeats_of(study)
    with running(storage, study.spec, workers, find, lengthen, repeats, call, limits) as run:
        yield run


def _repeats_of(study: Study) -> int:
    result = study.stages[-1].result
    return result.repeats if result else CONFIRMING_REPEATS


@contextlib.contextmanager
def running(
    storage: str,
    spec: StudySpec,
    workers: int,
    study_in: Callable[[SqlStudyStore, Dataset, FoldsByRepeat], Study],
    changed_plan: Callable[[SqlStudyStore, Study], Study] = lambda _, study: study,
    repeats: int = CONFIRMING_REPEATS,
    call: Call = called_here,
    limits: RunLimits = NO_LIMITS,
) -> Iterator[Run]:
    """Read the data, be the driver of a study, and run it.

    Args:
        study_in: finds the study in the store, or makes it; it may be read in part.
        changed_plan: what to change about its plan before it runs.
        repeats: times that finalists are confirmed.
        call: makes the call that needs scikit-learn.
        limits: of time, from now on, memory and failures.
    """
    # Workers load while the driver reads and divides the data.
    with (
        local_executor(workers, limits) as executor,
        shared(
            sources.load(spec.data, spec.seed), 2 if limits.is_enforced_apart else workers
        ) as dataset,
    ):
        executor.expect(BatchedTrainer)
        if not path_of(storage).exists():
            load_migrator()  # while another process gets ready to divide the rows
        folds, encodings = _division(spec, dataset, repeats, call)
        with opened(storage, is_new_allowed=True) as store:
            study = study_in(store, dataset, folds)
            refuse_changed_data(study, dataset)
            with store.driving(study):
                sampler = SAMPLERS[spec.sampler]()
                # A sampler that looks at results wants what was scored at rungs, too.
                load = store.load_to_run if sampler.is_independent else store.load_study
                study = changed_plan(store, load(study.name))
                trainer = trainer_for(spec, dataset, folds, encodings)
                executor.load(trainer, seconds_per_evaluation(trainer))
                events = run_study(
                    study, store=store, sampler=sampler, executor=executor, limits=limits
                )
                notes = (*version_notes(study), *space_notes(store.path), *dataset.notes)
                yield Run(study=study, events=events, notes=notes)


def _division(spec: StudySpec, dataset: Dataset, confirming: int, call: Call) -> Division:
    """The rows of each repeat, divided anew; those of confirmations last; none of a function."""
    if spec.data.name in TOY_FUNCTIONS:
        return Division(folds=((),))
    repeats = range(spec.repeats + (0 if spec.is_compared else confirming))
    return divided(call, dataset, spec.split, spec.seed, repeats)
