"""What a question will cost in time and memory, before anything is read or trained."""

from dataclasses import dataclass

from hpsearch.data.sources import card
from hpsearch.domain.spec import StudySpec
from hpsearch.errors import InvalidStudy
from hpsearch.settings import Settings
from hpsearch.training.cost import (
    largest_settings,
    layer_sizes,
    study_seconds,
    worker_bytes,
)

# Memory of a process with its imports, before it holds any data.
DRIVER_BYTES = 140_000_000
WORKER_BYTES = 60_000_000


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


def estimate(spec: StudySpec, trial_count: int, workers: int) -> Estimate:
    """What a question will cost, before anything is read or trained."""
    known = card(spec.data, spec.seed, spec.data.task)
    rows = spec.split.train_rows(known.search_rows(spec.data.rows))
    sizes = layer_sizes(known.features, spec.network, known.output_count)
    evaluations = trial_count * len(spec.parts)
    seconds = study_seconds(sizes, spec.training, rows, evaluations)
    return Estimate(
        evaluations=evaluations,
        seconds=3 + seconds / workers,
        megabytes=needed_bytes(spec, workers) / 1e6,
    )


def needed_bytes(spec: StudySpec, workers: int) -> int:
    """Rough memory of all processes, for the largest networks that the space may propose."""
    driver, worker = _process_bytes(spec)
    return driver + workers * worker


def worker_count(spec: StudySpec, asked: int | None, here: Settings) -> int:
    """How many workers to start: as many as were asked for, else one per core that fits in memory.

    Raises:
        InvalidStudy: the largest networks of the space do not fit.
    """
    wanted = asked or here.cores
    if here.memory is None:
        return wanted
    driver, worker = _process_bytes(spec)
    fitting = min(wanted, (here.memory - driver) // worker)
    if fitting == wanted or (fitting > 0 and asked is None):
        return fitting
    count = asked or 1
    workers = f"{count} worker{'s' if count > 1 else ''}"
    fewer = f"`--workers {fitting}` fits"
    raise InvalidStudy(
        "memory",
        f"about {(driver + count * worker) / 1e9:.1f} GB needed by the largest networks of the "
        f"space on {workers}, {here.memory / 1e9:.1f} GB available",
        fewer if fitting > 0 else "use a smaller `hidden`, `width`, `depth` or `batch`",
    )


def _process_bytes(spec: StudySpec) -> tuple[int, int]:
    """Memory of the driver and of each worker."""
    known = card(spec.data, spec.seed, spec.data.task)
    rows = known.search_rows(spec.data.rows)
    network, training = largest_settings(spec.network, spec.training, spec.space)
    sizes = layer_sizes(known.features, network, known.output_count)
    arrays = worker_bytes(sizes, network, training, rows, spec.split.train_rows(rows))
    data = 12 * rows * known.features  # float64 while it is read
    return DRIVER_BYTES + data, WORKER_BYTES + arrays
