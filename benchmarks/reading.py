"""Reading and preparing a large table, 500,000 rows of 50 columns: time and memory.

python -m benchmarks.reading
"""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS, COLUMNS, LEVELS = 500_000, 50, 8


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
    """Write, read and prepare; print seconds and megabytes of each step."""
    from hpsearch.bootstrap import known_of, trainer_for
    from hpsearch.data import sources
    from hpsearch.data.splits import folds_by_repeat
    from hpsearch.domain.spec_text import study_spec

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        write_table(path)
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
        trainer.encodings[0][0].features(dataset.x[folds[0][0].train_rows])
        clock.told("training rows prepared")
        print(f"{clock.total:6.1f} s in all; the numbers are {dataset.x.nbytes / 1e6:.0f} MB")


class _Clock:
    def __init__(self) -> None:
        self._last = self._start = time.perf_counter()

    @property
    def total(self) -> float:
        return time.perf_counter() - self._start

    def told(self, what: str) -> None:
        now = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"{now - self._last:6.1f} s  {what}; peak of {peak:.0f} MB")
        self._last = now


if __name__ == "__main__":
    main()
