"""A plan as plain values for JSON: what is assumed, the expected spectrum, expected errors, what to change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lipon_eis.physics.plan import Plan
from lipon_eis.physics.remedies import Remedy, geometry_floor

SCHEMA = "lipon-eis/plan/1"
SETTINGS = {
    "sigma": "sigma_S_per_m",
    "thickness": "thickness_m",
    "thickness_error": "thickness_relative_error",
    "area": "area_m2",
    "area_error": "area_relative_error",
    "eps_r": "eps_r",
    "temperature": "temperature_K",
    "activation_energy": "activation_energy_eV",
    "f_min": "frequency_min_hz",
    "f_max": "frequency_max_hz",
    "points_per_decade": "points_per_decade",
    "noise": "noise",
}
"""Attribute of a measurement → its key, which carries the unit."""


def plan_document(plan: Plan, wanted: Mapping[str, float], remedies: Sequence[Remedy]) -> dict[str, Any]:
    """Return everything as plain values; what is not known is None."""
    circuit, fit = plan.fit.circuit, plan.fit
    return {
        "schema": SCHEMA,
        "settings": {key: getattr(plan.measurement, name) for name, key in SETTINGS.items()},
        "circuit": {"name": plan.named.name, "text": circuit.text},
        "spectrum": {
            "frequency_hz": plan.spectrum.frequency.tolist(),
            "z_re_ohm": plan.spectrum.impedance.real.tolist(),
            "z_im_ohm": plan.spectrum.impedance.imag.tolist(),
        },
        "arcs": [{"role": p.role, "peak_frequency_hz": p.peak, "place": p.place} for p in plan.positions],
        "parameters": [
            {
                "name": parameter.name,
                "role": plan.named.roles.get(parameter.name),
                "unit": parameter.unit,
                "value": float(fit.used_values[index]),
                "fixed": bool(fit.fixed[index]),
                **_expected(plan, parameter.name, fit.stderr[parameter.name], fit.interval(parameter.name)),
            }
            for index, parameter in enumerate(circuit.parameters)
        ],
        "derived": [
            {
                "name": name,
                "unit": quantity.unit,
                "value": _known(quantity.value),
                "stderr_fit": _known(quantity.stderr_fit),
                "stderr_geometry": _known(quantity.stderr_geometry),
                **_expected(plan, name, quantity.stderr, quantity.interval),
                "reason": quantity.reason or None,
            }
            for name, quantity in plan.derived.items()
        ],
        "correlated": [
            {"parameters": [one, other], "correlation": rho} for one, other, rho in fit.correlated_pairs(0.95)
        ],
        "wanted": [
            {
                "quantity": name,
                "wanted": error,
                "expected": _known(plan.relative_error(name)),
                "from_geometry": geometry_floor(plan, name),
                "reached": not any(remedy.quantity == name for remedy in remedies),
                "changes": [_change(remedy) for remedy in remedies if remedy.quantity == name],
            }
            for name, error in wanted.items()
        ],
    }


def _expected(plan: Plan, name: str, stderr: float, interval: tuple[float, float]) -> dict[str, Any]:
    held = name in plan.measurement.fixed
    return {
        "stderr": _known(stderr),
        "relative_error": None if held else _known(plan.relative_error(name)),
        "interval": [_known(end) for end in interval],
        "identified": None if held else plan.identified(name),
    }


def _change(remedy: Remedy) -> dict[str, Any]:
    return {
        "what": SETTINGS[remedy.knob.name],
        "now": remedy.now,
        "setting": remedy.setting,
        "relative_error": _known(remedy.error),
        "best_setting": remedy.at,
        "limits": [remedy.knob.low, remedy.knob.high],
    }


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
