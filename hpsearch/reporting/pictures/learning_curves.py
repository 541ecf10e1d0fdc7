"""Learning curves of compared values, overlaid; in panels where two hyperparameters vary."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hpsearch.domain.study import Study
from hpsearch.domain.task import Metric, Task
from hpsearch.domain.trial import Curve, State
from hpsearch.reporting.comparison import Comparison, Panel, comparison
from hpsearch.reporting.curve_summary import CurveSummary, summary
from hpsearch.reporting.metric_text import score_axis
from hpsearch.reporting.pictures.style import (
    DASHED,
    INK,
    Drawing,
    LineStyle,
    Sheet,
    columns_for,
    line_styles,
    log_scale,
    text_width,
    whole_numbers,
)

TRAINING: dict[str, Any] = {
    "linestyle": DASHED,
    "linewidth": 0.9,
    "markerfacecolor": "white",
    "markersize": 2.6,
    "markeredgewidth": 0.7,
}

Curves = Mapping[int, Sequence[Curve]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Vertical axis of learning curves.

    Attributes:
        low: lower end.
        high: upper end.
        is_log: whether it is logarithmic.
        is_cut: whether some curve goes beyond.
    """

    low: float
    high: float
    is_log: bool = False
    is_cut: bool = False


ACCURACY = Scale(low=0, high=1.02)
AxesOf = Mapping[str, tuple[str, Scale]]  # name and scale of the axis of a series
ONE_ROW = 4  # panels that fit beside each other


def learning_curves(study: Study, curves: Curves) -> list[Drawing]:
    """One picture of accuracy and loss, or one of each where there are many panels."""
    compared = comparison(study.trials, study.spec.space)
    loss = loss_scale([curve for own in curves.values() for curve in own])
    axes_of = {
        "score": (score_axis(study), score_scale(study, curves)),
        "loss": ("cross-entropy" if study.data.class_count else "squared error", loss),
    }
    how = _how(study, loss)
    if len(compared.panels) <= ONE_ROW:
        draw = _overlaid if len(compared.panels) == 1 else _stacked
        return [
            Drawing("learning-curves", "Learning curves", how, draw(compared, curves, axes_of)),
        ]
    return [
        Drawing(
            "learning-curves",
            f"Learning curves: {score_axis(study)}",
            how,
            _small_multiples(compared, curves, "score", axes_of),
        ),
        Drawing(
            "learning-curves-loss",
            "Learning curves: loss",
            how,
            _small_multiples(compared, curves, "loss", axes_of),
        ),
    ]


def score_scale(study: Study, curves: Curves) -> Scale:
    """An axis for scores: shares from 0 to 1, others from the lowest half of them upwards."""
    metric = study.spec.data.metric
    if metric.task is Task.CLASSIFICATION and metric is not Metric.LOG_LOSS:
        return ACCURACY
    parts = [each.validation_score for own in curves.values() for each in own]
    scores = np.concatenate(parts) if parts else np.zeros(1, np.float32)
    scores = scores[np.isfinite(scores)]
    high = float(scores.max(initial=0.0 if not len(scores) else float(scores[0])))
    low = float(np.median(scores)) if len(scores) else 0.0
    margin = 1.5 * (high - low) or 1.0
    return Scale(low=high - margin, high=high + 0.05 * margin)


def loss_scale(curves: Sequence[Curve]) -> Scale:
    """An axis for losses that no runaway curve can spoil; logarithmic where they fall far."""
    parts = [part for curve in curves for part in (curve.train_loss, curve.validation_loss)]
    losses = np.concatenate(parts) if parts else np.ones(1, np.float32)
    losses = losses[np.isfinite(losses) & (losses > 0)]
    starts = [float(curve.train_loss[0]) for curve in curves if np.isfinite(curve.train_loss[0])]
    start = float(np.median(starts)) if starts else 1.0
    low, high = float(losses.min(initial=start)), float(losses.max(initial=start))
    if start / low > 8:
        top = min(high * 1.2, start * 10)
        bottom = max(low * 0.8, start * 1e-5)
        is_cut = high > top or low < bottom
        return Scale(low=bottom, high=top, is_log=True, is_cut=is_cut)
    top = min(high, start * 2) * 1.05
    return Scale(low=0, high=top, is_cut=high > top)


def longest(curves: Curves) -> int:
    """Epochs of the longest of all curves."""
    return max((len(curve.train_score) for own in curves.values() for curve in own), default=1)


def set_axes(axes: Axes, scale: Scale, epochs: int) -> None:
    """Scales, limits and ticks of a panel."""
    if scale.is_log:
        log_scale(axes)
    axes.set(xlim=(0, 1.03 * epochs), ylim=(scale.low, scale.high))
    whole_numbers(axes)


def draw_band(axes: Axes, series: CurveSummary, color: str) -> None:
    """The band around a mean; nothing for a single training."""
    if series.has_band:
        axes.fill_between(series.epochs, series.low, series.high, color=color, alpha=0.18)


def _overlaid(compared: Comparison, curves: Curves, axes_of: AxesOf) -> Callable[[], Figure]:
    styles = _styles(compared)

    def draw() -> Figure:
        sheet = Sheet(
            rows=1,
            columns=2,
            panel=(2.75, 2.3),
            gap=(0.6, 0),
            top=0.12,
            right=0.35 + text_width([*styles, "validation"]),
        )
        figure = sheet.figure()
        panel = compared.panels[0]
        for index, (series, (name, scale)) in enumerate(axes_of.items()):
            axes = sheet.panel_at(figure, index)
            set_axes(axes, scale, longest(curves))
            _draw_panel(axes, panel, curves, styles, series)
            axes.set(xlabel="epoch", ylabel=name)
        _legend(figure, sheet, styles)
        return figure

    return draw


def _stacked(compared: Comparison, curves: Curves, axes_of: AxesOf) -> Callable[[], Figure]:
    """A row of panels with accuracies over one with losses."""
    styles, count = _styles(compared), len(compared.panels)

    def draw() -> Figure:
        sheet = Sheet(
            rows=2,
            columns=count,
            panel=(2.0, 1.5) if count < ONE_ROW else (1.55, 1.2),
            left=0.6,
            gap=(0.15, 0.15),
            right=0.35 + text_width([*styles, "validation"]),
        )
        figure = sheet.figure()
        rows = ["score"] * count + ["loss"] * count
        panels = compared.panels * 2
        drawn = [sheet.panel_at(figure, index) for index in range(2 * count)]
        for axes, panel, series in zip(drawn, panels, rows, strict=True):
            set_axes(axes, axes_of[series][1], longest(curves))
            _draw_panel(axes, panel, curves, styles, series)
        for axes, panel in zip(drawn[:count], compared.panels, strict=True):
            axes.set_title(panel.title, pad=3)
        sheet.trim_labels(drawn)
        drawn[0].set_ylabel(axes_of["score"][0])
        drawn[count].set_ylabel(axes_of["loss"][0])
        sheet.name_axes(figure, "epoch")
        _legend(figure, sheet, styles)
        return figure

    return draw


def _small_multiples(
    compared: Comparison, curves: Curves, series: str, axes_of: AxesOf
) -> Callable[[], Figure]:
    styles = _styles(compared)

    def draw() -> Figure:
        columns = columns_for(len(compared.panels))
        sheet = Sheet(
            rows=math.ceil(len(compared.panels) / columns),
            columns=columns,
            panel=(1.55, 1.15),
            right=0.35 + text_width([*styles, "validation"]),
        )
        figure = sheet.figure()
        prepare = partial(set_axes, scale=axes_of[series][1], epochs=longest(curves))
        drawn = sheet.panels(figure, [panel.title for panel in compared.panels], prepare)
        for axes, panel in zip(drawn, compared.panels, strict=True):
            _draw_panel(axes, panel, curves, styles, series)
        sheet.name_axes(figure, "epoch", axes_of[series][0])
        _legend(figure, sheet, styles)
        return figure

    return draw


def _draw_panel(
    axes: Axes, panel: Panel, curves: Curves, styles: Mapping[str, LineStyle], series: str
) -> None:
    for index, (text, trial) in enumerate(panel.trials):
        own, style = curves.get(trial.number, ()), styles[text]
        train, validation = summary(own, f"train_{series}"), summary(own, f"validation_{series}")
        places = _mark_places(len(validation.epochs), index, len(panel.trials))
        marked: dict[str, Any] = {"color": style.color, "marker": style.marker, "markevery": places}
        axes.plot(train.epochs, train.mean, **marked, **TRAINING)
        axes.plot(validation.epochs, validation.mean, **marked)
        draw_band(axes, validation, style.color)
        if trial.outcome.state is State.DIVERGED:
            _mark_end(axes, validation, style)


def _mark_places(count: int, index: int, lines: int) -> list[int]:
    """About five places on a line, other ones than those of its neighbours."""
    step = max(1, count // 5)
    return list(range(min(count - 1, step * index // lines), count, step)) if count else []


def _mark_end(axes: Axes, series: CurveSummary, style: LineStyle) -> None:
    """A cross where training diverged, at the last values that were numbers."""
    place = ([series.epochs[-1]], [series.mean[-1]]) if len(series.epochs) else ([1], [0])
    axes.plot(*place, color=style.color, marker="x", markersize=6, markeredgewidth=1.5)


def _styles(compared: Comparison) -> dict[str, LineStyle]:
    styles = line_styles(len(compared.labels), is_ordered=compared.is_ordered)
    return dict(zip(compared.labels, styles, strict=True))


def _legend(figure: Figure, sheet: Sheet, styles: Mapping[str, LineStyle]) -> None:
    lines = [
        Line2D([], [], color=each.color, marker=each.marker, label=text)
        for text, each in styles.items()
        if text
    ]
    kinds = [
        Line2D([], [], color=INK, label="validation"),
        Line2D([], [], color=INK, marker="o", **TRAINING, label="training"),
    ]
    sheet.legend(figure, [*lines, *kinds])


def band_words(study: Study) -> str:
    """What lines and bands are of several trainings; empty for single ones."""
    runs = len(study.spec.parts)
    if runs == 1:
        return ""
    return (
        f"Lines are means over {runs} trainings; bands are ± one standard deviation of the "
        "validation curves, and end where the lowest and the highest of them are."
    )


def _how(study: Study, loss: Scale) -> str:
    """The caption: what lines, bands and marks mean."""
    kinds = "Validation is solid, training dashed (running mean over an epoch's minibatches)."
    sentences = [kinds, band_words(study)]
    if any(trial.outcome.state is State.DIVERGED for trial in study.trials):
        sentences.append("A cross ends what diverged.")
    if loss.is_cut:
        sentences.append("The loss axis is cut: some curves go on beyond it.")
    return " ".join(filter(None, sentences))
