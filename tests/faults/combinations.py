"""Surroundings that must not matter: one study gives one export, wherever and however it is run.

Workers, seeds of Python's hashes, folder, language, time zone, threads that BLAS would like to use,
priority, and runs that a time limit ends early are drawn from a seed.
"""

import random
from dataclasses import dataclass
from pathlib import Path

from tests.command_line import run
from tests.faults.invariants import demand
from tests.faults.short_studies import FILE, NAME, ShortStudy, truth_of
from tests.stored_studies import exported

STUDIES = (
    ShortStudy("random", is_halved=True),
    ShortStudy("tpe"),
    ShortStudy("sobol", is_halved=True),
    ShortStudy("random"),
)
FOLDERS = ("a", "two words", "dépôt-λ", "deep/er/still", "-x")
LANGUAGES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.eucJP", "")
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "")
TIMEOUTS = ("0.001", "1s", "2s")
ATTEMPTS = 6  # runs that a time limit may end before one without


@dataclass(frozen=True)
class Surroundings:
    """How one study is run.

    Attributes:
        folder: where, below another folder.
        environment: variables.
        timeouts: time limits of the runs before the last.
        workers: of each run in turn.
    """

    study: ShortStudy
    folder: str
    environment: tuple[tuple[str, str], ...]
    timeouts: tuple[str, ...]
    workers: tuple[int, ...]


def drawn(seed: int) -> Surroundings:
    """Surroundings; the studies take turns from seed to seed."""
    chance = random.Random(seed)
    timeouts = tuple(chance.choices(TIMEOUTS, k=chance.choice((0, 0, 1, 2))))
    language, zone = chance.choice(LANGUAGES), chance.choice(ZONES)
    variables = {
        "PYTHONHASHSEED": str(chance.randrange(2**32)),
        "LC_ALL": language,
        "LANG": language,
        "TZ": zone,
        "OMP_NUM_THREADS": chance.choice(("1", "2", "8")),
        "OPENBLAS_NUM_THREADS": chance.choice(("1", "2", "8")),
        "COLUMNS": chance.choice(("20", "80", "300")),
        "PYTHONUTF8": chance.choice(("0", "1")),
    }
    return Surroundings(
        study=STUDIES[seed % len(STUDIES)],
        folder=chance.choice(FOLDERS),
        environment=tuple(variables.items()),
        timeouts=timeouts,
        workers=tuple(chance.choice((1, 2, 4)) for _ in range(len(timeouts) + 1)),
    )


def export_in(surroundings: Surroundings, base: Path) -> str:
    """Run the study there to its end; its export.

    Raises:
        Broken: a run did not end well.
    """
    folder = base / surroundings.folder
    folder.mkdir(parents=True)
    surroundings.study.write(folder)
    variables = dict(surroundings.environment)
    for workers, limit in zip(surroundings.workers, (*surroundings.timeouts, None), strict=True):
        timeout = ("--timeout", limit) if limit else ()
        line = ("start", FILE, "--workers", str(workers), *timeout)
        result = run(*line, cwd=folder, timeout=300, **variables)
        demand(result.returncode == 0, f"code {result.returncode}:\n{result.stderr}")
    return exported(folder, NAME)


def check(seed: int, base: Path) -> None:
    """The export in surroundings drawn from `seed` is that of an undisturbed run.

    Raises:
        Broken: it differs.
    """
    surroundings = drawn(seed)
    export = export_in(surroundings, base)
    demand(export == truth_of(surroundings.study).export, f"I6: another export in {surroundings}")
