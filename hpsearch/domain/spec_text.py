"""Between a `StudySpec` and the nested tables of study files, flags and the database.

A table of sections is the only written form of a question: `[data]`, `[split]`, `[network]`,
`[training]`, `[space]` and `[search]`. Files and flags give part of it; defaults fill the rest.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.hyperparameters import CATALOGUE, parse_space, range_table, space_of
from hpsearch.domain.space import Space
from hpsearch.domain.spec import (
    Activation,
    DataSpec,
    InitialWeights,
    Minibatches,
    NetworkSpec,
    Optimizer,
    Precision,
    Sampler,
    SplitSpec,
    StudySpec,
    TrainingSpec,
)
from hpsearch.errors import InvalidInput, InvalidStudy, UnknownName

Sections = Mapping[str, Mapping[str, Any]]

DEFAULT_TRIALS = 100
DEFAULT_FOLDS = 5
HOLDOUT_FROM_ROWS = 10_000  # fewer rows are worth K trainings per trial
BATCH_BY_ROWS = ((2_000, 32), (10_000, 128), (30_000, 256))
LARGEST_BATCH = 512


def layered(*layers: Sections) -> dict[str, dict[str, Any]]:
    """One table of sections; later layers win key by key.

    A later `[split]` or `[space]` replaces an earlier one as a whole.
    """
    result: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for section, entries in layer.items():
            replaces = section in ("split", "space") and entries
            result[section] = {} if replaces else result.get(section, {})
            result[section] |= entries
    return result


def study_spec(sections: Sections, card: DatasetCard) -> tuple[StudySpec, int]:
    """The question and the number of trials that `sections` ask for on the data of `card`.

    What is left open takes the data set's defaults, then the general ones.

    Raises:
        InvalidInput: an unknown section or key, or a value that makes no sense.
    """
    check_keys(sections)
    whole = layered(_general_defaults(card), card.defaults, sections)
    space = _space(whole.get("space", {}))
    _refuse_fixed_and_searched(space, sections.get("training", {}))
    search = _parsed("search", whole["search"])
    trials = search.pop("trials")
    if trials < 1:
        raise InvalidStudy("trials", f"`{trials}` must be 1 or more")
    data = DataSpec(**_parsed("data", whole["data"]))
    split = SplitSpec(**_parsed("split", whole["split"]))
    training = TrainingSpec(**_fitted(whole, sections, card, data, split))
    network = NetworkSpec(**_parsed("network", whole.get("network", {})))
    spec = StudySpec(
        data=data, split=split, network=network, training=training, space=space, **search
    )
    return spec, trials


def spec_sections(spec: StudySpec) -> dict[str, dict[str, Any]]:
    """The canonical table of a question; `study_spec` reads the same question from it."""
    data, split = spec.data, spec.split
    network, training = spec.network, spec.training
    return {
        "data": {"name": data.name, "rows": data.rows},
        "split": {"folds": split.folds} if split.folds else {"holdout": split.holdout},
        "network": {
            "hidden": list(network.hidden),
            "activation": str(network.activation),
            "init": network.init if isinstance(network.init, float) else str(network.init),
        },
        "training": {
            "optimizer": str(training.optimizer),
            **{name: getattr(training, name) for name in CATALOGUE if name not in spec.space},
            "batch": training.batch,
            "epochs": training.epochs,
            "minibatches": str(training.minibatches),
            "dtype": str(training.dtype),
        },
        "space": {name: range_table(each) for name, each in spec.space.items()},
        "search": {"sampler": str(spec.sampler), "seed": spec.seed},
    }


def differences(stored: StudySpec, asked: StudySpec) -> list[tuple[str, object, object]]:
    """`(key, stored value, asked value)` of everything in which two questions differ."""
    old, new = spec_sections(stored), spec_sections(asked)
    keys = [(s, key) for s in old for key in dict.fromkeys([*old[s], *new[s]])]
    return [
        (key if section != "data" else f"data.{key}", old[section].get(key), new[section].get(key))
        for section, key in keys
        if old[section].get(key) != new[section].get(key)
    ]


def setting(text: str) -> Sections:
    """Sections from one `KEY=VALUE` of the command line.

    Raises:
        InvalidInput: no `=`, or an unknown key.
    """
    key, equals, value = text.partition("=")
    homes = {name: section for section in ("network", "training") for name in PARSERS[section]}
    if not equals:
        raise InvalidInput(f"`{text}` is not a setting", "write `KEY=VALUE`, as in `hidden=64,32`")
    if key.strip() not in homes:
        raise UnknownName("setting", key.strip(), homes)
    return {homes[key.strip()]: {key.strip(): value.strip()}}


def check_keys(sections: Sections) -> None:
    """Refuse sections and keys that do not exist.

    Raises:
        UnknownName: names the closest one that exists.
        InvalidStudy: a section that is no table.
    """
    for section, entries in sections.items():
        if section not in PARSERS:
            raise UnknownName("section", section, PARSERS)
        if not isinstance(entries, Mapping):
            raise InvalidStudy(section, f"`{entries}` should be a table, `[{section}]`")
        for key in entries:
            if section != "space" and key not in PARSERS[section]:
                raise UnknownName(f"key in [{section}]", key, PARSERS[section])


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


def _general_defaults(card: DatasetCard) -> Sections:
    few = card.rows < HOLDOUT_FROM_ROWS
    folds = min(DEFAULT_FOLDS, card.smallest_class)
    return {
        "data": {"name": card.name},
        "split": {"folds": folds} if few and folds >= 2 else {"holdout": 0.2},
        "search": {"sampler": "random", "seed": 0, "trials": DEFAULT_TRIALS},
        "training": {"batch": next((b for n, b in BATCH_BY_ROWS if card.rows < n), LARGEST_BATCH)},
    }


def _fitted(
    whole: Sections, asked: Sections, card: DatasetCard, data: DataSpec, split: SplitSpec
) -> dict[str, Any]:
    """Training settings whose default batch fits the training rows; an asked one must fit."""
    training = _parsed("training", whole["training"])
    rows = card.search_rows(data.rows)
    train_rows = split.train_rows(rows)
    if training["batch"] > train_rows:
        if "batch" in asked.get("training", {}):
            reason = f"`{training['batch']}` is more than the {train_rows} training rows"
            raise InvalidStudy("batch", reason)
        training["batch"] = train_rows
    return training


def _space(entries: Mapping[str, Any]) -> Space:
    if set(entries) == {"text"}:
        return parse_space(str(entries["text"]))
    return space_of([(name, _bounds_text(name, value)) for name, value in entries.items()])


def _bounds_text(name: str, value: Any) -> str:
    if isinstance(value, Mapping) and {"low", "high"} <= set(value) <= {"low", "high", "scale"}:
        scale = f":{value['scale']}" if "scale" in value else ""
        return f"{value['low']}:{value['high']}{scale}"
    if isinstance(value, str):
        return value
    raise InvalidStudy(
        f"space.{name}", f"`{value}` is no range", 'write `"1e-4:1"` or `{low = 1e-4, high = 1}`'
    )


def _refuse_fixed_and_searched(space: Space, training: Mapping[str, Any]) -> None:
    for name in space:
        if name in training:
            raise InvalidStudy(
                name,
                f"is searched by the space and fixed to `{training[name]}` at once",
                f"take `{name}` out of the one or the other",
            )


def _parsed(section: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    parsed = {}
    for key, value in entries.items():
        try:
            parsed[key] = PARSERS[section][key](value)
        except (TypeError, ValueError) as error:
            if isinstance(error, InvalidInput):
                raise
            raise InvalidStudy(key, f"`{value}` {error}") from None
    return parsed


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


def _optional_integer(value: Any) -> int | None:
    return None if value is None else _integer(value)


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


def _bounded_setting(name: str) -> Callable[[Any], float]:
    entry = CATALOGUE[name]

    def parse(value: Any) -> float:
        number = _number(value)
        if number != entry.default and not entry.hard_low <= number <= entry.hard_high:
            raise ValueError(f"is outside the limits {entry.hard_low:g} to {entry.hard_high:g}")
        return number

    return parse


def _listed(kind: Iterable[StrEnum]) -> str:
    return ", ".join(f"`{each}`" for each in kind)


PARSERS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "data": {"name": str, "rows": _optional_integer},
    "split": {"folds": _integer, "holdout": _number},
    "network": {"hidden": _widths, "activation": _choice(Activation), "init": _init},
    "training": {
        "optimizer": _choice(Optimizer),
        **{name: _bounded_setting(name) for name in CATALOGUE},
        "batch": _integer,
        "epochs": _integer,
        "minibatches": _choice(Minibatches),
        "dtype": _choice(Precision),
    },
    "space": {},
    "search": {"sampler": _choice(Sampler), "seed": _integer, "trials": _integer},
}
