"""How a search went: the best so far, the ranges of its stages, rungs, fit and time."""

import math
from collections import defaultdict
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hpsearch.domain.imported import ImportedStudy, Searched
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Origin, Purpose
from hpsearch.reporting.metric_text import score_axis
from hpsearch.reporting.pictures.hyperparameter_axis import axes_of
from hpsearch.reporting.pictures.style import (
    DASHED,
    INK,
    PALETTE,
    Drawing,
    Sheet,
    log_scale,
    score_limits,
    text_width,
    whole_numbers,
)
from hpsearch.statistics.expected_best import expected_best_band

LEAST = 10  # trials drawn alike, for a band of what so many give
MANY = 2000


def best_so_far(study: Searched) -> Drawing:
    """The score of each trial and the best up to it, with what random trials give on average."""
    scored = [(trial.number, trial.score) for trial in study.trials if trial.score is not None]
    drawn = _drawn_alike(study)

    def draw() -> Figure:
        sheet = Sheet(
            rows=1,
            columns=1,
            panel=(4.2, 2.2),
            left=0.65,
            top=0.15,
            right=0.3 + text_width(["expected best"]),
        )
        figure = sheet.figure()
        panel = sheet.panel_at(figure, 0)
        numbers, scores = zip(*scored, strict=True)
        panel.plot(
            numbers,
            scores,
            linestyle="none",
            marker=".",
            markersize=3,
            color="#8c8c8c",
            rasterized=len(scores) > MANY,
        )
        panel.step(numbers, list(accumulate(scores, max)), where="post", color=PALETTE[0])
        if len(drawn) >= LEAST:
            band = expected_best_band(drawn)
            panel.fill_between(band.counts - 1, band.low, band.high, color=PALETTE[1], alpha=0.18)
            panel.plot(band.counts - 1, band.expected, color=PALETTE[1], linestyle=DASHED)
        for stage in study.stages[1:]:
            panel.axvline(stage.first_number - 0.5, color=INK, linewidth=0.6)
        sheet.name_axes(figure, "trial", score_axis(study))
        panel.set_ylim(*score_limits(scores))
        whole_numbers(panel)
        sheet.legend(figure, _progress_handles(with_band=len(drawn) >= LEAST))
        return figure

    caption = "Grey points are trials, the line the best of the search so far."
    if len(drawn) >= LEAST:
        caption += (
            " Dashed: the best that so many random trials of stage 1 give on average, with a 90 % "
            "band, for up to half of them."
        )
    if len(study.stages) > 1:
        caption += " Vertical lines part the stages."
    return Drawing("best-so-far", "Best so far", caption, draw)


def stage_ranges(study: Searched) -> Drawing | None:
    """The range of each hyperparameter in each stage; None with one stage."""
    stages = [stage for stage in study.stages if stage.space]
    axes = [axis for axis in axes_of([stage.space for stage in stages]) if axis.has_numbers]
    if len(stages) < 2 or not axes:
        return None
    best = best_trials(study.trials, 1)

    def draw() -> Figure:
        sheet = Sheet(
            rows=len(axes),
            columns=1,
            panel=(4.6, 0.24 * len(stages) + 0.1),
            gap=(0, 0.6),
            left=0.7,
            top=0.1,
            bottom=0.42,
            right=0.2,
        )
        figure = sheet.figure()
        for index, axis in enumerate(axes):
            panel = sheet.panel_at(figure, index)
            for at, stage in enumerate(stages):
                entry = dict(stage.space.pairs).get(axis.name)
                interval = None if entry is None else axis.interval(entry)
                if interval:
                    panel.plot(interval, (at, at), color=PALETTE[0], linewidth=5)
            place = axis.of(best[0].configuration) if best else None
            if place is not None:
                panel.axvline(place, color=INK, linewidth=0.8, linestyle=DASHED)
            axis.set(panel.xaxis)
            panel.set_ylim(len(stages) - 0.4, -0.6)
            panel.set_yticks(range(len(stages)), [f"stage {stage.number}" for stage in stages])
            panel.set_xlabel(axis.label)
        return figure

    caption = "What each stage searched. The dashed line is Best-1."
    return Drawing("stage-ranges", "Ranges of the stages", caption, draw)


def fits(study: Study) -> Drawing:
    """Training against validation: what overfits lies far below the diagonal."""
    pairs = [
        (trial.train_score, trial.score)
        for trial in study.trials
        if trial.score is not None and trial.train_score is not None
    ]

    def draw() -> Figure:
        sheet = Sheet(rows=1, columns=1, panel=(2.7, 2.5), left=0.65, top=0.15, right=0.2)
        figure = sheet.figure()
        panel = sheet.panel_at(figure, 0)
        xs, ys = zip(*pairs, strict=True)
        low, high = score_limits((*xs, *ys))
        panel.plot((low, high), (low, high), color=INK, linewidth=0.6, linestyle=DASHED)
        panel.plot(
            xs,
            ys,
            linestyle="none",
            marker="o",
            markersize=3,
            color=PALETTE[0],
            rasterized=len(pairs) > MANY,
        )
        best = best_trials(study.trials, 1)[0]
        place = best.train_score or 0.0, best.score or 0.0
        panel.plot(*place, marker="*", markersize=9, color=INK)
        panel.set(xlim=(low, high), ylim=(low, high))
        sheet.name_axes(figure, f"training {score_axis(study)}", f"validation {score_axis(study)}")
        return figure

    return Drawing(
        "fit",
        "Under- and overfitting",
        "Each point is a trial, the star Best-1. Low on the left: it learned too little. On the "
        "right and far below the diagonal: it fits the training rows better than the validation "
        "rows.",
        draw,
    )


def rung_scores(study: Study) -> Drawing | None:
    """Scores of the trials at each rung; None where nothing was given up early."""
    if not any(trial.of(Purpose.RUNG) for trial in study.trials):
        return None
    series: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for trial in study.trials:
        for purpose in (Purpose.RUNG, Purpose.SEARCH):
            found: dict[int, list[float]] = defaultdict(list)
            for each in trial.of(purpose):
                if each.validation_score is not None:
                    found[each.planned.epochs].append(each.validation_score)
            series[trial.number] += [
                (epochs, math.fsum(own) / len(own)) for epochs, own in sorted(found.items())
            ]

    def draw() -> Figure:
        sheet = Sheet(
            rows=1,
            columns=1,
            panel=(4.0, 2.2),
            top=0.15,
            right=0.3 + text_width(["trained in full"]),
        )
        figure = sheet.figure()
        panel = sheet.panel_at(figure, 0)
        last = study.spec.training.epochs
        _draw_rungs(panel, [own for own in series.values() if own], last)
        panel.set_xlim(0, 1.04 * last)
        sheet.name_axes(figure, "epochs trained", score_axis(study))
        whole_numbers(panel)
        lines = [(PALETTE[0], "trained in full"), ("#b0b0b0", "given up")]
        handles = [Line2D([], [], color=color, label=label) for color, label in lines]
        sheet.legend(figure, handles)
        return figure

    return Drawing(
        "rungs",
        "Giving up early",
        "Each line is a trial, from rung to rung; at each rung only some go on.",
        draw,
    )


def trial_times(study: Searched) -> Drawing:
    """How long each trial trained."""

    def draw() -> Figure:
        sheet = Sheet(rows=1, columns=1, panel=(4.2, 1.6), left=0.65, top=0.15, right=0.2)
        figure = sheet.figure()
        panel = sheet.panel_at(figure, 0)
        numbers = [trial.number for trial in study.trials]
        seconds = [max(trial.seconds, 1e-4) for trial in study.trials]
        panel.plot(
            numbers,
            seconds,
            linestyle="none",
            marker="o",
            markersize=2.5,
            color=PALETTE[0],
            rasterized=len(numbers) > MANY,
        )
        if max(seconds) > 20 * min(seconds):
            log_scale(panel)
        else:
            panel.set_ylim(0, 1.1 * max(seconds))
        sheet.name_axes(figure, "trial", "seconds")
        whole_numbers(panel)
        return figure

    return Drawing(
        "times",
        "Training time of each trial",
        "As it was recorded where the trials come from."
        if isinstance(study, ImportedStudy)
        else "All its trainings together, confirmations too. Networks trained side by side share "
        "their time equally.",
        draw,
    )


def _drawn_alike(study: Searched) -> list[float]:
    """Scores of trials that were drawn independently from one space: random ones of stage 1."""
    if isinstance(study, ImportedStudy):
        return []
    if study.spec.sampler is not Sampler.RANDOM or study.spec.plan.prune != "none":
        return []
    return [
        trial.score
        for trial in study.trials
        if trial.stage == 1 and trial.origin is Origin.SAMPLER and trial.score is not None
    ]


def _draw_rungs(panel: Axes, series: list[list[tuple[int, float]]], last: int) -> None:
    # Those that were trained in full over the others.
    for own in sorted(series, key=lambda each: each[-1][0] >= last):
        is_full = own[-1][0] >= last
        xs, ys = zip(*own, strict=True)
        panel.plot(
            xs,
            ys,
            color=PALETTE[0] if is_full else "#b0b0b0",
            linewidth=0.8 if is_full else 0.5,
            marker=".",
            markersize=2.5,
            rasterized=len(series) > MANY,
        )


def _progress_handles(*, with_band: bool) -> list[Line2D]:
    handles = [
        Line2D([], [], color=PALETTE[0], label="best so far"),
        Line2D([], [], linestyle="none", marker=".", color="#8c8c8c", label="trial"),
    ]
    if with_band:
        handles.append(Line2D([], [], color=PALETTE[1], linestyle=DASHED, label="expected best"))
    return handles
