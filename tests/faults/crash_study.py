"""A small study, and the truth about it against which a disturbed run is held."""

import json
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from hpsearch.bootstrap import opened
from hpsearch.errors import UnknownName
from hpsearch.reporting.export import export_json
from tests.command_line import PLAIN

# Half a second of training, in half a dozen cohorts.
STUDY = (
    *("start", "--data", "digits", "--space", "lr,wd", "--name", "crash", "--workers", "2"),
    *("--set", "hidden=16", "--epochs", "20", "--trials", "24", "--folds", "2"),
    *PLAIN,
)


@dataclass(frozen=True)
class Uninterrupted:
    """What a run of `STUDY` gives that nothing disturbs.

    Attributes:
        export: bytes of the canonical export.
        trials: its trials by number.
        seconds: how long the command took.
    """

    export: str
    trials: dict[int, dict]
    seconds: float

    def assert_holds(self, folder: Path, acknowledged: set[int]) -> bool:
        """Check the store that a killed run left; whether the study is in it.

        A copy is looked at, so that the next run meets the files just as the kill left them.
        """
        database = folder / "hpsearch.db"
        if not database.exists():
            assert not acknowledged
            return False
        copy = folder.parent / f"{folder.name}-copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in folder.glob("hpsearch.db*"):
            if path.is_file() and not path.name.endswith("-shm"):
                shutil.copy(path, copy)
        assert_sound(copy / "hpsearch.db")
        stored = stored_trials(copy)
        assert stored is not None or not acknowledged
        assert acknowledged <= (stored or {}).keys()
        for number, trial in (stored or {}).items():
            assert trial == self.trials[number]
        return stored is not None


def assert_sound(database: Path) -> None:
    """SQLite's own full checks find nothing wrong."""
    connection = sqlite3.connect(database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


def stored_trials(folder: Path) -> dict[int, dict] | None:
    """Trials of the study as they would be exported; None without the study."""
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        try:
            study = store.load_study("crash")
        except UnknownName:
            return None
    return {trial["number"]: trial for trial in json.loads(export_json(study))["trials"]}
