"""What a peer is to do, in a file: the rows and folds of a study, its network and its ranges.

Peers import nothing of hpsearch: reading this file is all that they need to get their data.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Part = tuple[NDArray[np.float32], NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structures:
    """Networks of unlike structure, searched instead of one.

    Attributes:
        width: least and most units of each hidden layer, on a log scale.
        depth: least and most hidden layers.
        lr: lowest and highest learning rate of each optimiser: `sgd`, `momentum` (0.9), `adam`.
    """

    width: tuple[int, int]
    depth: tuple[int, int]
    lr: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """A random search over learning rate and weight decay, or over structures.

    Attributes:
        x: inputs, float32, `(row, feature)`.
        y: class of each row, `(row,)`.
        folds: row numbers of the training and of the validation part, per fold.
        sizes: features, hidden widths, classes.
        batch: rows of a minibatch.
        epochs: passes over the training rows.
        lr: lowest and highest learning rate, searched on a log scale.
        wd: the same for the weight decay λ of a loss that grows by ½ λ Σ W².
        structures: what is searched instead of learning rate and weight decay, if anything.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    folds: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]
    sizes: tuple[int, ...]
    batch: int
    epochs: int
    lr: tuple[float, float]
    wd: tuple[float, float]
    structures: Structures | None = None

    def parts(self) -> list[tuple[Part, Part]]:
        """Training and validation part of each fold, as inputs and classes."""
        return [
            ((self.x[train], self.y[train]), (self.x[validation], self.y[validation]))
            for train, validation in self.folds
        ]


def write(task: Task, path: Path) -> None:
    """Write `task` to an `.npz` file."""
    names = ("sizes", "batch", "epochs", "lr", "wd")
    settings = {name: getattr(task, name) for name in names}
    settings["structures"] = task.structures and asdict(task.structures)
    arrays: dict[str, Any] = {"x": task.x, "y": task.y}
    for index, (train, validation) in enumerate(task.folds):
        arrays |= {f"train_{index}": train, f"validation_{index}": validation}
    np.savez(path, settings=np.array(json.dumps(settings)), **arrays)


def read(path: Path) -> Task:
    """Read what `write` wrote."""
    with np.load(path) as file:
        settings = json.loads(str(file["settings"]))
        folds = sum(name.startswith("train_") for name in file.files)
        return Task(
            x=file["x"],
            y=file["y"],
            folds=tuple((file[f"train_{i}"], file[f"validation_{i}"]) for i in range(folds)),
            sizes=tuple(settings["sizes"]),
            batch=settings["batch"],
            epochs=settings["epochs"],
            lr=tuple(settings["lr"]),
            wd=tuple(settings["wd"]),
            structures=settings["structures"] and Structures(**settings["structures"]),
        )


def arguments() -> tuple[Task, int, int]:
    """Task, number of trials and seed from the command line of a peer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", type=Path)
    parser.add_argument("trials", type=int)
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    return read(given.task), given.trials, given.seed


def report(scores: list[float]) -> None:
    """Print what came of it, as the last line: trials done, and the best validation accuracy."""
    print(json.dumps({"trials": len(scores), "best": max(scores)}))
