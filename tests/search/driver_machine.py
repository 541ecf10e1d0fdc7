"""The driver as a state machine: started, killed, gone on with and lengthened in any order.

The database and the driver are the real ones; only trainings take no time. A kill leaves what a
killed process leaves: the files as they are at that instant, write-ahead log included. The model is
what was told as saved, and what an undisturbed study of the same length gives.
"""

import contextlib
import functools
import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hpsearch.bootstrap import SAMPLERS
from hpsearch.errors import StudyBusy
from hpsearch.reporting.export import export_json
from hpsearch.search.driver import run_study
from tests.search.staged import InAnyOrder, asked, run
from tests.store.examples import opened, values

PLAIN = {"stages": 1, "prune": "none", "confirm": 0, "generation": 4}
SEARCHES = {
    "random": {**PLAIN, "sampler": "random"},
    "sobol": {**PLAIN, "sampler": "sobol"},
    "tpe": {**PLAIN, "sampler": "tpe"},
    "halved": {"stages": 1, "prune": "halving", "confirm": 2},
    "halved sobol": {"stages": 1, "prune": "halving", "confirm": 2, "sampler": "sobol"},
    "staged": {"stages": 2, "prune": "halving", "confirm": 1},
}
TRIALS = {"random": 9, "sobol": 9, "tpe": 14, "halved": 18, "halved sobol": 18, "staged": 42}
LEARNS = {"space": {"text": "lr=1e-3:1,wd"}}
FILES = ("a.db", "a.db-wal")


@functools.cache
def untouched(search: str, trials: int) -> Path:
    """A database with one study that was never run."""
    folder = Path(tempfile.mkdtemp(prefix="hpsearch-untouched-"))
    return asked(folder / "a.db", SEARCHES[search], trials, **LEARNS)


@functools.cache
def undisturbed(search: str, trials: int, longer: tuple[int, ...] = ()) -> str:
    """The export of a study that was run to its end, then lengthened so and run again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(untouched(search, trials), folder))
        for total in (None, *longer):
            if total is not None:
                lengthened(path, total)
            _, study = run(path)
        return export_json(study)


def lengthened(path: Path, total: int) -> None:
    with contextlib.closing(opened(path)) as store:
        store.lengthen(store.load_study("example"), total)


class DriverMachine(RuleBasedStateMachine):
    """One study, whatever happens to it."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="hpsearch-machine-"))
        self.abandoned = contextlib.ExitStack()
        self.events = self.path = None
        self.lives = 0
        self.told: set[int] = set()
        self.known: dict = {}

    @initialize(search=st.sampled_from(sorted(SEARCHES)))
    def ask(self, search):
        self.search, self.planned, self.longer = search, TRIALS[search], ()
        self.path = self._moved_to_a_new_folder(untouched(search, self.planned).parent)

    @precondition(lambda self: self.events is None)
    @rule(order=st.integers(0, 9), cohort=st.integers(1, 12))
    def start(self, order, cohort):
        store = self.abandoned.enter_context(contextlib.closing(opened(self.path)))
        study = store.load_study("example")
        self.abandoned.enter_context(store.driving(study))
        self.events = run_study(
            study,
            store=store,
            sampler=SAMPLERS[study.spec.sampler](),
            executor=InAnyOrder(order, cohort),
        )
        self.abandoned.callback(self.events.close)

    @precondition(lambda self: self.events is not None)
    @rule(count=st.integers(1, 8))
    def finish_cohorts(self, count):
        for _ in range(count):
            event = next(self.events, None)
            if event is None:
                self._end()
                return
            numbers = {trial.number for trial in getattr(event, "trials", ())}
            assert not numbers & self.told  # nothing is saved twice
            self.told |= numbers

    @precondition(lambda self: self.events is not None)
    @rule()
    def kill(self):
        self.path = self._moved_to_a_new_folder(self.path.parent)
        self._end()

    @precondition(lambda self: self.events is not None)
    @rule()
    def another_driver_is_refused(self):
        with contextlib.closing(opened(self.path)) as store:
            try:
                with store.driving(store.load_study("example")):
                    raise AssertionError("two drivers")
            except StudyBusy:
                pass

    @precondition(lambda self: self.events is None)
    @rule(more=st.integers(1, 9))
    def lengthen(self, more):
        study = self._study()
        total = study.trial_count + more
        if study.is_finished:
            self.longer += (total,)
        elif study.grows and study.stages[-1].result is None and not self.longer:
            self.planned = total  # as if it had been planned so
        elif study.grows and study.stages[-1].result is None:
            self.longer = (*self.longer[:-1], total)
        else:
            return  # what it is then depends on which decisions were made before
        lengthened(self.path, total)

    @invariant()
    def what_was_told_is_stored_and_does_not_change(self):
        if self.path is None:
            return
        trials = {trial.number: values(trial)[:5] for trial in self._study().trials}
        assert self.told <= trials.keys()
        assert self.known.items() <= trials.items()
        self.known = trials

    def teardown(self):
        try:
            if self.path is not None:
                self._end()
                _, study = run(self.path)
                assert study.is_finished
                true = undisturbed(self.search, self.planned, self.longer)
                assert export_json(study) == true
        finally:
            self.abandoned.close()
            shutil.rmtree(self.base)

    def _study(self):
        with contextlib.closing(opened(self.path)) as store:
            return store.load_study("example")

    def _moved_to_a_new_folder(self, source: Path) -> Path:
        self.lives += 1
        target = self.base / str(self.lives)
        target.mkdir()
        for name in FILES:
            if (source / name).exists():
                shutil.copy(source / name, target)
        return target / FILES[0]

    def _end(self) -> None:
        self.abandoned.close()
        self.events = None
