"""The store of studies in one SQLite file. One public method is one transaction.

Values go in and come out; no row leaves this module.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from hpsearch.domain.dataset import DataFacts, DatasetCard
from hpsearch.domain.imported import FoundTrials, ImportedStudy, Searched
from hpsearch.domain.opening import Opening
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.study import Stage, StageResult, Study, StudySummary
from hpsearch.domain.trial import Curve, Evaluation, Trial
from hpsearch.domain.trial_summary import TrialSummary
from hpsearch.errors import NotOurs, StoreRefused, StoreUnusable, StudyBusy, UnknownName
from hpsearch.store import imports, kept_overviews, mapping, plans, reading, trials
from hpsearch.store.changing import change
from hpsearch.store.database import create, engine_for
from hpsearch.store.faults import readable, translated
from hpsearch.store.file_lock import HeldElsewhere
from hpsearch.store.inspection import HEAD, inspect
from hpsearch.store.place import Place
from hpsearch.store.rows import EVALUATIONS, OPENINGS, STAGES, STUDIES, TIME_LIMITS, TRIALS
from hpsearch.store.signals import held_back
from hpsearch.store.summaries import summaries


class SqlStudyStore:
    """Studies in the SQLite file at `path`.

    Args:
        path: the file.
        describe: what is known of a data set, by name; a stored question is read with it.
        clock: the current time in UTC.
        is_new_allowed: whether a missing file is made.

    Raises:
        UnknownName: the file is missing.
        StoreRefused: it is corrupt, foreign, newer, or needs `hpsearch db upgrade`.
    """

    def __init__(
        self,
        path: Path,
        *,
        describe: Callable[[str], DatasetCard],
        clock: Callable[[], datetime],
        is_new_allowed: bool = False,
    ) -> None:
        if is_new_allowed:
            create(path)
        if not path.exists():
            raise UnknownName("storage", str(path), (), "start a study, or give `--storage`")
        if (revision := inspect(path)) != HEAD:
            raise StoreRefused(
                f"`{path}` has the older schema {revision}", "run `hpsearch db upgrade` first"
            )
        self.path = path
        self._describe, self._clock = describe, clock
        self._place = Place(path)
        self._engine = engine_for(self._place.readable)

    def close(self) -> None:
        """Close the database; the last one to do so empties the write-ahead log.

        Where the disk does not even give the lock for that, the log stays: it holds all that was
        saved, and whoever opens the database next reads it.
        """
        with contextlib.suppress(OSError), self._place.closing():
            self._engine.dispose()

    def create_study(
        self,
        name: str,
        spec: StudySpec,
        trial_count: int,
        data: DataFacts,
        versions: Mapping[str, str],
    ) -> Study:
        """Store a new question with its stages; the space of the first is known.

        Raises:
            NameTaken: there is a study of that name.
        """
        with self._writing() as connection:
            reading.refuse_taken(connection, name)
            values = mapping.study_values(name, spec, data, versions, self._clock())
            connection.execute(insert(STUDIES), values)
            study_id = connection.scalar(select(STUDIES.c.id).where(STUDIES.c.name == name))
            stages = mapping.planned_stages(study_id or 0, spec, trial_count)
            connection.execute(insert(STAGES), stages)
            return self._study(connection, name)

    def load_study(self, name: str, best: int | None = None) -> Study:
        """A study with all its trials, by number, without learning curves.

        Args:
            best: read only so many of the best trials, and how all the others ended (see `Study`);
                0 is for what its plan is and how far it has come; None reads all.

        Raises:
            UnknownName: no such study; the error names the closest one.
            NotOurs: it was imported.
        """
        with self._reading() as connection:
            return self._study(connection, name, best)

    def load_to_run(self, name: str) -> Study:
        """A study as by `load_study`, in part: its best trial, and what is left unfinished."""
        with self._reading() as connection:
            row = self._own_row(connection, name)
            with readable(self.path):
                return reading.study_to_run(connection, row, self._describe)

    @contextlib.contextmanager
    def streamed(self, name: str) -> Iterator[tuple[Searched, Iterator[Trial]]]:
        """A study, read in part if ours, and all its trials, as of one moment.

        Nothing else can be asked of this store until the end.

        Raises:
            UnknownName: no such study; the error names the closest one.
        """
        with self._reading() as connection:
            study = self._searched(connection, name, best=0)
            yield study, trials.ended(connection, study.id, self.path, trials.trial)

    @contextlib.contextmanager
    def summarised(self, name: str) -> Iterator[tuple[Searched, Iterator[TrialSummary]]]:
        """The same with a line for each trial, as tables have them, which takes half the time."""
        with self._reading() as connection:
            study = self._searched(connection, name, best=0)
            yield study, trials.ended(connection, study.id, self.path, trials.summary)

    def list_studies(self) -> list[StudySummary]:
        """All studies, the newest last."""
        with self._reading() as connection, readable(self.path):
            return summaries(connection)

    def import_study(self, name: str, found: FoundTrials) -> ImportedStudy:
        """Store a study that was found elsewhere, as a whole.

        Raises:
            NameTaken: there is a study of that name.
        """
        with self._writing() as connection:
            reading.refuse_taken(connection, name)
            return imports.store(connection, name, found, self._clock())

    def load_searched(self, name: str, best: int | None = None) -> Searched:
        """A study of our own as by `load_study`, or an imported one, which is read as a whole."""
        with self._reading() as connection:
            return self._searched(connection, name, best)

    def add(
        self, study_id: int, evaluations: Sequence[Evaluation], finished: Sequence[Trial]
    ) -> None:
        """Store evaluations and the trials that they finish, in one transaction.

        Raises:
            StoreUnusable: nothing of it was stored.
        """
        now = self._clock()
        rows = [mapping.evaluation_values(study_id, each) for each in evaluations]
        ended = [mapping.trial_values(study_id, trial, now) for trial in finished]
        with self._writing() as connection:
            if rows:
                connection.execute(insert(EVALUATIONS), rows)
            if ended:
                connection.execute(insert(TRIALS), ended)

    def finalize(
        self, study: Study, evaluations: Sequence[Evaluation], opening: Opening | None
    ) -> Study:
        """Store final trainings, and the look at the test part that they end with if there is one.

        Call it before anybody sees a score of the test part.
        """
        rows = [mapping.evaluation_values(study.id, each) for each in evaluations]
        with self._writing() as connection:
            if rows:
                connection.execute(insert(EVALUATIONS), rows)
            if opening is not None:
                values = mapping.opening_values(study.id, opening)
                connection.execute(insert(OPENINGS), values)
            return self._study(connection, study.name)

    def note_time_limit(self, study_id: int, seconds: float, trials: int) -> None:
        """Keep that a time limit of `seconds` ended a run when so many trials had ended."""
        values = mapping.time_limit_values(study_id, seconds, trials, self._clock())
        with self._writing() as connection:
            connection.execute(insert(TIME_LIMITS), values)

    def judge(self, study: Study, stage: Stage, result: StageResult) -> Study:
        """Store what was decided at the end of a stage, with the space that the next one searches.

        Where the search need not go on, the stages that were planned after it are given up.
        """
        with self._writing() as connection:
            plans.judge(connection, study.id, stage.number, result)
            return self._planned_anew(connection, study)

    def keep_overview(self, study: Study) -> None:
        """Keep what is said of all trials, if they are too many to be read for it each time.

        Nothing needs it: where it cannot be written, nothing is kept.
        """
        with self._reading() as connection, readable(self.path):
            values = kept_overviews.to_keep(connection, study)
        if values is not None:
            with contextlib.suppress(StoreUnusable), self._writing() as connection:
                kept_overviews.keep(connection, values)

    def evaluations(self, study_id: int, numbers: Sequence[int]) -> list[Evaluation]:
        """Evaluations of these trials with their learning curves, of every purpose."""
        with self._reading() as connection, readable(self.path):
            return trials.evaluations_of(connection, study_id, numbers)

    def curves(self, study_id: int, numbers: Sequence[int]) -> dict[int, list[Curve]]:
        """Learning curves of the search, by trial number, in the order of repeat and fold."""
        with self._reading() as connection, readable(self.path):
            return trials.curves_of(connection, study_id, numbers)

    def row_results(self, study_id: int, numbers: Sequence[int]) -> trials.RowResults:
        """What the search made of each validation row, packed, by trial, then repeat and fold."""
        with self._reading() as connection, readable(self.path):
            return trials.row_results_of(connection, study_id, numbers)

    def finish_times(self, study_id: int) -> dict[int, datetime]:
        """When each trial was stored, UTC."""
        with self._reading() as connection, readable(self.path):
            return trials.finish_times_of(connection, study_id)

    def lengthen(self, study: Study, trial_count: int) -> Study:
        """Plan `trial_count` trials in all: a longer last stage, or one more.

        A single stage whose trials do not depend on each other grows, and is judged anew at its
        end; any other plan gets one more stage, with the space that the last verdicts chose.
        """
        if trial_count == study.trial_count:
            return study
        if not study.grows:
            return self.append_stage(study, trial_count)
        with self._writing() as connection:
            plans.lengthen(connection, study, trial_count)
            return self._planned_anew(connection, study)

    def append_stage(self, study: Study, trial_count: int) -> Study:
        """Plan one more stage, so that there are `trial_count` trials in all."""
        with self._writing() as connection:
            plans.append_stage(connection, study, trial_count)
            return self._planned_anew(connection, study)

    def rename(self, name: str, new: str) -> None:
        """Give a study another name.

        Raises:
            UnknownName: no such study.
            NameTaken: there is a study of the new name.
            StudyBusy: it is being run.
        """
        study = self.load_searched(name, best=0)
        with self.driving(study), self._writing() as connection:
            reading.refuse_taken(connection, new)
            change(connection, STUDIES, STUDIES.c.id == study.id, name=new)

    def delete(self, name: str) -> None:
        """Delete a study with everything that belongs to it.

        Raises:
            UnknownName: no such study.
            StudyBusy: it is being run.
        """
        study = self.load_searched(name, best=0)
        with self.driving(study), self._writing() as connection:
            connection.execute(delete(STUDIES).where(STUDIES.c.id == study.id))

    @contextlib.contextmanager
    def driving(self, study: Searched) -> Iterator[None]:
        """Be the one driver of a study; the kernel ends it with the process.

        Raises:
            InvalidInput: the file is on a network.
            StudyBusy: another process is.
            StoreReadOnly: nothing can be written there.
            StoreFailed: the disk is full or fails.
        """
        with contextlib.ExitStack() as place:
            try:
                with translated(self.path):
                    place.enter_context(self._place.driving(study.id))
            except HeldElsewhere as other:
                raise StudyBusy(study.name, other.holder, other.pid) from None
            yield

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        reads = translated(self.path, writes=False)
        with reads, self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that is committed as a whole; signals wait until it is over."""
        with (
            translated(self.path),
            held_back(),
            self._place.writing(),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def _study(self, connection: Connection, name: str, best: int | None = None) -> Study:
        row = self._own_row(connection, name)
        with readable(self.path):
            return reading.study_of(connection, row, self._describe, best)

    def _searched(self, connection: Connection, name: str, best: int | None) -> Searched:
        row = reading.study_row(connection, name)
        with readable(self.path):
            if row.source is not None:
                return imports.study_of(connection, row)
            return reading.study_of(connection, row, self._describe, best)

    def _own_row(self, connection: Connection, name: str) -> Row[Any]:
        row = reading.study_row(connection, name)
        if row.source is not None:
            with readable(self.path):
                words = mapping.source_of(row.source).words
            raise NotOurs(name, words)
        return row

    def _planned_anew(self, connection: Connection, study: Study) -> Study:
        with readable(self.path):
            return replace(study, stages=reading.stages_of(connection, study.id))
