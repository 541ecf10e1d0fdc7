"""Many studies written into one file at once, each by a process of its own, while somebody reads.

`python -m tests.faults.crowd` lets 8 processes store 1,000 trials each, one transaction per trial,
and prints a row for `docs/reliability.md`. Nothing is trained: the trainer answers at once.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.instant_search import FACTS, ONE_STAGE, InstantTrainer, OneByOne
from hpsearch import bootstrap
from hpsearch.domain.trial import Evaluation, Trial
from hpsearch.search.driver import run_study
from hpsearch.store.database import create
from hpsearch.store.sql_store import SqlStudyStore

ROOT = Path(__file__).parents[2]
READS_PER_SECOND = 20


@dataclass(frozen=True)
class Crowd:
    """What came of it.

    Attributes:
        commits: seconds that each transaction took, waiting included.
        reads: seconds that each look at the whole database took.
        errors: what the writers said on stderr.
        largest_log: bytes of the write-ahead log at its largest.
        trials: trials of each study at the end.
    """

    commits: list[float]
    reads: list[float]
    errors: list[str]
    largest_log: int
    trials: list[int]


def crowd(folder: Path, writers: int, trials: int) -> Crowd:
    """Let so many processes write a study of so many trials each, and look 20 times a second."""
    database = folder / "hpsearch.db"
    create(database)
    processes = [_writer(database, number, trials) for number in range(writers)]
    for each in processes:
        assert each.stdout.readline() == "ready\n"
    for each in processes:
        each.stdin.write("go\n")
        each.stdin.flush()
    reads, largest = [], 0
    log = database.with_name("hpsearch.db-wal")
    while any(each.poll() is None for each in processes):
        started = time.perf_counter()
        with bootstrap.opened(f"sqlite:///{database}") as store:
            for summary in store.list_studies():
                assert len(store.load_study(summary.name).trials) >= summary.finished
        reads.append(time.perf_counter() - started)
        largest = max(largest, log.stat().st_size if log.exists() else 0)
        time.sleep(max(0.0, 1 / READS_PER_SECOND - reads[-1]))
    told = [each.communicate() for each in processes]
    with bootstrap.opened(f"sqlite:///{database}") as store:
        counts = [summary.finished for summary in store.list_studies()]
    commits = [seconds for out, _ in told for seconds in json.loads(out or "[]")]
    return Crowd(commits, reads, [err for _, err in told if err], largest, counts)


class Timed:
    """A store that remembers how long its transactions took."""

    def __init__(self, store: SqlStudyStore) -> None:
        self._store = store
        self.seconds: list[float] = []

    def add(
        self, study_id: int, evaluations: Sequence[Evaluation], finished: Sequence[Trial]
    ) -> None:
        """Store evaluations and the trials that they finish, in one transaction."""
        started = time.perf_counter()
        self._store.add(study_id, evaluations, finished)
        self.seconds.append(time.perf_counter() - started)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def write(database: str, number: int, trials: int) -> list[float]:
    """Run one study; the seconds of its transactions."""
    sections = {"search": {**ONE_STAGE, "trials": trials}, "space": {"text": "lr,wd"}}
    question = bootstrap.ask(None, sections, f"study-{number}")
    sampler = bootstrap.SAMPLERS[question.spec.sampler]()
    print("ready", flush=True)
    sys.stdin.readline()
    with bootstrap.opened(f"sqlite:///{database}") as store:
        study = store.create_study(question.name, question.spec, trials, FACTS, {})
        timed = Timed(store)
        with store.driving(study):
            list(
                run_study(study, store=timed, sampler=sampler, executor=OneByOne(InstantTrainer()))
            )
    return timed.seconds


def _writer(database: Path, number: int, trials: int) -> subprocess.Popen:
    order = ["--write", str(database), "--number", str(number), "--trials", str(trials)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.crowd", *order],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    """Be one of the writers, or start them all and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--write", help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        print(json.dumps(write(given.write, given.number, given.trials)))
        return
    with tempfile.TemporaryDirectory() as folder:
        found = crowd(Path(folder), given.writers, given.trials)
    cuts = quantiles(found.commits, n=100)
    print(
        f"| {given.writers} studies x {given.trials:,} trials | {len(found.commits):,} commits, "
        f"{len(found.reads):,} reads | {len(found.errors)} errors | commit median "
        f"{1000 * median(found.commits):.1f} ms, p99 {1000 * cuts[98]:.1f} ms, longest "
        f"{1000 * max(found.commits):.0f} ms; read median {1000 * median(found.reads):.0f} ms; "
        f"log at most {found.largest_log / 1e6:.1f} MB |"
    )
    print("\n".join(found.errors))


if __name__ == "__main__":
    main()
