"""The elements: all those of impedance.py 1.7.1, by the same symbols and in the same order of parameters.

Each function takes s = jω on the positive imaginary axis and returns the impedance and its
exact partial derivatives. Formulas are written so that neither a very large nor a very small
value overflows or cancels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.model.hyperbolic import coth_csch, tanh_sech
from lipon_eis.model.registry import ELEMENTS, Complex, Element, Evaluation, Parameter, builtin

__all__ = ["ELEMENTS", "Element", "Parameter"]

Value = NDArray[np.float64]

DEFINITION = "its definition"
PEER = "impedance.py 1.7.1, circuits/elements.py"


def _resistance(name: str) -> Parameter:
    return Parameter(name, "ohm", "resistance")


def _time(name: str) -> Parameter:
    return Parameter(name, "s", "time")


def _exponent(name: str) -> Parameter:
    return Parameter(name, "", "exponent", 0.0, 1.0)


def _log(s: Complex) -> Complex:
    """Return ln s for s = jω, cheaper than a complex logarithm."""
    z = np.full(s.shape, 0.5j * np.pi)
    z.real = np.log(s.imag)
    return z


def _power(log_s: Complex, n: Value) -> Complex:
    """Return sⁿ: one real exponential a frequency, one complex exponential a spectrum."""
    power: Complex = np.exp(n * log_s.real) * np.exp(0.5j * np.pi * n)
    return power


@builtin("R", _resistance(""), source=DEFINITION)
def resistor(s: Complex, r: Value) -> Evaluation:
    """Resistor, Z = R."""
    return r, (1.0,)


@builtin("C", Parameter("", "F", "capacitance"), source=DEFINITION)
def capacitor(s: Complex, c: Value) -> Evaluation:
    """Capacitor, Z = 1/(jωC)."""
    z = 1 / (s * c)
    return z, (-z / c,)


@builtin("L", Parameter("", "H", "inductance"), source=DEFINITION)
def inductor(s: Complex, inductance: Value) -> Evaluation:
    """Inductor, Z = jωL."""
    return s * inductance, (s,)


@builtin("W", Parameter("", "ohm s^-1/2", "warburg"), source=PEER)
def warburg(s: Complex, a: Value) -> Evaluation:
    """Semi-infinite diffusion, Z = A(1 − j)/√ω."""
    unit = (1 - 1j) / np.sqrt(s.imag)
    return a * unit, (unit,)


@builtin("Wo", _resistance("0"), _time("1"), source=PEER)
def finite_space(s: Complex, r: Value, tau: Value) -> Evaluation:
    """Diffusion in a layer with a blocking end, Z = R coth(x)/x with x = √(jωτ)."""
    x = np.sqrt(s * tau)
    coth, csch = coth_csch(x)
    unit = coth / x
    return r * unit, (unit, -r / (2 * tau) * (csch * csch + unit))


@builtin("Ws", _resistance("0"), _time("1"), source=PEER)
def finite_length(s: Complex, r: Value, tau: Value) -> Evaluation:
    """Diffusion through a layer with an open end, Z = R tanh(x)/x with x = √(jωτ)."""
    square = s * tau
    x = np.sqrt(square)
    tanh, sech = tanh_sech(x)
    unit = tanh / x
    # x·d(tanh x / x)/dx; its two terms cancel as x → 0, where the series takes over.
    series = square * (-2 / 3 + square * (8 / 15 - square * (34 / 105)))
    slope = np.where(np.abs(square) < 1e-4, series, sech * sech - unit)
    return r * unit, (unit, r / (2 * tau) * slope)


@builtin("CPE", Parameter("0", "ohm^-1 s^n", "admittance"), _exponent("1"), source=DEFINITION)
def constant_phase(s: Complex, q: Value, n: Value) -> Evaluation:
    """Constant phase element, Z = 1/(Q(jω)ⁿ)."""
    log_s = _log(s)
    z = _power(log_s, -n) / q
    return z, (z * (-1 / q), -z * log_s)


@builtin("La", Parameter("0", "ohm s^n", "inductance"), _exponent("1"), source="BioLogic application note 42")
def modified_inductor(s: Complex, inductance: Value, alpha: Value) -> Evaluation:
    """Modified inductor, Z = L(jω)^α."""
    log_s = _log(s)
    unit = _power(log_s, alpha)
    z = inductance * unit
    return z, (unit, z * log_s)


@builtin("G", _resistance("0"), _time("1"), source="Lu, Kreller, Adler 2009, doi 10.1149/1.3079337")
def gerischer(s: Complex, r: Value, tau: Value) -> Evaluation:
    """Gerischer element, Z = R/√(1 + jωτ)."""
    square = 1 + s * tau
    unit = 1 / np.sqrt(square)
    z = r * unit
    return z, (unit, -0.5 * s * z / square)


@builtin(
    "Gs",
    _resistance("0"),
    _time("1"),
    Parameter("2", "", "ratio"),
    source="Green, Liu, Adler 2008, doi 10.1016/j.ssi.2008.04.024",
)
def finite_gerischer(s: Complex, r: Value, tau: Value, phi: Value) -> Evaluation:
    """Gerischer element of finite length, Z = R coth(φy)/y with y = √(1 + jωτ)."""
    square = 1 + s * tau
    y: Complex = np.sqrt(square)
    x: Complex = phi * y
    coth, csch = coth_csch(x)
    unit, decay = coth / y, csch * csch
    return r * unit, (unit, -0.5 * r * s / square * (phi * decay + unit), -r * decay)


@builtin("K", _resistance("0"), _time("1"), source=DEFINITION)
def relaxation(s: Complex, r: Value, tau: Value) -> Evaluation:
    """Resistor beside a capacitor, Z = R/(1 + jωτ) with τ = RC."""
    unit = 1 / (1 + s * tau)
    z = r * unit
    return z, (unit, -z * unit * s)


@builtin("Zarc", _resistance("0"), _time("1"), _exponent("2"), source=DEFINITION)
def zarc(s: Complex, r: Value, tau: Value, gamma: Value) -> Evaluation:
    """Resistor beside a constant phase element, Z = R/(1 + (jωτ)^γ) with τ^γ = RQ."""
    log_s_tau = _log(s) + np.log(tau)
    power = _power(log_s_tau, gamma)
    unit = 1 / (1 + power)
    slope = -r * unit * (power * unit)  # by ln (jωτ)^γ
    return r * unit, (unit, slope * (gamma / tau), slope * log_s_tau)


@builtin(
    "TLMQ",
    _resistance("0"),
    Parameter("1", "ohm^-1 s^n", "admittance"),
    _exponent("2"),
    source="Landesfeind et al. 2016, doi 10.1149/2.1141607jes, eq. 11",
)
def transmission_line(s: Complex, r: Value, q: Value, gamma: Value) -> Evaluation:
    """Pore with a blocking wall, Z = √(R Zs) coth √(R/Zs) with Zs = 1/(Q(jω)^γ)."""
    log_s = _log(s)
    x = _power(log_s, gamma / 2) * np.sqrt(r * q)
    coth, csch = coth_csch(x)
    unit, decay = coth / x, csch * csch
    slope = -0.5 * (unit + decay)  # of Z/R, by ln x²
    # dZ/dR, two terms that cancel as x → 0, where the series takes over.
    square = x * x
    series = 1 / 3 - square * (2 / 45 - square * (2 / 315))
    by_r = np.where(np.abs(square) < 1e-3, series, 0.5 * (unit - decay))
    return r * unit, (by_r, slope * (r / q), r * slope * log_s)


@builtin(
    "T",
    _resistance("0"),
    _resistance("1"),
    Parameter("2", "", "ratio"),
    _time("3"),
    source="Paasch, Micka, Gersdorf 1993, doi 10.1016/0013-4686(93)85083-B",
)
def porous_electrode(s: Complex, a: Value, b: Value, k: Value, tau: Value) -> Evaluation:
    """Macrohomogeneous porous electrode, Z = A coth(β)/β + B/(β sinh β) with β = √(k + jωτ)."""
    square = k + s * tau
    beta = np.sqrt(square)
    coth, csch = coth_csch(beta)
    by_a, by_b = coth / beta, csch / beta
    z = a * by_a + b * by_b
    # by β², the same for k and for jωτ
    slope = -0.5 / square * (z + csch * (a * csch + b * coth))
    return z, (by_a, by_b, slope, slope * s)
