"""Configurations that no sampler draws: the catalogue's default, and the user's own."""

from collections.abc import Mapping

from hpsearch.domain.catalogue import hyperparameter
from hpsearch.domain.setting_values import PARSERS
from hpsearch.domain.space import (
    OFF,
    Choices,
    Configuration,
    Dependent,
    IntegerRange,
    Space,
    Switched,
    Value,
)
from hpsearch.domain.spec import Optimizer
from hpsearch.errors import InvalidStudy, UnknownName

# Optimisers that divide by the size of the gradient take smaller steps (Kingma and Ba 2015).
SMALL_RATE = (Optimizer.RMSPROP, Optimizer.ADAM, Optimizer.ADAMW)


def default_configuration(space: Space, optimizer: Optimizer) -> Configuration | None:
    """The catalogue's default of each hyperparameter; None where it lies outside the space.

    Args:
        optimizer: the one that the study trains with, unless the space searches it.
    """
    values = _with_defaults({}, space, optimizer)
    for name, entry in space.items():
        active = entry.given(values[entry.on]) if isinstance(entry, Dependent) else entry
        if active is not None and values[name] not in active:
            return None
    return _configuration(values, space)


def tried_configuration(text: str, space: Space, optimizer: Optimizer) -> Configuration:
    """A configuration from text such as `lr=0.01,wd=off`; what it leaves out is the default.

    Raises:
        UnknownName: a hyperparameter that does not exist.
        InvalidStudy: one that is not searched, or a value outside its limits.
    """
    given: dict[str, Value] = {}
    for part in text.split(","):
        name, equals, written = (each.strip() for each in part.partition("="))
        if not equals:
            raise InvalidStudy("try", f"`{part}` is no value", "write `lr=0.01,wd=off`")
        if hyperparameter(name).name not in space:
            raise UnknownName("hyperparameter of the space", name, space)
        given[name] = _value(name, written, space)
    return _configuration(_with_defaults(given, space, optimizer), space)


def _value(name: str, written: str, space: Space) -> Value:
    known, entry = hyperparameter(name), space[name]
    if isinstance(entry, Choices):
        return _choice(name, written, entry)
    if written == OFF and isinstance(known.range, Switched):
        return OFF
    try:
        number = int(written) if isinstance(known.range, IntegerRange) else float(written)
    except ValueError:
        raise InvalidStudy("try", f"`{name}={written}` is not a number") from None
    if not known.hard_low <= number <= known.hard_high:
        limits = f"{known.hard_low:g} to {known.hard_high:g}"
        raise InvalidStudy("try", f"`{name}={written}` is outside the limits {limits}")
    return number


def _choice(name: str, written: str, entry: Choices) -> Value:
    for each in entry.values:
        if str(each) == written:
            return each
    section = "network" if name in PARSERS["network"] else "training"
    try:
        PARSERS[section][name](written)
    except (ValueError, TypeError) as error:
        raise InvalidStudy("try", f"`{name}={written}` {error}") from None
    return written


def _with_defaults(
    given: Mapping[str, Value], space: Space, optimizer: Optimizer
) -> dict[str, Value]:
    values = {name: given.get(name, _default(name, space)) for name in space}
    chosen = values.get("optimizer", optimizer)
    if "lr" in space and "lr" not in given and chosen in SMALL_RATE:
        values["lr"] = 0.001
    return values


def _default(name: str, space: Space) -> Value:
    default = hyperparameter(name).default
    is_off = isinstance(hyperparameter(name).range, Switched) and default == 0
    return OFF if is_off and OFF in _values_of(space, name) else default


def _values_of(space: Space, name: str) -> tuple[object, ...]:
    entry = space[name]
    match entry:
        case Choices(values):
            return values
        case Switched():
            return (OFF,)
        case _:
            return ()


def _configuration(values: Mapping[str, Value], space: Space) -> Configuration:
    """The active ones of `values`, in the order of the space."""
    pairs = []
    for name, entry in space.items():
        if not isinstance(entry, Dependent) or entry.given(values[entry.on]) is not None:
            pairs.append((name, values[name]))
    return Configuration(tuple(pairs))
