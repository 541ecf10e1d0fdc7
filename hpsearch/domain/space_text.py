"""The text that names a space, as it stands on the command line and in study files.

    lr,wd
    lr=1e-6:1e-2,wd=off|1e-8:1e-4
    lr=0.01:0.5:linear,width=16:128
    activation=relu|tanh,optimizer=sgd|adam
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
from hpsearch.domain.spec import Optimizer
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
    text = PRESETS.get(text.strip(), text)
    named = [part.partition("=")[::2] for part in text.split(",") if part.strip()]
    return space_of([(name.strip(), bounds.strip()) for name, bounds in named], optimizer)


def space_of(entries: Sequence[tuple[str, Any]], optimizer: Optimizer = Optimizer.SGD) -> Space:
    """Space from `(name, range)` pairs: text, a table, a list of choices, or nothing (default)."""
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
    optimizers = searched.values if isinstance(searched, Choices) else (optimizer,)
    fitted = [
        (name, _fitted(hyperparameter(name), entry, optimizers, is_default=not dict(entries)[name]))
        for name, entry in given
    ]
    return Space(tuple(fitted))


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
    return entry


def _written(known: Hyperparameter, written: Any) -> Entry:
    if isinstance(written, Mapping):
        return range_of_table(written)
    if isinstance(written, list):
        return Choices(tuple(str(each) for each in written))
    if not isinstance(written, str):
        raise InvalidRange("", f"`{written}` is no range", 'write `"1e-4:1"`')
    if isinstance(known.range, Choices):
        return Choices(tuple(part.strip() for part in written.split("|")))
    switch, bar, bounds = written.partition("|")
    if bar and switch.strip() == OFF:
        return Switched(_bounds(known, bounds))
    if isinstance(known.range, IntegerRange):
        plain = _bounds(known, written)
        low, high = _whole(plain.low), _whole(plain.high)
        return IntegerRange(low=low, high=high, scale=plain.scale)
    return _bounds(known, written)


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
            section = "network" if known.name in PARSERS["network"] else "training"
            for value in values:
                try:
                    PARSERS[section][known.name](value)
                except ValueError as error:
                    raise InvalidRange(known.name, f"`{value}` {error}") from None
        case Dependent(_, ranges), Range():
            for _, each in ranges:
                _check_limits(known, each.low, each.high)
        case Switched(on), Switched():
            _check_limits(known, on.low, on.high)
        case ((Range() | IntegerRange()), (Range() | IntegerRange() | Switched())):
            _check_limits(known, entry.low, entry.high)
        case _:
            raise InvalidRange(known.name, "is not searched by a range of this kind")


def _check_limits(known: Hyperparameter, *values: Value) -> None:
    for value in values:
        if not known.hard_low <= float(value) <= known.hard_high:
            limits = f"{known.hard_low:g} to {known.hard_high:g}"
            raise InvalidRange(known.name, f"`{value:g}` is outside the limits {limits}")


def _fitted(
    known: Hyperparameter, entry: Entry, optimizers: Sequence[str], *, is_default: bool
) -> Entry:
    """The range for the optimisers of the study: one for each where they differ."""
    if not known.only_with or isinstance(entry, Dependent):
        return entry
    active = [each for each in known.only_with if each in optimizers]
    if not active:
        raise InvalidStudy(
            known.name,
            f"is never active with optimizer `{'|'.join(optimizers)}`",
            f"it needs one of {', '.join(f'`{each}`' for each in known.only_with)}",
        )
    assert isinstance(entry, Range)
    own = dict(known.by_optimizer) if is_default else {}
    ranges = tuple((each.value, own.get(each, entry)) for each in active)
    if len(optimizers) == 1:
        return ranges[0][1]
    return Dependent("optimizer", ranges)
