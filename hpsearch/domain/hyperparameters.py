"""The catalogue of hyperparameters, and the text that names a space.

A space is written as names or as names with bounds (values, never exponents):

    lr,wd
    lr=1e-6:1e-2,wd=1e-8:1e-4
    lr=0.01:0.5:linear
    seed                            the ranges of the study notes behind this project
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hpsearch.domain.space import Configuration, Range, Scale, Space
from hpsearch.errors import InvalidInput, InvalidRange, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameter:
    """A setting of training that a study may vary.

    Attributes:
        name: what the user types.
        meaning: one plain sentence.
        range: searched when a space names it without bounds.
        hard_low: the smallest value that makes sense; no range goes below it.
        hard_high: the largest value that makes sense; no range goes above it.
        default: the value of a network whose study does not search it.
        source: where the default range comes from.
    """

    name: str
    meaning: str
    range: Range
    hard_low: float
    hard_high: float
    default: float
    source: str


CATALOGUE: Mapping[str, Hyperparameter] = {
    each.name: each
    for each in (
        Hyperparameter(
            name="lr",
            meaning="learning rate: length of each step of the optimiser",
            range=Range(low=1e-4, high=1.0, scale=Scale.LOG),
            hard_low=1e-7,
            hard_high=10.0,
            default=0.01,
            source="Bengio 2012 (default 0.01); the usual 1e-6..1e-2 ends below the best for SGD",
        ),
        Hyperparameter(
            name="wd",
            meaning="weight decay: the loss grows by half of it times the sum of squared weights",
            range=Range(low=1e-6, high=0.1, scale=Scale.LOG),
            hard_low=1e-12,
            hard_high=10.0,
            default=0.0,
            source="LCBench 1e-5..0.1; Gorishniy et al. 2021 1e-6..1e-3",
        ),
        Hyperparameter(
            name="momentum",
            meaning="share of the last step that is kept, with optimizer momentum or nesterov",
            range=Range(low=0.5, high=0.99, scale=Scale.LINEAR),
            hard_low=0.0,
            hard_high=0.9999,
            default=0.9,
            source="LCBench 0.1..0.99",
        ),
        Hyperparameter(
            name="dropout",
            meaning="share of hidden activations that are set to 0 in each step",
            range=Range(low=0.05, high=0.5, scale=Scale.LINEAR),
            hard_low=0.0,
            hard_high=0.95,
            default=0.0,
            source="Gorishniy et al. 2021 0..0.5",
        ),
        Hyperparameter(
            name="l1",
            meaning="the loss grows by this times the sum of absolute weights",
            range=Range(low=1e-7, high=1e-2, scale=Scale.LOG),
            hard_low=1e-12,
            hard_high=1.0,
            default=0.0,
            source="a decade below weight decay: its pull does not fade with the weight",
        ),
        Hyperparameter(
            name="max_norm",
            meaning="largest norm of the weights into one unit",
            range=Range(low=0.5, high=8.0, scale=Scale.LOG),
            hard_low=1e-3,
            hard_high=1e3,
            default=0.0,
            source="Srivastava et al. 2014: 3 to 4",
        ),
        Hyperparameter(
            name="clip_norm",
            meaning="the whole gradient is shortened to this length",
            range=Range(low=0.1, high=10.0, scale=Scale.LOG),
            hard_low=1e-6,
            hard_high=1e6,
            default=0.0,
            source="about the 90 % quantile of the gradient norms (Deep Learning Tuning Playbook)",
        ),
        Hyperparameter(
            name="label_smoothing",
            meaning="share of each target that is spread over all classes",
            range=Range(low=0.01, high=0.2, scale=Scale.LINEAR),
            hard_low=0.0,
            hard_high=0.9,
            default=0.0,
            source="Szegedy et al. 2016: 0.1",
        ),
    )
}

PRESETS: Mapping[str, str] = {"seed": "lr=1e-6:1e-2,wd=1e-8:1e-4"}


def hyperparameter(name: str) -> Hyperparameter:
    """Entry of the catalogue.

    Raises:
        UnknownName: no such hyperparameter; the error names the closest one.
    """
    if name not in CATALOGUE:
        raise UnknownName("hyperparameter", name, CATALOGUE)
    return CATALOGUE[name]


def parse_space(text: str) -> Space:
    """Space from text such as `lr,wd` or `lr=1e-6:1e-2,wd=1e-8:1e-4:log`.

    Raises:
        UnknownName: a hyperparameter that the catalogue does not have.
        InvalidRange: bounds that are no numbers, out of order, or outside the hard limits.
    """
    text = PRESETS.get(text.strip(), text)
    entries = [part.strip() for part in text.split(",") if part.strip()]
    named = [entry.partition("=")[::2] for entry in entries]
    return space_of([(name.strip(), bounds.strip()) for name, bounds in named])


def space_of(entries: list[tuple[str, str]]) -> Space:
    """Space from `(name, bounds)` pairs; empty bounds mean the catalogue's range."""
    if not entries:
        raise InvalidInput(
            "the space is empty", f"name hyperparameters: {', '.join(CATALOGUE)}, as in `lr,wd`"
        )
    names = [name for name, _ in entries]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRange(name, "named twice in the space")
    return Space(tuple((name, _range_of(name, bounds)) for name, bounds in entries))


def range_table(each: Range) -> dict[str, float | str]:
    """Written form of a range in study files, the database and exports."""
    return {"low": each.low, "high": each.high, "scale": each.scale.value}


def check_configuration(configuration: Configuration) -> None:
    """Refuse values outside the hard limits.

    Raises:
        InvalidRange: names the value and its limits.
    """
    for name, value in configuration.items():
        _check_limits(hyperparameter(name), value)


def _range_of(name: str, bounds: str) -> Range:
    entry = hyperparameter(name)
    if not bounds:
        return entry.range
    low, high, scale = _bounds(name, bounds, entry.range.scale)
    try:
        chosen = Range(low=low, high=high, scale=scale)
    except InvalidRange as error:
        raise InvalidRange(name, error.reason, error.hint) from None
    for bound in (low, high):
        _check_limits(entry, bound)
    return chosen


def _bounds(name: str, text: str, scale: Scale) -> tuple[float, float, Scale]:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) not in (2, 3):
        raise InvalidRange(
            name, f"`{text}` is not a range", f"write `{name}=low:high`, as in `{name}=1e-4:1e-1`"
        )
    if len(parts) == 3:
        if parts[2] not in tuple(Scale):
            raise InvalidRange(name, f"unknown scale `{parts[2]}`", "scales are `log` and `linear`")
        scale = Scale(parts[2])
    return _number(name, parts[0]), _number(name, parts[1]), scale


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidRange(name, f"`{text}` is not a number") from None


def _check_limits(entry: Hyperparameter, value: float) -> None:
    if not entry.hard_low <= value <= entry.hard_high:
        raise InvalidRange(
            entry.name,
            f"`{value:g}` is outside the limits {entry.hard_low:g} to {entry.hard_high:g}",
        )
