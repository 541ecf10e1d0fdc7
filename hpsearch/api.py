"""hpsearch in Python: the same searches as on the command line, on frames and arrays.

from hpsearch.api import search, load, load_model

found = search(frame, "churned", "lr,wd,dropout,width", trials=60)
found.best(5)
model = found.finalize("churn.model.npz")
model.predict(new_frame)
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from hpsearch import bootstrap, finalization
from hpsearch.data import in_memory
from hpsearch.domain.keywords import keyword_sections
from hpsearch.domain.names import default_name
from hpsearch.domain.study import Study
from hpsearch.errors import InvalidInput
from hpsearch.estimates import worker_count
from hpsearch.estimator import MLPSearchCV
from hpsearch.execution.blas import one_thread
from hpsearch.model.model_file import load as load_model
from hpsearch.model.trained_model import Model
from hpsearch.progress import Progress
from hpsearch.reporting.best import best_rows, best_text
from hpsearch.reporting.export import trials_frame
from hpsearch.reporting.final_test import test_note
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.study_text import show_text
from hpsearch.reporting.text import wrapped
from hpsearch.settings import settings as environment
from hpsearch.store.inspection import path_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MLPSearchCV", "Search", "load", "load_model", "search"]

USUAL_TEST = 0.2  # of arrays, as of tables


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Search:
    """A study in a database; its methods read what is stored, or go on with it.

    Attributes:
        name: of the study.
        storage: URL of the database.
        workers: processes that train; None is one per core.
        is_told: whether progress is written to stderr.
    """

    name: str
    storage: str
    workers: int | None = None
    is_told: bool = True

    @property
    def study(self) -> Study:
        """The study as it is stored now."""
        with bootstrap.opened(self.storage) as store:
            return store.load_study(self.name)

    def best(self, count: int = 5) -> pd.DataFrame:
        """The best trials: rank, number, scores, and a column for each hyperparameter."""
        import pandas as pd

        rows = [
            {key: row[key] for key in ("rank", "number", "score", "confirmed_score")}
            | {f"params_{name}": value for name, value in row["configuration"].items()}
            for row in best_rows(self.study, count)
        ]
        return pd.DataFrame(rows)

    def trials_dataframe(self) -> pd.DataFrame:
        """All trials, with the column names of Optuna's frame of that name."""
        with (
            bootstrap.opened(self.storage) as store,
            store.summarised(self.name) as (_, trials),
        ):
            return trials_frame(trials)

    def plot(self, index: int = 0) -> Picture:
        """A picture of the report, which a notebook shows; the first is the most telling.

        Raises:
            InvalidInput: there is no such picture.
        """
        from hpsearch.reporting.pictures.album import pictures
        from hpsearch.reporting.pictures.style import drawn

        with bootstrap.opened(self.storage) as store:
            study = store.load_study(self.name)
            drawings = pictures(study, partial(store.curves, study.id))
        if not 0 <= index < len(drawings):
            raise InvalidInput(f"there is no picture `{index}` of {len(drawings)}", "count from 0")
        return drawn(drawings[index])

    def resume(self, trials: int | None = None) -> Search:
        """Go on to the end of the plan, or to `trials` in all."""
        workers = worker_count(self.study.spec, self.workers, environment(self.storage))
        with (
            one_thread(),
            Progress(is_told=self.is_told) as progress,
            bootstrap.resume(self.storage, self.name, workers, trials) as run,
        ):
            progress.follow(run)
        return self

    def finalize(
        self,
        output: str | Path | None = None,
        *,
        seeds: int = finalization.NETWORKS,
        trial: int | None = None,
        again: bool = False,
        force: bool = False,
    ) -> Model:
        """Train the best configuration on all rows, open the test part once, save the model.

        Args:
            output: file of the model; None is `NAME.model.npz` beside the database, with which a
                temporary one goes.
            seeds: networks that are trained and answer together.
            trial: number of the trial whose configuration is trained; None is the best.
            again: whether the test part may be opened once more.
            force: whether an existing file may be replaced.

        Raises:
            HpsearchError: the test part was opened before, or a file is in the way.
        """
        usual = path_of(self.storage).with_name(f"{self.name}.model.npz")
        wish = finalization.Wish(
            name=self.name,
            networks=seeds,
            output=usual if output is None else Path(output),
            trial=trial,
            is_again=again,
            replaces=force,
        )
        with one_thread(), Progress(is_told=self.is_told) as progress:
            finished = finalization.finalize(self.storage, wish)
            progress.tell(wrapped(test_note(finished.study)))
        return finished.model

    def __str__(self) -> str:
        """Question, progress, ranges and the best, as `hpsearch show` prints them."""
        study = self.study
        return show_text(study, bootstrap.known_data(study))

    def __repr__(self) -> str:
        """Name, progress and the best trial."""
        study = self.study
        head = f"study {study.name}: {len(study.trials)} of {study.trial_count} trials"
        return f"{head}\n{best_text(study, 1)}" if study.is_finished else head


def search(
    data: pd.DataFrame | NDArray[Any] | str | Path,
    target: str | NDArray[Any] | None = None,
    space: str | Mapping[str, Any] = "lr,wd",
    *,
    name: str | None = None,
    storage: str | None = None,
    workers: int | None = None,
    progress: bool = True,
    **settings: Any,
) -> Search:
    """Search hyperparameters, or go on with the search of that name in `storage`.

    Args:
        data: a frame, an array of inputs, a file, or the name of a built-in set. An array of two
            dimensions is taken for a table whose columns are standardised; one of more, or of
            8-bit numbers, for images.
        target: column to be predicted; with an array, the targets.
        space: what to search, as on the command line, or a table as in a study file.
        name: of the study.
        storage: URL of the database. None keeps it in a temporary folder, which goes with what is
            returned. Frames and arrays are written into a folder beside it.
        workers: processes that train; None is one per core.
        progress: whether to tell of it on stderr.
        settings: any other key of a study file: `trials=60`, `folds=5`, `hidden="64,32"`,
            `metric="roc_auc"`, `seed=1`. `tries` are configurations of one's own.

    Raises:
        HpsearchError: anything in it that makes no sense.
    """
    if storage is not None:
        return _searched(
            data,
            target,
            space,
            name,
            settings,
            Search(name="", storage=storage, workers=workers, is_told=progress),
        )
    folder = tempfile.mkdtemp(prefix="hpsearch-")
    try:
        blank = Search(
            name="", storage=f"sqlite:///{folder}/hpsearch.db", workers=workers, is_told=progress
        )
        found = _searched(data, target, space, name, settings, blank)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


def _searched(
    data: pd.DataFrame | NDArray[Any] | str | Path,
    target: str | NDArray[Any] | None,
    space: str | Mapping[str, Any],
    name: str | None,
    settings: Mapping[str, Any],
    blank: Search,
) -> Search:
    """Run a search to its end.

    Args:
        blank: where and how it is run; its name is yet to be found.
    """
    sections = keyword_sections(settings)
    database = path_of(blank.storage)
    given = data_section(data, target, database.with_name(f"{database.name}.data"))
    is_file = isinstance(data, str | Path)
    usual = {} if is_file else {"test": USUAL_TEST}
    sections["data"] = usual | sections.get("data", {}) | given
    sections["space"] = {"text": space} if isinstance(space, str) else dict(space)
    question = bootstrap.ask(None, sections, name)
    if name is None and not is_file:  # the file's name says nothing
        stem = target if isinstance(target, str) else "data"
        question = replace(question, name=default_name(stem, tuple(question.spec.space)))
    known = bootstrap.stored_study(blank.storage, question)
    if known is None or not known.is_finished:
        count = worker_count(question.spec, blank.workers, environment(blank.storage))
        with (
            one_thread(),
            Progress(is_told=blank.is_told) as progress,
            bootstrap.run_question(blank.storage, question, count) as run,
        ):
            progress.follow(run)
    return replace(blank, name=question.name)


def load(name: str, storage: str | None = None, *, workers: int | None = None) -> Search:
    """A study that is stored already.

    Args:
        storage: URL of the database; None is that of the command line.

    Raises:
        UnknownName: there is none of that name.
    """
    found = Search(name=name, storage=environment(storage).storage, workers=workers)
    assert found.study.name == name
    return found


def data_section(
    data: pd.DataFrame | NDArray[Any] | str | Path,
    target: str | NDArray[Any] | None,
    folder: Path,
) -> dict[str, Any]:
    """Where a search finds data that are handed over; what is not in a file is written to one.

    Raises:
        InvalidInput: a frame without a target column, or an array without targets.
    """
    if isinstance(data, str | Path):
        return {"name": str(data)} | ({} if target is None else {"target": target})
    if hasattr(data, "columns"):
        if not isinstance(target, str):
            raise InvalidInput("a frame needs the name of its target", 'give `target="column"`')
        frame = cast("pd.DataFrame", data)
        return {"name": str(in_memory.table_file(frame, folder)), "target": target}
    x, y = np.asarray(data), np.asarray(target)
    if target is None or isinstance(target, str):
        raise InvalidInput("an array needs its targets", "give them as the second argument")
    if x.ndim == 2 and x.dtype != np.uint8:
        frame = in_memory.named_frame(x, y)
        return {"name": str(in_memory.table_file(frame, folder)), "target": in_memory.TARGET}
    return {"name": str(in_memory.archive_file(x, y, folder))}
