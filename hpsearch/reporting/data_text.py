"""What is said of data before they are searched."""

from typing import Any

from hpsearch.domain.dataset import DataOverview
from hpsearch.domain.table import Column, ColumnKind
from hpsearch.reporting.text import aligned, wrapped

MOST_CLASSES = 12
ROLES = (ColumnKind.TARGET, ColumnKind.GROUP, ColumnKind.TIME)


def data_text(found: DataOverview) -> str:
    """Rows, classes, columns, and what is left out and why."""
    card, schema = found.card, found.schema
    parts = [f"Data      {card.name}: {_rows_text(found)}"]
    if found.classes is None:
        parts.append("Target    none named: `--target COLUMN` says what is to be predicted")
    elif found.classes:
        parts.append(f"Target    {card.task} into {len(found.classes)} classes: {_classes(found)}")
    elif found.spread:
        low, middle, high = (f"{each:g}" for each in found.spread)
        parts.append(f"Target    {card.task}: {low} to {high}, half of the rows below {middle}")
    parts.append(f"Inputs    {card.features} numbers for each row")
    if schema is None:
        return "\n".join(parts)
    table = [
        (each.name, each.kind.value, str(each.missing), str(each.distinct), _use(each))
        for each in schema.columns
    ]
    headers = ("column", "kind", "missing", "distinct", "what is done with it")
    warnings = "".join(f"\n\n{wrapped(each)}" for each in schema.warnings)
    return "\n".join([*parts, "", aligned(headers, table)]) + warnings


def data_values(found: DataOverview) -> dict[str, Any]:
    """The same as plain values."""
    card, schema = found.card, found.schema
    return {
        "name": card.name,
        "task": None if found.classes is None else card.task.value,
        "rows": found.rows,
        "test_rows": card.test_rows,
        "inputs": card.features,
        "classes": None if found.classes is None else dict(found.classes),
        "spread": list(found.spread),
        "columns": None if schema is None else schema.to_plain()["columns"],
        "tell_the_target": [] if schema is None else list(schema.telling),
    }


def _rows_text(found: DataOverview) -> str:
    aside = found.card.test_rows
    sealed = f", {aside} more sealed as test part" if aside else ""
    columns = f" and {len(found.schema.columns)} columns" if found.schema else ""
    return f"{found.rows} rows{columns}{sealed}"


def _classes(found: DataOverview) -> str:
    assert found.classes is not None
    shown = sorted(found.classes, key=lambda each: -each[1])[:MOST_CLASSES]
    more = len(found.classes) - len(shown)
    text = ", ".join(f"`{name}` {count}" for name, count in shown)
    return f"{text} and {more} more" if more else text


def _use(column: Column) -> str:
    """What becomes of a column, in a few words."""
    if column.kind in ROLES:
        return {
            ColumnKind.TARGET: "is predicted",
            ColumnKind.GROUP: "keeps rows together; no input",
            ColumnKind.TIME: "puts rows in order; no input",
        }[column.kind]
    if not column.is_kept:
        return f"left out: {column.reason}"
    flag = ", and whether it is missing" if column.has_indicator else ""
    if column.kind is ColumnKind.CATEGORICAL:
        rare = column.distinct - len(column.levels)
        grouped = f", rare ones ({rare}) together" if rare > 0 else ""
        return f"one input for each of {len(column.levels)} values{grouped}{flag}"
    if column.kind is ColumnKind.BOOLEAN:
        return f"{column.levels[0]} and {column.levels[1]} as 0 and 1{flag}"
    if column.kind is ColumnKind.DATE:
        written = f" (read as `{column.pattern}`)" if column.pattern else ""
        return f"days since 1970{written}, standardised{flag}"
    return f"standardised{flag}"
