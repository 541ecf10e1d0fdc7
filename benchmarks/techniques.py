"""What each technique costs: the time of a step, against plain SGD in the same population."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.options import parser
from benchmarks.table import Row, print_table
from benchmarks.timing import summary
from hpsearch import bootstrap
from hpsearch.data import built_in
from hpsearch.domain.spec import Precision
from hpsearch.domain.trial_settings import settled
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.training.cost import layer_sizes
from hpsearch.training.epochs import Population
from hpsearch.training.initial_weights import initial_parameters
from hpsearch.training.losses import targets_of
from hpsearch.training.network import Noise
from hpsearch.training.rows import Rows, rows_of
from hpsearch.training.updates import Rates

STUDY = "digits-kfold"
LANES = 64
STEPS = 1_000_000  # of the schedule; more than are done
BASE = "sgd"

# What each adds to plain SGD, as settings.
TECHNIQUES: Mapping[str, Mapping[str, Any]] = {
    BASE: {},
    "momentum": {"optimizer": "momentum"},
    "nesterov": {"optimizer": "nesterov"},
    "adagrad": {"optimizer": "adagrad"},
    "rmsprop": {"optimizer": "rmsprop"},
    "adadelta": {"optimizer": "adadelta"},
    "adam": {"optimizer": "adam"},
    "adamw with weight decay": {"optimizer": "adamw", "wd": 0.01},
    "weight decay": {"wd": 0.01},
    "weight decay through momentum": {"optimizer": "momentum", "wd": 0.01},
    "L1": {"l1": 1e-4},
    "max-norm": {"max_norm": 3.0},
    "clipping by norm": {"clip_norm": 1.0},
    "clipping by value": {"clip_value": 0.1},
    "label smoothing": {"label_smoothing": 0.1},
    "dropout": {"dropout": 0.2},
    "dropout, the book's": {"dropout": 0.2, "dropout_mode": "book"},
    "batch normalisation": {"batchnorm": "pre"},
    "batch normalisation, after": {"batchnorm": "post"},
    "leaky ReLU": {"activation": "leaky_relu"},
    "sigmoid": {"activation": "sigmoid"},
    "tanh": {"activation": "tanh"},
    "identity": {"activation": "identity"},
    "cosine schedule with warm-up": {"schedule": "cosine", "warmup": 0.1},
    "two hidden layers": {"hidden": (50, 50)},
    "two hidden layers, residual": {"hidden": (50, 50), "residual": "on"},
    "ensemble of 4, a quarter of the lanes": {"ensemble": 4},
    "float64": {"dtype": Precision.FLOAT64},
}
TARGETS = {"adam": "2", "dropout": "2", "batch normalisation": "2"}
NOTES = (
    f"A step of {LANES} networks of the study `{STUDY}` side by side (64-50-10, minibatches of 32) "
    "in one process of one thread: forward and backward pass, update, running means. One epoch of "
    "each in turn, in every round; the ratio is of the medians.",
    "Where nothing else is said, plain SGD with a constant rate, ReLU and float32.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Time all techniques and print the table."""
    given = parser("techniques", "time of a step of each technique", rounds=15).parse_args(
        arguments
    )
    limit_to_one_thread()
    with np.errstate(all="ignore"):
        times = _times(given.rounds)
    base = summary(times[BASE]).median
    rows: list[Row] = []
    for name, own in times.items():
        milliseconds = summary([1000 * each for each in own])
        ratio = f"{milliseconds.median / 1000 / base:.2f}"
        rows.append(("one step", name, milliseconds.text(unit="ms"), ratio, TARGETS.get(name, "")))
    print_table("Techniques", given.rounds, rows, NOTES)


def _times(rounds: int) -> dict[str, list[float]]:
    """Seconds of a step of each technique, one per round."""
    runs = {name: _prepared(settings) for name, settings in TECHNIQUES.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, (population, rows, batch) in runs.items():
            started = time.perf_counter()
            population.train_epoch(rows, batch)
            seconds = time.perf_counter() - started
            if number:  # the first round makes the buffers
                times[name].append(seconds / -(-len(rows.x) // batch))
    return times


def _prepared(settings: Mapping[str, Any]) -> tuple[Population, Rows, int]:
    """A population, the rows of an epoch in their order, and its batch."""
    spec = bootstrap.ask(STUDY, {}, None).spec
    network, training = settled(spec.network, spec.training, settings)
    dataset, dtype = built_in.load(spec.data, 0), np.dtype(training.dtype)
    sizes = layer_sizes(dataset.x.shape[1], network, len(dataset.classes))
    rng = np.random.default_rng(0)
    order = rng.permutation(len(dataset.y))[: spec.split.train_rows(len(dataset.y))]
    targets = targets_of(dataset.y[order], sizes[-1], dtype)
    rows = rows_of(dataset.x[order].astype(dtype), targets)
    rates = Rates(*(np.full((LANES, 1), getattr(training, name), dtype) for name in Rates._fields))
    keys = rng.integers(2**32, size=LANES, dtype=np.uint32)
    noise = Noise([rng], keys, rates.dropout, training.dropout_mode, np.zeros(LANES, np.int64))
    weights = np.stack([initial_parameters(sizes, network, rng) for _ in range(LANES)])
    weights = weights.astype(dtype)
    population = Population(
        sizes, network, training, weights, rates, noise if training.dropout else None, STEPS
    )
    return population, rows, training.batch


if __name__ == "__main__":
    main()
