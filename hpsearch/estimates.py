"""What a question will cost in time and memory, before anything is read or trained."""

from dataclasses import dataclass, replace

from hpsearch.data.shared_table import SHARED_FROM_BYTES
from hpsearch.data.sources import card
from hpsearch.domain.plan_cost import PlanCost, plan_cost
from hpsearch.domain.space import Choices, Entry, IntegerRange, Space
from hpsearch.domain.spec import StudySpec
from hpsearch.errors import InvalidStudy
from hpsearch.execution.checkpoints import MOST_BYTES
from hpsearch.settings import Settings
from hpsearch.training.cost import (
    checkpoint_bytes,
    largest_settings,
    layer_sizes,
    study_seconds,
    worker_bytes,
)

# Memory of a process with its imports, before it holds any data.
DRIVER_BYTES = 140_000_000
WORKER_BYTES = 60_000_000

USUAL_STAGE = 40  # trials

START_SECONDS = 3  # until the first training


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a question will cost.

    Attributes:
        trainings: of all purposes.
        seconds: rough time on the given number of workers.
        most_seconds: the same where nothing can be given up early.
        megabytes: rough memory of all processes.
    """

    trainings: PlanCost
    seconds: float
    most_seconds: float
    megabytes: float


def estimate(spec: StudySpec, trial_count: int, workers: int) -> Estimate:
    """What a question will cost, before anything is read or trained."""
    known = card(spec.data, spec.seed, spec.data.task)
    rows = spec.split.train_rows(known.search_rows(spec.data.rows))
    sizes = layer_sizes(known.features, spec.network, known.output_count)
    one, cost = study_seconds(sizes, spec.training, rows, 1), plan_cost(spec, trial_count)
    return Estimate(
        trainings=cost,
        seconds=START_SECONDS + one * cost.work / workers,
        most_seconds=START_SECONDS + one * cost.most_work / workers,
        megabytes=needed_bytes(spec, workers) / 1e6,
    )


def needed_bytes(spec: StudySpec, workers: int) -> int:
    """Rough memory of all processes, for the largest networks that the space may propose."""
    driver, worker = _process_bytes(spec, workers)
    return driver + workers * worker


def worker_count(spec: StudySpec, asked: int | None, here: Settings) -> int:
    """How many workers to start: as many as were asked for, else one per core that fits in memory.

    Raises:
        InvalidStudy: the largest networks of the space do not fit.
    """
    wanted = asked or here.cores
    if here.memory is None:
        return wanted
    driver, worker = _process_bytes(spec, wanted)
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


def _with_tries(spec: StudySpec) -> Space:
    """The space, as wide as the configurations of the user's own."""

    def widened(name: str, entry: Entry) -> Entry:
        own = [each[name] for each in spec.plan.tries if name in each]
        match entry:
            case IntegerRange():
                whole = [int(each) for each in own]
                low, high = min([entry.low, *whole]), max([entry.high, *whole])
                return replace(entry, low=low, high=high)
            case Choices(values):
                return Choices(tuple(dict.fromkeys([*values, *own])))
        return entry

    return Space(tuple((name, widened(name, entry)) for name, entry in spec.space.pairs))


def _process_bytes(spec: StudySpec, workers: int) -> tuple[int, int]:
    """Memory of the driver and of each worker."""
    known = card(spec.data, spec.seed, spec.data.task)
    rows = known.search_rows(spec.data.rows)
    network, training = largest_settings(spec.network, spec.training, _with_tries(spec))
    sizes = layer_sizes(known.features, network, known.output_count)
    is_shared = workers > 1 and known.is_table and 8 * rows * known.features >= SHARED_FROM_BYTES
    train_rows = spec.split.train_rows(rows)
    arrays = worker_bytes(sizes, network, training, rows, train_rows, is_shared=is_shared)
    # A table is held as text, as columns and as numbers while it is read; an array as float64.
    data = (30 if known.is_table else 12) * rows * known.features
    # Of a search that gives up early the driver keeps how far trainings have come.
    lanes = len(spec.parts) * (spec.generation or USUAL_STAGE)
    kept = min(MOST_BYTES, lanes * checkpoint_bytes(sizes, network, training))
    is_cut = len(spec.plan.rungs(spec.training.epochs, spec.generation or USUAL_STAGE)) > 1
    return DRIVER_BYTES + data + is_cut * kept, WORKER_BYTES + arrays
