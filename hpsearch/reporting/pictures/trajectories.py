"""Descents on a toy function over its contours: a panel per optimiser, a line per setting."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hpsearch.domain.measurements import trajectory_of
from hpsearch.domain.study import Study
from hpsearch.domain.toy_functions import TOY_FUNCTIONS, ToyFunction
from hpsearch.reporting.comparison import Panel, comparison
from hpsearch.reporting.pictures.style import (
    FAINT,
    INK,
    Drawing,
    Sheet,
    columns_for,
    line_styles,
    number_text,
)

FAR = 0.1  # from the ridge of a saddle


def trajectories(study: Study) -> Drawing:
    """All trials of a study of a toy function."""
    function = TOY_FUNCTIONS[study.spec.data.name]
    groups = _panels(study)

    def draw() -> Figure:
        columns = columns_for(len(groups))
        width, height = function.window
        sheet = Sheet(
            rows=math.ceil(len(groups) / columns),
            columns=columns,
            panel=(1.75, min(1.75, max(1.2, 1.75 * height / width))),
        )
        figure = sheet.figure()
        prepare = partial(_contours, function=function)
        drawn = sheet.panels(figure, [group.title for group in groups], prepare)
        for axes, group in zip(drawn, groups, strict=True):
            _paths(axes, group, function)
        sheet.name_axes(figure, "x", "y")
        return figure

    caption = (
        f"Descents on f = {function.formula} over lines of equal f, from the circle; the cross is "
        "the origin, each point one update. Legends tell the "
    )
    caption += (
        f"value of f after {study.spec.training.epochs} updates."
        if function.has_minimum
        else f"updates until |y| is above {FAR}: when the descent has left the saddle."
    )
    return Drawing("trajectories", "Trajectories", caption, draw)


def _panels(study: Study) -> Sequence[Panel]:
    compared = comparison(study.trials, study.spec.space)
    if len(compared.panels) > 1:
        return compared.panels
    return [Panel(title=text, trials=(("", each),)) for text, each in compared.panels[0].trials]


def _contours(axes: Axes, function: ToyFunction) -> None:
    width, height = function.window
    x, y = np.meshgrid(np.linspace(-width, width, 61), np.linspace(-height, height, 61))
    values = function.value(np.stack([x, y], axis=-1))
    top = float(np.abs(values).max())
    rising = top * np.linspace(0.04, 1, 9) ** 2
    levels = rising if function.has_minimum else np.concatenate([-rising[::-1], rising])
    axes.contour(x, y, values, levels, colors=[FAINT], linewidths=0.6, linestyles="solid")
    axes.plot([0], [0], marker="+", color=INK, markersize=5, markeredgewidth=0.8)
    axes.plot(*function.start, marker="o", color=INK, markersize=5, markerfacecolor="white")
    axes.grid(visible=False)
    axes.set(xlim=(-width, width), ylim=(-height, height))


def _paths(axes: Axes, group: Panel, function: ToyFunction) -> None:
    styles = line_styles(len(group.trials), is_ordered=False)
    for (label, trial), style in zip(group.trials, styles, strict=True):
        path = np.array(trajectory_of(trial.evaluations[0].details))
        axes.plot(
            path[:, 0],
            path[:, 1],
            color=style.color,
            marker=style.marker,
            markersize=1.8,
            linewidth=0.7,
            label=f"{label}: {_end(path, function)}" if label else _end(path, function),
        )
    axes.legend(
        loc="upper right" if function.has_minimum else "lower left",
        fontsize=6,
        handlelength=1.2 if len(group.trials) > 1 else 0,
        handletextpad=0.6 if len(group.trials) > 1 else 0,
        markerscale=1 if len(group.trials) > 1 else 0,
        frameon=True,
        framealpha=0.85,
        edgecolor="none",
        borderpad=0.2,
        borderaxespad=0.1,
    )


def _end(path: NDArray[np.float64], function: ToyFunction) -> str:
    """What came of a descent, in a few letters."""
    if function.has_minimum:
        return f"f = {number_text(float(function.value(path[-1])))}"
    is_out = np.abs(path[:, 1]) > FAR
    count = int(np.argmax(is_out))
    return f"{count} update{'s' if count > 1 else ''}" if is_out.any() else "stays"
