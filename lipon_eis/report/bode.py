"""|Z|, phase, residuals and −Z″ against frequency."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lipon_eis.report import style
from lipon_eis.report.curves import Curves
from lipon_eis.report.numbers import PREFIXES, prefix_for

POINTS = {"linestyle": "", "marker": "o", "markersize": 2.0, "markeredgewidth": 0.5}
HOLLOW = {"markerfacecolor": "white", "markeredgecolor": style.FAINT}


def modulus(ax: Any, c: Curves) -> None:
    """Draw |Z| on a logarithmic axis."""
    _log_panel(ax, c, abs(c.z), abs(c.dense_z), "|Z|")


def imaginary(ax: Any, c: Curves) -> None:
    """Draw |Z″| on a logarithmic axis: an arc is a hill at its peak frequency; inductive points are hollow squares."""
    y, fit = -c.z.imag, -c.dense_z.imag
    _log_panel(ax, c, np.where(y > 0, y, np.nan), np.where(fit > 0, fit, np.nan), "−Z″")


def phase(ax: Any, c: Curves) -> None:
    """Draw −phase in degrees; the axis is 0 to 90 unless the data leave it."""
    with np.errstate(invalid="ignore"):
        angle, curve = -np.degrees(np.angle(c.z)), -np.degrees(np.angle(c.dense_z))
    _curve_and_points(ax, c, angle, curve)
    shown = style.finite(np.concatenate([angle[c.used], curve]))
    low = min(0.0, float(shown.min())) if shown.size else 0.0
    high = max(90.0, float(shown.max())) if shown.size else 90.0
    ax.set_ylim(-4.0 if low == 0 else low - 6, high + 4)
    by = 30.0 if high - low <= 130 else 90.0
    style.set_ticks(ax, "y", style.linear_ticks(low - 4, high + 4, by))
    ax.set_ylabel("−phase / °")
    _frequencies(ax, c)


def residuals(ax: Any, c: Curves) -> None:
    """Draw 100·(Z − Zfit)/|Z| of the used points: Re filled, Im hollow."""
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = 100 * (c.z - c.fit) / abs(c.z)
    relative = np.where(c.used, relative, complex(np.nan, np.nan))
    ax.axhline(0, color=style.FAINT, linewidth=0.5, zorder=1)
    ax.plot(c.f, relative.real, color=style.REAL, zorder=3, **POINTS)
    square = {**POINTS, "marker": "s", "markersize": 1.9, "markerfacecolor": "white"}
    ax.plot(c.f, relative.imag, zorder=2.9, markeredgecolor=style.IMAGINARY, **square)
    shown = style.finite(np.concatenate([relative.real, relative.imag]))
    top = float(abs(shown).max()) * 1.12 if shown.size and abs(shown).max() > 0 else 1.0
    ax.set_ylim(-top, top)
    style.set_ticks(ax, "y", style.linear_ticks(-top, top, style.step(2 * top, most=5)))
    ax.set_ylabel("residual / %")
    _frequencies(ax, c, label=True)


def _log_panel(ax: Any, c: Curves, points: Any, curve: Any, name: str) -> None:
    shown = style.finite(np.concatenate([points[c.used], curve]))
    shown = shown[shown > 0]
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (1.0, 10.0)
    span = max(math.log10(high / low), 0.15)
    middle = math.sqrt(low * high)
    low, high = middle * 10 ** (-0.56 * span), middle * 10 ** (0.56 * span)
    power = prefix_for(middle) if span < 2 else 0
    scale = 10.0**-power
    ax.set_yscale("log")
    _curve_and_points(ax, c, points * scale, curve * scale)
    ax.set_ylim(low * scale, high * scale)
    style.set_ticks(ax, "y", _log_ticks(low * scale, high * scale, span))
    ax.set_ylabel(f"{name} / {PREFIXES[power]}Ω")
    _frequencies(ax, c)


def _log_ticks(low: float, high: float, span: float) -> tuple[list[float], list[str]]:
    if span >= 2:
        return style.decade_ticks(low, high, most=5)
    if span < 0.5:
        return style.linear_ticks(low, high, style.step(high - low, most=5))
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [m * 10.0**d for d in decades for m in (1, 2, 5) if low <= m * 10.0**d <= high]
    return ticks, [f"{tick:g}" for tick in ticks]


def _curve_and_points(ax: Any, c: Curves, points: Any, curve: Any) -> None:
    for arc in c.arcs:
        ax.axvline(arc.peak, color=style.colour_of(arc.role), linewidth=0.7, alpha=0.6, zorder=1)
    ax.plot(c.dense_f, curve, color=style.FIT, linewidth=0.9, zorder=3)
    masked = ~c.used & np.isfinite(c.z)
    ax.plot(c.f[c.used], points[c.used], color=style.POINT, zorder=2.5, **POINTS)
    ax.plot(c.f[masked], points[masked], zorder=2.2, **POINTS, **HOLLOW)


def _frequencies(ax: Any, c: Curves, *, label: bool = False) -> None:
    f = c.f[np.isfinite(c.f) & (c.f > 0)]
    low, high = (float(f.min()), float(f.max())) if f.size else (1.0, 10.0)
    margin = max(high / low, 1.5) ** 0.03
    ax.set_xscale("log")
    ax.set_xlim(low / margin, high * margin)
    ticks, texts = style.decade_ticks(low / margin, high * margin)
    style.set_ticks(ax, "x", (ticks, texts if label else [""] * len(ticks)))
    if label:
        ax.set_xlabel("frequency / Hz")
