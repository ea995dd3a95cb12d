"""Conductivity against 1000/T, one colour a series.

The line is drawn from the activation energy that the document holds; the report fits nothing. A
film measured at three or more temperatures without such a result is shown as points alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lipon_eis.report import style
from lipon_eis.report.document import Document, derived, entries
from lipon_eis.report.numbers import celsius, known, superscript

BOLTZMANN_EV = 8.617333262e-5  # [eV/K], exact in the SI of 2019 to the digits given
ROOM = 298.15
COLOURS = ("#1f5a96", "#c1272d", "#3a9a55", "#e0a030", "#8866bb", "#555555")
MARKERS = ("o", "s", "^", "D", "v", "P")
WIDTH, HEIGHT = 180.0, 78.0


@dataclass(frozen=True)
class Line:
    """Points and, where known, the straight line of one temperature series; σ in S/cm, T in K."""

    label: str
    points: tuple[tuple[float, float, float], ...]
    energy: float | None
    room: float | None


def lines(document: Document) -> list[Line]:
    """Return what can be drawn: the document's temperature series, else films measured at ≥ 3 temperatures."""
    found = []
    by_label: dict[str, Mapping[str, Any]] = {str(entry.get("label")): entry for entry in entries(document)}
    for series in document.get("series") or []:
        if series.get("kind") != "temperature":
            continue
        name = f"sigma_{series.get('role') or 'bulk'}"
        members = [by_label[label] for label in series.get("members") or [] if label in by_label]
        points = _points(members, name)
        energy = ((series.get("activation_energy_eV") or {}).get("sigma") or {}).get("value")
        room = (series.get("sigma_25C_S_per_cm") or {}).get("value")
        if points:
            found.append(Line(str(series.get("label") or name), points, energy, room))
    return found or _ungrouped(document)


def arrhenius_figure(series: list[Line]) -> Any:
    """Return the figure, `WIDTH` by `HEIGHT` mm; at most six series, the caller splits longer lists."""
    figure = style.sheet(WIDTH, HEIGHT)
    ax = style.axes(figure, 16, 9.5, 112, HEIGHT - 9.5 - 8)
    ax.set_yscale("log")
    every_t = [t for line in series for t, _, _ in line.points]
    every_s = [s for line in series for _, s, _ in line.points]
    low, high = 1000 / max(every_t), 1000 / min(every_t)
    margin = 0.04 * (high - low) or 0.05
    grid = np.linspace(low - margin, high + margin, 50)
    for k, line in enumerate(series):
        t, sigma, error = np.array(line.points).T
        look = {"color": COLOURS[k % 6], "markersize": 3.4, "linestyle": "", "elinewidth": 0.6, "capsize": 1.5}
        ax.errorbar(1000 / t, sigma, yerr=error, marker=MARKERS[k % 6], **look)
        if known(line.energy) and known(line.room):
            curve = line.room * np.exp(-line.energy / BOLTZMANN_EV * (grid / 1000 - 1 / ROOM))
            ax.plot(grid, curve, color=COLOURS[k % 6], linewidth=0.8)
        _entry(figure, k, line)
    ax.set_xlim(grid[0], grid[-1])
    spread = max(math.log10(max(every_s) / min(every_s)), 0.3)
    ax.set_ylim(min(every_s) * 10 ** (-0.08 * spread), max(every_s) * 10 ** (0.08 * spread))
    style.set_ticks(ax, "x", style.linear_ticks(grid[0], grid[-1], style.step(grid[-1] - grid[0], 8)))
    style.set_ticks(ax, "y", _conductivity_ticks(*ax.get_ylim()))
    ax.set_xlabel("1000 K / T")
    ax.set_ylabel("σ / S cm⁻¹")
    _celsius_axis(ax, every_t)
    return figure


def _points(members: list[Mapping[str, Any]], name: str) -> tuple[tuple[float, float, float], ...]:
    rows = []
    for entry in members:
        t, quantity = (entry.get("sample") or {}).get("temperature_K"), derived(entry, name)
        if known(t) and t > 0 and quantity and known(quantity.get("value")) and quantity["value"] > 0:
            error = quantity.get("stderr_fit")
            # An error bar as long as its point would leave the logarithmic axis.
            rows.append((t, quantity["value"], min(error, 0.9 * quantity["value"]) if known(error) else 0.0))
    return tuple(sorted(rows))


def _ungrouped(document: Document) -> list[Line]:
    films: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for entry in entries(document):
        sample = entry.get("sample") or {}
        same = sample.get("group") or (sample.get("thickness_m"), sample.get("area_m2"))
        films.setdefault((same, (entry.get("circuit") or {}).get("text")), []).append(entry)
    found = []
    for (_, circuit), members in films.items():
        points = _points(members, "sigma_bulk")
        if len({t for t, _, _ in points}) >= 3:
            group = (members[0].get("sample") or {}).get("group")
            found.append(Line(str(group or circuit), points, None, None))
    return found


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
        if last - x > 0.085:
            ax.text(x, 1.02, celsius(t), transform=ax.transAxes, ha="center", va="bottom", fontsize=6.6)
            last = x


def _entry(figure: Any, k: int, line: Line) -> None:
    from matplotlib.lines import Line2D

    y = HEIGHT - 12 - 9.5 * k
    mark: dict[str, Any] = {"marker": MARKERS[k % 6], "color": COLOURS[k % 6], "linestyle": "", "markersize": 3.6}
    figure.add_artist(Line2D([134 / WIDTH], [y / HEIGHT], transform=figure.transFigure, **mark))
    label = line.label if len(line.label) <= 30 else line.label[:29] + "…"
    style.note(figure, 137, y, label, fontsize=7.4, va="center_baseline")
    text = "no Arrhenius fit in these results"
    if known(line.energy):
        text = f"Ea(σ) = {line.energy:.3f} eV"
    style.note(figure, 137, y - 3.6, text, fontsize=6.8, va="center_baseline", color="#666666")
