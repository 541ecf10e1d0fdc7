"""Learning curves of an imported study: what its trials reported, over one another."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hpsearch.domain.imported import ImportedStudy
from hpsearch.domain.measurements import reported_of
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.trial import Trial
from hpsearch.reporting.metric_text import score_axis
from hpsearch.reporting.pictures.style import (
    Drawing,
    Sheet,
    line_styles,
    score_limits,
    text_width,
    whole_numbers,
)

COUNT = 5  # in colour
MOST = 200  # in grey: of more trials an even share
MARKS = 6
REST = "#b8b8b8"

Points = Sequence[tuple[int, float]]


def reported_curves(study: ImportedStudy) -> Drawing | None:
    """All curves, those of the best in colour; None where no trial told two values or more."""
    curves = {trial.number: _points(study, trial) for trial in study.trials}
    told = {number: points for number, points in curves.items() if len(points) > 1}
    if not told:
        return None
    best = {f"Best-{n}": t.number for n, t in enumerate(best_trials(study.trials, COUNT), 1)}
    shown = {text: told[number] for text, number in best.items() if number in told}
    rest = [points for number, points in told.items() if number not in best.values()]
    step = max(1, math.ceil(len(rest) / MOST))

    def draw() -> Figure:
        sheet = Sheet(
            rows=1,
            columns=1,
            panel=(4.2, 2.4),
            left=0.65,
            top=0.15,
            right=0.35 + text_width([*shown, "others"]),
        )
        figure = sheet.figure()
        panel = sheet.panel_at(figure, 0)
        for points in rest[::step]:
            panel.plot(*zip(*points, strict=True), color=REST, linewidth=0.6)
        lines = _draw_best(panel, shown)
        others = [Line2D([], [], color=REST, linewidth=0.6, label="others")] if rest else []
        panel.set_ylim(*score_limits([value for each in told.values() for _, value in each]))
        whole_numbers(panel)
        sheet.name_axes(figure, "step", score_axis(study))
        sheet.legend(figure, [*lines, *others])
        return figure

    caption = "What each trial reported while it ran, the best in colour."
    if step > 1:
        caption += f" Of the {len(rest)} others {len(rest[::step])} are drawn."
    return Drawing("learning-curves", "Learning curves", caption, draw)


def _points(study: ImportedStudy, trial: Trial) -> Points:
    """Step and score."""
    reported = reported_of(trial.evaluations[0].details)
    return [(step, study.source.score(value)) for step, value in reported.items()]


def _draw_best(panel: Axes, shown: Mapping[str, Points]) -> list[Line2D]:
    """A line for each, the best on top; in order."""
    lines: list[Line2D] = []
    styles = line_styles(len(shown), is_ordered=False)
    for at, (style, (text, points)) in enumerate(zip(styles, shown.items(), strict=True)):
        lines += panel.plot(
            *zip(*points, strict=True),
            color=style.color,
            label=text,
            marker=style.marker,
            markevery=max(1, len(points) // MARKS),
            zorder=3 - 0.1 * at,
        )
    return lines
