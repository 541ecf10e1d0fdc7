"""The Best-N as a table: how sure each place is."""

from collections.abc import Callable, Sequence
from typing import Any

from hpsearch.domain.assessment import Assessment, Interval, Standing
from hpsearch.domain.range_text import value_text
from hpsearch.domain.space import Side
from hpsearch.domain.study import Study
from hpsearch.reporting.text import aligned, score_text, table_width

WIDTH = 80
SIDES = {Side.LOW: "-", Side.HIGH: "+"}

Columns = dict[str, list[str]]


def best_table(study: Study, assessment: Assessment, count: int) -> str:
    """Rank, its interval, score, confirmed score, gap, epochs, edges, tie letter: 80 columns.

    The configuration comes last, if it fits beside the rest.
    """
    standings = assessment.standings[:count]
    columns = standing_columns(study, standings)
    names = tuple(study.spec.space)
    wider = columns | {name: [_value(each, name) for each in standings] for name in names}
    if table_width(wider) <= WIDTH:
        columns = wider
    return aligned(tuple(columns), list(zip(*columns.values(), strict=True)))


def standing_columns(study: Study, standings: Sequence[Standing]) -> Columns:
    """Cells of each column but the configuration; columns that say nothing are left out."""
    rows = study.data.validation_rows
    cells: dict[str, Callable[[Standing], str]] = {
        "rank": lambda each: str(each.rank),
        "ranks": lambda each: "-" if each.ranks is None else f"{each.ranks[0]}-{each.ranks[1]}",
        "score": lambda each: score_text(each.trial.score, rows),
        "95 %": lambda each: interval_text(each.interval, rows),
        "confirmed": lambda each: score_text(each.trial.confirmed_score, rows),
        "gap": lambda each: "-" if each.gap is None else f"{each.gap:+.2f}",
        "epochs": lambda each: str(study.spec.training.epochs),
        "edge": lambda each: ",".join(f"{name}{SIDES[side]}" for name, side in each.edges),
        "tie": lambda each: each.letter,
    }
    columns = {name: [cell(each) for each in standings] for name, cell in cells.items()}
    return {name: own for name, own in columns.items() if set(own) - {"-", ""}}


def standing_values(standing: Standing) -> dict[str, Any]:
    """How sure a place is, as plain values."""
    ranks, confirmed = standing.ranks, standing.confirmed_interval
    return {
        "interval": None if standing.interval is None else list(standing.interval),
        "ranks": None if ranks is None else list(ranks),
        "chance_of_best": standing.chance,
        "confirmed_interval": None if confirmed is None else list(confirmed),
        "train_minus_validation": standing.gap,
        "tied_with_best": standing.letter == "a",
        "edges": {name: side.value for name, side in standing.edges},
    }


def column_meanings(study: Study, assessment: Assessment, count: int) -> str:
    """What the columns of the table of the best `count` say, in sentences."""
    shown = standing_columns(study, assessment.standings[:count])
    several = study.spec.split.fold_count * study.spec.repeats > 1
    how = "over the folds" if several else "over the rows"
    sentences = {
        "ranks": "ranks: 95 % of resampled searches put it there.",
        "95 %": f"95 %: interval of the search score by itself, {how}.",
        "confirmed": "confirmed: mean of trainings with fresh seeds and splits.",
        "gap": "gap: training minus validation.",
        "edge": "edge: in the outer tenth of its range, - low, + high.",
        "tie": "tie: a, not shown to be worse than Best-1 (Holm, 5 %); b, worse.",
    }
    return " ".join(sentence for name, sentence in sentences.items() if name in shown)


def interval_text(interval: Interval | None, validation_rows: int) -> str:
    """`0.72-0.87`; a function's values may be negative: `-3.1 to -2.9`."""
    if interval is None:
        return "-"
    low, high = (score_text(end, validation_rows) for end in interval)
    return f"{low}-{high}" if interval[0] >= 0 else f"{low} to {high}"


def _value(standing: Standing, name: str) -> str:
    return value_text(standing.trial.configuration.get(name, "-"))
