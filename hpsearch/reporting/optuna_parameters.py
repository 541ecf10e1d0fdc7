"""Configurations as Optuna's parameters, each with what it might have been.

Optuna wants one kind of distribution, on one scale, for a name throughout a study; bounds may
differ from trial to trial, as ranges do from stage to stage. So what can be off becomes two
parameters, one of them categorical (`wd_is_on`), and a range by optimizer becomes one for each
(`adam.lr`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hpsearch.domain.imported import Searched
from hpsearch.domain.space import (
    OFF,
    Choices,
    Dependent,
    IntegerRange,
    Range,
    Scale,
    Searchable,
    Switched,
    Value,
)
from hpsearch.domain.trial import Trial

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameters:
    """What Optuna is told of a configuration; names are the same in both."""

    values: Mapping[str, Value]
    distributions: Mapping[str, "BaseDistribution"]


@dataclass(frozen=True, slots=True)
class _Cell:
    """One value of a configuration, and what its stage searched there."""

    number: int
    entry: Searchable
    value: Value


def parameters(study: Searched) -> dict[int, Parameters]:
    """Parameters of each trial, by its number.

    A value outside the ranges, which only a person can try, widens the bounds of its own trial.
    """
    values: dict[int, dict[str, Value]] = {trial.number: {} for trial in study.trials}
    kinds: dict[int, dict[str, BaseDistribution]] = {trial.number: {} for trial in study.trials}
    for name, cells in _cells(study).items():
        for number, key, value, kind in _column(name, cells):
            values[number][key] = value
            kinds[number][key] = kind
    return {
        number: Parameters(values=own, distributions=kinds[number])
        for number, own in values.items()
    }


def _cells(study: Searched) -> dict[str, list[_Cell]]:
    """The values of each parameter, in the order of the trials."""
    found: dict[str, list[_Cell]] = defaultdict(list)
    spaces = {stage.number: stage.space for stage in study.stages}
    for trial in study.trials:
        for name, entry in spaces[trial.stage].items():
            key, own = _own(trial, name, entry)
            if own is not None and name in trial.configuration:
                found[key].append(_Cell(trial.number, own, trial.configuration[name]))
    return found


def _own(trial: Trial, name: str, entry: Any) -> tuple[str, Searchable | None]:
    """The parameter of a trial that a hyperparameter becomes, and its range."""
    if not isinstance(entry, Dependent):
        return name, entry
    choice = trial.configuration.get(entry.on, "")
    return f"{choice}.{name}", entry.given(choice)


def _column(
    name: str, cells: Sequence[_Cell]
) -> Iterator[tuple[int, str, Value, "BaseDistribution"]]:
    """Number, parameter, value and distribution of all trials that have a value there."""
    from optuna.distributions import CategoricalDistribution

    if any(_is_choice(each) for each in cells):
        of_each = [_choices(each.entry) for each in cells]
        known = dict.fromkeys(value for listed in of_each for value in listed)
        choices = CategoricalDistribution(tuple(known | dict.fromkeys(c.value for c in cells)))
        yield from ((each.number, name, each.value, choices) for each in cells)
        return
    on = [each for each in cells if each.value != OFF]
    if len(on) < len(cells) or any(isinstance(each.entry, Switched) for each in cells):
        switch = CategoricalDistribution((False, True))
        for each in cells:
            yield each.number, f"{name}_is_on", each.value != OFF, switch
    is_log = all(_range(each).scale is Scale.LOG and float(each.value) > 0 for each in on)
    for each in on:
        yield each.number, name, each.value, _bounds(each, is_log=is_log)


def _is_choice(cell: _Cell) -> bool:
    is_word = isinstance(cell.value, str) and cell.value != OFF
    return isinstance(cell.entry, Choices) or is_word


def _choices(entry: Searchable) -> tuple[Value, ...]:
    return entry.values if isinstance(entry, Choices) else ()


def _range(cell: _Cell) -> Range | IntegerRange:
    entry = cell.entry.on if isinstance(cell.entry, Switched) else cell.entry
    assert not isinstance(entry, Choices)
    return entry


def _bounds(cell: _Cell, *, is_log: bool) -> "BaseDistribution":
    from optuna.distributions import FloatDistribution, IntDistribution

    entry, value = _range(cell), float(cell.value)
    low, high = min(entry.low, value), max(entry.high, value)
    if isinstance(entry, IntegerRange):
        return IntDistribution(int(low), int(high), log=is_log)
    return FloatDistribution(low, high, log=is_log)
