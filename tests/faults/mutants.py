"""The real command line with one promise broken: `python mutants.py NAME start ...`.

Each of these is a way to get it wrong that a harness worth its name must find.
"""

import contextlib
import random
import sys
from collections.abc import Callable
from typing import Any

from hpsearch.cli.main import main


def tells_before_the_commit() -> None:
    """Trials are acknowledged just before they are stored."""
    import typer

    from hpsearch.reporting.text import number_list
    from hpsearch.store.sql_store import SqlStudyStore

    stored = SqlStudyStore.add

    def add(self: Any, study_id: int, evaluations: Any, finished: Any) -> None:
        if finished:
            numbers = number_list([each.number for each in finished])
            typer.echo(f"saved {numbers} (soon)", err=True)
        stored(self, study_id, evaluations, finished)

    SqlStudyStore.add = add  # type: ignore[method-assign]


def commits_one_cohort_late() -> None:
    """A cohort is stored when the next one comes, or when something is read."""
    from hpsearch.store.sql_store import SqlStudyStore

    stored, waiting = SqlStudyStore.add, []

    def add(self: Any, *cohort: Any) -> None:
        flush(self)
        waiting.append(cohort)

    def flush(self: Any) -> None:
        while waiting:
            stored(self, *waiting.pop(0))

    SqlStudyStore.add = add  # type: ignore[method-assign]
    for name in ("judge", "evaluations", "close"):
        setattr(SqlStudyStore, name, _after(flush, getattr(SqlStudyStore, name)))


def _after(flush: Callable[[Any], None], method: Any) -> Any:
    def flushed(self: Any, *given: Any) -> Any:
        flush(self)
        return method(self, *given)

    return flushed


def draws_without_a_seed() -> None:
    """Random search takes whatever comes."""
    from hpsearch.sampling import random_search

    random_search.drawn_unit = lambda *_: random.random()


def proposes_in_order_of_completion() -> None:
    """A sampler is told of trials in the order in which they ended."""
    from hpsearch.search.history import History

    def before(self: Any, number: int) -> Any:
        return [each for each in self.ended.values() if each.number < number]

    History.before = before  # type: ignore[method-assign]


def drives_without_a_lock() -> None:
    """Nobody keeps two drivers from running one study."""
    from hpsearch.store.place import Place

    Place.driving = lambda *_: contextlib.nullcontext()  # type: ignore[assignment,method-assign]


def trains_without_a_seed() -> None:
    """The order of minibatches and the first weights are new in every run of a worker."""
    import numpy as np

    from hpsearch.domain import seeds

    seeds.generator = lambda *_: np.random.default_rng()  # type: ignore[assignment]


def stores_twice() -> None:
    """A cohort is stored in two transactions: its trainings, then the trials that they end."""
    import time

    from hpsearch.store.sql_store import SqlStudyStore

    stored = SqlStudyStore.add

    def add(self: Any, study_id: int, evaluations: Any, finished: Any) -> None:
        stored(self, study_id, evaluations, ())
        time.sleep(0.01)  # as long as a slow disk takes
        stored(self, study_id, (), finished)

    SqlStudyStore.add = add  # type: ignore[method-assign]


def ends_by_the_time_of_day() -> None:
    """A time limit looks at the clock on the wall. No kill finds that, a clock that jumps does."""
    import time

    from hpsearch.execution.deadline import deadline

    deadline.__defaults__ = (time.time,)


MUTANTS = {
    each.__name__: each
    for each in (
        tells_before_the_commit,
        commits_one_cohort_late,
        draws_without_a_seed,
        trains_without_a_seed,
        proposes_in_order_of_completion,
        drives_without_a_lock,
        stores_twice,
        ends_by_the_time_of_day,
    )
}

if __name__ == "__main__":
    MUTANTS[sys.argv.pop(1)]()
    main()
