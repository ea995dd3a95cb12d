"""How far a parameter may run: limits read off the data, wide enough never to matter where it is known.

A parameter that ends on such a limit is one that the data bound from one side only: a lead
resistance that is too small to be seen, an arc whose time lies outside the window.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.coordinates import Coordinates
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import SpectrumStack

Floats = NDArray[np.float64]

SMALLEST_EXPONENT = 0.4
REACH = {
    "resistance": 1e4,
    "time": 1e4,
    "capacitance": 1e5,
    "admittance": 1e7,
    "inductance": 1e4,
    "warburg": 1e5,
    "ratio": 1e6,
}
ANY_REACH = 1e30  # of a parameter whose unit says nothing of impedance: its scale may be any


def natural_limits(
    circuit: Circuit,
    coordinates: Coordinates,
    omega: Floats,
    stack: SpectrumStack,
    limits: Callable[[str, float, float], tuple[float, float]],
) -> tuple[Floats, Floats]:
    """Return lower and upper limits of the fitting coordinates, each (n, k).

    Args:
        circuit: The circuit.
        coordinates: Of this batch.
        omega: [rad/s], shape (n, n_freq).
        stack: The spectra.
        limits: (name, lower, upper) → the bounds that the caller sets, natural units.
    """
    modulus = np.abs(stack.impedance)
    z_low, z_high = np.where(stack.used, modulus, np.inf).min(1), np.where(stack.used, modulus, 0).max(1)
    w_low, w_high = omega.min(1), omega.max(1)
    scales = {
        "resistance": (z_low, z_high),
        "time": (1 / w_high, 1 / w_low),
        "capacitance": (1 / (w_high * z_high), 1 / (w_low * z_low)),
        "admittance": (np.minimum(1, 1 / w_high) / z_high, np.maximum(1, 1 / w_low) / z_low),
        "inductance": (z_low / w_high, z_high / w_low),
        "warburg": (z_low * np.sqrt(w_low), z_high * np.sqrt(w_high)),
    }
    shape = (len(stack), len(circuit.parameters))
    lower, upper = np.empty(shape), np.empty(shape)
    for i, parameter in enumerate(circuit.parameters):
        low, high = limits(parameter.name, parameter.lower, parameter.upper)
        if not parameter.log:
            lower[:, i] = SMALLEST_EXPONENT if parameter.quantity == "exponent" and low <= 0 else low
            upper[:, i] = high
            continue
        reach = REACH.get(parameter.quantity, ANY_REACH)
        small, large = scales.get(parameter.quantity, (np.ones(shape[0]), np.ones(shape[0])))
        lower[:, i] = np.log(np.maximum(small / reach, low))
        upper[:, i] = np.log(np.minimum(large * reach, high))
    for arc in coordinates.arcs:
        lower[:, arc.q], upper[:, arc.q] = -np.log(w_high * REACH["time"]), -np.log(w_low / REACH["time"])
    for tail in coordinates.tails:
        lower[:, tail.q], upper[:, tail.q] = np.log(z_low / 1e6), np.log(z_high * 1e6)
    return lower, upper
