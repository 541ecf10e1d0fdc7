"""A table of trials, one row each, as a study: its hyperparameters, and their ranges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hpsearch.domain.imported import FoundTrials, Source, imported_trial
from hpsearch.domain.space import (
    OFF,
    Choices,
    Configuration,
    Entry,
    IntegerRange,
    Range,
    Scale,
    Space,
    Switched,
    Value,
)
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import COMPLETED, Outcome, State, Trial
from hpsearch.errors import InvalidInput, UnknownName
from hpsearch.importing.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

PREFIXES = ("params_", "param_")  # of Optuna's and of scikit-learn's tables
NUMBER, STATE, SECONDS = "number", "state", "duration"
NO_HYPERPARAMETERS = (
    *(NUMBER, "trial", "trial_id", "rank"),
    *(STATE, "status", SECONDS, "datetime_start", "datetime_complete"),
)
STATES = {
    **{state.value: state for state in State},
    "completed": State.COMPLETE,
    "finished": State.COMPLETE,
    "fail": State.FAILED,
    "crashed": State.FAILED,
    "running": None,
    "waiting": None,
}
WIDE = 100  # from this ratio of its ends on, a range of positive numbers is logarithmic
FEW_ROWS = 20  # among which words that are all different say little


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns of a table are taken for.

    Attributes:
        hyperparameters: name of each by its column.
        left_out: columns that are neither, in order.
    """

    hyperparameters: dict[str, str]
    left_out: tuple[str, ...]


def table_columns(frame: pd.DataFrame, score: str, drop: Sequence[str]) -> Columns:
    """Which columns are hyperparameters.

    Those called `params_...` (or `param_...`) where there are any; else all but the score, what
    counts, names, times or ranks the rows, and what is dropped.

    Raises:
        InvalidInput: none is left, or a column does not exist.
    """
    names = [str(each) for each in frame.columns]
    for asked in (score, *drop):
        if asked not in names:
            raise UnknownName("column", asked, names)
    free = [name for name in names if name != score and name not in drop]
    for prefix in PREFIXES:
        marked = [name for name in free if name.startswith(prefix) and name != prefix]
        if marked:
            break
    else:
        prefix = ""
        marked = [
            n for n in free if n.lower() not in NO_HYPERPARAMETERS and not _names_rows(frame[n])
        ]
    if not marked:
        hint = "beside the score a table needs a column for each hyperparameter"
        raise InvalidInput("no column is left that could be a hyperparameter", hint)
    shown = {name: plain(name.removeprefix(prefix)) for name in marked}
    if len(set(shown.values())) < len(shown):
        raise InvalidInput("two columns have names that look alike", "rename one")
    used = (score, *marked, *(each for each in names if each.lower() in (NUMBER, STATE, SECONDS)))
    return Columns(
        hyperparameters=shown, left_out=tuple(plain(name) for name in names if name not in used)
    )


def table_trials(frame: pd.DataFrame, score: str, columns: Columns, source: Source) -> FoundTrials:
    """The rows as trials; a row without a score failed, unless its state says otherwise.

    Args:
        score: the column of values.

    Raises:
        InvalidInput: a score is no number, a state unknown, or a number there twice.
    """
    values = {shown: _values(frame[name]) for name, shown in columns.hyperparameters.items()}
    numbers, scores = _numbers(frame), _scores(frame[score], source)
    states = _states(frame)
    seconds = _seconds(frame)
    trials: list[Trial] = []
    not_ended = 0
    for row, number in enumerate(numbers):
        pairs = tuple((name, own[row]) for name, own in values.items())
        known = tuple((name, value) for name, value in pairs if value is not None)
        state = states[row] if states else State.COMPLETE
        if state is None:
            not_ended += 1
            continue
        configuration, outcome = Configuration(known), _outcome(state, scores[row])
        own = scores[row] if outcome.is_complete else None
        trials.append(imported_trial(number, configuration, own, outcome, seconds=seconds[row]))
    if not trials:
        raise InvalidInput("no row holds a trial that has ended")
    trials.sort(key=lambda each: each.number)
    entries = ((name, _entry(own)) for name, own in values.items())
    space = Space(tuple((name, entry) for name, entry in entries if entry is not None))
    stage = Stage(number=1, space=space, trial_count=len(trials), first_number=trials[0].number)
    return FoundTrials(
        source=replace(source, left_out=not_ended),
        stages=(stage,),
        trials=tuple(trials),
        finish_times={},
    )


def _names_rows(series: pd.Series) -> bool:
    """Whether it holds words that are all different: names of runs, or times."""
    is_text = series.dtype.kind not in "biuf"
    return bool(is_text and len(series) > FEW_ROWS and series.dropna().is_unique)


def _column(frame: pd.DataFrame, name: str) -> pd.Series | None:
    """The column of a name, in small or capital letters; None without one."""
    return next((frame[each] for each in frame.columns if str(each).lower() == name), None)


def _numbers(frame: pd.DataFrame) -> list[int]:
    own = _column(frame, NUMBER)
    if own is None:
        return list(range(len(frame)))
    if own.dtype.kind not in "iu" or own.min() < 0:
        raise InvalidInput(f"column `{NUMBER}`: trials are numbered by whole numbers from 0")
    if not own.is_unique:
        twice = own[own.duplicated()].iloc[0]
        raise InvalidInput(f"column `{NUMBER}`: `{twice}` stands there twice", "drop the column")
    return [int(each) for each in own]


def _scores(series: pd.Series, source: Source) -> list[float | None]:
    scores: list[float | None] = []
    for row, value in enumerate(series.tolist(), 1):
        number = _plain_cell(value)
        if isinstance(number, str):
            hint = "name a column of numbers with `--score`, or leave the cell empty"
            raise InvalidInput(
                f"column `{source.metric}`: `{number}` in row {row} is no number", hint
            )
        scores.append(None if number is None else source.score(float(number)))
    return scores


def _states(frame: pd.DataFrame) -> list[State | None]:
    """The state of each row, None where it has not ended; nothing where the table does not say."""
    own = _column(frame, STATE)
    if own is None:
        return []
    found: list[State | None] = []
    for row, value in enumerate(own.tolist(), 1):
        word = str(value).lower().removeprefix("trialstate.")
        if word not in STATES:
            hint = f"known are {', '.join(STATES)}; `--drop {own.name}` does without it"
            raise InvalidInput(f"column `{STATE}`: `{plain(value)}` in row {row} is no state", hint)
        found.append(STATES[word])
    return found


def _seconds(frame: pd.DataFrame) -> list[float]:
    """Durations where they are numbers of seconds; 0 else."""
    own = _column(frame, SECONDS)
    if own is None or own.dtype.kind not in "iuf":
        return [0.0] * len(frame)
    return [float(each) if each >= 0 else 0.0 for each in own]


def _outcome(state: State, score: float | None) -> Outcome:
    if state is not State.COMPLETE:
        return Outcome(state)
    return Outcome(State.FAILED, reason="has no score") if score is None else COMPLETED


def _values(series: pd.Series) -> list[Value | None]:
    """Cells as numbers or words; None where empty. Whole numbers beside empty cells stay whole."""
    cells = [_finite_cell(each) for each in series.tolist()]
    numbers = [each for each in cells if isinstance(each, float)]
    has_gaps = any(not isinstance(each, float | int) for each in cells)
    if has_gaps and numbers and all(each.is_integer() for each in numbers):
        return [int(each) if isinstance(each, float) else each for each in cells]
    return cells


def _finite_cell(value: Any) -> Value | None:
    """A cell; what is infinite as a word."""
    cell = _plain_cell(value)
    return str(cell) if isinstance(cell, float) and math.isinf(cell) else cell


def _plain_cell(value: Any) -> Value | None:
    """A number, or a word without the mark that keeps spreadsheets from calculating it."""
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return value
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        is_marked = text[:1] == "'" and text[1:2] in tuple("=+-@")
        return plain(text[1:] if is_marked else text)
    return int(text) if text.lstrip("+-").isdigit() else number


def _entry(values: Sequence[Value | None]) -> Entry | None:
    """The range of the values that occur; None without any."""
    known = list(dict.fromkeys(each for each in values if each is not None))
    if not known:
        return None
    numbers = [each for each in known if not isinstance(each, str)]
    words = [each for each in known if isinstance(each, str)]
    if words not in ([], [OFF]) or len(set(numbers)) < 2 or len(numbers) + len(words) < len(known):
        return Choices(tuple(known))
    low, high = min(numbers), max(numbers)
    scale = Scale.LOG if low > 0 and high / low >= WIDE else Scale.LINEAR
    if words:
        return Switched(Range(low=float(low), high=float(high), scale=scale))
    if all(isinstance(each, int) for each in numbers):
        return IntegerRange(low=int(low), high=int(high), scale=scale)
    return Range(low=float(low), high=float(high), scale=scale)
