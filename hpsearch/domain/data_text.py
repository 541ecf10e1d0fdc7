"""The `[data]` section of a question: from its plain values, and back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hpsearch.domain.data_spec import DataSpec, SplitSpec
from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.task import USUAL_METRIC, Metric, Task
from hpsearch.errors import InvalidStudy

USUAL_DATA = "mnist"
USUAL_TEST = 0.2  # of a table
PLAIN = DataSpec(name="")


def asked_data(values: Mapping[str, Any]) -> tuple[DataSpec, Task | None]:
    """What is asked of data that nobody has looked at yet, and the task where that is said.

    Args:
        values: parsed values of the section.

    Raises:
        InvalidStudy: values that do not go together.
    """
    metric: Metric | None = values.get("metric")
    task: Task | None = values.get("task", None if metric is None else metric.task)
    kind = task or Task.CLASSIFICATION
    given = {"name": USUAL_DATA, **values, "task": kind, "metric": metric or USUAL_METRIC[kind]}
    if task is None:
        given.pop("class_weights", None)
    return DataSpec(**given), task


def data_spec(values: Mapping[str, Any], card: DatasetCard) -> DataSpec:
    """What is asked of the data of `card`; what is left open is as the data say.

    Raises:
        InvalidStudy: values that do not go together, or more rows than there are.
    """
    asked, task = asked_data(values)
    if asked.rows is not None and asked.rows > card.rows:
        raise InvalidStudy(
            "rows", f"`{asked.rows}` asked for, `{card.name}` has {card.rows}", "ask for fewer"
        )
    kind = task or card.task
    metric = values.get("metric") or USUAL_METRIC[kind]
    usual_test = USUAL_TEST if card.is_table and asked.test is None else asked.test
    weights = values.get("class_weights", asked.class_weights)
    return replace(asked, task=kind, metric=metric, test=usual_test, class_weights=weights)


def data_table(data: DataSpec) -> dict[str, Any]:
    """The canonical section; what is as usual is left out, but for name and rows."""
    told = {
        "target": data.target,
        "group": data.group,
        "time": data.time,
        "drop": list(data.drop),
        "task": data.task.value,
        "metric": data.metric.value,
        "test": data.test,
        "class_weights": data.class_weights.value,
    }
    usual = {key: getattr(PLAIN, key) for key in told} | {"drop": []}
    unusual = {key: value for key, value in told.items() if value != usual[key]}
    return {"name": data.name, "rows": data.rows, **unusual}


def most_folds(card: DatasetCard, data: DataSpec) -> tuple[int, str]:
    """The most folds that the data can be divided into, and what limits them."""
    if card.group_count is not None:
        return card.group_count, f"{card.group_count} groups of `{data.group}`"
    if data.time is not None or data.task is Task.REGRESSION:
        rows = card.search_rows(data.rows)
        return max(0, rows // 2 - 1), f"{rows} rows can be divided into"
    return card.smallest_class, f"{card.smallest_class} rows of the smallest class"


def check_folds(card: DatasetCard, data: DataSpec, split: SplitSpec) -> None:
    """Refuse more folds than the data can be divided into.

    Raises:
        InvalidStudy: says the largest number that can be used.
    """
    most, limit = most_folds(card, data)
    if split.folds and split.folds > most:
        hint = f"use `--folds {most}` or fewer" if most >= 2 else "use `--holdout 0.2`"
        raise InvalidStudy("folds", f"`{split.folds}` is more than the {limit}", hint)


def train_rows(card: DatasetCard, data: DataSpec, split: SplitSpec) -> int:
    """Rows that train in the fold that has the fewest, about.

    Raises:
        InvalidStudy: there are none.
    """
    rows = card.search_rows(data.rows)
    count = split.train_rows(rows)
    if data.time is not None and split.folds:
        count = rows - split.folds * (rows // (split.folds + 1))
    if count < 1:
        share = split.folds or split.holdout
        raise InvalidStudy("split", f"`{share}` leaves none of the {rows} rows to train on")
    return count
