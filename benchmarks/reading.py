"""A large table, 500,000 rows of 50 columns, read, prepared and trained on: time and memory.

python -m benchmarks.reading

The memory of a search is that of the command and its two workers together, beside that of the same
search on a table of 2,000 rows, which is what the programs themselves take.
"""

import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.commands import HPSEARCH
from benchmarks.process_memory import watched
from hpsearch.reporting.text import markdown_table

ROWS, COLUMNS, LEVELS = 500_000, 50, 8
FEW_ROWS = 2_000
SEARCH = ("--target", "y", "--space", "lr", "--trials", "2", "--epochs", "2", "--confirm", "0")
SEARCH = (*SEARCH, "--stages", "1", "--holdout", "0.2", "--workers", "2")


def write_table(path: Path, rows: int = ROWS, columns: int = COLUMNS) -> None:
    """A table of numbers, a few of them missing, with two columns of levels and a class."""
    import pandas as pd

    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        rng.normal(size=(rows, columns - 3)).round(5), columns=[f"n{i}" for i in range(columns - 3)]
    )
    frame.loc[rng.random(rows) < 0.05, "n3"] = np.nan
    for name in ("place", "kind"):
        frame[name] = rng.choice([f"{name} {i}" for i in range(LEVELS)], rows)
    frame["y"] = np.where(frame["n0"] + rng.normal(size=rows) > 0, "yes", "no")
    frame.to_csv(path, index=False)


def main() -> None:
    """Both parts."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.csv", Path(folder) / "large.csv"
        # In processes of their own, so that the peak of this one is that of reading.
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as apart:
            list(apart.map(write_table, (small, large), (FEW_ROWS, ROWS)))
        _read_and_prepare(large)
        print("\n" + _searched(small, large))


def _searched(small: Path, large: Path) -> str:
    """Memory of all processes of a search, as a table."""
    few, many = (
        watched(
            [HPSEARCH, "start", "--data", path.name, *SEARCH],
            str(path.parent),
            {"study ": "training"},
        )
        for path in (small, large)
    )
    numbers = ROWS * COLUMNS * 8 / 1e6
    rows = []
    for phase, words in (("start", "until training starts"), ("training", "while it trains")):
        seconds, peak = many[phase]
        beyond = peak - few[phase][1]
        row = (words, f"{seconds:.1f} s", f"{few[phase][1]:.0f} MB", f"{peak:.0f} MB")
        rows.append((*row, f"{beyond:.0f} MB", f"{beyond / numbers:.2f}"))
    columns = ("part", "time", f"{FEW_ROWS:,} rows", f"{ROWS:,} rows", "for the data", "times")
    return markdown_table(columns, rows)


def _read_and_prepare(path: Path) -> None:
    """Print seconds and megabytes of each step, in this process."""
    from hpsearch.bootstrap import known_of, trainer_for
    from hpsearch.data import sources
    from hpsearch.data.splits import folds_by_repeat
    from hpsearch.domain.spec_text import study_spec
    from hpsearch.training.rows import ENCODED_AT_ONCE

    print(f"{path.stat().st_size / 1e6:.0f} MB of CSV, {ROWS} rows x {COLUMNS} columns")
    clock = _Clock()
    sections = {"data": {"name": str(path), "target": "y"}, "space": {"text": "lr"}}
    spec, _ = study_spec(sections, known_of(sections))
    clock.told("read, columns described, test part set aside")
    dataset = sources.load(spec.data, spec.seed)
    clock.told("turned into numbers, hashed")
    folds = folds_by_repeat(dataset.y, spec.split, spec.seed, [0])
    trainer = trainer_for(spec, dataset, folds)
    clock.told("divided, fitted")
    rows = folds[0][0].train_rows
    for start in range(0, len(rows), ENCODED_AT_ONCE):
        trainer.encodings[0][0].features(dataset.x[rows[start : start + ENCODED_AT_ONCE]])
    clock.told("training rows made into inputs, part by part")
    print(f"{clock.total}  in all; the numbers are {dataset.x.nbytes / 1e6:.0f} MB")


class _Clock:
    def __init__(self) -> None:
        self._last = self._start = time.perf_counter()
        self._busy = self._busy_before = time.process_time()

    @property
    def total(self) -> str:
        busy = time.process_time() - self._busy_before
        return f"{time.perf_counter() - self._start:6.1f} s, {busy:.1f} of a core"

    def told(self, what: str) -> None:
        now, busy = time.perf_counter(), time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        taken = f"{now - self._last:6.1f} s, {busy - self._busy:.1f} of a core"
        print(f"{taken}  {what}; peak of {peak:.0f} MB")
        self._last, self._busy = now, busy


if __name__ == "__main__":
    main()
