"""What a cell's circuit will be made of before it is measured: parameter values from geometry and roles.

The bulk follows from what one knows or hopes of the film: R = d/(σA) and C = ε_r ε0 A/d. Everything else is
assumed, per area, by role: the table below holds values in the middle of what thin-film cells show. They
are assumptions of this package and no measurements; any of them can be replaced by the value one expects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import InvalidOption
from lipon_eis.physics.arcs import RoleArc, role_arcs
from lipon_eis.physics.derived import VACUUM_PERMITTIVITY

Floats = NDArray[np.float64]

PER_CM2 = 1e-4  # m²


@dataclass(frozen=True)
class Layer:
    """What is assumed of an interface: per side, at 25 °C.

    Attributes:
        resistance: Area-specific [Ω m²].
        capacitance: Per area [F/m²].
        exponent: Of its CPE.
    """

    resistance: float
    capacitance: float
    exponent: float = 0.9


LAYERS = {
    "interface_film": Layer(5.0 * PER_CM2, 1e-6 / PER_CM2),
    "anode_interface": Layer(10.0 * PER_CM2, 2e-6 / PER_CM2),
    "anode_layer": Layer(20.0 * PER_CM2, 0.5e-6 / PER_CM2),
    "charge_transfer": Layer(100.0 * PER_CM2, 10e-6 / PER_CM2),
    "cathode_layer": Layer(50.0 * PER_CM2, 2e-6 / PER_CM2),
}
ELECTRODE = Layer(np.nan, 2e-6 / PER_CM2)
DIFFUSION_RESISTANCE, DIFFUSION_TIME = 100.0 * PER_CM2, 100.0  # Ω m², s
BULK_EXPONENT = 0.95
GRAIN_BOUNDARY = (3.0, 100.0, 0.9)  # its R and C in units of the bulk's, and its exponent
LEADS = {"resistance": 10.0, "inductance": 5e-7}  # Ω, H
LEAK = 1e4  # electronic over ionic resistance
STRAY = 5e-12  # F


def planned_values(
    named: NamedCircuit,
    *,
    sigma: float,
    eps_r: float,
    thickness: float,
    area: float,
    activation: float = 1.0,
    given: Mapping[str, float] | None = None,
) -> Floats:
    """Return the values of a circuit's parameters, SI, shape (k,).

    Args:
        named: The circuit, with its roles.
        sigma: Of the film at the temperature of the measurement [S/m].
        eps_r: Relative permittivity of the film.
        thickness: [m].
        area: [m²].
        activation: σ here over σ at 25 °C: resistances of interfaces fall by as much.
        given: Parameter name → value, in place of what is assumed; the exponent of an arc leaves its time constant.

    Raises:
        InvalidOption: A parameter has no role by which its value could be assumed, and none is given.
    """
    circuit, given = named.circuit, dict(given or {})
    bulk = thickness / (sigma * area), eps_r * VACUUM_PERMITTIVITY * area / thickness
    values = np.full(len(circuit.names), np.nan)
    for name, value in given.items():
        values[circuit.names.index(name)] = value
    for arc in role_arcs(circuit, named.roles):
        r, c, n = _arc(arc.role, bulk, area, activation, named.sides.get(arc.role, 1))
        _fill_arc(values, arc, r, c, n)
    for index, parameter in enumerate(circuit.parameters):
        if np.isnan(values[index]):
            values[index] = _alone(named.roles.get(parameter.name, ""), parameter.quantity, area, bulk[0])
    if unknown := [name for name, value in zip(circuit.names, values, strict=True) if np.isnan(value)]:
        raise InvalidOption(
            f"no role says what {', '.join(unknown)} of {circuit.text} may be: give it, --set {unknown[0]}=…, "
            "or its element a role"
        )
    return values


def _arc(
    role: str, bulk: tuple[float, float], area: float, activation: float, sides: int
) -> tuple[float, float, float]:
    """Return R [Ω], C [F] and the exponent of an arc; ``sides`` equal ones are in series."""
    if role == "bulk":
        return *bulk, BULK_EXPONENT
    if role == "grain_boundary":
        r, c, n = GRAIN_BOUNDARY
        return r * bulk[0], c * bulk[1], n
    layer = LAYERS.get(role, Layer(np.nan, np.nan))
    return sides * layer.resistance / (area * activation), layer.capacitance * area / sides, layer.exponent


def _fill_arc(values: Floats, arc: RoleArc, r: float, c: float, n: float) -> None:
    """Write R, Q and n of an arc where they are not given: Q = τⁿ/R with τ = R·C."""
    if np.isnan(values[arc.r]):
        values[arc.r] = r
    if arc.part is None:
        return
    if arc.part.n is not None and np.isnan(values[arc.part.n]):
        values[arc.part.n] = n
    if arc.part.tau is not None and np.isnan(values[arc.part.tau]):
        values[arc.part.tau] = values[arc.r] * c
    if arc.part.q is not None and np.isnan(values[arc.part.q]):
        exponent = 1.0 if arc.part.n is None else values[arc.part.n]
        values[arc.part.q] = (values[arc.r] * c) ** exponent / values[arc.r]


def _alone(role: str, quantity: str, area: float, bulk: float) -> float:
    """Return what a parameter outside the arcs is assumed to be; NaN where its role says nothing."""
    place = role.partition(".")[0]
    if place in ("lead", "series"):
        return LEADS.get(quantity, np.nan)
    if place == "electrode":
        return {
            "admittance": ELECTRODE.capacitance * area,
            "capacitance": ELECTRODE.capacitance * area,
            "exponent": ELECTRODE.exponent,
        }.get(quantity, np.nan)
    if place == "diffusion":
        return {"resistance": DIFFUSION_RESISTANCE / area, "time": DIFFUSION_TIME}.get(quantity, np.nan)
    if place == "leak":
        return LEAK * bulk if quantity == "resistance" else np.nan
    if place == "stray":
        return STRAY if quantity == "capacitance" else np.nan
    return np.nan
