"""Between a `StudySpec` and the nested tables of study files, flags and the database.

A table of sections is the only written form of a question: `[data]`, `[split]`, `[network]`,
`[training]`, `[space]` and `[search]`. Files and flags give part of it; defaults fill the rest.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, NoReturn

from hpsearch.domain.data_spec import DataSpec, SplitSpec
from hpsearch.domain.data_text import (
    asked_data,
    check_folds,
    data_spec,
    data_table,
    most_folds,
    train_rows,
)
from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.default_configuration import default_configuration, tried_configuration
from hpsearch.domain.grid import grid
from hpsearch.domain.range_text import range_table
from hpsearch.domain.search_plan import Sampler, SearchPlan
from hpsearch.domain.setting_values import PARSERS
from hpsearch.domain.space import Choices, IntegerRange, Space
from hpsearch.domain.space_text import space_entries, space_of
from hpsearch.domain.spec import (
    NetworkSpec,
    Optimizer,
    StudySpec,
    TrainingSpec,
)
from hpsearch.domain.task import Task
from hpsearch.domain.usual_training import LARGEST_BATCH, usual_training
from hpsearch.errors import InvalidInput, InvalidStudy, UnknownName

Sections = Mapping[str, Mapping[str, Any]]

DEFAULT_TRIALS = 100
LARGEST_TRIALS = 1_000_000
DEFAULT_FOLDS = 5
HOLDOUT_FROM_ROWS = 10_000  # fewer rows are worth K trainings per trial
PLAN_KEYS = ("stages", "prune", "confirm", "baseline", "try")
GRID_PLAN = {"stages": 1, "prune": "none", "confirm": 0, "baseline": False, "try": ()}


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
    whole = layered(_general_defaults(card, sections), card.defaults, sections)
    optimizer = _parsed("training", whole["training"]).get("optimizer", Optimizer.SGD)
    entries = _space_entries(whole.get("space", {}))
    space = space_of(entries, optimizer)
    _refuse_fixed_and_searched(space, sections)
    search = _parsed("search", whole["search"])
    trials = _trial_count(search, space)
    data = data_spec(_parsed("data", whole["data"]), card)
    split = SplitSpec(**_parsed("split", whole["split"]))
    check_folds(card, data, split)
    rows = LARGEST_BATCH if card.is_function else train_rows(card, data, split)
    space = with_batches_that_fit(space, rows, is_asked=bool(dict(entries).get("batch")))
    training = TrainingSpec(**_fitted(whole, sections, rows))
    network = NetworkSpec(**_parsed("network", whole.get("network", {})))
    plan = _search_plan(search, space, training.optimizer, is_tried_once=card.is_function)
    for each in plan.tries:
        if int(each.get("batch", 0)) > rows:
            _refuse_batch(int(each["batch"]), rows)
    spec = StudySpec(
        data=data, split=split, network=network, training=training, space=space, plan=plan, **search
    )
    return spec, trials


def data_question(sections: Sections) -> tuple[DataSpec, Task | None, int]:
    """What is asked of the data, the task where that is said, and the seed.

    Raises:
        InvalidInput: an unknown section or key, or a value that makes no sense.
    """
    check_keys(sections)
    search = _parsed("search", {"seed": sections.get("search", {}).get("seed", 0)})
    return *asked_data(_parsed("data", sections.get("data", {}))), search["seed"]


def check_trials(spec: StudySpec, trials: int) -> None:
    """Refuse stages, or configurations of the user's own, that so many trials leave no room for.

    Raises:
        InvalidStudy: says how many it takes.
    """
    first, tries = spec.plan.trial_counts(trials)[0], spec.plan.tries
    default = default_configuration(spec.space, spec.training.optimizer)
    given = len(tries) + (1 if spec.plan.baseline and default is not None else 0)
    if tries and given > first:
        beside = " beside the default" if given > len(tries) else ""
        raise InvalidStudy(
            "try",
            f"`{len(tries)}` configurations{beside} are more than the {first} trials of stage 1",
            f"use `--trials {trials + given - first}` or more",
        )


def _search_plan(
    search: dict[str, Any], space: Space, optimizer: Optimizer, *, is_tried_once: bool
) -> SearchPlan:
    """The plan asked for, taken out of `search`; a grid is tried once, in full, and that is all."""
    given = {key: search.pop(key) for key in PLAN_KEYS if key in search}
    if is_tried_once or search["sampler"] is Sampler.GRID:
        for key, value in given.items():
            if value not in (GRID_PLAN[key], None):
                reason = f"`{value}` makes no sense for a grid, whose every combination is tried"
                raise InvalidStudy(key, reason, f"leave `{key}` out")
        given = dict(GRID_PLAN)
    tries = [tried_configuration(text, space, optimizer) for text in given.pop("try", ())]
    return SearchPlan(**given, tries=tuple(tries))


def _trial_count(search: dict[str, Any], space: Space) -> int:
    """Trials asked for, taken out of `search`, or the usual number; a grid has its own."""
    trials: int | None = search.pop("trials", None)
    if trials is not None:
        check_trial_count(trials)
    if search["sampler"] is not Sampler.GRID:
        return DEFAULT_TRIALS if trials is None else trials
    size = len(grid(space))
    if trials not in (None, size):
        raise InvalidStudy(
            "trials",
            f"`{trials}` is not the {size} of the grid, whose every combination is tried",
            f"leave `trials` out (or say {size}), or list other values",
        )
    return size


def check_trial_count(trials: int) -> None:
    """Refuse a number of trials that no study can have.

    Raises:
        InvalidStudy: fewer than one, or more than a million.
    """
    if trials < 1:
        raise InvalidStudy("trials", f"`{trials}` must be 1 or more")
    if trials > LARGEST_TRIALS:
        raise InvalidStudy("trials", f"`{trials}` is more than {LARGEST_TRIALS:,}")


def spec_sections(spec: StudySpec) -> dict[str, dict[str, Any]]:
    """The canonical table of a question; `study_spec` reads the same question from it."""
    split = spec.split
    return {
        "data": data_table(spec.data),
        "split": {"folds": split.folds} if split.folds else {"holdout": split.holdout},
        "network": _plain(spec.network, spec.space),
        "training": _plain(spec.training, spec.space),
        "space": {name: range_table(each) for name, each in spec.space.items()},
        "search": {
            "sampler": str(spec.sampler),
            "seed": spec.seed,
            **_unusual(spec),
            **_plan(spec),
        },
    }


def _plan(spec: StudySpec) -> dict[str, Any]:
    plan = spec.plan
    return {
        "stages": plan.stages,
        "prune": plan.prune,
        "confirm": plan.confirm,
        "baseline": plan.baseline,
        "try": [",".join(f"{name}={value}" for name, value in each.items()) for each in plan.tries],
    }


def _unusual(spec: StudySpec) -> dict[str, int]:
    """What questions of before did not have; nothing where it is as it was then."""
    values = {"repeats": spec.repeats if spec.repeats > 1 else None, "generation": spec.generation}
    return {key: value for key, value in values.items() if value is not None}


def _plain(settings: NetworkSpec | TrainingSpec, space: Space) -> dict[str, Any]:
    """Settings as plain values; those that the space searches are left out."""
    values = {each.name: getattr(settings, each.name) for each in fields(settings)}
    return {
        name: value.value
        if isinstance(value, StrEnum)
        else [str(each) if isinstance(each, StrEnum) else each for each in value]
        if isinstance(value, tuple)
        else value
        for name, value in values.items()
        if name not in space and (name != "measure" or value)
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


def _general_defaults(card: DatasetCard, sections: Sections) -> Sections:
    rows = card.search_rows(None)
    few = rows < HOLDOUT_FROM_ROWS
    searched = _space_entries(sections.get("space", {}))
    data, _ = asked_data(_parsed("data", sections.get("data", {})))
    folds = min(DEFAULT_FOLDS, most_folds(card, data)[0])
    return {
        "data": {"name": card.name},
        "split": {"folds": folds} if few and folds >= 2 else {"holdout": 0.2},
        "search": {"sampler": "random", "seed": 0},
        "training": usual_training(card, rows, [name for name, _ in searched]),
    }


def _fitted(whole: Sections, asked: Sections, train_rows: int) -> dict[str, Any]:
    """Training settings whose default batch fits the training rows; an asked one must fit."""
    training = _parsed("training", whole["training"])
    if training["batch"] > train_rows:
        if "batch" in asked.get("training", {}):
            _refuse_batch(training["batch"], train_rows)
        training["batch"] = train_rows
    return training


def with_batches_that_fit(space: Space, train_rows: int, *, is_asked: bool) -> Space:
    """The space, whose default batches end at the training rows; asked ones must fit.

    Raises:
        InvalidStudy: an asked batch that has more rows than there are.
    """
    batch = space.get("batch")
    for value in batch.values if isinstance(batch, Choices) else ():
        if isinstance(value, int) and value > train_rows:
            _refuse_batch(value, train_rows)
    if not isinstance(batch, IntegerRange) or batch.high <= train_rows:
        return space
    if is_asked or train_rows == 1:
        _refuse_batch(batch.high, train_rows)
    low = min(batch.low, (train_rows + 1) // 2)
    fitted = IntegerRange(low=low, high=train_rows, scale=batch.scale)
    return Space(tuple((n, fitted if n == "batch" else entry) for n, entry in space.pairs))


def _refuse_batch(batch: int, train_rows: int) -> NoReturn:
    rows = "row" if train_rows == 1 else "rows"
    raise InvalidStudy("batch", f"`{batch}` is more than the {train_rows} training {rows}")


def _space_entries(entries: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if set(entries) == {"text"}:
        return list(space_entries(str(entries["text"])))
    return list(entries.items())


def _refuse_fixed_and_searched(space: Space, sections: Sections) -> None:
    fixed = {**sections.get("network", {}), **sections.get("training", {})}
    for name in space:
        if name in fixed:
            raise InvalidStudy(
                name,
                f"is searched by the space and fixed to `{fixed[name]}` at once",
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
