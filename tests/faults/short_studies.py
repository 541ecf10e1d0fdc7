"""The short studies that are killed, and the truth about each of them."""

import contextlib
import functools
import sqlite3
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpsearch.bootstrap import ask, run_question
from hpsearch.domain.spec import StudySpec
from tests.stored_studies import exported, stored

NAME = "crash"
FILE = f"{NAME}.toml"
# Half a second of training; a generation of four trials makes many small transactions.
PLAIN = """\
name = "crash"

[data]
name = "digits"

[split]
folds = 2

[network]
hidden = "8"

[training]
epochs = 5

[space]
lr = "1e-3:1"
wd = "1e-6:1e-2"

[search]
trials = 40
stages = 1
prune = "none"
confirm = 0
generation = 4
"""
# Two stages, rungs of 2 and 9 epochs, audits, and confirmations of two finalists.
HALVED = (
    PLAIN.replace("epochs = 5", "epochs = 9")
    .replace("trials = 40", "trials = 42")
    .replace("stages = 1", "stages = 2")
    .replace('prune = "none"', 'prune = "halving"\ntry = ["lr=0.3,wd=1e-4"]')
    .replace("confirm = 0", "confirm = 2")
    .replace("generation = 4\n", "")
)
GRID = PLAIN.replace("1e-3:1", "0.3|0.1|0.03|0.01|0.003|0.001").replace(
    "1e-6:1e-2", "off|1e-4|1e-3|1e-2"
)


@dataclass(frozen=True)
class ShortStudy:
    """A question that half a second of training answers.

    Attributes:
        sampler: who proposes.
        is_halved: whether it has stages, gives up early, audits and confirms.
        seed: the study's.
    """

    sampler: str
    is_halved: bool = False
    seed: int = 0

    def write(self, folder: Path) -> Path:
        """Its study file, in a folder."""
        text = GRID if self.sampler == "grid" else HALVED if self.is_halved else PLAIN
        if self.sampler == "grid":
            text = text.replace("generation = 4\n", "").replace("trials = 40\n", "")
        path = folder / FILE
        path.write_text(f'{text}sampler = "{self.sampler}"\nseed = {self.seed}\n')
        return path


Key = tuple[Any, ...]
Values = Mapping[str, Any]
# What is not a matter of the result: when, how long, where in the table, and the sum of it all.
INCIDENTAL = ("finished_at", "seconds", "id", "study_id", "checksum")


@dataclass(frozen=True)
class Snapshot:
    """Everything that a database holds of its one study.

    Attributes:
        trials: rows by number.
        evaluations: rows by what was trained.
        stages: rows by number.
    """

    trials: Mapping[int, Values]
    evaluations: Mapping[Key, Values]
    stages: Mapping[int, Values]


def snapshot(database: Path) -> Snapshot:
    """Read with SQLite alone, once its own full checks find nothing wrong."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.row_factory = sqlite3.Row
        keyed = ("number", "purpose", "repeat", "fold", "epochs")
        return Snapshot(
            trials={row["number"]: row for row in _rows(connection, "trial")},
            evaluations={
                tuple(row[each] for each in keyed): row for row in _rows(connection, "evaluation")
            },
            stages={row["number"]: row for row in _rows(connection, "stage")},
        )


def _rows(connection: sqlite3.Connection, table: str) -> list[Values]:
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


def result_of(row: Values) -> Values:
    """A row without what may differ between two runs."""
    return {key: value for key, value in row.items() if key not in INCIDENTAL}


@dataclass(frozen=True)
class Truth:
    """What a short study gives when nothing disturbs it.

    Attributes:
        export: bytes of the canonical export.
        rows: all that is stored of it.
    """

    spec: StudySpec
    export: str
    rows: Snapshot


@functools.lru_cache(maxsize=64)
def truth_of(study: ShortStudy) -> Truth:
    """Run it in this process, with one worker, from the beginning to the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        question = ask(str(study.write(folder)), {}, None)
        with run_question(f"sqlite:///{folder}/hpsearch.db", question, 1) as running:
            list(running.events)
        assert stored(folder, NAME).is_finished
        return Truth(question.spec, exported(folder, NAME), snapshot(folder / "hpsearch.db"))
