"""The store of studies in one SQLite file. One public method is one transaction.

Values go in and come out; no row leaves this module.
"""

import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hpsearch.domain.dataset import DataFacts, DatasetCard
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.spec_text import spec_sections, study_spec
from hpsearch.domain.study import Study, StudySummary
from hpsearch.domain.trial import Curve, Evaluation, Purpose, Trial
from hpsearch.errors import (
    NameTaken,
    StoreRefused,
    StudyBusy,
    UnknownName,
)
from hpsearch.store import mapping
from hpsearch.store.database import HEAD, create, engine_for, inspect, lock_path, write_lock
from hpsearch.store.faults import readable, removed, translated
from hpsearch.store.file_lock import HeldElsewhere, held
from hpsearch.store.rows import EvaluationRow, StageRow, StudyRow, TrialRow
from hpsearch.store.signals import held_back

# All columns of an evaluation but its curve, which only pictures need.
PLAIN_COLUMNS = [column for column in EvaluationRow.__table__.c if column.name != "curve"]


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
        revision = inspect(path)
        if revision != HEAD:
            raise StoreRefused(
                f"`{path}` has the older schema {revision}", "run `hpsearch db upgrade` first"
            )
        self.path = path
        self._describe, self._clock = describe, clock
        self._engine = engine_for(path)
        self._file = _identity(path)

    def close(self) -> None:
        """Close the database; the last one to do so empties the write-ahead log."""
        with write_lock(self.path):
            self._engine.dispose()

    def create_study(
        self,
        name: str,
        spec: StudySpec,
        trial_count: int,
        data: DataFacts,
        versions: Mapping[str, str],
    ) -> Study:
        """Store a new question with its first stage.

        Raises:
            NameTaken: there is a study of that name.
        """
        with self._writing() as connection:
            self._refuse_taken(connection, name)
            values = {
                "name": name,
                "spec": json.dumps(spec_sections(spec)),
                "data": json.dumps(asdict(data)),
                "versions": json.dumps(dict(versions)),
                "created_at": self._clock().isoformat(),
            }
            connection.execute(insert(StudyRow), values)
            study_id = connection.scalar(select(StudyRow.id).where(StudyRow.name == name))
            stage = {
                "study_id": study_id,
                "number": 1,
                "space": mapping.space_json(spec.space),
                "trial_count": trial_count,
                "first_number": 0,
            }
            connection.execute(insert(StageRow), stage)
            return self._study(connection, name)

    def load_study(self, name: str) -> Study:
        """A study with all its trials, by number, without learning curves.

        Raises:
            UnknownName: no such study; the error names the closest one.
        """
        with self._reading() as connection:
            return self._study(connection, name)

    def list_studies(self) -> list[StudySummary]:
        """All studies, the newest last."""
        with self._reading() as connection:
            planned = dict(self._per_study(connection, StageRow, func.sum(StageRow.trial_count)))
            ended = dict(self._per_study(connection, TrialRow, func.count()))
            best = dict(self._per_study(connection, TrialRow, func.max(TrialRow.score)))
            rows = connection.execute(select(StudyRow.__table__).order_by(StudyRow.id)).all()
        with readable(self.path):
            return [self._summary(row, planned, ended, best) for row in rows]

    def _summary(
        self, row: Row[Any], planned: dict[int, int], ended: dict[int, int], best: dict[int, float]
    ) -> StudySummary:
        spec = json.loads(row.spec)
        return StudySummary(
            name=row.name,
            data=spec["data"]["name"],
            space=tuple(spec["space"]),
            finished=ended.get(row.id, 0),
            trial_count=planned[row.id],
            best_score=best.get(row.id),
            created_at=datetime.fromisoformat(row.created_at),
        )

    def add(
        self, study_id: int, evaluations: Sequence[Evaluation], finished: Sequence[Trial]
    ) -> None:
        """Store evaluations and the trials that they finish, in one transaction.

        Raises:
            StoreUnusable: nothing of it was stored.
        """
        now = self._clock()
        rows = [mapping.evaluation_values(study_id, each) for each in evaluations]
        trials = [mapping.trial_values(study_id, trial, now) for trial in finished]
        with self._writing() as connection:
            connection.execute(insert(EvaluationRow), rows)
            if trials:
                connection.execute(insert(TrialRow), trials)

    def curves(self, study_id: int, numbers: Sequence[int]) -> dict[int, list[Curve]]:
        """Learning curves of the search, by trial number, in the order of repeat and fold."""
        row = EvaluationRow
        query = (
            select(row.number, row.curve)
            .where(row.study_id == study_id, row.number.in_(numbers))
            .where(row.purpose == Purpose.SEARCH.value, row.curve.is_not(None))
            .order_by(row.number, row.repeat, row.fold)
        )
        found: dict[int, list[Curve]] = defaultdict(list)
        with self._reading() as connection:
            for number, curve in connection.execute(query):
                found[number].append(mapping.curve_of(curve or b""))
        return found

    def finish_times(self, study_id: int) -> dict[int, datetime]:
        """When each trial was stored, UTC."""
        query = select(TrialRow.number, TrialRow.finished_at).where(TrialRow.study_id == study_id)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return {row.number: datetime.fromisoformat(row.finished_at) for row in rows}

    def lengthen(self, study: Study, trial_count: int) -> Study:
        """Plan `trial_count` trials in all, by lengthening the last stage."""
        last = study.stages[-1]
        longer = last.trial_count + trial_count - study.trial_count
        with self._writing() as connection:
            connection.execute(
                update(StageRow)
                .where(StageRow.study_id == study.id, StageRow.number == last.number)
                .values(trial_count=longer)
            )
            return self._study(connection, study.name)

    def rename(self, name: str, new: str) -> None:
        """Give a study another name.

        Raises:
            UnknownName: no such study.
            NameTaken: there is a study of the new name.
            StudyBusy: it is being run.
        """
        study = self.load_study(name)
        with self.driving(study), self._writing() as connection:
            self._refuse_taken(connection, new)
            connection.execute(update(StudyRow).where(StudyRow.id == study.id).values(name=new))

    def delete(self, name: str) -> None:
        """Delete a study with everything that belongs to it.

        Raises:
            UnknownName: no such study.
            StudyBusy: it is being run.
        """
        study = self.load_study(name)
        with self.driving(study), self._writing() as connection:
            connection.execute(delete(StudyRow).where(StudyRow.id == study.id))

    @contextlib.contextmanager
    def driving(self, study: Study) -> Iterator[None]:
        """Be the one driver of a study; the kernel ends it with the process.

        Raises:
            StudyBusy: another process is.
        """
        try:
            with held(lock_path(self.path, f"study-{study.id}")):
                yield
        except HeldElsewhere as other:
            raise StudyBusy(study.name, other.holder, other.pid) from None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that is committed as a whole; signals wait until it is over."""
        with translated(self.path), held_back(), write_lock(self.path):
            if _identity(self.path) != self._file:
                raise removed(self.path)
            with (
                self._engine.connect().execution_options(writes=True) as connection,
                connection.begin(),
            ):
                yield connection

    def _study(self, connection: Connection, name: str) -> Study:
        row = connection.execute(select(StudyRow.__table__).where(StudyRow.name == name)).first()
        if row is None:
            raise UnknownName("study", name, connection.scalars(select(StudyRow.name)).all())
        with readable(self.path):
            return self._study_of(connection, row)

    def _study_of(self, connection: Connection, row: Row[Any]) -> Study:
        stages = connection.execute(
            select(StageRow.__table__).where(StageRow.study_id == row.id).order_by(StageRow.number)
        )
        trials, unfinished = self._trials(connection, row.id)
        sections = json.loads(row.spec)
        spec, _ = study_spec(sections, self._describe(sections["data"]["name"]))
        return Study(
            id=row.id,
            name=row.name,
            spec=spec,
            data=DataFacts(**json.loads(row.data)),
            versions=tuple(json.loads(row.versions).items()),
            created_at=datetime.fromisoformat(row.created_at),
            stages=tuple(mapping.stage_of(each) for each in stages),
            trials=trials,
            unfinished=unfinished,
        )

    def _trials(
        self, connection: Connection, study_id: int
    ) -> tuple[tuple[Trial, ...], tuple[Evaluation, ...]]:
        by_number: dict[int, list[Row[Any]]] = defaultdict(list)
        query = (
            select(*PLAIN_COLUMNS)
            .where(EvaluationRow.study_id == study_id)
            .order_by(EvaluationRow.number, EvaluationRow.repeat, EvaluationRow.fold)
        )
        for row in connection.execute(query):
            by_number[row.number].append(row)
        query = select(*TrialRow.__table__.c).where(TrialRow.study_id == study_id)
        trials = []
        for row in connection.execute(query.order_by(TrialRow.number)):
            configuration = mapping.configuration_of(row.configuration)
            own = by_number.pop(row.number)
            trials.append(
                mapping.trial_of(row, [mapping.evaluation_of(each, configuration) for each in own])
            )
        left = [
            mapping.evaluation_of(each, Configuration(()))
            for own in by_number.values()
            for each in own
        ]
        return tuple(trials), tuple(left)

    def _per_study(self, connection: Connection, row: type[Any], value: Any) -> list[Any]:
        column = row.__table__.c.study_id
        return [tuple(each) for each in connection.execute(select(column, value).group_by(column))]

    def _refuse_taken(self, connection: Connection, name: str) -> None:
        if connection.execute(select(StudyRow.id).where(StudyRow.name == name)).first():
            raise NameTaken(name)


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino
