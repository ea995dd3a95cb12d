"""Conductivity against 1000/T, one colour a series; what was left out of a line is hollow and named.

The line is drawn from the activation energy that the document holds; the report fits nothing. A
film measured at three or more temperatures without such a result is shown as points alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM
from lipon_eis.physics.literature import literature
from lipon_eis.report import style
from lipon_eis.report.document import Document, derived, entries
from lipon_eis.report.literature_lines import draw_published_lines
from lipon_eis.report.numbers import celsius, known, superscript

COLOURS = ("#1f5a96", "#c1272d", "#3a9a55", "#8866bb")
#: Marker in matplotlib and the same as a letter for the text beside the plot.
MARKERS = (("o", "●"), ("s", "■"), ("^", "▲"), ("D", "◆"))
MOST = len(MARKERS)  # series that one plot can tell apart
WIDTH, HEIGHT = 98.0, 62.0
LEFT, FOOT, HEAD = 15.0, 8.5, 6.0
BEYOND = 10.0  # by how much an excluded point may widen the σ axis; one farther off is an arrow at its edge
NAME_LENGTH = 24

Point = tuple[float, float, float]
"""(T [K], σ [S/cm], its standard error [S/cm])"""


@dataclass(frozen=True)
class Line:
    """Points and, where known, the straight line of one temperature series; σ in S/cm, T in K.

    Attributes:
        label: Of the film.
        points: On the line.
        energy: Slope of ln σ against −1/T [eV], or None.
        room: σ of the line at 25 °C [S/cm], or None.
        excluded: (label, point) of those that were left out of the line.
        index: Of the series in the document, or None where the document has none.
    """

    label: str
    points: tuple[Point, ...]
    energy: float | None
    room: float | None
    excluded: tuple[tuple[str, Point], ...] = ()
    index: int | None = None


def lines(document: Document) -> list[Line]:
    """Return what can be drawn: the document's temperature series, else films measured at ≥ 3 temperatures."""
    found = []
    for index, series in enumerate(document.get("series") or []):
        if series.get("kind") != "temperature":
            continue
        name = f"sigma_{series.get('role') or 'bulk'}"
        members = _labelled(document, series, [str(label) for label in series.get("members") or []])
        left_out = _labelled(document, series, [str(e.get("label")) for e in series.get("excluded") or []])
        points = _own_points(series) or tuple(sorted(point for entry in members if (point := _point(entry, name))))
        excluded = tuple((str(entry.get("label")), point) for entry in left_out if (point := _point(entry, name)))
        energy = ((series.get("activation_energy_eV") or {}).get("sigma") or {}).get("value")
        room = (series.get("sigma_25C_S_per_cm") or {}).get("value")
        if points:
            found.append(Line(str(series.get("label") or name), points, energy, room, excluded, index))
    return found or _ungrouped(document)


def arrhenius_figure(series: list[Line]) -> Any:
    """Return the figure, `WIDTH` by `HEIGHT` mm; at most `MOST` series, the caller splits longer lists."""
    figure = style.sheet(WIDTH, HEIGHT)
    size = (WIDTH - LEFT - 2.0, HEIGHT - FOOT - HEAD)
    ax = style.axes(figure, LEFT, FOOT, *size)
    ax.set_yscale("log")
    _set_limits(ax, series)
    left, right = ax.get_xlim()
    grid = np.linspace(left, right, 50)
    for k, line in enumerate(series):
        t, sigma, error = np.array(line.points).T
        look = {"color": COLOURS[k], "marker": MARKERS[k][0], "markersize": 3.4, "linestyle": ""}
        bars = {"elinewidth": 0.6, "capsize": 1.5}
        ax.errorbar(1000 / t, sigma, yerr=error, **look, **bars)
        if _has_line(line):
            ax.plot(grid, _on_line(line, grid), color=COLOURS[k], linewidth=0.8)
        for _, point in line.excluded:
            (t, sigma, error), arrow = _within(point, ax.get_ylim())
            hollow = look | {"markerfacecolor": "white", "marker": arrow or MARKERS[k][0]}
            ax.errorbar(1000 / t, sigma, yerr=error, **hollow, **bars)
    style.set_ticks(ax, "x", style.linear_ticks(left, right, style.step(right - left, 6)))
    style.set_ticks(ax, "y", _conductivity_ticks(*ax.get_ylim()))
    ax.set_xlabel("1000 K / T")
    ax.set_ylabel("σ / S cm⁻¹")
    ax.yaxis.set_label_coords(-(LEFT - 3.5) / size[0], 0.5)
    _celsius_axis(ax, [t for line in series for t, _, _ in line.points])
    _name_excluded(ax, size, series)
    draw_published_lines(ax, [row for row in literature() if row.is_film])
    return figure


def _has_line(line: Line) -> bool:
    return known(line.energy) and known(line.room)


def _on_line(line: Line, x: Any) -> Any:
    """Return σ [S/cm] of a line at 1000 K/T."""
    assert line.energy is not None
    return line.room * np.exp(-line.energy / BOLTZMANN_EV * (x / 1000 - 1 / ROOM))


def _within(point: Point, limits: tuple[float, float]) -> tuple[Point, str]:
    """Return where to draw an excluded point, and the marker of an arrow if that is only the edge it lies beyond."""
    t, sigma, _ = point
    low, high = limits
    if low <= sigma <= high:
        return point, ""
    edge = (high / low) ** 0.03
    return ((t, high / edge, 0.0), "^") if sigma > high else ((t, low * edge, 0.0), "v")


def _labelled(document: Document, series: Mapping[str, Any], labels: list[str]) -> list[Mapping[str, Any]]:
    """Return the entries of some labels, each once; of equal labels those of the series' own group come first."""
    group = series.get("label")
    ordered = sorted(entries(document), key=lambda entry: (entry.get("sample") or {}).get("group") != group)
    waiting: dict[str, list[Mapping[str, Any]]] = {}
    for entry in ordered:
        waiting.setdefault(str(entry.get("label")), []).append(entry)
    return [waiting[label].pop(0) for label in labels if waiting.get(label)]


def _point(entry: Mapping[str, Any], name: str) -> Point | None:
    t, quantity = (entry.get("sample") or {}).get("temperature_K"), derived(entry, name) or {}
    value, error = quantity.get("value"), quantity.get("stderr_fit")
    if not (known(t) and t > 0 and known(value) and value > 0):
        return None
    # An error bar as long as its point would leave the logarithmic axis.
    return t, value, min(error, 0.9 * value) if known(error) else 0.0


def _own_points(series: Mapping[str, Any]) -> tuple[Point, ...]:
    """Return the points that a joint fit gives, among them those of spectra that show no arc alone."""
    found = []
    for point in series.get("points") or []:
        t, sigma = point.get("temperature_K"), point.get("sigma_S_per_cm") or {}
        value, error = sigma.get("value"), sigma.get("stderr")
        if known(t) and t > 0 and known(value) and value > 0:
            found.append((t, value, min(error, 0.9 * value) if known(error) else 0.0))
    return tuple(sorted(found))


def _ungrouped(document: Document) -> list[Line]:
    films: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for entry in entries(document):
        sample = entry.get("sample") or {}
        same = sample.get("group") or (sample.get("thickness_m"), sample.get("area_m2"))
        films.setdefault((same, (entry.get("circuit") or {}).get("text")), []).append(entry)
    found = []
    for (_, circuit), members in films.items():
        points = tuple(sorted(point for entry in members if (point := _point(entry, "sigma_bulk"))))
        if len({t for t, _, _ in points}) >= 3:
            group = (members[0].get("sample") or {}).get("group")
            found.append(Line(str(group or circuit), points, None, None))
    return found


def _set_limits(ax: Any, series: list[Line]) -> None:
    """Show all points, but let no excluded one that lies far off squash the others."""
    points = [point for line in series for point in line.points]
    low, high = min(s for _, s, _ in points), max(s for _, s, _ in points)
    excluded = [point for line in series for _, point in line.excluded]
    near = [s for _, s, _ in excluded if low / BEYOND < s < high * BEYOND]
    low, high = min([low, *near]), max([high, *near])
    share = 0.16 if excluded else 0.08  # their names want room
    spread = 10 ** (share * max(math.log10(high / low), 0.3))
    ax.set_ylim(low / spread, high * spread)
    x = [1000 / t for t, _, _ in points + excluded]
    margin = 0.04 * (max(x) - min(x)) or 0.05
    ax.set_xlim(min(x) - margin, max(x) + margin)


def _name_excluded(ax: Any, size: tuple[float, float], series: list[Line]) -> None:
    """Write the name of each excluded point beside it, where neither a point nor another name is."""
    to_mm = ax.transData + ax.transAxes.inverted()

    def place(point: tuple[float, ...]) -> Any:
        return to_mm.transform((1000 / point[0], point[1])) * size

    limits = ax.get_ylim()
    taken = [place(point) for line in series for point in line.points]
    taken += [place(_within(point, limits)[0]) for line in series for _, point in line.excluded]
    for line in filter(_has_line, series):
        left, right = ax.get_xlim()
        x = np.linspace(left, right, 100)
        taken += [place(point) for point in zip(1000 / x, _on_line(line, x), strict=True)]
    boxes: list[tuple[float, float, float, float]] = []
    for k, line in enumerate(series):
        for label, true in line.excluded:
            point, _ = _within(true, limits)
            text = label if len(label) <= NAME_LENGTH else label[: NAME_LENGTH - 1] + "…"
            width, (x, y) = 1.25 * len(text), place(point)
            for left, middle in _beside(x, y, width):
                box = (left, middle - 1.3, left + width, middle + 1.3)
                inside = box[0] > 0.5 and box[1] > 0.5 and box[2] < size[0] - 0.5 and box[3] < size[1] - 0.5
                free = not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes)
                clear = not any(box[0] - 0.6 < u < box[2] + 0.6 and box[1] - 0.6 < v < box[3] + 0.6 for u, v in taken)
                if inside and free and clear:
                    at = ((left + width / 2) / size[0], middle / size[1])
                    look = {"ha": "center", "va": "center_baseline", "fontsize": 6.4, "color": COLOURS[k]}
                    ax.text(*at, text, transform=ax.transAxes, **look)
                    boxes.append(box)
                    break


def _beside(x: float, y: float, width: float) -> Iterator[tuple[float, float]]:
    """Yield places for a text around a point, (left end, middle) [mm], the nearest first."""
    for away in (0.0, 2.8, 5.6):
        for middle in (y + away, y - away):
            yield x + 1.6, middle
            yield x - 1.6 - width, middle
            if away:
                yield x - width / 2, middle


def _conductivity_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    if math.log10(high / low) > 2:
        return style.decade_ticks(low, high)
    ticks = [(m, d) for d in decades for m in (1, 2, 5) if low <= m * 10.0**d <= high]
    texts = [f"{m} × 10{superscript(d)}" if m > 1 else f"10{superscript(d)}" for m, d in ticks]
    return [m * 10.0**d for m, d in ticks], texts


def _celsius_axis(ax: Any, kelvin: list[float]) -> None:
    """Name the measured temperatures along the top, leaving out those that would touch their neighbour."""
    left, right = ax.get_xlim()
    last = math.inf
    for t in sorted(set(kelvin)):  # from the right edge to the left
        x = (1000 / t - left) / (right - left)
        ax.plot([x, x], [1, 0.985], transform=ax.transAxes, color="#555555", linewidth=0.5)
        if last - x > 0.12:
            ax.text(x, 1.02, celsius(t), transform=ax.transAxes, ha="center", va="bottom", fontsize=6.6)
            last = x
