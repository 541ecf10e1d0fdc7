"""Optuna's parameters as configurations, and its distributions as ranges."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hpsearch.domain.space import (
    Choices,
    Configuration,
    Entry,
    IntegerRange,
    Range,
    Scale,
    Space,
    Value,
)
from hpsearch.errors import InvalidInput
from hpsearch.importing.plain_text import plain

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
    from optuna.trial import FrozenTrial


def configuration_of(trial: "FrozenTrial") -> Configuration:
    """The parameters of a trial; choices that are neither numbers nor words as words."""
    return Configuration(
        tuple((plain(name), plain_value(value)) for name, value in trial.params.items())
    )


def space_of(trials: Sequence["FrozenTrial"]) -> Space:
    """The least space that holds what each trial might have been, in the order of first use.

    Steps of a distribution are left out: values stay as they are.

    Raises:
        InvalidInput: two names differ only in what cannot be printed, or none has any.
    """
    found: dict[str, list[BaseDistribution]] = defaultdict(list)
    for trial in trials:
        for name, each in trial.distributions.items():
            if not found[name] or found[name][-1] != each:
                found[name].append(each)
    if not found:
        raise InvalidInput("no trial of the study has a parameter")
    names = {plain(name): name for name in found}
    if len(names) < len(found):
        raise InvalidInput("two parameters have names that look alike", "rename one in Optuna")
    return Space(tuple((shown, _entry(found[name])) for shown, name in names.items()))


def plain_value(value: Any) -> Value:
    """A number as it is; anything else, truth values and infinities too, as a word."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and math.isfinite(value) else plain(value)


def _entry(distributions: Sequence["BaseDistribution"]) -> Entry:
    from optuna.distributions import FloatDistribution, IntDistribution

    ranges = [
        each for each in distributions if isinstance(each, FloatDistribution | IntDistribution)
    ]
    if len(ranges) < len(distributions):
        return _choices(distributions)
    return _range(ranges)


def _choices(distributions: Sequence["BaseDistribution"]) -> Choices:
    of_each: list[Mapping[str, Any]] = [vars(each) for each in distributions]
    listed = [value for each in of_each for value in each.get("choices", ())]
    return Choices(tuple(dict.fromkeys(map(plain_value, listed))))


def _range(distributions: Sequence["FloatDistribution | IntDistribution"]) -> Entry:
    from optuna.distributions import IntDistribution

    low = min(each.low for each in distributions)
    high = max(each.high for each in distributions)
    if low == high:
        return Choices((low,))
    is_log = low > 0 and all(each.log for each in distributions)
    scale = Scale.LOG if is_log else Scale.LINEAR
    if all(isinstance(each, IntDistribution) for each in distributions):
        return IntegerRange(low=int(low), high=int(high), scale=scale)
    return Range(low=float(low), high=float(high), scale=scale)
