"""The pairs of quantities that make an impedance, and how.

G and B, |Y| and its phase, Cp with D, Q, G or Rp, Cs with D, Q or Rs, the same with inductances; with the
capacitance C0 = ε0·A/d of the empty sample also ε' and ε'', their inverse (the electric modulus), and
the conductivity. Signs: Y = G + jB, C* = C' - jC'', ε* = ε' - jε'', so that losses are positive. C'' is
written with either sign, and `immittance` settles which; so its pair stands behind those that leave no choice.

D = tan δ = 1/Q is a ratio of sizes: the resistance has its sign, whether the reactance is of C or L.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lipon_eis.readers.names import Quantity
from lipon_eis.spectrum import Floats

EPS0 = 8.8541878128e-12  # [F/m], CODATA 2018


@dataclass(frozen=True)
class Pair:
    """Two quantities that make an impedance.

    Attributes:
        quantities: Which columns they stand in.
        impedance: From ω [rad/s], the two in SI (phases in degrees), and C0 [F]; shapes (n_rows,), Z in Ω.
        geometry: C0 is needed.
        sign_stated: A positive value of the columns means one sign of Im(Z) only.
        either_sign: Programs write the second with the one sign or the other, the same in the whole column.
        capacitive: The sign of the second is known of capacitive samples only.
    """

    quantities: tuple[Quantity, Quantity]
    impedance: Callable[[Floats, Floats, Floats, float], Any]
    geometry: bool = False
    sign_stated: bool = True
    either_sign: bool = False
    capacitive: bool = False


def _turned(size: Floats, degrees: Floats) -> Any:
    return size * np.exp(1j * np.radians(degrees))


def _permittivity(w: Floats, real: Floats, loss: Floats, c0: float) -> Any:
    return 1 / (1j * w * c0 * (real - 1j * loss))


def _loss(w: Floats, conductivity: Floats) -> Floats:
    return conductivity / (w * EPS0)


_Q = Quantity
PAIRS = (
    Pair((_Q.REAL, _Q.IMAGINARY), lambda w, r, x, _: r + 1j * x),
    Pair((_Q.MODULUS, _Q.PHASE), lambda w, z, t, _: _turned(z, t)),
    Pair((_Q.CONDUCTANCE, _Q.SUSCEPTANCE), lambda w, g, b, _: 1 / (g + 1j * b)),
    Pair((_Q.ADMITTANCE, _Q.ADMITTANCE_PHASE), lambda w, y, t, _: 1 / _turned(y, t)),
    Pair((_Q.PARALLEL_RESISTANCE, _Q.PARALLEL_REACTANCE), lambda w, r, x, _: 1 / (1 / r + 1j / x), sign_stated=False),
    Pair((_Q.PARALLEL_CAPACITANCE, _Q.LOSS), lambda w, c, d, _: 1 / (d * np.abs(w * c) + 1j * w * c)),
    Pair((_Q.PARALLEL_CAPACITANCE, _Q.CONDUCTANCE), lambda w, c, g, _: 1 / (g + 1j * w * c)),
    Pair((_Q.PARALLEL_CAPACITANCE, _Q.PARALLEL_RESISTANCE), lambda w, c, r, _: 1 / (1 / r + 1j * w * c)),
    Pair((_Q.PARALLEL_CAPACITANCE, _Q.QUALITY), lambda w, c, q, _: 1 / (np.abs(w * c) / q + 1j * w * c)),
    Pair((_Q.SERIES_CAPACITANCE, _Q.REAL), lambda w, c, r, _: r - 1j / (w * c)),
    Pair((_Q.SERIES_CAPACITANCE, _Q.LOSS), lambda w, c, d, _: d / np.abs(w * c) - 1j / (w * c)),
    Pair((_Q.SERIES_CAPACITANCE, _Q.QUALITY), lambda w, c, q, _: 1 / (q * np.abs(w * c)) - 1j / (w * c)),
    Pair((_Q.SERIES_INDUCTANCE, _Q.REAL), lambda w, h, r, _: r + 1j * w * h),
    Pair((_Q.SERIES_INDUCTANCE, _Q.LOSS), lambda w, h, d, _: d * np.abs(w * h) + 1j * w * h),
    Pair((_Q.SERIES_INDUCTANCE, _Q.QUALITY), lambda w, h, q, _: np.abs(w * h) / q + 1j * w * h),
    Pair((_Q.PARALLEL_INDUCTANCE, _Q.CONDUCTANCE), lambda w, h, g, _: 1 / (g - 1j / (w * h))),
    Pair((_Q.PARALLEL_INDUCTANCE, _Q.PARALLEL_RESISTANCE), lambda w, h, r, _: 1 / (1 / r - 1j / (w * h))),
    Pair((_Q.PARALLEL_INDUCTANCE, _Q.LOSS), lambda w, h, d, _: 1 / (d / np.abs(w * h) - 1j / (w * h))),
    Pair((_Q.PARALLEL_INDUCTANCE, _Q.QUALITY), lambda w, h, q, _: 1 / (1 / (q * np.abs(w * h)) - 1j / (w * h))),
    Pair(
        (_Q.PARALLEL_CAPACITANCE, _Q.CAPACITANCE_LOSS),
        lambda w, c, loss, _: 1 / (1j * w * (c - 1j * loss)),
        either_sign=True,
    ),
    Pair((_Q.PERMITTIVITY, _Q.PERMITTIVITY_LOSS), _permittivity, geometry=True),
    Pair((_Q.PERMITTIVITY, _Q.LOSS), lambda w, e, d, c0: _permittivity(w, e, d * e, c0), geometry=True),
    Pair((_Q.PERMITTIVITY, _Q.CONDUCTIVITY), lambda w, e, s, c0: _permittivity(w, e, _loss(w, s), c0), geometry=True),
    Pair((_Q.ELECTRIC_MODULUS, _Q.ELECTRIC_MODULUS_LOSS), lambda w, m, n, c0: (m + 1j * n) / (1j * w * c0), True),
    Pair(
        # The instrument's σ* = jω·ε0·(ε* - 1), written σ' and σ'' with σ'' negative: without the vacuum's displacement.
        (_Q.CONDUCTIVITY, _Q.CONDUCTIVITY_IMAGINARY),
        lambda w, s, t, c0: _permittivity(w, 1 - _loss(w, t), _loss(w, s), c0),
        geometry=True,
        capacitive=True,
    ),
)
PARTS = PAIRS[:4]  # Z or Y itself, of which programs also export minus the imaginary part
