"""Studies made and read in this process, where a command would only cost time."""

from itertools import islice
from pathlib import Path
from typing import Any

from hpsearch.bootstrap import ask, opened, run_question
from hpsearch.domain.study import Study
from hpsearch.reporting.export import export_json

# What `tests.command_line.TINY` asks.
TINY_SECTIONS = {
    "data": {"name": "digits"},
    "split": {"folds": 2},
    "network": {"hidden": "8"},
    "training": {"epochs": 2},
    "space": {"text": "lr,wd"},
    "search": {"trials": 12, "stages": 1, "prune": "none", "confirm": 0},
}


def run_partly(database: Path, name: str, cohorts: int) -> None:
    """Ask the question of `TINY`, and train only so many cohorts."""
    with run_question(f"sqlite:///{database}", ask(None, TINY_SECTIONS, name), 1) as run:
        list(islice(run.events, 1 + cohorts))


def run_sections(
    folder: Path, sections: Any, name: str, workers: int = 1, cohorts: int | None = None
) -> None:
    """Run a question, or only so many of its cohorts, in the database of `folder`."""
    question = ask(None, sections, name)
    with run_question(f"sqlite:///{folder}/hpsearch.db", question, workers) as running:
        list(islice(running.events, None if cohorts is None else 1 + cohorts))


def stored(folder: Path, name: str) -> Study:
    """A study in the database of `folder`."""
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        return store.load_study(name)


def exported(folder: Path, name: str) -> str:
    """What `hpsearch export` prints of a study in the database of `folder`."""
    return export_json(stored(folder, name))
