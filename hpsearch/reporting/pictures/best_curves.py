"""The learning curves of the best trials of a search, one panel each."""

import math
from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hpsearch.domain.ranking import best_trials
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Curve, Trial
from hpsearch.reporting.comparison import in_lines, label
from hpsearch.reporting.curve_summary import summary
from hpsearch.reporting.metric_text import score_axis
from hpsearch.reporting.pictures.learning_curves import (
    Curves,
    band_words,
    draw_band,
    longest,
    score_scale,
    set_axes,
)
from hpsearch.reporting.pictures.style import DASHED, PALETTE, Drawing, Sheet
from hpsearch.reporting.text import score_form, score_text

COUNT = 20
COLUMNS = 5
LINE = 28  # letters over a panel
TRAIN, VALIDATION = PALETTE[1], PALETTE[0]


def best_curves(study: Study, curves: Curves) -> Drawing:
    """Up to `COUNT` panels, best first; `curves` holds those of these trials."""
    trials, epochs = best_trials(study.trials, COUNT), longest(curves)
    scale = score_scale(study, curves)

    def draw() -> Figure:
        columns = min(COLUMNS, len(trials))
        titles = [_title(rank, trial, study) for rank, trial in enumerate(trials, 1)]
        lines = max(title.count("\n") + 1 for title in titles)
        sheet = Sheet(
            rows=math.ceil(len(trials) / columns),
            columns=columns,
            panel=(1.4, 0.95),
            top=0.27 + 0.12 * lines,
            gap=(0.12, 0.12 + 0.12 * lines),
        )
        figure = sheet.figure()
        drawn = sheet.panels(figure, titles, partial(set_axes, scale=scale, epochs=epochs))
        for axes, trial in zip(drawn, trials, strict=True):
            _draw(axes, curves.get(trial.number, ()))
            axes.title.set(fontsize=6.5, linespacing=1.15)
        _labels(figure, sheet, score_axis(study))
        return figure

    return Drawing(
        "learning-curves", f"Learning curves of the Best-{len(trials)}", _how(study), draw
    )


def _draw(axes: Axes, curves: Sequence[Curve]) -> None:
    train, validation = summary(curves, "train_score"), summary(curves, "validation_score")
    axes.plot(train.epochs, train.mean, color=TRAIN, linestyle=DASHED, linewidth=0.9)
    axes.plot(validation.epochs, validation.mean, color=VALIDATION, linewidth=1.2)
    draw_band(axes, validation, VALIDATION)


def _title(rank: int, trial: Trial, study: Study) -> str:
    """Rank, score and configuration, in lines that fit over a panel."""
    score = score_text(trial.score, score_form(study))
    text = label(trial.configuration, tuple(trial.configuration))
    return f"Best-{rank}: {score}\n{in_lines(text, LINE)}"


def _labels(figure: Figure, sheet: Sheet, score: str) -> None:
    sheet.name_axes(figure, "epoch", score)
    handles = [
        Line2D([], [], color=VALIDATION, label="validation"),
        Line2D([], [], color=TRAIN, linestyle=DASHED, linewidth=0.9, label="training"),
    ]
    figure.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 1), ncols=2, borderpad=0.3
    )


def _how(study: Study) -> str:
    score = score_axis(study)
    kinds = f"Validation {score} is solid, training {score} dashed (running mean over each epoch)."
    return f"{kinds} {band_words(study)}".rstrip()
