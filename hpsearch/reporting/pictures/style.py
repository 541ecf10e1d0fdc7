"""One look for all pictures, and their bytes.

A white card with dark text reads the same on light and dark pages and on paper. Colours are those
of Okabe and Ito, or of viridis where values have an order; both can be told apart by people with
any colour vision. Markers tell lines apart in grey.

The same figure gives the same bytes: no dates, no versions, fixed ids, matplotlib's own font, and
no settings of the user's.
"""

import io
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter

from hpsearch.reporting.picture import Picture

INK = "#222222"
FAINT = "#d9d9d9"
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
SOLID, DASHED = "-", (0, (3.2, 1.6))

STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 8,
    "axes.titley": 1.0,  # where it would be put anyway, without measuring every label
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.6,
    "patch.linewidth": 0.0,
    "svg.fonttype": "path",
    "svg.hashsalt": "hpsearch",
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": 7,
    "xtick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.color": INK,
    "ytick.labelsize": 7,
    "ytick.major.width": 0.6,
    "ytick.minor.width": 0.4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStyle:
    """Colour and marker of one of several lines."""

    color: str
    marker: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that is yet to be drawn, by `drawn`.

    Attributes:
        name: stem of its files.
        heading: what it shows, in a few words.
        caption: how to read it, in sentences.
        draw: makes the figure, under the settings of the common style.
    """

    name: str
    heading: str
    caption: str
    draw: Callable[[], Figure]


def drawn(drawing: Drawing) -> Picture:
    """The picture, in the common style."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        # Names of other programs may hold letters that the font lacks: it draws a box for them.
        warnings.filterwarnings("ignore", message="Glyph")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = drawing.draw()
        return Picture(
            name=drawing.name,
            heading=drawing.heading,
            caption=drawing.caption,
            svg=_bytes(figure, "svg", {"Date": None, "Creator": "hpsearch"}),
            png=_bytes(figure, "png", {"Software": None}),
        )


def line_styles(count: int, *, is_ordered: bool) -> list[LineStyle]:
    """Styles that tell `count` lines apart; of ordered ones, darker is earlier."""
    if (is_ordered and count > 3) or count > len(PALETTE):
        colors = [shade(index, count) for index in range(count)]
    else:
        colors = list(PALETTE[:count])
    return [
        LineStyle(color=color, marker=MARKERS[index % len(MARKERS)])
        for index, color in enumerate(colors)
    ]


def shade(index: int, count: int) -> str:
    """Colour of one of `count` things in order, from dark to light."""
    return to_hex(colormaps["viridis"](0.88 * index / max(1, count - 1)))


def whole_numbers(axes: Axes) -> None:
    """Ticks at whole numbers on the horizontal axis."""
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))


def log_scale(axes: Axes) -> None:
    """A logarithmic vertical axis with labels at powers of ten only."""
    axes.set_yscale("log")
    axes.yaxis.set_minor_formatter(NullFormatter())


def score_limits(values: Sequence[float]) -> tuple[float, float]:
    """Ends of an axis: a few values far below the others do not stretch it."""
    ordered = sorted(values)
    high, quarter = ordered[-1], ordered[len(ordered) // 4]
    low = ordered[0] if ordered[0] >= -1 else max(ordered[0], high - 3 * (high - quarter))
    room = 0.05 * (high - low) or 0.05
    return low - room, high + room


def number_text(number: float) -> str:
    """Two significant digits, written out where that is short: `13000`, `1.3e-06`."""
    return f"{float(f'{number:.2g}'):g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A grid of equal panels with room around it, all in inches.

    Attributes:
        left: room for the labels of the vertical axis.
        right: room for a legend.
        gap: horizontal and vertical room between panels.
    """

    rows: int
    columns: int
    panel: tuple[float, float]
    left: float = 0.55
    right: float = 0.1
    top: float = 0.3
    bottom: float = 0.45
    gap: tuple[float, float] = (0.15, 0.3)

    @property
    def width(self) -> float:
        """Width of the figure."""
        inner = self.columns * self.panel[0] + (self.columns - 1) * self.gap[0]
        return self.left + inner + self.right

    @property
    def height(self) -> float:
        """Height of the figure."""
        inner = self.rows * self.panel[1] + (self.rows - 1) * self.gap[1]
        return self.bottom + inner + self.top

    def figure(self) -> Figure:
        """An empty figure of that size."""
        return Figure(figsize=(self.width, self.height))

    def panel_at(self, figure: Figure, index: int) -> Axes:
        """The panel of a running number, row by row."""
        row, column = divmod(index, self.columns)
        x = self.left + column * (self.panel[0] + self.gap[0])
        y = self.height - self.top - self.panel[1] - row * (self.panel[1] + self.gap[1])
        place = (
            x / self.width,
            y / self.height,
            self.panel[0] / self.width,
            self.panel[1] / self.height,
        )
        return figure.add_axes(place)

    def name_axes(self, figure: Figure, x: str, y: str = "") -> None:
        """Name the axes that all panels share, once each."""
        across = (self.left + self.width - self.right) / 2 / self.width
        up = (self.bottom + self.height - self.top) / 2 / self.height
        figure.supxlabel(x, x=across, y=0.06 / self.height, va="bottom", fontsize=8)
        if y:
            figure.supylabel(y, x=0.06 / self.width, y=up, ha="left", fontsize=8)

    def legend(self, figure: Figure, handles: Sequence[Artist]) -> None:
        """A legend in the room at the right."""
        place = (1 - (self.right - 0.1) / self.width, 1 - self.top / self.height)
        figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=place,
            borderaxespad=0,
            borderpad=0,
            handlelength=1.6,
            handletextpad=0.5,
        )

    def panels(
        self, figure: Figure, titles: Sequence[str], prepare: Callable[[Axes], object]
    ) -> list[Axes]:
        """One panel for each title, with the same axes, labelled at the outer ones only.

        Args:
            prepare: gives a panel its scales and limits.
        """
        drawn = [self.panel_at(figure, index) for index in range(len(titles))]
        for axes, title in zip(drawn, titles, strict=True):
            prepare(axes)
            axes.set_title(title, pad=3)
            for axis, place in ((axes.xaxis, (0.5, 0)), (axes.yaxis, (0, 0.5))):
                axis.set_label_coords(*place)  # has none, for which room would be measured
        self.trim_labels(drawn)
        return drawn

    def trim_labels(self, panels: Sequence[Axes]) -> None:
        """Tick labels at the left column and under the lowest panel of each column."""
        for index, panel in enumerate(panels):
            has_none_below = index + self.columns >= len(panels)
            panel.tick_params(labelleft=index % self.columns == 0, labelbottom=has_none_below)


def columns_for(count: int, largest: int = 4) -> int:
    """Columns of `count` panels: at most `largest`, and rows as full as they can be."""
    rows = math.ceil(count / largest)
    return math.ceil(count / rows)


def text_width(texts: Sequence[str], size: float = 7.5) -> float:
    """Room in inches that the longest of `texts` needs, roughly and not too little."""
    return max(map(len, texts), default=0) * size * 0.0089


def _bytes(figure: Figure, kind: str, metadata: dict[str, str | None]) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=200, metadata=metadata)
    return buffer.getvalue()
