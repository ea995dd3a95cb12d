"""What is to be expected of a measurement, in one figure: the spectrum, and how well each quantity will be known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lipon_eis.physics.plan import IDENTIFIED, LOST, Plan
from lipon_eis.report import style
from lipon_eis.report.plan_text import percent
from lipon_eis.rounding import format_value

WIDTH, HEIGHT = 170.0, 118.0
ROW = 3.9
STATES = {"identified": "#3a9a55", "weak": "#d17a00", "not identified": "#c1272d"}
FLOOR = 1e-4  # left end of the axis of errors


def plan_figure(plan: Plan) -> Any:
    """Return the figure, `WIDTH` by `HEIGHT` mm: Nyquist, |Z|, phase with the noise as a band, expected errors."""
    figure = style.sheet(WIDTH, HEIGHT)
    _nyquist(style.axes(figure, 16, 66, 66, 46), plan)
    _modulus(style.axes(figure, 16, 36, 66, 22), plan)
    _phase(style.axes(figure, 16, 11, 66, 22), plan)
    _errors(style.axes(figure, 126, 11, 40, 101), plan)
    return figure


def _nyquist(ax: Any, plan: Plan) -> None:
    """Draw Z with equal scales; a blocking tail is cut where it would squeeze the arcs flat."""
    z = plan.spectrum.impedance
    arcs = sum(plan.fit.used_values[i] for i, p in enumerate(plan.fit.circuit.parameters) if p.unit == "ohm")
    shown = z[z.real <= 1.25 * arcs] if (z.real <= 1.25 * arcs).sum() > 2 else z
    extent = 1.06 * max(float(shown.real.max()), 1e-12)
    ax.plot(z.real, -z.imag, color=style.FIT, linewidth=0.8, zorder=2)
    ax.plot(z.real, -z.imag, color=style.POINT, linestyle="", marker="o", markersize=2.0, zorder=3)
    ax.set_xlim(-0.03 * extent, extent)
    ax.set_ylim(-0.03 * extent, 0.67 * extent)
    by = style.step(extent, 5)
    style.set_ticks(ax, "x", style.linear_ticks(0, extent, by))
    style.set_ticks(ax, "y", style.linear_ticks(0, 0.67 * extent, by))
    ax.set_xlabel("Z′ / Ω")
    ax.set_ylabel("−Z″ / Ω")


def _modulus(ax: Any, plan: Plan) -> None:
    _over_frequency(ax, plan)
    modulus = abs(plan.spectrum.impedance)
    ax.set_yscale("log")
    ax.plot(plan.spectrum.frequency, modulus, color=style.POINT, marker="o", markersize=1.8, linewidth=0.6)
    style.set_ticks(ax, "y", style.decade_ticks(float(modulus.min()) / 1.5, float(modulus.max()) * 1.5, most=4))
    ax.set_ylabel("|Z| / Ω")
    ax.tick_params(labelbottom=False)


def _phase(ax: Any, plan: Plan) -> None:
    """Draw −phase with two standard deviations of noise, and where the arcs peak."""
    _over_frequency(ax, plan)
    f, angle = plan.spectrum.frequency, -np.degrees(np.angle(plan.spectrum.impedance))
    width = 2 * math.degrees(plan.measurement.noise)
    ax.fill_between(f, angle - width, angle + width, color="#f0c9cb", linewidth=0, zorder=1)
    ax.plot(f, angle, color=style.POINT, marker="o", markersize=1.8, linewidth=0.6, zorder=3)
    low = min(-4.0, float(angle.min()) - 5)
    ax.set_ylim(low, 94)
    style.set_ticks(ax, "y", style.linear_ticks(low, 94, 30.0))
    for position in plan.positions:
        if plan.measurement.f_min <= position.peak <= plan.measurement.f_max:
            ax.axvline(position.peak, color=style.colour_of(position.role), linewidth=0.8, linestyle="--", zorder=2)
    ax.set_xlabel("frequency / Hz")
    ax.set_ylabel("−phase / °")


def _over_frequency(ax: Any, plan: Plan) -> None:
    low, high = plan.measurement.f_min, plan.measurement.f_max
    ax.set_xscale("log")
    ax.set_xlim(low / 1.5, high * 1.5)
    style.set_ticks(ax, "x", style.decade_ticks(low, high))


def _errors(ax: Any, plan: Plan) -> None:
    """Draw a bar a quantity: its expected relative error, on a logarithmic axis with the limits of identification."""
    names = [name for name in plan.names if "per_area" not in name]  # as well known as what they are made of
    ax.set_xscale("log")
    ax.set_xlim(FLOOR, 3.0)
    for row, name in enumerate(names):
        error = plan.relative_error(name)
        colour = STATES[plan.identified(name)]
        ax.barh(row, min(max(error, 1.2 * FLOOR), 3.0), left=0, height=0.62, color=colour, linewidth=0)
        text = percent(error) if math.isfinite(error) else "no value"
        inside = error > 0.05
        x = 1.6 * FLOOR if inside else max(error, FLOOR) * 1.3
        ax.text(x, row, text, fontsize=5.6, va="center_baseline", color="white" if inside else style.INK)
    for limit in (IDENTIFIED, LOST):
        ax.axvline(limit, color=style.FAINT, linewidth=0.5, zorder=0)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_yticks(range(len(names)), labels=[_label(plan, name) for name in names], fontsize=6.0)
    ax.tick_params(axis="y", length=0)
    ax.set_xticks([1e-4, 1e-3, 1e-2, 1e-1, 1.0], labels=["0.01 %", "0.1 %", "1 %", "10 %", "100 %"], fontsize=6.0)
    ax.set_xticks([], minor=True)
    ax.set_xlabel("expected relative error")
    for k, (state, colour) in enumerate(STATES.items()):
        style.note(ax.figure, 96 + 25 * k, HEIGHT - 4.0, state, fontsize=6.4, color=colour, va="center_baseline")


def _label(plan: Plan, name: str) -> str:
    if name in plan.derived:
        quantity = plan.derived[name]
        value = format_value(quantity.value, unit=quantity.unit, digits=3) if math.isfinite(quantity.value) else ""
    else:
        index = plan.fit.index(name)
        unit = plan.fit.circuit.parameters[index].unit
        value = format_value(float(plan.fit.used_values[index]), unit=unit, digits=3)
    return f"{name.replace('_', ' ') if name in plan.derived else name}  {value}".rstrip()
