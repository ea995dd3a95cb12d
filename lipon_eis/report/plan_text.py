"""A plan in words: where the arcs lie, how well quantities will be known, what to change."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lipon_eis.physics.plan import Plan
from lipon_eis.physics.remedies import Remedy, geometry_floor, reaches
from lipon_eis.physics.window import Position
from lipon_eis.rounding import format_interval, format_value

PLACES = {
    "inside": "inside the window",
    "upper edge": "near the upper end of the window ({})",
    "above": "above the window ({}): no capacitance",
    "far above": "far above the window ({}): its resistance will be a bound, not a value",
    "below": "below the window ({})",
}
FRACTIONS = ("noise", "thickness_error", "area_error")


def place_text(position: Position) -> str:
    """Say where an arc peaks."""
    peak, limit = (format_value(f, unit="Hz", digits=3) for f in (position.peak, position.limit))
    return f"{position.role.replace('_', ' ')} arc: peak at {peak}, {PLACES[position.place].format(limit)}"


def quantity_rows(plan: Plan) -> list[tuple[str, str, str, str, str]]:
    """Return a row a quantity: name, value with error, relative error, share of the geometry, how well known."""
    rows = []
    for name, quantity in plan.derived.items():
        error = plan.relative_error(name)
        geometry = percent(geometry_floor(plan, name)) if math.isfinite(quantity.stderr_geometry) else ""
        low, high = quantity.interval
        shown = format_value(quantity.value, quantity.stderr, quantity.unit, interval=(low, high))
        state = plan.identified(name) if math.isfinite(quantity.value) else f"no value: {quantity.reason}"
        rows.append((name, shown, percent(error), geometry, state + _leans(plan, name)))
    for index, parameter in enumerate(plan.fit.circuit.parameters):
        name, value = parameter.name, float(plan.fit.used_values[index])
        if name in plan.measurement.fixed:
            rows.append((name, format_value(value, unit=parameter.unit), "", "", "held"))
        elif not plan.fit.known[index]:
            shown = format_interval(*plan.fit.interval(name), parameter.unit)
            rows.append((name, shown, "", "", "a bound only"))
        else:
            shown = format_value(value, plan.fit.stderr[name], parameter.unit)
            rows.append(
                (name, shown, percent(plan.relative_error(name)), "", plan.identified(name) + _leans(plan, name))
            )
    return rows


def _leans(plan: Plan, name: str) -> str:
    weak = [other for other in plan.weak if other != name]
    return f" (leans on {', '.join(weak)})" if name in plan.leaning and weak else ""


def goal_text(plan: Plan, name: str, wanted: float, remedies: Sequence[Remedy]) -> str:
    """Say whether a wanted error will be reached, and whether one change would reach it."""
    error, floor = plan.relative_error(name), geometry_floor(plan, name)
    expected = percent(error) if math.isfinite(error) else "no value"
    if reaches(plan, name, wanted):
        return f"{name} to {percent(wanted)}: reached, {expected} expected"
    lean = f"; it leans on {', '.join(plan.weak)}, which will be weak" if name in plan.leaning else ""
    geometry = f"; {percent(floor)} of it from thickness and area" if floor else ""
    able = any(remedy.quantity == name and remedy.setting is not None for remedy in remedies)
    what = "What one change does" if able else "No single change reaches it"
    return f"{name} to {percent(wanted)}: {expected} expected{geometry}{lean}. {what}:"


def remedy_text(remedy: Remedy) -> str:
    """Say what one knob does."""
    knob = remedy.knob
    now, limits = _setting(remedy, remedy.now), f"{_setting(remedy, knob.low)} to {_setting(remedy, knob.high)}"
    if remedy.setting is not None:
        return f"{knob.text}: {now} → {_setting(remedy, remedy.setting)}, gives {percent(remedy.error)}"
    if remedy.at == remedy.now:
        return f"{knob.text}: no, nothing from {limits} is better than {now}"
    best = percent(remedy.error) if math.isfinite(remedy.error) else "no value"
    return f"{knob.text}: not alone, at best {best} at {_setting(remedy, remedy.at)} (of {limits})"


def _setting(remedy: Remedy, value: float) -> str:
    if remedy.knob.name in FRACTIONS:
        return percent(value)
    if remedy.knob.name == "temperature":
        return f"{value - 273.15:.4g} °C"
    if remedy.knob.name == "area":
        return f"{value * 1e6:.3g} mm²" if value < 1e-5 else f"{value * 1e4:.3g} cm²"
    if remedy.knob.name == "thickness":
        return f"{value * 1e9:.3g} nm" if value < 1e-6 else f"{value * 1e6:.3g} µm"
    return format_value(value, unit=remedy.knob.unit, digits=2) if remedy.knob.unit else f"{value:g}"


def percent(fraction: float) -> str:
    """Return a fraction in per cent, two digits; a dash where it is not known."""
    return f"{float(f'{100 * fraction:.2g}'):g} %" if math.isfinite(fraction) else "–"
