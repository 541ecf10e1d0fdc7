"""Configurations that no sampler draws: the catalogue's default, and the user's own."""

from collections.abc import Mapping

from hpsearch.domain.catalogue import hyperparameter
from hpsearch.domain.space import (
    OFF,
    Choices,
    Configuration,
    Dependent,
    Range,
    Space,
    Switched,
    Value,
)
from hpsearch.domain.space_text import value_of
from hpsearch.domain.spec import Optimizer
from hpsearch.errors import InvalidInput, InvalidRange, InvalidStudy, UnknownName

# Optimisers that divide by the size of the gradient take smaller steps (Kingma and Ba 2015).
SMALL_RATE = (Optimizer.RMSPROP, Optimizer.ADAM, Optimizer.ADAMW)

# What limits weights or gradients does least where it is largest.
WEAK_WHEN_LARGE = ("max_norm", "clip_norm", "clip_value")


def default_configuration(space: Space, optimizer: Optimizer) -> Configuration | None:
    """The catalogue's default of each hyperparameter; None where it lies outside the space.

    Where the default is `off` and a range cannot be, the weakest value of the range stands for it.

    Args:
        optimizer: the one that the study trains with, unless the space searches it.
    """
    values = _with_defaults({}, space, optimizer)
    for name, entry in space.items():
        active = entry.given(values[entry.on]) if isinstance(entry, Dependent) else entry
        if isinstance(active, Range) and values[name] == OFF:
            values[name] = active.high if name in WEAK_WHEN_LARGE else active.low
        elif active is not None and values[name] not in active:
            return None
    return _configuration(values, space)


def default_words(configuration: Configuration) -> str:
    """What to call a configuration that stands for the default, exact or nearly."""
    is_exact = all(value == OFF or _default(name) != OFF for name, value in configuration.items())
    return "the default configuration" if is_exact else "the configuration nearest to the default"


def tried_configuration(text: str, space: Space, optimizer: Optimizer) -> Configuration:
    """A configuration from text such as `lr=0.01,wd=off`; what it leaves out is the default.

    Its numbers may lie outside the ranges of the space, within the catalogue's limits; but ranges
    belong to optimizers, so that its optimizer must be one of the space's.

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
        if name in given:
            raise InvalidStudy("try", f"`{text}` names `{name}` twice")
        given[name] = _value(name, written)
    _check_optimizer(given, space)
    found = _configuration(_with_defaults(given, space, optimizer), space)
    for name in given:
        if name not in found:
            raise InvalidStudy("try", f"`{name}` does nothing in `{text}`", f"leave `{name}` out")
    return found


def _check_optimizer(given: Mapping[str, Value], space: Space) -> None:
    searched = space.get("optimizer")
    if "optimizer" not in given or not isinstance(searched, Choices):
        return
    if given["optimizer"] not in searched:
        raise InvalidStudy(
            "try",
            f"optimizer `{given['optimizer']}` is none of the space's, which has ranges for "
            f"{', '.join(f'`{each}`' for each in searched.values)}",
            "add it to the space",
        )


def _value(name: str, written: str) -> Value:
    try:
        return value_of(name, written)
    except InvalidInput as error:
        told = error.reason if isinstance(error, InvalidRange) else str(error)
        raise InvalidStudy("try", f"`{name}={written}`: {told}", error.hint) from None


def _with_defaults(
    given: Mapping[str, Value], space: Space, optimizer: Optimizer
) -> dict[str, Value]:
    values = {name: given.get(name, _default(name)) for name in space}
    chosen = values.get("optimizer", optimizer)
    if "lr" in space and "lr" not in given and chosen in SMALL_RATE:
        values["lr"] = 0.001
    return values


def _default(name: str) -> Value:
    """The catalogue's default; `off` where 0 means that, also where the space has no `off`."""
    default = hyperparameter(name).default
    return OFF if default == 0 and isinstance(hyperparameter(name).range, Switched) else default


def _configuration(values: Mapping[str, Value], space: Space) -> Configuration:
    """The active ones of `values`, in the order of the space."""
    pairs = []
    for name, entry in space.items():
        if not isinstance(entry, Dependent) or entry.given(values[entry.on]) is not None:
            pairs.append((name, values[name]))
    return Configuration(tuple(pairs))
