"""A study of Optuna, read from its database with Optuna's own code and never written."""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hpsearch.domain.imported import (
    FoundTrials,
    Source,
    SourceKind,
    imported_trial,
    with_reported,
)
from hpsearch.domain.range_text import range_of_table
from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.study import Stage
from hpsearch.domain.task import Direction
from hpsearch.domain.trial import COMPLETED, Origin, Outcome, State, Trial
from hpsearch.errors import InvalidInput, UnknownName
from hpsearch.importing.optuna_ranges import configuration_of, space_of
from hpsearch.importing.plain_text import plain
from hpsearch.quiet_optuna import quiet

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

PREFIX = "sqlite:///"


def optuna_study(url: str, name: str) -> FoundTrials:
    """The ended trials of a study with one objective.

    Of a database that hpsearch wrote, configurations, states and stages are those that it says in
    its attributes.

    Args:
        url: `sqlite:///FILE`, or the file.

    Raises:
        InvalidInput: no such file, not Optuna's, more than one objective, or no ended trial.
        UnknownName: no study of that name is in it.
    """
    path = _path_of(url)
    with quiet(), _opened(path, url) as storage:
        study = _loaded(storage, name, url)
        trials = study.get_trials(deepcopy=False)
        attributes, metric_names = study.user_attrs, study.metric_names
        direction = Direction[study.direction.name]
    ended = [trial for trial in trials if trial.state.is_finished()]
    if not ended:
        raise InvalidInput(f"study `{name}` in `{url}` has no trial that has ended")
    source = Source(
        kind=SourceKind.OPTUNA,
        place=plain(url),
        study=plain(name),
        metric=plain(metric_names[0]) if metric_names else "value",
        direction=direction,
        left_out=len(trials) - len(ended),
    )
    spaces = _own_spaces(attributes)
    found = [
        with_reported(_trial(source, each, is_own=bool(spaces)), each.intermediate_values)
        for each in ended
    ]
    return FoundTrials(
        source=source,
        stages=_stages(spaces or [space_of(ended)], found),
        trials=tuple(found),
        finish_times={
            trial.number: _finished(at.datetime_complete, is_own=bool(spaces))
            for trial, at in zip(found, ended, strict=True)
            if at.datetime_complete
        },
    )


def _path_of(url: str) -> Path:
    if "://" in url and not url.startswith(PREFIX):
        raise InvalidInput(
            f"storage `{url}` is not supported: studies are read from SQLite files",
            "copy it into one: `optuna.copy_study(..., to_storage='sqlite:///FILE')`",
        )
    path = Path(url.removeprefix(PREFIX)).expanduser()
    if not path.is_file():
        raise InvalidInput(f"`{path}` is no file", "name the database as `sqlite:///FILE`")
    return path


@contextlib.contextmanager
def _opened(path: Path, url: str) -> Iterator["optuna.storages.RDBStorage"]:
    """Optuna's view of a file that it can only read: it would make tables in a foreign one."""
    import optuna
    from sqlalchemy.exc import SQLAlchemyError  # which Optuna lets through

    place = f"{PREFIX}file:{quote(os.fsencode(path.resolve()))}?mode=ro&uri=true"
    try:
        storage = optuna.storages.RDBStorage(place, skip_table_creation=True)
    except (SQLAlchemyError, optuna.exceptions.OptunaError, AssertionError):
        hint = "name a database that Optuna wrote"
        raise InvalidInput(f"`{url}` is not a database of Optuna", hint) from None
    except UnicodeEncodeError:
        what = f"Optuna cannot open `{url}`: its folder has a name that is no text in this language"
        raise InvalidInput(what, "choose one that knows it, as with `LC_ALL=C.UTF-8`") from None
    except RuntimeError:
        hint = f"bring it up to date with a copy: `optuna storage upgrade --storage {PREFIX}COPY`"
        raise InvalidInput(f"`{url}` was made by another version of Optuna", hint) from None
    try:
        yield storage
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise InvalidInput(f"`{url}` cannot be read: {reason}", "it may be damaged") from None
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _loaded(storage: "optuna.storages.RDBStorage", name: str, url: str) -> "optuna.Study":
    import optuna

    names = [each.study_name for each in storage.get_all_studies()]
    if name not in names:
        raise UnknownName("Optuna study", name, names)
    study = optuna.load_study(study_name=name, storage=storage)
    if len(study.directions) > 1:
        raise InvalidInput(
            f"study `{name}` in `{url}` has {len(study.directions)} objectives: its trials have "
            "no one order",
            "import a table with the one that counts: `hpsearch import csv`",
        )
    return study


def _trial(source: Source, trial: "FrozenTrial", *, is_own: bool) -> Trial:
    value = trial.value if trial.state.name == "COMPLETE" else None
    score = None if value is None else source.score(value)
    seconds = trial.duration.total_seconds() if trial.duration else 0.0
    if not is_own:
        outcome = _outcome(trial)
        return imported_trial(
            trial.number, configuration_of(trial), score, outcome, seconds=seconds
        )
    told = trial.user_attrs
    with _sound(trial.number):
        state = State(told["state"])
        if state is State.COMPLETE:
            outcome = COMPLETED
        else:
            outcome = Outcome(state, told.get("epoch"), plain(told.get("reason", "")))
        return imported_trial(
            int(told["number"]),
            Configuration(tuple(dict(told["configuration"]).items())),
            score,
            outcome,
            stage=int(told["stage"]),
            seconds=seconds,
            origin=Origin(told["origin"]),
        )


def _outcome(trial: "FrozenTrial") -> Outcome:
    match trial.state.name:
        case "COMPLETE":
            return COMPLETED
        case "PRUNED":
            return Outcome(State.PRUNED, trial.last_step)
        case _:
            return Outcome(State.FAILED, reason="failed in Optuna")


def _own_spaces(attributes: Mapping[str, Any]) -> list[Space]:
    """What each stage searched, of a study that hpsearch exported; else nothing."""
    spaces: list[Space] = []
    while isinstance(stage := attributes.get(f"stage {len(spaces) + 1} in full"), dict):
        with _sound(None):
            ranges = stage["ranges"].items()
            spaces.append(Space(tuple((name, range_of_table(each)) for name, each in ranges)))
    return spaces


def _stages(spaces: Sequence[Space], trials: Sequence[Trial]) -> tuple[Stage, ...]:
    if any(not 1 <= trial.stage <= len(spaces) for trial in trials):
        raise InvalidInput("a trial belongs to a stage that the study does not have")
    numbers = [[t.number for t in trials if t.stage == at] for at in range(1, len(spaces) + 1)]
    return tuple(
        Stage(number=at, space=space, trial_count=len(own), first_number=min(own, default=0))
        for at, (space, own) in enumerate(zip(spaces, numbers, strict=True), 1)
    )


def _finished(at: datetime, *, is_own: bool) -> datetime:
    """In UTC: hpsearch writes that into Optuna's times, which have no zone and are local ones."""
    return at.replace(tzinfo=UTC) if is_own else at.astimezone(UTC)


@contextlib.contextmanager
def _sound(number: int | None) -> Iterator[None]:
    """Attributes that hpsearch did not write, under names that it uses."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        where = "the study" if number is None else f"trial {number}"
        raise InvalidInput(
            f"the attributes of {where} look like an export of hpsearch and are none: {error}"
        ) from None
