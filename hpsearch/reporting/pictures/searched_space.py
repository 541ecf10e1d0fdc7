"""Where a search looked and what it found: along each hyperparameter, and over two at once."""

import math
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from hpsearch.domain.imported import ImportedStudy, Searched
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.repeat_scores import scores_of
from hpsearch.domain.trial import Purpose, State, Trial
from hpsearch.reporting.metric_text import score_axis
from hpsearch.reporting.pictures.hyperparameter_axis import HyperparameterAxis, axes_of
from hpsearch.reporting.pictures.style import (
    INK,
    PALETTE,
    Drawing,
    Sheet,
    columns_for,
    shade,
    text_width,
)

MANY = 2000  # points from which on a picture holds them as an image
NOT_COMPLETE = {State.DIVERGED: ("x", PALETTE[1]), State.PRUNED: ("v", PALETTE[6])}


def axis_plots(study: Searched) -> Drawing:
    """The score of every trial along each hyperparameter."""
    axes = axes_of([stage.space for stage in study.stages if stage.space])

    def draw() -> Figure:
        columns = columns_for(len(axes), 3)
        sheet = Sheet(
            rows=math.ceil(len(axes) / columns),
            columns=columns,
            panel=(2.1 if columns > 1 else 3.4, 1.6),
            gap=(0.2, 0.55),
            left=0.7,
            top=0.35,
            right=0.25 + text_width(["validation (mean)"]),
            bottom=0.4,
        )
        figure = sheet.figure()
        for index, axis in enumerate(axes):
            panel = sheet.panel_at(figure, index)
            _draw_axis(panel, axis, study)
            panel.tick_params(labelleft=index % columns == 0)
        sheet.name_axes(figure, "", score_axis(study))
        sheet.legend(figure, _handles(study))
        return figure

    return Drawing(
        "hyperparameters",
        "Scores along each hyperparameter",
        _axis_caption(study),
        draw,
    )


def _axis_caption(study: Searched) -> str:
    folds = ", each faint point one of its folds" if _has_folds(study) else ""
    first = ", the first one highest" if len(study.stages) > 1 else ""
    return (
        f"Each point is a trial{folds}; scores far below the others stand at the bottom, and so do "
        "trials that diverged or were given up early. Grey bars at the top are the ranges of the "
        f"stages{first}."
    )


def _has_folds(study: Searched) -> bool:
    return not isinstance(study, ImportedStudy) and study.spec.split.fold_count > 1


def score_map(study: Searched) -> Drawing | None:
    """Scores over the first two hyperparameters of numbers; None where there are fewer."""
    found = axes_of([stage.space for stage in study.stages if stage.space])
    numeric = [axis for axis in found if axis.has_numbers]
    if len(numeric) < 2:
        return None
    x, y = numeric[:2]

    def draw() -> Figure:
        sheet = Sheet(
            rows=1,
            columns=1,
            panel=(3.6, 2.7),
            left=0.75,
            top=0.15,
            right=0.4 + text_width(["best quarter"]),
        )
        figure = sheet.figure()
        panel = sheet.panel_at(figure, 0)
        _draw_map(panel, (x, y), study)
        sheet.name_axes(figure, x.label, y.label)
        sheet.legend(figure, [*_quarter_handles(), *_other_handles(study)])
        return figure

    return Drawing(
        "map",
        f"Scores over {x.name} and {y.name}",
        "Each point is a trial; the lighter and larger, the better its score is among all. The "
        "star is Best-1. Boxes are the ranges of the stages.",
        draw,
    )


def _draw_axis(panel: Axes, axis: HyperparameterAxis, study: Searched) -> None:
    complete = [trial for trial in study.trials if trial.score is not None]
    placed = [(axis.of(trial.configuration), trial) for trial in complete]
    points = [(x, trial) for x, trial in placed if x is not None]
    folds = [(x, s) for x, t in points for s in scores_of(t, Purpose.SEARCH).values()]
    low, high = _score_limits(study)
    dots = partial(panel.plot, linestyle="none", rasterized=len(study.trials) > MANY)
    if len(folds) > len(points):
        dots(*zip(*folds, strict=True), marker=".", markersize=2, color="#9ecae9")
    if points:
        ys = [max(low, trial.score or 0.0) for _, trial in points]
        dots([x for x, _ in points], ys, marker="o", markersize=3, color=PALETTE[0])
    for state, (marker, color) in NOT_COMPLETE.items():
        found = [axis.of(t.configuration) for t in study.trials if t.outcome.state is state]
        xs = [x for x in found if x is not None]
        dots(xs, [low] * len(xs), marker=marker, markersize=3.5, color=color, clip_on=False)
    stages = [stage for stage in study.stages if stage.space]
    for index, stage in enumerate(stages):
        interval = axis.interval(stage.space[axis.name]) if axis.name in stage.space else None
        if interval:
            y = high + (high - low) * (0.05 + 0.035 * (len(stages) - 1 - index))
            panel.plot(interval, (y, y), color="#8c8c8c", linewidth=2, clip_on=False)
    best = best_trials(study.trials, 1)[0]
    at = axis.of(best.configuration)
    if at is not None and best.score is not None:
        panel.plot(at, best.score, marker="*", color=INK, markersize=7)
    axis.set(panel.xaxis, 5)
    panel.set_ylim(low, high)
    panel.set_xlabel(axis.label)


def _draw_map(
    panel: Axes, pair: tuple[HyperparameterAxis, HyperparameterAxis], study: Searched
) -> None:
    x, y = pair
    ordered = sorted((t for t in study.trials if t.score is not None), key=lambda t: t.score or 0.0)
    for quarter in range(4):
        own = ordered[len(ordered) * quarter // 4 : len(ordered) * (quarter + 1) // 4]
        _draw_points(panel, pair, own, marker="o", color=shade(quarter, 4), size=2.6 + quarter)
    for state, (marker, color) in NOT_COMPLETE.items():
        own = [trial for trial in study.trials if trial.outcome.state is state]
        _draw_points(panel, pair, own, marker=marker, color=color, size=3.4)
    for stage in study.stages:
        if not stage.space or not {x.name, y.name} <= set(stage.space):
            continue
        across, up = x.interval(stage.space[x.name]), y.interval(stage.space[y.name])
        if across and up:
            size = across[1] - across[0], up[1] - up[0]
            box = Rectangle((across[0], up[0]), *size, fill=False, edgecolor=INK, linewidth=0.7)
            panel.add_patch(box)
    _draw_points(panel, pair, best_trials(study.trials, 1), marker="*", color=INK, size=9)
    x.set(panel.xaxis)
    y.set(panel.yaxis)


def _draw_points(
    panel: Axes,
    pair: tuple[HyperparameterAxis, HyperparameterAxis],
    trials: list[Trial],
    *,
    marker: str,
    color: str,
    size: float,
) -> None:
    places = [(pair[0].of(t.configuration), pair[1].of(t.configuration)) for t in trials]
    known = [place for place in places if None not in place]
    if known:
        xs, ys = zip(*known, strict=True)
        panel.plot(
            xs,
            ys,
            linestyle="none",
            marker=marker,
            color=color,
            markersize=size,
            rasterized=len(trials) > MANY,
        )


def _score_limits(study: Searched) -> tuple[float, float]:
    """Ends of the axis of scores: a few that are far below the others do not stretch it."""
    scores = sorted(trial.score for trial in study.trials if trial.score is not None)
    high = scores[-1]
    low = max(scores[0], high - 3 * (high - scores[len(scores) // 4]) - 0.02)
    room = 0.08 * (high - low) or 0.05
    return low - room, high + room


def _handles(study: Searched) -> list[Line2D]:
    several = _has_folds(study)
    name = "trial" if isinstance(study, ImportedStudy) else "validation"
    marks = [(f"{name} (mean)" if several else name, "o", PALETTE[0])]
    marks += [("single fold", ".", "#9ecae9")] if several else []
    return [_mark(*each) for each in marks] + _other_handles(study)


def _other_handles(study: Searched) -> list[Line2D]:
    states = {trial.outcome.state for trial in study.trials}
    found = [_mark("Best-1", "*", INK)]
    return found + [
        _mark(state.value, *look) for state, look in NOT_COMPLETE.items() if state in states
    ]


def _quarter_handles() -> list[Line2D]:
    names = ("worst quarter", "third", "second", "best quarter")
    return [_mark(name, "o", shade(at, 4)) for at, name in reversed(list(enumerate(names)))]


def _mark(label: str, marker: str, color: str) -> Line2D:
    return Line2D([], [], linestyle="none", marker=marker, color=color, label=label)
