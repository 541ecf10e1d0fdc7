"""Histograms of hidden activations before the first step: a row per trial, a column per layer."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hpsearch.domain.measurements import LayerActivations, activations_of
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Trial
from hpsearch.reporting.comparison import label, varied
from hpsearch.reporting.pictures.style import PALETTE, Drawing, Sheet, number_text, text_width

LARGEST_COLUMNS = 6


def activation_histograms(study: Study, trials: Sequence[Trial]) -> list[Drawing]:
    """The layers of `trials`, each from its first training that measured them."""
    names = varied(study.trials, study.spec.space)
    rows = [(label(trial.configuration, names), _layers(trial)) for trial in trials]
    depth = max(len(layers) for _, layers in rows)
    shown = _shown_layers(depth)

    def draw() -> Figure:
        sheet = Sheet(
            rows=len(rows),
            columns=len(shown),
            panel=(1.15, 0.55),
            left=0.2 + text_width([text for text, _ in rows]),
            top=0.42,
            gap=(0.12, 0.3),
        )
        figure = sheet.figure()
        for row, (text, layers) in enumerate(rows):
            for column, number in enumerate(shown):
                axes = sheet.panel_at(figure, row * len(shown) + column)
                if number < len(layers):
                    _draw(axes, layers[number])
                else:
                    axes.set_axis_off()
                if row == 0:
                    _beside(axes, (0.5, 1.38), f"layer {number + 1}", "center")
                if column == 0:
                    _beside(axes, (-0.08, 0.4), text, "right")
        sheet.name_axes(figure, "activation")
        return figure

    caption = (
        "Activations of each hidden layer on the training rows before the first step; each panel "
        "is scaled to its highest bar, and values beyond an axis are counted in its last bar. SD "
        "is their standard deviation; flat is the share where the non-linearity is flat: sigmoid "
        "outside 0.1 to 0.9, tanh beyond ±0.9, ReLU at 0. Bars of ReLU leave out its zeros."
    )
    return [Drawing("activations", "Activations before training", caption, draw)]


def _layers(trial: Trial) -> tuple[LayerActivations, ...]:
    measured = (activations_of(each.details) for each in trial.evaluations)
    return next((layers for layers in measured if layers), ())


def _shown_layers(depth: int) -> list[int]:
    """Numbers from 0 of at most `LARGEST_COLUMNS` layers, the first and the last among them."""
    count = min(depth, LARGEST_COLUMNS)
    return sorted({round(at) for at in np.linspace(0, depth - 1, count).tolist()})


def _draw(axes: Axes, layer: LayerActivations) -> None:
    edges = np.linspace(layer.low, layer.high, len(layer.counts) + 1)
    counts = np.array(layer.counts)
    if layer.low == 0 and layer.high > 1:  # ReLU: its zeros would hide all else
        counts[0] -= round(layer.saturated * counts.sum())
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=PALETTE[0])
    axes.set(xlim=(layer.low, layer.high), xticks=[layer.low, layer.high], yticks=[])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(pad=1.5, length=2, labelsize=6.5)
    deviation = "-" if layer.deviation is None else number_text(layer.deviation)
    axes.set_title(f"SD {deviation}, flat {layer.saturated:.0%}", fontsize=6, pad=2)


def _beside(axes: Axes, place: tuple[float, float], text: str, align: str) -> None:
    """Text outside a panel, at a place in its own unit square."""
    axes.text(*place, text, transform=axes.transAxes, ha=align, va="center")
