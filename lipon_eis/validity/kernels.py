"""Relaxations on a grid of time constants: what every causal, linear, stationary spectrum is nearly a sum of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


def time_constants(lowest: float, highest: float, per_decade: float, beyond: float) -> Floats:
    """Return time constants [s], rising, evenly spaced in the logarithm.

    Args:
        lowest: Frequency [Hz].
        highest: Frequency [Hz].
        per_decade: How many.
        beyond: Decades by which they reach past both ends of the window.
    """
    decades = np.log10(highest / lowest) + 2 * beyond
    count = max(2, round(decades * per_decade) + 1)
    ends = -np.log10(2 * np.pi * highest) - beyond, -np.log10(2 * np.pi * lowest) + beyond
    return np.logspace(*ends, count)


def relaxations(omega: Floats, tau: Floats, space: str = "Z") -> Complexes:
    """Return the response of one relaxation at each τ, shape (..., n_freq, n_tau).

    In impedance it is 1/(1 + jωτ), a resistor beside a capacitor; in admittance jωτ/(1 + jωτ), the two in series.

    Args:
        omega: [rad/s], shape (..., n_freq).
        tau: [s], shape (n_tau,).
        space: ``Z`` or ``Y``.
    """
    s = 1j * omega[..., None] * tau
    result: Complexes = np.asarray(1 / (1 + s) if space == "Z" else s / (1 + s), dtype=complex)
    return result
