"""Tables of one's own: hpsearch from a file to predictions, against scikit-learn's random search.

python -m benchmarks.own_tables [--seeds 3] [--tables iris,wine] [--results FILE]

A quarter of the rows is held out, in a file of its own; both sides get the same other rows as CSV,
search on 5 folds, train what they have chosen on all of those rows, and predict the held-out ones.
Both answers are scored here, in the same way. Both sides take turns, table by table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.commands import HPSEARCH, PROCESSES, ROOT
from benchmarks.real_tables import CLASSES, TABLES, RealTable
from benchmarks.table import header
from hpsearch.reporting.text import markdown_table

if TYPE_CHECKING:
    import pandas as pd

TEST_SHARE = 0.25
WIDTH = (16, 128)
HELD_OUT = "held-out.csv"
OURS, PEER = "hpsearch", "RandomizedSearchCV"
Record = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what has not been run yet, and print the table."""
    given = _parser().parse_args(arguments)
    names = given.tables.split(",") if given.tables else list(TABLES)
    records = _read(given.results)
    for seed in range(given.seeds):
        for name in names:
            for side in given.sides.split(","):
                if not any(_is(each, name, seed, side) for each in records):
                    record = _measured(name, seed, side, given)
                    records.append(record)
                    _write(given.results, record)
    print(f"{header(given.seeds)}\n\n{_text([r for r in records if r['table'] in names])}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.own_tables", description="own tables")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--epochs", type=int, default=200, help="of scikit-learn, at most")
    parser.add_argument("--tables", default="", help="names, separated by commas; default: all")
    parser.add_argument("--sides", default=f"{OURS},{PEER}", help="who runs")
    parser.add_argument("--options", default="", help="more options of `hpsearch start`")
    parser.add_argument("--results", type=Path, help="a file to keep results in, and go on with")
    return parser


def _measured(name: str, seed: int, side: str, given: argparse.Namespace) -> Record:
    """One side on one table: score, seconds and seconds of the processor."""
    table = TABLES[name]
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "predictions.csv"
        truth = _write_parts(table, seed, Path(folder))
        commands = _ours(table, seed, given) if side == OURS else _peer(table, seed, given)
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        for command in commands:
            _run(command, folder)
        seconds, after = (
            time.perf_counter() - started,
            resource.getrusage(resource.RUSAGE_CHILDREN),
        )
        score = _score(table.metric, truth, answers)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    record = {"table": name, "seed": seed, "side": side, "score": score}
    record |= {"seconds": seconds, "busy": busy}
    print(json.dumps(record), file=sys.stderr, flush=True)
    return record


def _write_parts(table: RealTable, seed: int, folder: Path) -> pd.Series:
    """Write the rows to search on and those held out, without the target; what is true of these."""
    from sklearn.model_selection import train_test_split

    frame = table.frame()
    classes = frame[table.target] if table.metric == CLASSES else None
    seen, held_out = train_test_split(
        frame, test_size=TEST_SHARE, random_state=seed, stratify=classes
    )
    seen.to_csv(folder / "seen.csv", index=False)
    held_out.drop(columns=table.target).to_csv(folder / HELD_OUT, index=False)
    return held_out[table.target]


def _ours(table: RealTable, seed: int, given: argparse.Namespace) -> list[list[str]]:
    start = ["start", "--data", "seen.csv", "--target", table.target, "--test", "0"]
    start += ["--space", f"lr,wd,width={WIDTH[0]}:{WIDTH[1]}", "--trials", str(given.trials)]
    start += ["--folds", "5", "--seed", str(seed)]
    start += ["--workers", str(PROCESSES), *given.options.split()]
    predict = ["predict", "seen.model.npz", HELD_OUT, "-o", "predictions.csv"]
    return [[HPSEARCH, *each] for each in (start, ["finalize", "seen"], predict)]


def _peer(table: RealTable, seed: int, given: argparse.Namespace) -> list[list[str]]:
    options = {
        "--target": table.target,
        "--metric": table.metric,
        "--trials": given.trials,
        "--epochs": given.epochs,
        "--seed": seed,
    }
    command = [sys.executable, "-m", "benchmarks.peers.sklearn_table"]
    command += ["seen.csv", HELD_OUT, "predictions.csv"]
    command += [str(each) for pair in options.items() for each in pair]
    return [[*command, "--width", *map(str, WIDTH)]]


def _run(command: list[str], folder: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "HPSEARCH_STORAGE"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")


def _score(metric: str, truth: pd.Series, answers: Path) -> float:
    import pandas as pd
    from sklearn.metrics import accuracy_score, r2_score

    predicted = pd.read_csv(answers)["prediction"]
    if metric == CLASSES:
        return float(accuracy_score(truth.astype(str), predicted.astype(str)))
    return float(r2_score(truth, predicted))


def _is(record: Record, name: str, seed: int, side: str) -> bool:
    return (record["table"], record["seed"], record["side"]) == (name, seed, side)


def _read(path: Path | None) -> list[Record]:
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _write(path: Path | None, record: Record) -> None:
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def _text(records: Sequence[Record]) -> str:
    """A row for each table that both sides have finished, and the summary."""
    by_table: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for each in records:
        by_table[each["table"]][each["side"]].append(each)
    both = {name: sides for name, sides in by_table.items() if {OURS, PEER} <= set(sides)}
    rows = [_row(name, sides[OURS], sides[PEER]) for name, sides in both.items()]
    columns = ("table", "score", OURS, PEER, "difference", "rank", "times less", "processor")
    return f"{markdown_table(columns, rows)}\n\n{_summary(both)}" if rows else "nothing to compare"


def _row(name: str, ours: Sequence[Record], peer: Sequence[Record]) -> tuple[str, ...]:
    mine, other = _mean(ours, "score"), _mean(peer, "score")
    return (
        name,
        TABLES[name].metric,
        f"{mine:.4f}",
        f"{other:.4f}",
        f"{mine - other:+.4f}",
        f"{_rank(mine, other):g}",
        f"{_ratio(ours, peer, 'seconds'):.1f}",
        f"{_ratio(ours, peer, 'busy'):.1f}",
    )


def _summary(both: dict[str, dict[str, list[Record]]]) -> str:
    ranks = [_rank(_mean(s[OURS], "score"), _mean(s[PEER], "score")) for s in both.values()]
    single = [
        _rank(one["score"], other["score"])
        for sides in both.values()
        for one in sides[OURS]
        for other in sides[PEER]
        if one["seed"] == other["seed"]
    ]
    ours, peer = (
        [each for sides in both.values() for each in sides[side]] for side in (OURS, PEER)
    )
    rank, each = statistics.mean(ranks), statistics.mean(single)
    return (
        f"Mean rank of {OURS} by table {rank:.2f} against {3 - rank:.2f} ({len(ranks)} tables); "
        f"by table and seed {each:.2f} against {3 - each:.2f} ({len(single)}). In all "
        f"{_ratio(ours, peer, 'seconds'):.1f} times less time and "
        f"{_ratio(ours, peer, 'busy'):.1f} times less of the processor."
    )


def _mean(records: Sequence[Record], measure: str) -> float:
    return statistics.mean(each[measure] for each in records)


def _rank(mine: float, other: float) -> float:
    """1 is better; halves where both are equal."""
    return 1.0 if mine > other else 2.0 if mine < other else 1.5


def _ratio(ours: Sequence[Record], peer: Sequence[Record], measure: str) -> float:
    return sum(each[measure] for each in peer) / sum(each[measure] for each in ours)


if __name__ == "__main__":
    main()
