"""The figure of a series over anything but temperature: points with errors, lines through them.

It draws what the document's ``figure`` holds and knows no kind of series.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.report import style
from lipon_eis.report.arrhenius_plot import COLOURS, HEIGHT, MARKERS, WIDTH
from lipon_eis.report.numbers import PREFIXES, known, prefix_for, superscript

LEFT, FOOT, HEAD = 15.0, 8.5, 2.5
#: Unit → symbol, and whether it takes a prefix.
UNITS = {
    "m": ("m", True),
    "s": ("s", True),
    "Hz": ("Hz", True),
    "F": ("F", True),
    "ohm": ("Ω", True),
    "ohm cm": ("Ω cm", True),
    "ohm cm2": ("Ω cm²", True),
    "F/cm2": ("F/cm²", True),
    "S/cm": ("S cm⁻¹", False),
    "m2": ("cm²", False),
    "eV": ("eV", False),
}
SQUARE_CENTIMETRES = 1e4  # of a square metre
CYCLE = len(COLOURS)
LETTER = 1.25  # mm of a name


class _Scale:
    """How one axis of a figure is written: factor on its numbers, label, ticks."""

    def __init__(self, axis: Mapping[str, Any], values: NDArray[np.float64]) -> None:
        self.categories = [str(name) for name in axis.get("categories") or []]
        self.logarithmic = bool(axis.get("logarithmic")) and bool((values > 0).any())
        unit = str(axis.get("unit") or "")
        symbol, takes = UNITS.get(unit, (unit, False))
        self.factor = SQUARE_CENTIMETRES if unit == "m2" else 1.0
        largest = float(np.max(np.abs(values), initial=0.0)) * self.factor
        if takes:
            power = prefix_for(largest * 0.999)
            self.factor *= 10.0**-power
            symbol = PREFIXES[power] + symbol
        elif not self.logarithmic and largest and not 1e-2 <= largest < 1e4:
            power = math.floor(math.log10(largest))
            self.factor *= 10.0**-power
            symbol = f"10{superscript(power)} {symbol}".strip()
        self.label = f"{axis.get('words') or ''}{' / ' if symbol else ''}{symbol}"

    def limits(self, values: NDArray[np.float64]) -> tuple[float, float]:
        """Return the ends of the axis: room around the values, and 0 where they reach down near it."""
        if self.categories:
            return -0.6, len(self.categories) - 0.4
        if self.logarithmic:
            some = values[values > 0] * self.factor
            margin = max(1.15, float(some.max() / some.min()) ** 0.06)
            return float(some.min() / margin), float(some.max() * margin)
        some = values * self.factor
        low, high = float(some.min()), float(some.max())
        margin = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
        near_zero = 0 <= low < 0.35 * high
        return (-margin * 0.3 if near_zero else low - margin), high + margin

    def ticks(self, low: float, high: float, most: int) -> tuple[Sequence[float], Sequence[str]]:
        """Return ticks and their texts."""
        if self.categories:
            return range(len(self.categories)), [name.replace("ε_r", "$ε_\\mathrm{r}$") for name in self.categories]
        if self.logarithmic and high / low > 200:
            return style.decade_ticks(low, high)
        if self.logarithmic:
            decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
            some = [m * 10.0**d for d in decades for m in (1, 2, 5) if low <= m * 10.0**d <= high]
            return some, [f"{value:g}" for value in some]
        return style.linear_ticks(low, high, style.step(high - low, most))


def series_figure(figure: Mapping[str, Any]) -> Any:
    """Return the figure of a series' ``figure``, `arrhenius_plot.WIDTH` by `arrhenius_plot.HEIGHT` mm."""
    points = [point for point in figure.get("points") or [] if known(point.get("x")) and known(point.get("y"))]
    curves = list(figure.get("curves") or [])
    x, y = (_Scale(figure.get(name) or {}, _reach(points, curves, name)) for name in ("x", "y"))
    sheet = style.sheet(WIDTH, HEIGHT)
    size = (WIDTH - LEFT - 2.0, HEIGHT - FOOT - HEAD)
    ax = style.axes(sheet, LEFT, FOOT, *size)
    for which, scale in (("x", x), ("y", y)):
        if scale.logarithmic:
            ax.set(**{f"{which}scale": "log"})
        low, high = scale.limits(_reach(points, curves, which))
        ax.set(**{f"{which}lim": (low, high)})
        style.set_ticks(ax, which, scale.ticks(low, high, 6))
        if scale.categories:
            ax.tick_params(axis=which, labelsize=6.0)
    for curve in curves:
        colour = COLOURS[int(curve.get("line") or 0) % CYCLE]
        look = {"linewidth": 0.8} if curve.get("fitted", True) else {"linewidth": 0.6, "linestyle": (0, (4, 2))}
        at, of = (np.array([math.nan if v is None else v for v in curve.get(name) or []]) for name in ("x", "y"))
        ax.plot(at * x.factor, of * y.factor, color=colour, zorder=2, **look)
    for point in points:
        _draw(ax, point, x.factor, y.factor)
    ax.set_xlabel(x.label)
    ax.set_ylabel(y.label)
    ax.yaxis.set_label_coords(-(LEFT - 3.5) / size[0], 0.5)
    _name_unused(ax, size, [point for point in points if not point.get("used", True)], x.factor, y.factor)
    return sheet


def legend(figure: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return mark, colour and name of each line that has a name; the layout writes them beside the plot."""
    found: dict[str, dict[str, str]] = {}
    for curve in figure.get("curves") or []:
        line = int(curve.get("line") or 0) % CYCLE
        mark = MARKERS[line][1] if curve.get("fitted", True) else "╌"
        if words := str(curve.get("words") or ""):
            found.setdefault(words, {"mark": mark, "colour": COLOURS[line], "words": words})
    return list(found.values())


def _reach(points: Iterable[Mapping[str, Any]], curves: Iterable[Mapping[str, Any]], name: str) -> NDArray[np.float64]:
    """Return all numbers that an axis has to hold; error bars longer than their value are cut on logarithmic axes."""
    values: list[float] = []
    for point in points:
        error = point.get(f"{name}_stderr")
        middle = float(point[name])
        values += [middle, *([middle - error, middle + error] if known(error) else [])]
    for curve in curves:
        values += [value for value in curve.get(name) or [] if known(value)]
    return style.finite(values or [0.0, 1.0])


def _draw(ax: Any, point: Mapping[str, Any], by_x: float, by_y: float) -> None:
    line = int(point.get("line") or 0) % CYCLE
    look = {"color": COLOURS[line], "marker": MARKERS[line][0], "markersize": 3.4, "linestyle": "", "zorder": 3}
    if not point.get("used", True):
        look["markerfacecolor"] = "white"
    errors = {
        f"{name}err": point[f"{name}_stderr"] * factor
        for name, factor in (("x", by_x), ("y", by_y))
        if known(point.get(f"{name}_stderr"))
    }
    ax.errorbar(point["x"] * by_x, point["y"] * by_y, **errors, **look, elinewidth=0.6, capsize=1.5)


def _name_unused(
    ax: Any, size: tuple[float, float], points: Sequence[Mapping[str, Any]], by_x: float, by_y: float
) -> None:
    """Write the names of points that no line takes into account beside them, inside the axes."""
    to_axes = ax.transData + ax.transAxes.inverted()
    for point in points:
        x, y = to_axes.transform((point["x"] * by_x, point["y"] * by_y))
        text = str(point.get("label") or "")
        right = x * size[0] + 1.8 + LETTER * len(text) < size[0]
        shift = (1.8 if right else -1.8) / size[0]
        look = {"ha": "left" if right else "right", "va": "center_baseline", "fontsize": 6.4}
        colour = COLOURS[int(point.get("line") or 0) % CYCLE]
        ax.text(x + shift, y, text, transform=ax.transAxes, color=colour, **look)
