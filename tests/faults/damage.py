"""Damage to a database file, and what hpsearch may make of it: refuse it, or answer rightly.

`python -m tests.faults.damage` tries some 800 files, and prints a row for `docs/reliability.md`.
"""

import argparse
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from hpsearch.bootstrap import opened
from hpsearch.errors import HpsearchError
from hpsearch.reporting.export import export_json
from tests.command_line import TINY, running, saved_numbers, succeed

FLIPS = 500


def answer(database: Path) -> str:
    """Everything that is ever read of the studies in a database, as text."""
    told = []
    with opened(f"sqlite:///{database}") as store:
        for summary in store.list_studies():
            study = store.load_study(summary.name)
            numbers = [each.number for each in study.trials]
            curves = store.curves(study.id, numbers)
            told += [str(summary), export_json(study)]
            told += [str(store.row_results(study.id, numbers)), str(store.finish_times(study.id))]
            told += [str([each.train_loss.tobytes() for each in own]) for own in curves.values()]
            told += [str(each) for each in store.evaluations(study.id, numbers)]
    return "\n".join(told)


def flipped(good: bytes, seed: int, count: int) -> Iterator[bytes]:
    """The file with one bit turned over, at places from a seed."""
    chance = random.Random(seed)
    for _ in range(count):
        damaged = bytearray(good)
        damaged[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


def cut_off(good: bytes, step: int = 512) -> Iterator[bytes]:
    """The file cut off at every `step` bytes."""
    for size in range(0, len(good), step):
        yield good[:size]


def overwritten(good: bytes, seed: int, count: int) -> Iterator[bytes]:
    """The file with a sector of 512 bytes lost: zeros, ones or random bytes in its place."""
    chance = random.Random(seed)
    for number in range(count):
        place = 512 * chance.randrange(len(good) // 512)
        sector = (bytes(512), b"\xff" * 512, chance.randbytes(512))[number % 3]
        yield good[:place] + sector + good[place + 512 :]


def outcomes(files: Iterable[bytes], right: set[str], path: Path) -> Counter[str]:
    """How often a damaged file was refused or answered rightly; it is never changed."""
    found: Counter[str] = Counter()
    for data in files:
        path.write_bytes(data)
        try:
            told = answer(path)
        except HpsearchError:
            found["refused"] += 1
        except Exception as error:  # what a command would show as a traceback
            found[f"traceback: {error!r}"] += 1
        else:
            found["right" if told in right else "wrong"] += 1
        assert path.read_bytes() == data
    return found


def with_damaged_log(folder: Path, seed: int, count: int) -> Counter[str]:
    """Damage the write-ahead log of a killed study; what is told must be what had been stored.

    A log that was cut off holds fewer trials, each of them as it was.
    """
    chance, found = random.Random(seed), Counter()
    with running(*TINY, "--trials", "200", "--workers", "1", cwd=folder) as live:
        live.wait_for("saved")
        live.process.kill()
        live.process.wait()
        assert saved_numbers(live.stderr())
    database = folder / "hpsearch.db"
    log = database.with_name("hpsearch.db-wal")
    whole, good = log.read_bytes(), database.read_bytes()
    right = {_trials(database)}
    for number in range(count):
        database.write_bytes(good)
        damaged = bytearray(whole)
        if number % 2:
            damaged = damaged[: chance.randrange(len(whole))]
        else:
            damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        log.write_bytes(damaged)
        try:
            told = _trials(database)
        except HpsearchError:
            found["refused"] += 1
        else:
            found["right" if any(each.startswith(told) for each in right) else "wrong"] += 1
    return found


def _trials(database: Path) -> str:
    """The trials of the first study, one after the other."""
    with opened(f"sqlite:///{database}") as store:
        for summary in store.list_studies():
            trials = store.load_study(summary.name).trials
            return "\n".join(f"{each.number} {each.score} {each.configuration}" for each in trials)
    return ""


def main() -> None:
    """Damage a small database in every way, and print how often it was refused or answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    seed = parser.parse_args().seed
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "good").mkdir()
        succeed(*TINY, "--trials", "80", cwd=folder / "good")
        database = folder / "good" / "hpsearch.db"
        good, right = database.read_bytes(), {answer(database)}
        path = folder / "damaged.db"
        files = {
            "a flipped bit": flipped(good, seed, FLIPS),
            "cut off": cut_off(good),
            "a lost sector": overwritten(good, seed, FLIPS // 4),
            "random bytes": (
                random.Random(seed).randbytes(size) for size in range(0, 50_000, 5000)
            ),
        }
        for what, damaged in files.items():
            print(_row(what, outcomes(damaged, right, path)), flush=True)
        shutil.rmtree(folder / "good")
        (folder / "good").mkdir()
        print(_row("a damaged log", with_damaged_log(folder / "good", seed, 50)))


def _row(what: str, found: Counter[str]) -> str:
    counts = "; ".join(f"{number} {how}" for how, number in sorted(found.items()))
    return f"| {what} | {found.total()} | {counts} |"


if __name__ == "__main__":
    main()
