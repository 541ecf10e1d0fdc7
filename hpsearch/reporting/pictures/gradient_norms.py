"""Norms of the gradients of each layer's weights: over layers at the start, and over epochs."""

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from hpsearch.domain.measurements import gradient_norms_of
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Trial
from hpsearch.reporting.comparison import comparison, in_lines, label, varied
from hpsearch.reporting.pictures.style import (
    Drawing,
    Sheet,
    columns_for,
    line_styles,
    log_scale,
    shade,
    text_width,
    whole_numbers,
)

Norms = NDArray[np.float64]

LINE = 26  # letters over a panel
AXIS = "‖∂L/∂W‖ of a layer"


def gradient_pictures(study: Study, trials: Sequence[Trial]) -> list[Drawing]:
    """Both pictures of `trials`, each from its first training that measured gradients."""
    measured = {trial.number: _norms(trial) for trial in trials}
    return [_by_layer(study, trials, measured), _over_epochs(study, trials, measured)]


def _by_layer(study: Study, trials: Sequence[Trial], measured: Mapping[int, Norms]) -> Drawing:
    compared = comparison(trials, study.spec.space)

    def draw() -> Figure:
        styles = line_styles(len(compared.labels), is_ordered=compared.is_ordered)
        style_of = dict(zip(compared.labels, styles, strict=True))
        columns = columns_for(len(compared.panels), 3)
        sheet = Sheet(
            rows=math.ceil(len(compared.panels) / columns),
            columns=columns,
            panel=(3.6, 2.5) if columns == 1 else (2.1, 1.7),
            left=0.7,
            right=0.35 + text_width(compared.labels),
        )
        figure = sheet.figure()
        shown = [norms[:1] for norms in measured.values()]
        prepare = partial(_set_axes, length=max(norms.shape[1] for norms in shown), shown=shown)
        drawn = sheet.panels(figure, [panel.title for panel in compared.panels], prepare)
        for axes, panel in zip(drawn, compared.panels, strict=True):
            for text, trial in panel.trials:
                norms, style = measured[trial.number][0], style_of[text]
                layers = np.arange(1, len(norms) + 1)
                axes.plot(layers, norms, color=style.color, marker=style.marker)
        sheet.name_axes(figure, "layer, from the input to the output", AXIS)
        handles = [
            Line2D([], [], color=style.color, marker=style.marker, label=text)
            for text, style in style_of.items()
        ]
        sheet.legend(figure, handles if any(compared.labels) else [])
        return figure

    caption = (
        "Norm of the gradient of each layer's weights in the first minibatch of training, on a log "
        "scale (first training of each trial). Where a line falls towards the input, gradients "
        "vanish; where it rises, they explode."
    )
    return Drawing("gradients-by-layer", "Gradients by layer at the start", caption, draw)


def _over_epochs(study: Study, trials: Sequence[Trial], measured: Mapping[int, Norms]) -> Drawing:
    names = varied(trials, study.spec.space)
    titles = [in_lines(label(trial.configuration, names), LINE, 2) for trial in trials]

    def draw() -> Figure:
        columns = columns_for(len(trials))
        depth = max(norms.shape[1] for norms in measured.values())
        lines = max(title.count("\n") + 1 for title in titles)
        sheet = Sheet(
            rows=math.ceil(len(trials) / columns),
            columns=columns,
            panel=(1.7, 1.25),
            left=0.7,
            right=0.95,
            top=0.15 + 0.14 * lines,
            gap=(0.15, 0.16 + 0.14 * lines),
        )
        figure = sheet.figure()
        shown = list(measured.values())
        prepare = partial(_set_axes, length=max(map(len, shown)), shown=shown)
        drawn = sheet.panels(figure, titles, prepare)
        for axes, trial in zip(drawn, trials, strict=True):
            norms = measured[trial.number]
            for layer in range(norms.shape[1]):
                color = shade(layer, depth)
                dot = "." if len(norms) == 1 else ""
                epochs = np.arange(1, len(norms) + 1)
                axes.plot(epochs, norms[:, layer], color=color, linewidth=1, marker=dot)
        sheet.name_axes(figure, "epoch", AXIS)
        sheet.legend(figure, _layer_handles(depth))
        return figure

    caption = (
        "Norm of the gradient of each layer's weights in the first minibatch of each epoch, on a "
        "log scale (first training of each trial); layers from the input (dark) to the output."
    )
    return Drawing("gradients", "Gradients over epochs", caption, draw)


def _norms(trial: Trial) -> Norms:
    """Of the trial's first training that measured them, `(epoch, layer)`; 0 is left out as NaN."""
    measured = (gradient_norms_of(each.details) for each in trial.evaluations)
    norms = np.array(next((each for each in measured if each), ()), np.float64)
    return np.where(norms > 0, norms, np.nan)


def _set_axes(axes: Axes, length: int, shown: Sequence[Norms]) -> None:
    """Room for whole numbers up to `length`, and for all norms on a log scale."""
    known = np.concatenate([norms[np.isfinite(norms)] for norms in shown])
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 1.0)
    log_scale(axes)
    decades = math.floor(math.log10(low)), math.ceil(math.log10(high * 1.01))
    axes.set(xlim=(0.5, length + 0.5), ylim=(10.0 ** decades[0], 10.0 ** decades[1]))
    whole_numbers(axes)


def _layer_handles(depth: int) -> list[Line2D]:
    numbers = np.unique(np.linspace(0, depth - 1, min(depth, 6)).round().astype(int)).tolist()
    return [
        Line2D([], [], color=shade(number, depth), label=f"layer {number + 1}")
        for number in numbers
    ]
