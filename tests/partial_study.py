"""A study of which only a part was run."""

from itertools import islice
from pathlib import Path

from hpsearch.bootstrap import ask, run_question

# What `tests.command_line.TINY` asks.
TINY_SECTIONS = {
    "data": {"name": "digits"},
    "split": {"folds": 2},
    "network": {"hidden": "8"},
    "training": {"epochs": 2},
    "space": {"text": "lr,wd"},
    "search": {"trials": 12},
}


def run_partly(folder: Path, name: str, cohorts: int) -> None:
    """Ask the question of `TINY` in the database of `folder`, and train only so many cohorts."""
    storage, question = f"sqlite:///{folder}/hpsearch.db", ask(None, TINY_SECTIONS, name)
    with run_question(storage, question, 1) as run:
        list(islice(run.events, 1 + cohorts))
