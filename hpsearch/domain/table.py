"""Tables of data: what each column holds, and what is done with it."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class ColumnKind(StrEnum):
    """What a column holds, or what it is for."""

    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    CATEGORICAL = "categorical"
    DATE = "date"
    ID = "id"
    CONSTANT = "constant"
    TARGET = "target"
    GROUP = "group"
    TIME = "time"


# Kinds whose values become inputs of a network, as one number each (the first three) or as one
# number for each level.
INPUT_NUMBERS = (ColumnKind.NUMERIC, ColumnKind.DATE, ColumnKind.BOOLEAN)
ASKED = "left out as asked"  # why a column is dropped that somebody named


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        name: as in the header.
        kind: what it holds, or what it is for.
        is_kept: whether it becomes inputs.
        reason: why it is dropped, in a few words; empty where it is kept.
        missing: rows without a value.
        distinct: different values, missing ones apart.
        levels: of a categorical column, those that occur often enough to be told apart, sorted;
            of a boolean one, what stands for 0 and for 1.
        pattern: of a date column, how its text is written, as for `strptime`; empty where the file
            itself stores dates.
        example: some values, for a person to look at.
    """

    name: str
    kind: ColumnKind
    is_kept: bool
    reason: str = ""
    missing: int = 0
    distinct: int = 0
    levels: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""

    @property
    def has_indicator(self) -> bool:
        """Whether one more input says that the value is missing."""
        return self.is_kept and self.missing > 0

    @property
    def is_unasked(self) -> bool:
        """Whether it is left out for what it holds."""
        return not self.is_kept and self.reason != ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSchema:
    """Columns of a table, in the order of the file, and with them the layout of the inputs.

    Attributes:
        rows: rows that it was told from.
        rare_below: levels that fewer training rows have are grouped.
        telling: inputs that tell the target of every row by themselves.
    """

    columns: tuple[Column, ...]
    rows: int
    rare_below: int = 1
    telling: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Column, ...]:
        """Columns that become inputs: first those of one number, then the categorical ones."""
        numbers = [each for each in self.columns if each.is_kept and each.kind in INPUT_NUMBERS]
        levels = [
            each for each in self.columns if each.is_kept and each.kind is ColumnKind.CATEGORICAL
        ]
        return (*numbers, *levels)

    @property
    def dropped(self) -> tuple[Column, ...]:
        """Columns that are left out, with the reason."""
        return tuple(each for each in self.columns if not each.is_kept and each.reason)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: columns that are left out unasked, and such as give away."""
        told = [f"`{each.name}` ({each.reason})" for each in self.dropped if each.is_unasked]
        left_out = [f"left out: {', '.join(told)}"] if told else []
        return (*left_out, *self.warnings)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each input that tells the target of every row by itself."""
        return tuple(
            f"`{name}` tells the target by itself in all {self.rows} rows; if it is known only "
            "when the target is, no score means anything: leave it out with "
            f"`--drop {shlex.quote(name)}`"
            for name in self.telling
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Name of each input: numbers, then indicators of missing values, then levels."""
        numbers = [each.name for each in self.inputs if each.kind in INPUT_NUMBERS]
        missing = [f"{each.name} is missing" for each in self.inputs if each.has_indicator]
        levels = [
            f"{each.name}={level}"
            for each in self.inputs
            if each.kind is ColumnKind.CATEGORICAL
            for level in (*each.levels, "(other)")
        ]
        return (*numbers, *missing, *levels)

    def named(self, kind: ColumnKind) -> str | None:
        """Name of the column of a kind that only one has (target, group or time), if any."""
        return next((each.name for each in self.columns if each.kind is kind), None)

    def to_plain(self) -> dict[str, Any]:
        """The schema as values that JSON can hold."""
        columns = [
            asdict(each) | {"kind": each.kind.value, "levels": list(each.levels)}
            for each in self.columns
        ]
        return {"columns": columns, "rows": self.rows, "rare_below": self.rare_below}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "TableSchema":
        """Inverse of `to_plain`."""
        columns = tuple(
            Column(
                **{**each, "kind": ColumnKind(each["kind"]), "levels": tuple(each["levels"])},
            )
            for each in plain["columns"]
        )
        return cls(columns=columns, rows=plain["rows"], rare_below=plain["rare_below"])
