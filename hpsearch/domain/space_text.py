"""The text that names a space, as it stands on the command line and in study files.

    lr,wd
    lr=1e-6:1e-2,wd=off|1e-8:1e-4
    lr=0.01:0.5:linear,width=16:128
    activation=relu|tanh,optimizer=sgd|adam
    lr=0.1|0.01|0.001,wd=off|0.1    values to compare, as a grid needs them
    seed                            the ranges of the study notes behind this project

Bounds are values, never exponents.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hpsearch.domain.catalogue import CATALOGUE, Hyperparameter, hyperparameter
from hpsearch.domain.range_text import range_of_table
from hpsearch.domain.setting_values import PARSERS
from hpsearch.domain.space import (
    OFF,
    Choices,
    Dependent,
    Entry,
    IntegerRange,
    Range,
    Space,
    Switched,
    Value,
)
from hpsearch.domain.spec import NetworkSpec, Optimizer, TrainingSpec
from hpsearch.domain.trial_settings import settled
from hpsearch.errors import InvalidInput, InvalidRange, InvalidStudy

PRESETS: Mapping[str, str] = {"seed": "lr=1e-6:1e-2,wd=1e-8:1e-4"}


def parse_space(text: str, optimizer: Optimizer = Optimizer.SGD) -> Space:
    """Space from text such as `lr,wd` or `lr=1e-6:1e-2,activation=relu|tanh`.

    Args:
        optimizer: the one that the study trains with, unless the space searches it.

    Raises:
        UnknownName: a hyperparameter that the catalogue does not have.
        InvalidRange: bounds that are no numbers, out of order, or outside the hard limits.
        InvalidStudy: a hyperparameter that can never be active.
    """
    return space_of(space_entries(text), optimizer)


def space_entries(text: str) -> list[tuple[str, str]]:
    """Names and ranges as they are written in `text`; an empty range is the catalogue's."""
    text = PRESETS.get(text.strip(), text)
    named = [part.partition("=")[::2] for part in text.split(",") if part.strip()]
    return [(name.strip(), bounds.strip()) for name, bounds in named]


def space_of(entries: Sequence[tuple[str, Any]], optimizer: Optimizer = Optimizer.SGD) -> Space:
    """Space from `(name, range)` pairs: text, a table, a list of values, or nothing (default)."""
    if not entries:
        raise InvalidInput(
            "the space is empty", f"name hyperparameters: {', '.join(CATALOGUE)}, as in `lr,wd`"
        )
    names = [name for name, _ in entries]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRange(name, "named twice in the space")
    given = [(name, _entry(hyperparameter(name), written)) for name, written in entries]
    searched = dict(given).get("optimizer")
    optimizers = searched.values if isinstance(searched, Choices) else (str(optimizer),)
    for name, entry in given:
        if isinstance(entry, Dependent):
            _check_dependent(hyperparameter(name), entry, searched)
    fitted = [
        (name, _fitted(hyperparameter(name), entry, optimizers, is_default=not dict(entries)[name]))
        for name, entry in given
    ]
    return Space(tuple(fitted))


def value_of(name: str, written: str) -> Value:
    """One value of a hyperparameter, in its type and within its limits.

    Raises:
        UnknownName: a hyperparameter that the catalogue does not have.
        InvalidRange: a value of another kind, or beyond the limits.
    """
    known = hyperparameter(name)
    value = _value(known, written)
    _check_kind(known, Choices((value,)))
    return value


def _entry(known: Hyperparameter, written: Any) -> Entry:
    """The range that was written for a hyperparameter, within its limits."""
    if not written:
        return known.range
    try:
        entry = _written(known, written)
    except InvalidRange as error:
        raise InvalidRange(known.name, error.reason, error.hint) from None
    if isinstance(entry, Choices) and len(entry.values) < 2:
        reason = f"`{entry.values[0]}` needs two or more different choices"
        raise InvalidRange(known.name, reason, f"or set it: `--set {known.name}={entry.values[0]}`")
    _check_kind(known, entry)
    if isinstance(entry, Choices) and len(entry.values) == 1:
        raise InvalidRange(
            known.name,
            f"`{entry.values[0]}` needs two or more different choices",
            f"fix a single value with `--set {known.name}={entry.values[0]}`",
        )
    return entry


def _written(known: Hyperparameter, written: Any) -> Entry:
    if isinstance(written, Mapping):
        return _of_table(known, written)
    if isinstance(written, list):
        return _values(known, written)
    if not isinstance(written, str):
        raise InvalidRange("", f"`{written}` is no range", 'write `"1e-4:1"`')
    if isinstance(known.range, Choices) or ("|" in written and ":" not in written):
        return _values(known, written.split("|"))
    switch, bar, bounds = written.partition("|")
    if bar and switch.strip() == OFF:
        return Switched(_bounds(known, bounds))
    if isinstance(known.range, IntegerRange):
        plain = _bounds(known, written)
        low, high = _whole(plain.low), _whole(plain.high)
        return IntegerRange(low=low, high=high, scale=plain.scale)
    return _bounds(known, written)


def _of_table(known: Hyperparameter, table: Mapping[str, Any]) -> Entry:
    """The range of a table; one whose keys are optimisers has a range, or values, for each."""
    if table and set(table) <= set(Optimizer):
        return Dependent("optimizer", tuple((k, _of_one(known, each)) for k, each in table.items()))
    match range_of_table(table):
        case Choices(values):
            return _values(known, values)
        case Dependent(on, ranges):
            typed = [
                (k, _values(known, e.values) if isinstance(e, Choices) else e) for k, e in ranges
            ]
            return Dependent(on, tuple(typed))
        case other:
            return other


def _of_one(known: Hyperparameter, written: Any) -> Range | Choices:
    """What is tried with one optimiser: a number, a list of them, or a range."""
    is_text = isinstance(written, str) and (":" in written or "|" in written)
    found = _written(
        known, written if is_text or isinstance(written, list | Mapping) else [written]
    )
    if not isinstance(found, Range | Choices):
        raise InvalidRange("", f"`{written}` cannot depend on the optimizer")
    return found


def _values(known: Hyperparameter, written: Sequence[Any]) -> Choices:
    return Choices(tuple(_value(known, each) for each in written))


def _value(known: Hyperparameter, written: Any) -> Value:
    """One listed value in the type of its hyperparameter."""
    written = written.strip() if isinstance(written, str) else written
    if isinstance(known.range, Choices):
        return _choice(known, written)
    if isinstance(known.range, Switched) and written in (OFF, False):
        return OFF
    try:
        number = float("" if isinstance(written, bool) else written)
    except (TypeError, ValueError):
        raise InvalidRange("", f"`{written}` is not a number") from None
    if isinstance(known.range, Switched) and number == 0:
        return OFF
    return _whole(number) if isinstance(known.range, IntegerRange) else number


def _choice(known: Hyperparameter, written: Any) -> Value:
    """One listed choice; a number where the setting reads one."""
    section = "network" if known.name in PARSERS["network"] else "training"
    try:
        read = PARSERS[section][known.name](written)
    except ValueError as error:
        raise InvalidRange("", f"`{written}` {error}") from None
    if isinstance(read, bool):
        return "on" if read else OFF
    return read if isinstance(read, float | int) and written != OFF else str(read or OFF)


def _bounds(known: Hyperparameter, text: str) -> Range:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) not in (2, 3):
        example = f"{known.name}=1e-4:1e-1"
        raise InvalidRange("", f"`{text}` is not a range", f"write `low:high`, as in `{example}`")
    usual = known.range.on if isinstance(known.range, Switched) else known.range
    assert not isinstance(usual, Choices)
    scale = parts[2] if len(parts) == 3 else usual.scale
    read = range_of_table({"low": parts[0], "high": parts[1], "scale": scale})
    assert isinstance(read, Range)
    return read


def _whole(number: float) -> int:
    if not number.is_integer():
        raise InvalidRange("", f"`{number:g}` is not a whole number")
    return int(number)


def _check_kind(known: Hyperparameter, entry: Entry) -> None:
    """Refuse ranges of another kind than the hyperparameter's, and values beyond its limits."""
    match entry, known.range:
        case Choices(values), Choices():
            for value in values:
                settled(NetworkSpec(), TrainingSpec(), {known.name: value})
        case Choices(values), _:
            _check_limits(known, *(value for value in values if value != OFF))
        case Dependent(_, ranges), Range():
            for _, each in ranges:
                _check_kind(known, each)
        case Switched(on), Switched():
            _check_limits(known, on.low, on.high)
        case ((Range() | IntegerRange()), (Range() | IntegerRange() | Switched())):
            _check_limits(known, entry.low, entry.high)
        case _:
            raise InvalidRange(known.name, "is not searched by a range of this kind")


def _check_dependent(known: Hyperparameter, entry: Dependent, searched: Entry | None) -> None:
    """Refuse a range for each optimiser that does not fit the optimisers of the space."""
    if entry.on != "optimizer" or not isinstance(searched, Choices):
        raise InvalidStudy(
            known.name,
            f"has a range for each {entry.on}, which the space does not search",
            "add `optimizer` to the space, as in `optimizer=sgd|adam`",
        )
    needed = [each for each in searched.values if not known.only_with or each in known.only_with]
    given = [key for key, _ in entry.ranges]
    for each in needed:
        if each not in given:
            raise InvalidStudy(known.name, f"has no range for optimizer `{each}`")
    for each in given:
        if each not in needed:
            raise InvalidStudy(known.name, f"does nothing with optimizer `{each}` of this space")


def _check_limits(known: Hyperparameter, *values: Value) -> None:
    for value in values:
        if not known.hard_low <= float(value) <= known.hard_high:
            limits = f"{known.hard_low:g} to {known.hard_high:g}"
            raise InvalidRange(known.name, f"`{value:g}` is outside the limits {limits}")


def _fitted(
    known: Hyperparameter, entry: Entry, optimizers: Sequence[Value], *, is_default: bool
) -> Entry:
    """The range for the optimisers of the study: one for each where they differ."""
    if not known.only_with or isinstance(entry, Dependent):
        return entry
    active = [each for each in known.only_with if each in optimizers]
    if not active:
        raise InvalidStudy(
            known.name,
            f"is never active with optimizer `{'|'.join(map(str, optimizers))}`",
            f"it needs one of {', '.join(f'`{each}`' for each in known.only_with)}",
        )
    assert isinstance(entry, Range | Choices)
    own = dict(known.by_optimizer) if is_default else {}
    ranges = tuple((each.value, own.get(each, entry)) for each in active)
    if len(optimizers) == 1:
        return ranges[0][1]
    return Dependent("optimizer", ranges)
