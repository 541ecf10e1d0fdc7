"""Packaged studies as work for peers: the same rows, folds, network and ranges."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peers.task import Task, write
from hpsearch import bootstrap
from hpsearch.data import built_in, splits
from hpsearch.training.cost import layer_sizes, training_products


def task_of(study: str, seed: int = 0) -> Task:
    """What `hpsearch start STUDY --seed SEED` does, as a peer's task."""
    spec = bootstrap.ask(study, {"search": {"seed": seed}}, None).spec
    dataset = built_in.load(spec.data, seed)
    folds = splits.folds(dataset.y, spec.split, seed)
    lr, wd = spec.space["lr"], spec.space["wd"]
    return Task(
        x=dataset.x,
        y=dataset.y,
        folds=tuple((fold.train_rows, fold.validation_rows) for fold in folds),
        sizes=layer_sizes(dataset.x.shape[1], spec.network, len(dataset.classes)),
        batch=spec.training.batch,
        epochs=spec.training.epochs,
        lr=(lr.low, lr.high),
        wd=(wd.low, wd.high),
    )


@contextlib.contextmanager
def task_file(task: Task) -> Iterator[Path]:
    """`task` in a temporary file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.npz"
        write(task, path)
        yield path


def training_gflop(task: Task) -> float:
    """10^9 floating-point operations in the matrix products of the steps of one trial."""
    rows = sum(len(train) for train, _ in task.folds)
    return 2e-9 * training_products(task.sizes, rows, task.epochs)
