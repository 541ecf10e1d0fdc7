"""Written form of what the range rule keeps of a trial: a table fit for JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hpsearch.domain.learning import Course, Learning


def learning_table(learning: Learning) -> dict[str, Any]:
    """The table; `learning_of_table` reads the same value from it."""
    table = asdict(learning)
    return {**table, "course": learning.course.value, "fold_scores": list(learning.fold_scores)}


def learning_of_table(table: Mapping[str, Any]) -> Learning:
    """The value that a table describes."""
    scores = tuple(float(each) for each in table["fold_scores"])
    return Learning(**{**table, "course": Course(table["course"]), "fold_scores": scores})
