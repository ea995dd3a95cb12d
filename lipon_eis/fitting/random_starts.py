"""Starts for a circuit of any shape: quasi-random points within limits read off the data.

The points fill the box evenly (the additive recurrence of the generalised golden ratio,
Roberts 2018, "The Unreasonable Effectiveness of Quasirandom Sequences"). The overall scale of
the impedance is then fitted in closed form, because resistances and reciprocal capacitances
scale together, and the best distinct points become starts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.model.circuit import Circuit

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

SCALES = {"resistance": 1.0, "inductance": 1.0, "warburg": 1.0, "capacitance": -1.0, "admittance": -1.0}
"""Power of k by which a parameter changes when the impedance is multiplied by k; 0 for times and exponents."""


def golden_points(count: int, dimensions: int, seed: int = 0) -> Floats:
    """Return evenly spread points in the unit cube, shape (count, dimensions)."""
    ratio = 2.0
    for _ in range(60):
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    offset = np.random.default_rng(seed).random(dimensions) if seed else np.full(dimensions, 0.5)
    result: Floats = (offset + np.outer(np.arange(1, count + 1), steps)) % 1.0
    return result


def limits(circuit: Circuit, omega: Floats, z: Complexes, used: NDArray[np.bool_]) -> Floats:
    """Return where the parameters of one spectrum plausibly lie, shape (n, k, 2).

    Resistances within the range of |Z|, times within that of 1/ω, capacitances within 1/(ω|Z|).
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
    }
    result = np.empty((len(z), len(circuit.parameters), 2))
    for index, parameter in enumerate(circuit.parameters):
        if parameter.log:
            low, high = boxes.get(parameter.quantity, boxes["time"])
            result[:, index] = np.stack([low, high], axis=1)
        else:
            result[:, index] = (max(parameter.lower, 0.55), min(parameter.upper, 1.0))
    return result


def random_starts(
    circuit: Circuit,
    omega: Floats,
    z: Complexes,
    weight: Floats,
    *,
    count: int = 512,
    n_starts: int = 16,
    seed: int = 0,
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
    """
    k = len(circuit.parameters)
    unit = golden_points(count, k, seed)
    box = limits(circuit, omega, z, weight > 0)
    log = np.array([p.log for p in circuit.parameters])
    scaled = np.array([SCALES.get(p.quantity, 0.0) for p in circuit.parameters])
    starts = np.empty((len(z), n_starts, k))
    for row in range(len(z)):
        ends = np.where(log[:, None], np.log(box[row]), box[row])
        points = ends[:, 0] + unit * (ends[:, 1] - ends[:, 0])
        points = np.where(log, np.exp(np.where(log, points, 0.0)), points)
        model, _ = circuit.evaluate(np.asarray(1j * omega[row : row + 1], dtype=complex), points)
        model = np.where(np.isfinite(model), model, 1e200)
        top = (weight[row] * (model.conj() * z[row]).real).sum(1)
        bottom = (weight[row] * np.abs(model) ** 2).sum(1)
        factor = np.clip(top / bottom, 1e-6, 1e6)
        factor = np.where(top > 0, factor, 1.0)
        cost = (weight[row] * np.abs(z[row] - factor[:, None] * model) ** 2).sum(1)
        best = np.argsort(cost, kind="stable")[:n_starts]
        starts[row] = points[best] * factor[best, None] ** scaled
    return starts
