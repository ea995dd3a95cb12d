"""The Nyquist plot: −Z″ against Z′ on equal axes, arcs shaded, decades marked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lipon_eis.report import style
from lipon_eis.report.curves import Curves
from lipon_eis.report.numbers import PREFIXES, plain, prefix_for

#: Size of a letter of a figure's small text [mm].
LETTER, LINE = 1.25, 2.6
NAMED_POINT = {
    "marker": "o",
    "markersize": 3.0,
    "markeredgewidth": 0.8,
    "markerfacecolor": "white",
    "markeredgecolor": style.POINT,
}


def nyquist(
    ax: Any, size: tuple[float, float], c: Curves, span: tuple[float, float] | None, *, marks: bool = True
) -> None:
    """Draw a spectrum into axes.

    Args:
        ax: matplotlib axes.
        size: Of the axes [mm]; the limits are chosen so that 1 Ω is equally long on both.
        c: What to draw.
        span: Of Z′ to show [Ω]; None shows everything.
        marks: Whether to write frequencies and the arcs' apexes.
    """
    x0, x1, y0, y1 = _frame(c, span, size)
    power = prefix_for(max(abs(x0), abs(x1), abs(y0), abs(y1)) * 0.999)
    scale = 10.0**-power
    for arc in c.arcs:
        colour = style.colour_of(arc.role)
        ax.fill(arc.z.real * scale, -arc.z.imag * scale, color=colour, alpha=0.22, linewidth=0, zorder=1)
    ax.axhline(0, color=style.FAINT, linewidth=0.4, zorder=1.5)
    ax.plot(c.dense_z.real * scale, -c.dense_z.imag * scale, color=style.FIT, linewidth=0.9, zorder=3)
    masked = ~c.used & np.isfinite(c.z)
    points = {"linestyle": "", "marker": "o", "markersize": 2.3, "markeredgewidth": 0.5}
    ax.plot(c.z.real[c.used] * scale, -c.z.imag[c.used] * scale, color=style.POINT, zorder=2.5, **points)
    hollow = {"markerfacecolor": "white", "markeredgecolor": style.FAINT}
    ax.plot(c.z.real[masked] * scale, -c.z.imag[masked] * scale, zorder=2.2, **points, **hollow)

    ax.set_xlim(x0 * scale, x1 * scale)
    ax.set_ylim(y0 * scale, y1 * scale)
    ax.set_aspect("equal", adjustable="box")
    by = style.step((x1 - x0) * scale, most=max(2, int(size[0] / 11)))
    style.set_ticks(ax, "x", style.linear_ticks(x0 * scale, x1 * scale, by))
    style.set_ticks(ax, "y", style.linear_ticks(y0 * scale, y1 * scale, by))
    unit = PREFIXES[power] + "Ω"
    ax.set_xlabel(f"Z′ / {unit}")
    ax.set_ylabel(f"−Z″ / {unit}")
    if marks:
        _Labels(ax, size, (x0, x1, y0, y1), c, scale).write()


def _frame(c: Curves, span: tuple[float, float] | None, size: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return limits (x0, x1, y0, y1) [Ω] with one scale for both axes that fill the panel."""
    z = c.drawn
    if not z.size:
        return 0.0, 1.0, 0.0, size[1] / size[0]
    if span is not None:
        width = span[1] - span[0]
        x0, x1 = span[0] - 0.07 * width, span[1] + 0.3 * width
        shown = z[(z.real >= x0) & (z.real <= x1)]
        low = max(float((-shown.imag).min()), -0.3 * width)
        y0, y1 = min(-0.03 * width, low - 0.04 * width), 0.45 * width
    else:
        extent = max(np.ptp(z.real), np.ptp(z.imag)) or abs(z[0]) or 1.0
        x0, x1 = float(z.real.min()) - 0.06 * extent, float(z.real.max()) + 0.06 * extent
        y0, y1 = min(float((-z.imag).min()), 0.0) - 0.04 * extent, max(float((-z.imag).max()), 0.0) + 0.1 * extent
        if 0 < float(z.real.min()) < 0.5 * extent:
            x0 = min(x0, -0.03 * extent)
    per_mm = max((x1 - x0) / size[0], (y1 - y0) / size[1])
    if span is None:  # what is left over goes to both sides of a slim spectrum
        spare = per_mm * size[0] - (x1 - x0)
        x0 -= spare * (0.25 if x0 < 0 else 0.5)
    return x0, x0 + per_mm * size[0], y0, y0 + per_mm * size[1]


class _Labels:
    """Texts in a Nyquist plot, each put where nothing else is, or left out."""

    def __init__(self, ax: Any, size: tuple[float, float], frame: tuple[float, ...], c: Curves, scale: float):
        self.ax, self.size, self.c, self.scale = ax, size, c, scale
        self.x0, self.y0 = frame[0], frame[2]
        self.per_mm = (frame[1] - frame[0]) / size[0]
        drawn = np.concatenate([c.z[np.isfinite(c.z)], c.dense_z])
        self.taken = self.place(drawn)
        self.boxes: list[tuple[float, float, float, float]] = []

    def place(self, z: Any) -> Any:
        """Return impedances as millimetres from the lower left corner, shape (n, 2)."""
        z = np.atleast_1d(z)
        return np.column_stack([(z.real - self.x0) / self.per_mm, (-z.imag - self.y0) / self.per_mm])

    def write(self) -> None:
        for arc in self.c.arcs:
            self.apex(arc)
        self.decades()

    def apex(self, arc: Any) -> None:
        """Write the apex frequency into an arc that is large enough."""
        x, top = self.place(arc.z[np.argmin(arc.z.imag)])[0]
        bottom = -self.y0 / self.per_mm
        text = plain(arc.peak, "Hz", 2)
        if top - bottom > LINE + 1.6:
            self.put(text, x, bottom + 0.45 * (top - bottom), style.INK, clearance=0.2)

    def decades(self) -> None:
        """Mark the measured point nearest to each power of ten and name it on the outer side of the curve."""
        f, z = self.c.f[self.c.used], self.c.z[self.c.used]
        if f.size < 2:
            return
        at = self.place(z)
        inside = ((at > 0) & (at < self.size)).all(axis=1)
        for power in range(math.ceil(math.log10(f.min()) - 0.1), math.floor(math.log10(f.max()) + 0.1) + 1):
            k = int(np.argmin(abs(np.log10(f) - power)))
            if not inside[k] or abs(math.log10(f[k]) - power) > 0.2:
                continue
            before, behind = at[max(k - 1, 0)], at[min(k + 1, f.size - 1)]
            along = behind - before
            length = math.hypot(*along)
            if not length > 0:
                continue
            nx, ny = -along[1] / length, along[0] / length
            text = plain(10.0**power, "Hz", 1)
            half = LETTER * len(text) / 2
            for distance in (1.0, 1.9, 3.0):
                x = at[k, 0] + nx * (distance + half)
                y = at[k, 1] + ny * (distance + LINE / 2)
                if self.put(text, x, y, "#666666", clearance=0.4):
                    self.ax.plot([z[k].real * self.scale], [-z[k].imag * self.scale], zorder=4, **NAMED_POINT)
                    break

    def put(self, text: str, x: float, y: float, colour: str, clearance: float) -> bool:
        """Write a text centred at a place [mm] if it is free; return whether it was."""
        w, h = LETTER * len(text) / 2 + clearance, LINE / 2 + clearance
        box = (x - w, y - h, x + w, y + h)
        if box[0] < 0.5 or box[1] < 0.5 or box[2] > self.size[0] - 0.5 or box[3] > self.size[1] - 0.5:
            return False
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self.boxes):
            return False
        px, py = self.taken[:, 0], self.taken[:, 1]
        if ((px > box[0]) & (px < box[2]) & (py > box[1]) & (py < box[3])).any():
            return False
        self.boxes.append(box)
        position = ((self.x0 + x * self.per_mm) * self.scale, (self.y0 + y * self.per_mm) * self.scale)
        self.ax.text(*position, text, fontsize=6.4, color=colour, ha="center", va="center_baseline", zorder=5)
        return True
