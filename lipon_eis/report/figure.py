"""The figure of one spectrum: Nyquist plots at the left, everything against frequency at the right."""

from __future__ import annotations

from typing import Any

from lipon_eis.report import bode, style
from lipon_eis.report.curves import Curves, zoom
from lipon_eis.report.numbers import PREFIXES
from lipon_eis.report.nyquist import nyquist
from lipon_eis.report.wording import role_words

WIDTH = 180.0
LEFT, LEFT_WIDTH = 11.5, 78.0
RIGHT, RIGHT_WIDTH = 104.0, 75.0
FOOT, HEAD, GAP = 8.5, 5.0, 2.0


def spectrum_figure(c: Curves, height: float) -> Any:
    """Return the figure of a spectrum, `WIDTH` by ``height`` mm.

    Where the arcs are small against the whole, the upper left panel shows the arcs and the lower
    one the whole; else the upper one shows the whole and the lower one −Z″ against frequency.
    """
    figure = style.sheet(WIDTH, height)
    inner = height - FOOT - HEAD
    small = 0.36 * (inner - FOOT - GAP)
    large = inner - FOOT - GAP - small
    span = zoom(c)

    top = style.axes(figure, LEFT, height - HEAD - large, LEFT_WIDTH, large)
    nyquist(top, (LEFT_WIDTH, large), c, span)
    below = style.axes(figure, LEFT, FOOT, LEFT_WIDTH, small)
    if span is None:
        bode.imaginary(below, c)
        _label_frequencies(below)
    else:
        nyquist(below, (LEFT_WIDTH, small), c, None, marks=False)
        _outline(below, top)

    panel = (inner - 2 * GAP) / 3
    for row, draw in enumerate((bode.modulus, bode.phase, bode.residuals)):
        draw(style.axes(figure, RIGHT, height - HEAD - panel * (row + 1) - GAP * row, RIGHT_WIDTH, panel), c)
    for ax in figure.axes:
        ax.yaxis.set_label_coords(-7.6 / (LEFT_WIDTH if ax in (top, below) else RIGHT_WIDTH), 0.5)
    _legend(figure, c, height)
    return figure


def _label_frequencies(ax: Any) -> None:
    ticks = style.decade_ticks(*ax.get_xlim())
    style.set_ticks(ax, "x", ticks)
    ax.set_xlabel("frequency / Hz")


def _outline(whole: Any, part: Any) -> None:
    """Draw the frame of the upper panel into the lower one; both may use different prefixes."""
    ratio = _ohms(part) / _ohms(whole)
    (x0, x1), (y0, y1) = part.get_xlim(), part.get_ylim()
    x, y = [x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0]
    whole.plot([v * ratio for v in x], [v * ratio for v in y], color=style.INK, linewidth=0.5, zorder=4)


def _ohms(ax: Any) -> float:
    """Return how many ohms one unit of a Nyquist plot's axes is, from its label."""
    prefix = ax.get_xlabel().partition("/")[2].strip().removesuffix("Ω")
    return next(10.0**power for power, letter in PREFIXES.items() if letter == prefix)


def _legend(figure: Any, c: Curves, height: float) -> None:
    """Write what the marks mean into the strip above the panels, where no data are."""
    y = height - 2.2
    x = LEFT
    for mark, text in _entries(c):
        _mark(figure, x + 1.2, y, height, mark)
        style.note(figure, x + 3.4, y, text, fontsize=7, va="center_baseline")
        x += 5.5 + 1.28 * len(text)
    x = RIGHT + RIGHT_WIDTH - 44
    for mark, text in (({"marker": "o", "color": style.REAL}, "residual of Z′"), (_square(), "of Z″")):
        _mark(figure, x + 1.2, y, height, mark)
        style.note(figure, x + 3.4, y, text, fontsize=7, va="center_baseline")
        x += 26


def _square() -> dict[str, Any]:
    return {"marker": "s", "markerfacecolor": "white", "markeredgecolor": style.IMAGINARY}


def _entries(c: Curves) -> list[tuple[dict[str, Any], str]]:
    rows: list[tuple[dict[str, Any], str]] = [({"marker": "o", "color": style.POINT}, "measured")]
    if not c.used.all():
        rows.append(({"marker": "o", **bode.HOLLOW}, "masked"))
    if c.dense_f.size:
        rows.append(({"line": style.FIT}, "fit" if c.exact else "fit at the points"))
    named = [arc.role for arc in c.arcs if arc.role]
    rows += [({"patch": style.colour_of(role)}, role_words(role)) for role in dict.fromkeys(named)]
    return rows


def _mark(figure: Any, x: float, y: float, height: float, mark: dict[str, Any]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    at: dict[str, Any] = {"transform": figure.transFigure}
    if "patch" in mark:
        box = Rectangle(((x - 1.2) / WIDTH, (y - 1.0) / height), 2.6 / WIDTH, 2.0 / height, linewidth=0, **at)
        box.set(facecolor=mark["patch"], alpha=0.45)
        figure.add_artist(box)
    elif "line" in mark:
        ends = [(x - 1.2) / WIDTH, (x + 1.4) / WIDTH]
        figure.add_artist(Line2D(ends, [y / height] * 2, color=mark["line"], linewidth=1, **at))
    else:
        style_of = {"linestyle": "", "markersize": 2.8, "markeredgewidth": 0.6, **mark}
        figure.add_artist(Line2D([x / WIDTH], [y / height], **style_of, **at))
