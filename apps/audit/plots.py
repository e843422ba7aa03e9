"""Plots as inline SVG, drawn by matplotlib; their colours are CSS variables, so that they follow the page's theme."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ieiw.filters.statistics import Histogram, Joint
from ieiw.pipelines.audit.figures import Distribution, Drifted, Mark
from ieiw.pipelines.audit.sweeps import Swept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

_INK, _MUTED, _GRID, _DROPPED = "#010101", "#020202", "#030303", "#040404"
_COLOURS = {
    "source": "#050501",
    "target": "#050502",
    "gap": "#050503",
    "pair": "#050504",
    "here": "#050505",
    "there": "#050506",
}
_CELL = "#050507"
_VARIABLES = {
    _INK: "--ink",
    _MUTED: "--muted",
    _GRID: "--line",
    _DROPPED: "--bad",
    _CELL: "--s-pair",
    **{colour: f"--s-{name}" for name, colour in _COLOURS.items()},
}
"""Placeholder that matplotlib draws with -> the variable that it becomes."""
BOX = {"left": 0.09, "width": 0.88}
"""Where the axes of a sweep lie across the figure, as shares: the page lays its slider over them."""
_MOST_LINES = 6
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ieiw",
    "font.family": "sans-serif",
    "font.size": 8.5,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _MUTED,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "text.color": _INK,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


class _Canvas:
    """One figure with one pair of axes."""

    def __init__(self, width: float, height: float, box: tuple[float, float, float, float]) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=(width, height))
        FigureCanvasSVG(self.figure)
        self.axes: Axes = self.figure.add_axes(box)

    def svg(self, label: str) -> str:
        """The figure as an ``svg`` element that fills its box; ``label`` is read out by screen readers."""
        sink = io.StringIO()
        self.figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
        return _inline(sink.getvalue(), label)


@contextmanager
def _drawing(width: float, height: float, box: tuple[float, float, float, float]) -> Iterator[_Canvas]:
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        yield _Canvas(width, height, box)


def _inline(text: str, label: str) -> str:
    """Only the element, without fixed size, ids that every figure repeats and fonts of its own."""
    text = text[text.index("<svg") :]
    view = re.search(r'viewBox="([^"]+)"', text)
    body = text[text.index(">") + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(
        r' id="(?:figure|axes|patch|matplotlib\.axis|[xy]tick|line2d|text|legend|PolyCollection|QuadMesh)_\d+"',
        "",
        body,
    )
    body = re.sub(
        r"font-family: [^;\"]+;?|font: (\d+(?:\.\d+)?)px [^;\"]+",
        lambda m: f"font-size: {m[1]}px" if m[1] else "",
        body,
    )
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    hundredths = re.compile(r"(\d+\.\d{2})\d+")
    body = re.sub(r' (?:d|x|y|transform)="[^"]*"', lambda attribute: hundredths.sub(r"\1", attribute[0]), body)
    body = re.sub(r">\s+<", "><", body)
    return f'<svg viewBox="{view[1] if view else ""}" role="img" aria-label="{html.escape(label)}">{body}'


def distribution(shown: Distribution, roles: Sequence[str]) -> str:
    """Overlaid histograms of some roles of a score, with the bounds that were in force."""
    width = 4.0 if roles == ["pair"] else 2.9  # pairs have a card of their own, the others share one with their gap
    with _drawing(width, 1.55, (0.02, 0.16, 0.96, 0.71)) as canvas:
        for number, role in enumerate(roles):  # the first of two as an area, so that both are seen where they are alike
            _filled(canvas.axes, shown.histograms[role], _COLOURS[role], line=number > 0 or len(roles) == 1)
        edges = shown.histograms[roles[0]].edges
        canvas.axes.set_xlim(edges[0], edges[-1])
        for role in roles:
            _bounds(canvas.axes, shown.marks[role], _COLOURS[role])
        _bare(canvas.axes)
        return canvas.svg(f"Histogram of {shown.score}, {' and '.join(roles)}")


def _filled(axes: Axes, shown: Histogram, colour: str, *, share: bool = False, line: bool = True) -> None:
    """A histogram as a filled area, as a line, or as both; ``share`` makes samples of different sizes comparable."""
    heights = np.array([*shown.counts, shown.counts[-1]]) / ((sum(shown.counts) or 1) if share else 1)
    axes.fill_between(shown.edges, heights, step="post", color=colour, alpha=0.2 if line else 0.42, linewidth=0)
    if line:
        axes.step(shown.edges, heights, where="post", color=colour, linewidth=1.3)


def _bare(axes: Axes) -> None:
    axes.set_ylim(bottom=0)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(_few(integer=False))
    axes.tick_params(length=2.5, width=0.6)


def _bounds(axes: Axes, marks: Iterable[Mark], colour: str) -> None:
    """Dashed lines; where a bound holds for every row, what lies outside is shaded, and its rule and value stand above."""
    low, high = axes.get_xlim()
    for mark in list(marks)[:_MOST_LINES]:
        for bound, outside in ((mark.least, low), (mark.most, high)):
            if bound is None:
                continue
            axes.axvline(bound, color=_DROPPED, linewidth=1.3, linestyle=(0, (4, 2)))
            if mark.group == "all":
                axes.axvspan(min(bound, outside), max(bound, outside), color=_DROPPED, alpha=0.07, linewidth=0)
                share = (bound - low) / (high - low)  # the label is turned inwards near the ends
                axes.annotate(
                    f"{mark.rule} {bound:.3g}",
                    (bound, 1.0),
                    xycoords=("data", "axes fraction"),
                    xytext=(0, 3),
                    textcoords="offset points",
                    ha="left" if share < 0.3 else "right" if share > 0.7 else "center",
                    fontsize=8,
                    color=colour,
                    annotation_clip=False,
                )


def joint(score: str, counts: Joint, marks: dict[str, tuple[Mark, ...]]) -> str:
    """Source across, target up; darker, by the logarithm, where more rows lie. Outside the kept region is shaded."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgb

    cells, x, y = np.array(counts.counts), np.array(counts.x_edges), np.array(counts.y_edges)
    rows, columns = np.nonzero(cells)
    left, right, low, high = x[columns], x[columns + 1], y[rows], y[rows + 1]
    corners = np.stack([left, low, right, low, right, high, left, high], axis=1).reshape(-1, 4, 2)
    strengths = 0.18 + 0.82 * np.log1p(cells[rows, columns]) / np.log1p(max(1, int(cells.max(initial=1))))
    colours = [(*to_rgb(_CELL), round(float(strength), 2)) for strength in strengths]
    with _drawing(4.2, 4.0, (0.13, 0.12, 0.83, 0.84)) as canvas:
        axes = canvas.axes
        axes.add_collection(PolyCollection(list(corners), facecolors=colours, linewidths=0))
        axes.set_xlim(x[0], x[-1])
        axes.set_ylim(y[0], y[-1])
        axes.plot([x[0], x[-1]], [x[0], x[-1]], color=_GRID, linewidth=0.8)
        _region(axes, marks, (float(x[0]), float(x[-1])))
        for role, draw in (("source", axes.axvline), ("target", axes.axhline)):  # bounds of single groups as thin lines
            groups = [mark for mark in marks.get(role, ()) if mark.group != "all"][:_MOST_LINES]
            for bound in (bound for mark in groups for bound in (mark.least, mark.most) if bound is not None):
                draw(bound, color=_DROPPED, linewidth=0.8, linestyle=(0, (2, 2)))
        axes.set_xlabel(f"{score} of the source")
        axes.set_ylabel(f"{score} of the target")
        axes.tick_params(length=2.5, width=0.6)
        return canvas.svg(f"Joint counts of {score}: source across, target up, with the kept region")


def _region(axes: Axes, marks: dict[str, tuple[Mark, ...]], ends: tuple[float, float]) -> None:
    """The polygon that all bounds on every row leave, outlined; lines only where groups have bounds of their own."""
    frame = np.array([(ends[0], ends[0]), (ends[1], ends[0]), (ends[1], ends[1]), (ends[0], ends[1])], float)
    corners, bounded = frame, False
    for role, (a, b) in {"source": (1.0, 0.0), "target": (0.0, 1.0), "gap": (1.0, -1.0)}.items():
        for mark in marks.get(role, ()):
            for bound, sign in ((mark.most, 1.0), (mark.least, -1.0)):
                if bound is not None and mark.group == "all":
                    corners, bounded = clip(corners, (sign * a, sign * b), sign * bound), True
    if not bounded or len(corners) < 3:
        return
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    frame = np.concatenate([frame, frame[:1]])
    hole = np.concatenate([corners, corners[:1]])[::-1]
    codes = [Path.MOVETO, *[Path.LINETO] * (len(frame) - 1), Path.MOVETO, *[Path.LINETO] * (len(hole) - 1)]
    axes.add_patch(PathPatch(Path(np.concatenate([frame, hole]), codes), facecolor=_DROPPED, alpha=0.09, linewidth=0))
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if not any(start[at] == end[at] and start[at] in ends for at in (0, 1)):  # the frame itself is no bound
            axes.plot(*zip(start, end, strict=True), color=_DROPPED, linewidth=1.3, linestyle=(0, (4, 2)))


def clip(corners: Any, normal: tuple[float, float], bound: float) -> Any:
    """The part of a convex polygon (N, 2) where ``normal`` · point <= ``bound`` (Sutherland and Hodgman)."""
    kept: list[Any] = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside, outside = (float(np.dot(normal, point)) - bound for point in (start, end))
        if inside <= 0:
            kept.append(start)
        if (inside < 0 < outside) or (outside < 0 < inside):
            kept.append(start + (end - start) * (inside / (inside - outside)))
    return np.array(kept).reshape(-1, 2)


def sweep(swept: Swept) -> str:
    """Rows that pass (thin) and rows in the cut (thick) as the bound moves; the bound in force is dashed."""
    with _drawing(5.6, 1.75, (BOX["left"], 0.16, BOX["width"], 0.78)) as canvas:
        axes, places = canvas.axes, places_of(swept)
        axes.fill_between(places, swept.result.kept, color=_COLOURS["here"], alpha=0.16, linewidth=0)
        axes.plot(places, swept.result.passing, color=_MUTED, linewidth=1)
        axes.plot(places, swept.result.kept, color=_COLOURS["here"], linewidth=1.6)
        axes.axvline(swept.bound or 0.0, color=_DROPPED, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.set_xlim(min(places), max(places))
        axes.set_ylim(0, max(1, *swept.result.passing) * 1.06)
        axes.yaxis.set_major_locator(_few())
        axes.grid(axis="y")
        axes.tick_params(length=2.5, width=0.6)
        return canvas.svg(f"Rows kept as the bound of {swept.rule} moves")


def places_of(swept: Swept) -> list[float]:
    """Each point of a sweep as a bound, or as a shift where groups have bounds of their own; in the order of the shifts."""
    sign = -1 if swept.side == "least" else 1
    return [(swept.bound or 0.0) + sign * shift for shift in swept.result.shifts]


def _few(integer: bool = True) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4, integer=integer, steps=[1, 2, 2.5, 5, 10])


def drift(drifted: Drifted) -> str:
    """Shares of this build and of the other, overlaid."""
    with _drawing(4.0, 1.6, (0.03, 0.2, 0.94, 0.74)) as canvas:
        _filled(canvas.axes, drifted.there, _COLOURS["there"], share=True)
        _filled(canvas.axes, drifted.here, _COLOURS["here"], share=True)
        canvas.axes.set_xlim(drifted.here.edges[0], drifted.here.edges[-1])
        _bare(canvas.axes)
        return canvas.svg(f"{drifted.score} of the {drifted.role}, here and in the other build")
