"""Configurations as lines across parallel axes."""

from matplotlib.figure import Figure

from hpsearch.domain.imported import Searched
from hpsearch.reporting.pictures.hyperparameter_axis import OFF_GAP, axes_of
from hpsearch.reporting.pictures.style import INK, Drawing, Sheet, shade, text_width

MOST = 400  # lines: of more trials the best, and an even share of the rest
GREYS = 5
MOST_AXES = 12  # as many as a page holds


def parallel_coordinates(study: Searched) -> Drawing | None:
    """A line for each trial through its values and its score; None for one hyperparameter."""
    axes = axes_of([stage.space for stage in study.stages if stage.space])[:MOST_AXES]
    ordered = sorted((t for t in study.trials if t.score is not None), key=lambda t: t.score or 0.0)
    if len(axes) < 2 or len(ordered) < 2:
        return None
    step = max(1, -(-len(ordered) // MOST))
    chosen = [t for at, t in enumerate(ordered) if (len(ordered) - 1 - at) % step == 0]

    def draw() -> Figure:
        sheet = Sheet(
            rows=1,
            columns=1,
            panel=(max(4.0, 1.2 * len(axes)), 2.2),
            top=0.2,
            bottom=0.35,
            left=0.6,
            right=0.2 + text_width(["0.000"]),
        )
        figure = sheet.figure()
        panel = sheet.panel_at(figure, 0)
        low, high = ordered[0].score or 0.0, ordered[-1].score or 0.0
        for rank, trial in enumerate(chosen):
            ys = [axis.of(trial.configuration) for axis in axes]
            share = ((trial.score or 0.0) - low) / (high - low) if high > low else 1.0
            known = [(x, y) for x, y in enumerate([*ys, share]) if y is not None]
            color = shade(GREYS * rank // len(chosen), GREYS)
            panel.plot(*zip(*known, strict=True), color=color, linewidth=0.6, alpha=0.8)
        panel.grid(visible=False)
        for x, axis in enumerate(axes):
            panel.axvline(x, color=INK, linewidth=0.6)
            for place, text in zip(*axis.ticks(4), strict=True):
                box = {"facecolor": "white", "pad": 0.5, "alpha": 0.8}
                panel.text(x - 0.03, place, text, fontsize=6, ha="right", va="center", bbox=box)
        panel.axvline(len(axes), color=INK, linewidth=0.6)
        for place, score in ((0.0, low), (1.0, high)):
            panel.text(len(axes) + 0.03, place, f"{score:.3g}", fontsize=6, ha="left", va="center")
        panel.set_xticks(range(len(axes) + 1), [*(axis.label for axis in axes), "score"])
        panel.set_yticks([])
        panel.set(xlim=(-0.05, len(axes) + 0.05), ylim=(-OFF_GAP - 0.04, 1.04))
        panel.spines[["left", "bottom"]].set_visible(False)
        return figure

    kept = f" {len(chosen)} of {len(ordered)} trials are drawn." if step > 1 else ""
    return Drawing(
        "parallel",
        "Configurations and scores",
        f"Each line is a trial, the lighter the better.{kept}",
        draw,
    )
