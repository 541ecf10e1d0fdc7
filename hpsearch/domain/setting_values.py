"""Values of settings, as they stand in study files and after `--set`, and the keys that exist."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from hpsearch.domain.catalogue import CATALOGUE
from hpsearch.domain.data_spec import ClassWeights
from hpsearch.domain.measurements import Measurement
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.space import Range, Switched
from hpsearch.domain.spec import (
    Activation,
    AdamEpsilon,
    BatchNorm,
    DecayMode,
    DropoutMode,
    InitialWeights,
    Minibatches,
    Optimizer,
    Precision,
    RunningStatistics,
    Schedule,
    ScoreEpoch,
)
from hpsearch.domain.task import Metric, Task


def widths(value: Any) -> tuple[int, ...]:
    """Hidden widths from `100x6` (six layers of 100), `64,32`, or a list; `none` for no layer."""
    if isinstance(value, list):
        return tuple(_integer(each) for each in value)
    text = str(value).strip()
    if text in ("none", ""):
        return ()
    repeated = re.fullmatch(r"(\d+)x(\d+)", text)
    if repeated:
        return (int(repeated[1]),) * int(repeated[2])
    return tuple(_integer(part) for part in text.split(","))


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError("is not a whole number")
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("is not a whole number") from None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError("is not a number") from None


def _size(value: Any) -> float:
    return 0.0 if value == "off" else _number(value)


def _count(value: Any) -> int:
    return 0 if value == "off" else _integer(value)


def _switch(value: Any) -> bool:
    if value in (True, "on", "true", "yes"):
        return True
    if value in (False, "off", "false", "no"):
        return False
    raise ValueError("is neither `on` nor `off`")


def _optional_number(value: Any) -> float | None:
    return None if value in (None, "auto") else _number(value)


def _optional_integer(value: Any) -> int | None:
    return None if value is None else _integer(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError('is no list of texts; write `["lr=0.01,wd=off"]`')
    return tuple(value)


def _column(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError('is no name of a column; write `"price"`')
    return value


def _columns(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(each.strip() for each in value.split(",") if each.strip())
    return _texts(value)


def _choice(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def parse(value: Any) -> StrEnum:
        if value not in tuple(kind):
            raise ValueError(f"is not one of {_listed(kind)}")
        return kind(value)

    return parse


def _init(value: Any) -> InitialWeights | float:
    if value in tuple(InitialWeights):
        return InitialWeights(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        known = _listed(InitialWeights)
        raise ValueError(f"is neither one of {known} nor a standard deviation") from None


def _widths(value: Any) -> tuple[int, ...]:
    try:
        return widths(value)
    except ValueError:
        raise ValueError("is no list of widths; write `100x6` or `64,32`") from None


def _measurements(value: Any) -> tuple[Measurement, ...]:
    names = value if isinstance(value, list) else str(value).split(",")
    asked = {str(name).strip() for name in names} - {"none", ""}
    if not asked <= set(Measurement):
        raise ValueError(f"is not `none` or some of {_listed(Measurement)}")
    return tuple(each for each in Measurement if each in asked)


# Hyperparameters that are numbers and set as they are; the structural ones have parsers below.
NUMBERS = [
    name
    for name, entry in CATALOGUE.items()
    if isinstance(entry.range, Range | Switched) and isinstance(entry.default, float)
]


def _bounded_setting(name: str) -> Callable[[Any], float]:
    entry = CATALOGUE[name]

    def parse(value: Any) -> float:
        number = _size(value)
        if number not in (0, entry.default) and not entry.hard_low <= number <= entry.hard_high:
            raise ValueError(f"is outside the limits {entry.hard_low:g} to {entry.hard_high:g}")
        return number

    return parse


def _listed(kind: Iterable[StrEnum]) -> str:
    return ", ".join(f"`{each}`" for each in kind)


PARSERS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "data": {
        "name": str,
        "rows": _optional_integer,
        "target": _column,
        "group": _column,
        "time": _column,
        "drop": _columns,
        "task": _choice(Task),
        "metric": _choice(Metric),
        "test": _optional_number,
        "class_weights": _choice(ClassWeights),
    },
    "split": {"folds": _integer, "holdout": _number},
    "network": {
        "hidden": _widths,
        "activation": _choice(Activation),
        "slope": _number,
        "init": _init,
        "batchnorm": _choice(BatchNorm),
        "bn_running": _choice(RunningStatistics),
        "residual": _switch,
    },
    "training": {
        "optimizer": _choice(Optimizer),
        "beta1": _number,
        "beta2": _number,
        "rho": _number,
        "eps": _optional_number,
        "eps_inside": _switch,
        "adam_eps": _choice(AdamEpsilon),
        "schedule": _choice(Schedule),
        "warmup": _number,
        "batch": _integer,
        "epochs": _integer,
        "wd_mode": _choice(DecayMode),
        "dropout_mode": _choice(DropoutMode),
        "early_stopping": _count,
        "ensemble": _integer,
        "score": _choice(ScoreEpoch),
        "minibatches": _choice(Minibatches),
        "dtype": _choice(Precision),
        "measure": _measurements,
        **{name: _bounded_setting(name) for name in NUMBERS},
    },
    "space": {},
    "search": {
        "sampler": _choice(Sampler),
        "seed": _integer,
        "trials": _integer,
        "repeats": _integer,
        "stages": _optional_integer,
        "prune": str,
        "confirm": _integer,
        "baseline": _switch,
        "try": _texts,
        "generation": _optional_integer,
    },
}
