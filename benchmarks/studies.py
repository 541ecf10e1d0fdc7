"""Packaged studies as work for peers: the same rows, folds, network and ranges."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.peers.task import Structures, Task, write
from hpsearch import bootstrap
from hpsearch.data import built_in, splits
from hpsearch.domain.spec import StudySpec
from hpsearch.training.cost import layer_sizes, training_products


def task_of(study: str, seed: int = 0) -> Task:
    """What `hpsearch start STUDY --seed SEED` does, as a peer's task."""
    spec = bootstrap.ask(study, {"search": {"seed": seed}}, None).spec
    lr, wd = spec.space["lr"], spec.space["wd"]
    return replace(_task(spec), lr=(lr.low, lr.high), wd=(wd.low, wd.high))


def mixed_task_of(study: str, space: str) -> Task:
    """What `hpsearch start STUDY --space SPACE` does, where the space is one of structures."""
    spec = bootstrap.ask(study, {"space": {"text": space}}, None).spec
    width, depth, lr = (spec.space[name] for name in ("width", "depth", "lr"))
    structures = Structures(
        width=(width.low, width.high),
        depth=(depth.low, depth.high),
        lr={name: (each.low, each.high) for name, each in lr.ranges},
    )
    return replace(_task(spec), structures=structures)


def _task(spec: StudySpec) -> Task:
    """Rows, folds and network of a question, with learning rate and weight decay as they are."""
    dataset = built_in.load(spec.data, spec.seed)
    folds = splits.folds(dataset.y, spec.split, spec.seed)
    return Task(
        x=dataset.x,
        y=dataset.y,
        folds=tuple((fold.train_rows, fold.validation_rows) for fold in folds),
        sizes=layer_sizes(dataset.x.shape[1], spec.network, len(dataset.classes)),
        batch=spec.training.batch,
        epochs=spec.training.epochs,
        lr=(spec.training.lr, spec.training.lr),
        wd=(spec.training.wd, spec.training.wd),
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
