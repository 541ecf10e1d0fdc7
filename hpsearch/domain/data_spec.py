"""Which rows a study learns from, what it predicts, and how the rows are divided."""

import math
from dataclasses import dataclass
from enum import StrEnum

from hpsearch.domain.task import Metric, Task
from hpsearch.errors import InvalidStudy


class ClassWeights(StrEnum):
    """How much each class counts in training: by its rows, or all the same."""

    NONE = "none"
    BALANCED = "balanced"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSpec:
    """Which rows are searched on, and what is predicted of them.

    Attributes:
        name: a built-in data set, or the path of a file.
        rows: rows drawn for the search by a seeded shuffle; None takes all that there are.
        target: column to be predicted; None where the data say so themselves.
        group: column whose values stay together on one side of every split; None without one.
        time: column by which later rows validate; None without one.
        drop: columns that are left out.
        task: kind of target.
        metric: what trials are ranked by.
        test: share of the rows that is set aside at the start, below 1; None where the data have
            a test part of their own, or none.
        class_weights: how much each class counts in training.
    """

    name: str
    rows: int | None = None
    target: str | None = None
    group: str | None = None
    time: str | None = None
    drop: tuple[str, ...] = ()
    task: Task = Task.CLASSIFICATION
    metric: Metric = Metric.ACCURACY
    test: float | None = None
    class_weights: ClassWeights = ClassWeights.NONE

    def __post_init__(self) -> None:
        if self.rows is not None and self.rows < 4:
            raise InvalidStudy("rows", f"`{self.rows}` is too few to train on")
        if self.test is not None and not 0 <= self.test < 1:
            hint = "use a share such as `0.2`, or 0 for no test part"
            raise InvalidStudy("test", f"`{self.test}` must be 0 or more, below 1", hint)
        if self.metric.task is not self.task:
            fitting = ", ".join(f"`{each}`" for each in Metric if each.task is self.task)
            hint = f"use one of {fitting}"
            raise InvalidStudy("metric", f"`{self.metric}` does not measure {self.task}", hint)
        if self.task is Task.REGRESSION and self.class_weights is not ClassWeights.NONE:
            raise InvalidStudy(
                "class_weights", "a target of numbers has no classes", "leave it out"
            )
        if self.group is not None and self.time is not None:
            reason = "rows are divided either by group or by time, not both"
            raise InvalidStudy("time", reason, "leave out `group` or `time`")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSpec:
    """K folds, or one validation share; exactly one of the two is set."""

    folds: int | None = None
    holdout: float | None = None

    def __post_init__(self) -> None:
        if (self.folds is None) == (self.holdout is None):
            raise InvalidStudy("split", "needs either `folds` or `holdout`, not both or neither")
        if self.folds is not None and self.folds < 2:
            raise InvalidStudy("folds", f"`{self.folds}` must be 2 or more")
        if self.holdout is not None and not 0 < self.holdout < 1:
            raise InvalidStudy("holdout", f"`{self.holdout}` must lie between 0 and 1")

    def train_rows(self, rows: int) -> int:
        """Rows that train, of `rows` in all, in the fold that has the fewest."""
        share = 1 / self.folds if self.folds else self.holdout or 0.0
        return rows - math.ceil(rows * share)

    @property
    def fold_count(self) -> int:
        """Number of trainings of one trial: K, or 1 for a holdout split."""
        return self.folds or 1
