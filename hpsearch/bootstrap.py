"""The composition root: the only place where concrete parts are chosen and joined."""

import contextlib
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata

from hpsearch.data import built_in, splits, study_files
from hpsearch.domain.dataset import Dataset, Fold, facts
from hpsearch.domain.names import check_name, default_name
from hpsearch.domain.spec import Sampler, StudySpec
from hpsearch.domain.spec_text import Sections, check_keys, differences, layered, study_spec
from hpsearch.domain.study import Study
from hpsearch.errors import InvalidStudy, NameTaken, StudyDiffers, UnknownName
from hpsearch.execution.in_process import InProcess
from hpsearch.execution.local_workers import LocalWorkers
from hpsearch.sampling.bayesian import GpSampler, TpeSampler
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.sampling.sobol import SobolSampler
from hpsearch.search import ports
from hpsearch.search.driver import run_study
from hpsearch.search.events import Event
from hpsearch.store.database import path_of
from hpsearch.store.sql_store import SqlStudyStore
from hpsearch.training.batched_trainer import BatchedTrainer
from hpsearch.training.cost import layer_sizes, study_estimate, training_seconds

SAMPLERS: Mapping[Sampler, Callable[[], ports.Sampler]] = {
    Sampler.RANDOM: RandomSampler,
    Sampler.SOBOL: SobolSampler,
    Sampler.TPE: TpeSampler,
    Sampler.GP: GpSampler,
}
# What the bits of a study depend on, beside the libraries that train it.
SAMPLER_LIBRARIES: Mapping[Sampler, tuple[str, ...]] = {
    Sampler.SOBOL: ("scipy",),
    Sampler.TPE: ("optuna",),
    Sampler.GP: ("optuna", "scipy", "torch", "greenlet"),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a question will cost.

    Attributes:
        evaluations: trainings.
        seconds: rough time on the given number of workers.
        megabytes: rough memory of all processes.
    """

    evaluations: int
    seconds: float
    megabytes: float


def ask(file: str | None, flags: Sections, name: str | None) -> Question:
    """The question of a study file (a path or a packaged name) and flags, which override it.

    Raises:
        InvalidInput: anything in it that makes no sense.
    """
    read = study_files.find_study_file(file) if file else None
    if read:
        check_keys(read.sections)
    sections = layered(read.sections if read else {}, flags)
    data = sections.get("data", {}).get("name", "mnist")
    spec, trials = study_spec(sections, describe(str(data)))
    SAMPLERS[spec.sampler]().check(spec.space)
    usual = read.name if read else default_name(spec.data.name, tuple(spec.space))
    chosen = usual if name is None else name
    asked = "trials" in sections.get("search", {})
    return Question(
        name=check_name(chosen), spec=spec, trial_count=trials, is_trial_count_asked=asked
    )


describe = built_in.card


def open_store(storage: str, *, is_new_allowed: bool = False) -> SqlStudyStore:
    """The store at a storage URL.

    Raises:
        InvalidInput: a URL that is not supported.
        StoreUnusable: the file cannot be used.
    """
    return SqlStudyStore(
        path_of(storage),
        describe=describe,
        clock=lambda: datetime.now(UTC),
        is_new_allowed=is_new_allowed,
    )


@contextlib.contextmanager
def opened(storage: str, *, is_new_allowed: bool = False) -> Iterator[SqlStudyStore]:
    """The store at a storage URL, closed at the end."""
    store = open_store(storage, is_new_allowed=is_new_allowed)
    try:
        yield store
    finally:
        store.close()


def stored_study(storage: str, question: Question) -> Study | None:
    """The stored study that asks `question`; None where nothing of that name is stored.

    Raises:
        StudyDiffers: one of that name asks something else.
    """
    if not path_of(storage).exists():
        return None
    with opened(storage) as store:
        try:
            study = store.load_study(question.name)
        except UnknownName:
            return None
    _refuse_another(study, question)
    return study


def _refuse_another(study: Study, question: Question) -> None:
    found = differences(study.spec, question.spec)
    if question.is_trial_count_asked and question.trial_count > study.trial_count:
        found.append(("trials", study.trial_count, question.trial_count))
    if found:
        raise StudyDiffers(question.name, found)


@contextlib.contextmanager
def run_question(storage: str, question: Question, workers: int) -> Iterator[Run]:
    """Start or resume the study that asks `question`.

    Raises:
        HpsearchError: bad data, another question under that name, or an unusable store.
    """
    stored_study(storage, question)

    def create(store: SqlStudyStore, dataset: Dataset, folds: tuple[Fold, ...]) -> Study:
        with contextlib.suppress(UnknownName):
            return store.load_study(question.name)
        try:
            return store.create_study(
                question.name,
                question.spec,
                question.trial_count,
                facts(dataset, folds),
                library_versions(question.spec.sampler),
            )
        except NameTaken:  # by another process, between the two
            study = store.load_study(question.name)
            _refuse_another(study, question)
            return study

    with _running(storage, question.spec, workers, create) as run:
        yield run


@contextlib.contextmanager
def resume(storage: str, name: str, workers: int, trials: int | None) -> Iterator[Run]:
    """Go on with a stored study, to `trials` in all where that is given.

    Raises:
        HpsearchError: no such study, fewer trials than planned, changed data, a library that its
            sampler needs, unusable store.
    """
    with opened(storage) as store:
        study = store.load_study(name)
    SAMPLERS[study.spec.sampler]().check(study.spec.space)
    if trials is not None and trials < study.trial_count:
        raise InvalidStudy(
            "trials",
            f"`{trials}` is fewer than the {study.trial_count} that are planned",
            "`--trials` is the new total",
        )

    def find(store: SqlStudyStore, _: Dataset, __: tuple[Fold, ...]) -> Study:
        return store.load_study(name)

    with _running(storage, study.spec, workers, find, trials) as run:
        yield run


def latest_unfinished(storage: str) -> str:
    """Name of the study to resume when none is named.

    Raises:
        UnknownName: every study is finished.
    """
    with opened(storage) as store:
        studies = store.list_studies()
    open_ones = [each.name for each in studies if each.finished < each.trial_count]
    if not open_ones:
        hint = "every study here is finished; `hpsearch resume NAME --trials TOTAL` lengthens one"
        raise UnknownName("unfinished study", "*", (), hint)
    return open_ones[-1]


def estimate(question: Question, workers: int) -> Estimate:
    """What a question will cost, before anything is read or trained."""
    spec, known = question.spec, describe(question.spec.data.name)
    rows = known.search_rows(spec.data.rows)
    sizes = layer_sizes(known.features, spec.network, known.class_count)
    evaluations = question.trial_count * spec.split.fold_count
    seconds, population = study_estimate(
        sizes, spec.network, spec.training, spec.split.train_rows(rows), evaluations
    )
    process_bytes = 60e6 + 2 * rows * known.features * 4 + population
    driver_bytes = 200e6 if workers > 1 else 140e6
    return Estimate(
        evaluations=evaluations,
        seconds=3 + seconds / workers,
        megabytes=(driver_bytes + workers * process_bytes) / 1e6,
    )


def library_versions(sampler: Sampler = Sampler.RANDOM) -> dict[str, str]:
    """The libraries on which the last bits of a result depend; the empty version is none."""
    from threadpoolctl import threadpool_info

    blas = [
        f"{each['internal_api']} {each.get('version')} {each.get('architecture', '')}".strip()
        for each in threadpool_info()
        if each["user_api"] == "blas"
    ]
    packages = ("hpsearch", "numpy", "scikit-learn", *SAMPLER_LIBRARIES.get(sampler, ()))
    versions = {name: _version(name) for name in packages}
    return {"python": platform.python_version(), **versions, "blas": ", ".join(sorted(set(blas)))}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


@contextlib.contextmanager
def _running(
    storage: str,
    spec: StudySpec,
    workers: int,
    study_in: Callable[[SqlStudyStore, Dataset, tuple[Fold, ...]], Study],
    trials: int | None = None,
) -> Iterator[Run]:
    # Workers load while the driver reads and divides the data.
    with LocalWorkers(workers) if workers > 1 else InProcess() as executor:
        dataset = built_in.load(spec.data, spec.seed)
        folds = splits.folds(dataset.y, spec.split, spec.seed)
        with opened(storage, is_new_allowed=True) as store:
            study = study_in(store, dataset, folds)
            if study.data.fingerprint != dataset.fingerprint:
                changed = ("data", study.data.fingerprint, dataset.fingerprint)
                raise StudyDiffers(study.name, [changed])
            with store.driving(study):
                study = store.load_study(study.name)
                if trials is not None:
                    study = store.lengthen(study, trials)
                trainer = trainer_for(spec, dataset, folds)
                executor.load(trainer, _seconds_per_evaluation(trainer))
                sampler = SAMPLERS[spec.sampler]()
                events = run_study(study, store=store, sampler=sampler, executor=executor)
                yield Run(study=study, events=events, notes=_version_notes(study))


def trainer_for(spec: StudySpec, dataset: Dataset, folds: tuple[Fold, ...]) -> BatchedTrainer:
    """The trainer of a question on its data."""
    return BatchedTrainer(
        x=dataset.x,
        y=dataset.y,
        folds=folds,
        class_count=len(dataset.classes),
        network=spec.network,
        training=spec.training,
        seed=spec.seed,
    )


def _seconds_per_evaluation(trainer: BatchedTrainer) -> float:
    rows, training = len(trainer.folds[0].train_rows), trainer.training
    return training_seconds(trainer.sizes, rows, training.batch, training.epochs)


def _version_notes(study: Study) -> tuple[str, ...]:
    """A note when the bits may differ from those of the earlier trials."""
    if not study.trials:
        return ()
    stored, now = dict(study.versions), library_versions(study.spec.sampler)
    changed = [
        f"{key} {stored.get(key)} -> {now[key]}" for key in now if stored.get(key) != now[key]
    ]
    if not changed:
        return ()
    return (f"the last bits may differ from the earlier trials: {'; '.join(changed)}",)
