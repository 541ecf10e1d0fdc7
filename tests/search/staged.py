"""Staged studies of the landscape in a real database: run, stopped after a write, gone on with."""

import contextlib
import random
import sqlite3
from dataclasses import dataclass

from hpsearch.bootstrap import SAMPLERS
from hpsearch.data.built_in import card
from hpsearch.domain.spec_text import study_spec
from hpsearch.reporting.export import export_json
from hpsearch.search.driver import run_study
from tests.search.landscape import Landscape
from tests.store.examples import FACTS, VERSIONS, opened

SECTIONS = {
    "data": {"name": "digits"},
    "split": {"folds": 2},
    "training": {"epochs": 12},
    "space": {"text": "lr=1e-5:1e-2,wd"},
}


@dataclass(frozen=True)
class InAnyOrder:
    """Trains so many evaluations at a time, in an order of its own, as workers may finish."""

    seed: int = 0
    cohort: int = 9

    def evaluate(self, planned):
        shuffled = random.Random(self.seed).sample(planned, len(planned))
        for start in range(0, len(shuffled), self.cohort):
            yield Landscape().evaluate(shuffled[start : start + self.cohort])


class Ending:
    """Trains so many cohorts, then no more: its time is over."""

    def __init__(self, cohorts):
        self.cohorts = cohorts

    def evaluate(self, planned):
        for cohort in InAnyOrder().evaluate(planned):
            if not self.cohorts:
                return
            self.cohorts -= 1
            yield cohort


class Watched:
    """A store that calls `after_write` whenever something has been stored."""

    def __init__(self, store, after_write):
        self.store, self.after_write = store, after_write
        self.evaluations = store.evaluations
        self.note_time_limit = store.note_time_limit
        self.keep_overview = store.keep_overview

    def add(self, *values):
        self.store.add(*values)
        self.after_write()

    def judge(self, *values):
        study = self.store.judge(*values)
        self.after_write()
        return study


def asked(path, search=(), trials=60, **sections):
    """A database with one staged study, not yet run."""
    spec, _ = study_spec({**SECTIONS, **sections, "search": dict(search)}, card("digits"))
    with contextlib.closing(opened(path)) as store:
        store.create_study("example", spec, trials, FACTS, VERSIONS)
    return path


def run(path, executor=InAnyOrder(), after_write=lambda: None):
    """Run a stored study to its end, as a command does; its events, and the study as it is then."""
    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example")
        sampler = SAMPLERS[study.spec.sampler]()
        if sampler.is_independent:
            study = store.load_to_run("example")
        watched = Watched(store, after_write)
        events = list(run_study(study, store=watched, sampler=sampler, executor=executor))
        return events, store.load_study("example")


def snapshots(path, folder, executor=InAnyOrder()):
    """Run a study, and keep the database as it was after each write."""
    kept = []

    def keep():
        kept.append(folder / f"after-{len(kept)}.db")
        with (
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(kept[-1])) as target,
        ):
            source.backup(target)

    _, study = run(path, executor, keep)
    return kept, export_json(study)
