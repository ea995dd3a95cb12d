"""Starts for a circuit of any shape: quasi-random points within limits read off the data.

The points fill the box evenly (the additive recurrence of the generalised golden ratio,
Roberts 2018, "The Unreasonable Effectiveness of Quasirandom Sequences"). The overall scale of
the impedance is then fitted in closed form, because resistances and reciprocal capacitances
scale together, and the best distinct points become starts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lipon_eis.model.circuit import Circuit, CircuitParameter

Bounds = Callable[[str, float, float], tuple[float, float]]
Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

SCALES = {"resistance": 1.0, "inductance": 1.0, "warburg": 1.0, "capacitance": -1.0, "admittance": -1.0}
"""Power of k by which a parameter changes when the impedance is multiplied by k; 0 for times and exponents."""

UNIT_SCALES = (("ohm^-1", -1.0), ("S", -1.0), ("F", -1.0), ("ohm", 1.0), ("H", 1.0))
"""The same by how the unit begins, for other quantities: ``ohm m``, ``F s^(n-1)``."""

FAR = 1e100  # [Ω] for a model that is not finite: its square is
RATIO = (1e-2, 1e2)  # where a positive number without a unit is looked for
ANYWHERE = (1e-6, 1e6)  # likewise one of a unit that says nothing of impedance, where it has no bounds


def golden_points(count: int, dimensions: int, seed: int = 0) -> Floats:
    """Return evenly spread points in the unit cube, shape (count, dimensions)."""
    ratio = 2.0
    for _ in range(60):
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    offset = np.random.default_rng(seed).random(dimensions) if seed else np.full(dimensions, 0.5)
    result: Floats = (offset + np.outer(np.arange(1, count + 1), steps)) % 1.0
    return result


def limits(
    circuit: Circuit, omega: Floats, z: Complexes, used: NDArray[np.bool_], bounds: Bounds | None = None
) -> Floats:
    """Return where the parameters of one spectrum plausibly lie, shape (n, k, 2).

    Resistances within the range of |Z|, times within that of 1/ω, capacitances within 1/(ω|Z|); what its unit
    says nothing of within its bounds. Bounds narrow the others.

    Args:
        circuit: The circuit.
        omega: [rad/s], shape (n, n_freq).
        z: [Ω], same shape.
        used: False for padding, same shape.
        bounds: (name, lower, upper) → the bounds that the caller sets.
    """
    modulus = np.abs(z)
    z_low, z_high = np.where(used, modulus, np.inf).min(1), np.where(used, modulus, 0).max(1)
    w_low, w_high = np.where(used, omega, np.inf).min(1), np.where(used, omega, 0).max(1)
    # A CPE near the middle of its exponents has |Z| = 1/(Q ωⁿ).
    boxes = {
        "resistance": (z_low / 3, z_high * 1.5),
        "inductance": (z_low / w_high / 10, z_high / w_high),
        "capacitance": (1 / (w_high * z_high), 3 / (w_low * z_low)),
        "admittance": (1 / (w_high**0.8 * z_high), 3 / (w_low**0.8 * z_low)),
        "warburg": (z_low * np.sqrt(w_low), z_high * np.sqrt(w_high)),
        "time": (1 / w_high, 1 / w_low),
        "ratio": RATIO,
    }
    result = np.empty((len(z), len(circuit.parameters), 2))
    for index, parameter in enumerate(circuit.parameters):
        low, high = (bounds or _own)(parameter.name, parameter.lower, parameter.upper)
        if not parameter.log:
            low = max(low, 0.55) if parameter.quantity == "exponent" and low < 0.55 < high else low
            result[:, index] = low, high
            continue
        small, large = boxes.get(_like(parameter)) or _anywhere(low, high)
        small, large = np.maximum(small, low), np.minimum(large, high)
        near = (low or high / 1e3, high if np.isfinite(high) else low * 1e3)  # where bounds lie beside the data
        result[:, index, 0] = np.where(small < large, small, near[0])
        result[:, index, 1] = np.where(small < large, large, near[1])
    return result


def _like(parameter: CircuitParameter) -> str:
    """Return the quantity in whose range a parameter is looked for."""
    if parameter.quantity == "other":
        return {1.0: "warburg", -1.0: "admittance"}.get(_scale(parameter), "other")
    return parameter.quantity


def _scale(parameter: CircuitParameter) -> float:
    """Return the power of k by which a parameter changes when the impedance is multiplied by k, as its unit says."""
    if parameter.quantity == "other":
        return next((power for start, power in UNIT_SCALES if parameter.unit.startswith(start)), 0.0)
    return SCALES.get(parameter.quantity, 0.0)


def _scales(model: Complexes, partials: Complexes, points: Floats, scaled: Floats) -> bool:
    """Tell whether the impedance is multiplied by k when every parameter is by k to its power.

    Units alone do not prove it for an element that somebody added; Euler's theorem does, Σ aᵢ pᵢ ∂Z/∂pᵢ = Z.
    """
    sums = np.einsum("nkf,nk->nf", partials, points * scaled)
    finite = np.isfinite(sums) & np.isfinite(model)
    return bool((np.abs(sums - model)[finite] <= 1e-4 * np.abs(model)[finite]).all())


def _own(name: str, lower: float, upper: float) -> tuple[float, float]:
    return lower, upper


def _anywhere(low: float, high: float) -> tuple[float, float]:
    """Return the bounds of a parameter of unknown scale; an end that is open is six decades from the other."""
    decades = ANYWHERE[1]
    if low > 0:
        return low, high if np.isfinite(high) else low * decades
    return (high / decades, high) if np.isfinite(high) else ANYWHERE


def random_starts(
    circuit: Circuit,
    omega: Floats,
    z: Complexes,
    weight: Floats,
    *,
    count: int = 512,
    n_starts: int = 16,
    seed: int = 0,
    bounds: Bounds | None = None,
) -> Floats:
    """Return starts for every spectrum, best first, shape (n, n_starts, k).

    Args:
        circuit: Of any shape.
        omega: [rad/s], shape (n, n_freq).
        z: [Ω], same shape.
        weight: Of |ΔZ|², same shape, 0 for padding.
        count: Points that are evaluated.
        n_starts: Points that are returned.
        seed: Moves the points; 0 is the standard set.
        bounds: (name, lower, upper) → the bounds that the caller sets.
    """
    k = len(circuit.parameters)
    unit = golden_points(count, k, seed)
    box = limits(circuit, omega, z, weight > 0, bounds)
    log = np.array([p.log for p in circuit.parameters])
    scaled = np.array([_scale(p) for p in circuit.parameters])
    starts = np.empty((len(z), n_starts, k))
    for row in range(len(z)):
        ends = np.where(log[:, None], np.log(np.where(log[:, None], box[row], 1.0)), box[row])
        points = ends[:, 0] + unit * (ends[:, 1] - ends[:, 0])
        points = np.where(log, np.exp(np.where(log, points, 0.0)), points)
        model, partials = circuit.evaluate(np.asarray(1j * omega[row : row + 1], dtype=complex), points)
        scales = _scales(model[:8], partials[:8], points[:8], scaled)
        model = np.where(np.isfinite(model), model, FAR)
        top = (weight[row] * (model.conj() * z[row]).real).sum(1)
        bottom = (weight[row] * np.abs(model) ** 2).sum(1)
        factor = np.clip(top / bottom, 1e-6, 1e6)
        factor = np.where((top > 0) & scales, factor, 1.0)
        cost = (weight[row] * np.abs(z[row] - factor[:, None] * model) ** 2).sum(1)
        best = np.argsort(cost, kind="stable")[:n_starts]
        starts[row] = points[best] * factor[best, None] ** scaled
    return starts
