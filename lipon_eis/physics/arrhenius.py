"""Activation energy from conductivities at several temperatures, in both conventions.

ln σ = ln σ0 − Ea/kT is what most plots of LiPON show; ln σT = ln A − Ea/kT is what hopping theory
gives, and its Ea is larger by about k⟨T⟩, 0.026 eV. Neither is wrong, so both are given by name.

Three errors are kept apart: that of each σ from its fit; the *scatter* of each temperature, which
moves ln σ by Ea·u/kT² (0.5 K: 3.6 % at 25 °C and 0.55 eV); and an *offset* that the thermometer has
at all temperatures alike, which moves the line as a whole. Thickness and area are common to a film:
they cancel in Ea and stay in σ(25 °C).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lipon_eis.errors import InvalidSample
from lipon_eis.fitting.uncertainty import NORMAL, student_t

Floats = NDArray[np.float64]

BOLTZMANN_EV = 8.617333262e-5  # eV/K, CODATA 2018
ROOM = 298.15  # K
SCATTER = OFFSET = 0.5  # K


@dataclass(frozen=True)
class Estimate:
    """A value, one standard error, and the 95 % interval."""

    value: float
    stderr: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class ArrheniusFit:
    """The straight line through ln σ against 1/T.

    Attributes:
        sigma: Ea of σ = σ0 exp(−Ea/kT) [eV].
        sigma_T: Ea of σT = A exp(−Ea/kT) [eV].
        sigma_25C: σ at 25 °C from the first convention [S/cm].
        extrapolated: Whether 25 °C lies outside the measured temperatures.
        chi2: Of the weighted line, sum over points, of the first convention.
        degrees_of_freedom: Points − 2.
        scale_estimated: Whether the points scatter more than their errors say: then errors are widened by what they
            show, and intervals use Student's t.
        lowest: Lowest temperature [K].
        highest: Highest temperature [K].
    """

    sigma: Estimate
    sigma_T: Estimate
    sigma_25C: Estimate
    extrapolated: bool
    chi2: float
    degrees_of_freedom: int
    scale_estimated: bool
    lowest: float
    highest: float


def arrhenius(
    temperature: ArrayLike,
    sigma: ArrayLike,
    sigma_stderr: ArrayLike | None = None,
    *,
    temperature_stderr: float = SCATTER,
    temperature_offset_stderr: float = OFFSET,
    common_stderr: float = 0.0,
) -> ArrheniusFit:
    """Fit an activation energy.

    Args:
        temperature: [K], shape (n,).
        sigma: [S/cm], shape (n,).
        sigma_stderr: Of each fit, without the geometry's part [S/cm]; None: the line's own scatter tells.
        temperature_stderr: Scatter of one reading [K].
        temperature_offset_stderr: Error that all readings have in common [K].
        common_stderr: Relative error that all σ have in common: that of thickness and area.

    Raises:
        InvalidSample: Fewer than three temperatures, or a value that is not positive.

    >>> t = np.array([273.15, 298.15, 323.15])
    >>> line = arrhenius(t, 2.3e-6 * np.exp(-0.55 / BOLTZMANN_EV * (1 / t - 1 / ROOM)))
    >>> round(line.sigma.value, 6), round(line.sigma_T.value, 3)
    (0.55, 0.576)
    """
    t, s = np.asarray(temperature, float), np.asarray(sigma, float)
    error = np.zeros(t.shape) if sigma_stderr is None else np.asarray(sigma_stderr, float)
    if t.shape != s.shape or t.shape != error.shape or t.ndim != 1:
        raise InvalidSample(f"temperatures, conductivities and errors must be of one length, got {t.shape}, {s.shape}")
    if not ((t > 0) & (s > 0) & (error >= 0)).all():
        raise InvalidSample("temperatures [K] and conductivities [S/cm] must be positive, errors not negative")
    if np.unique(t).size < 3:
        raise InvalidSample(f"an activation energy needs three temperatures, got {np.unique(t).size}")

    noise = error / s
    plain = _line(t, np.log(s), noise, temperature_stderr)
    hopping = _line(t, np.log(s * t), noise, temperature_stderr)
    dof = t.size - 2
    chi2 = plain.chi2
    estimated = sigma_stderr is None or chi2 > _chi2_limit(dof)
    scale = max(chi2 / dof, 1.0) if sigma_stderr is not None and estimated else chi2 / dof if estimated else 1.0
    quantile = float(student_t(np.array(dof))) if estimated else NORMAL

    def covariance(line: _Line, power: int) -> Floats:
        """Scatter of the points, and the offset that moves them all: by how much, a shifted fit tells."""
        shifted = _line(t + 0.1, np.log(s * (t + 0.1) ** power), noise, temperature_stderr)
        by_offset = (shifted.parameters - line.parameters) / 0.1 * temperature_offset_stderr
        return line.covariance * scale + np.outer(by_offset, by_offset)

    def energy(line: _Line, power: int) -> Estimate:
        slope, spread = float(line.parameters[1]), math.sqrt(covariance(line, power)[1, 1])
        return Estimate(slope, spread, (slope - quantile * spread, slope + quantile * spread))

    room = math.exp(plain.parameters[0])
    relative = math.sqrt(covariance(plain, 0)[0, 0] + common_stderr**2)
    lowest, highest = float(t.min()), float(t.max())
    return ArrheniusFit(
        sigma=energy(plain, 0),
        sigma_T=energy(hopping, 1),
        sigma_25C=Estimate(
            room, room * relative, (room * math.exp(-quantile * relative), room * math.exp(quantile * relative))
        ),
        extrapolated=not lowest - 0.5 <= ROOM <= highest + 0.5,
        chi2=chi2,
        degrees_of_freedom=dof,
        scale_estimated=estimated,
        lowest=lowest,
        highest=highest,
    )


@dataclass(frozen=True, eq=False)
class _Line:
    parameters: Floats  # ln σ at 25 °C, Ea
    covariance: Floats
    chi2: float


def _line(t: Floats, y: Floats, noise: Floats, scatter: float) -> _Line:
    """Weighted straight line y = a − Ea (1/kT − 1/kT_room); the weights contain the Ea that they are to give."""
    x = 1 / (BOLTZMANN_EV * t) - 1 / (BOLTZMANN_EV * ROOM)
    design = np.stack([np.ones_like(x), -x], axis=1)
    energy = float(np.linalg.lstsq(design, y, rcond=None)[0][1])
    for _ in range(3):
        variance = noise**2 + (energy * scatter / (BOLTZMANN_EV * t**2)) ** 2
        variance = np.maximum(variance, 1e-16)
        matrix = np.asarray(design.T @ (design / variance[:, None]), dtype=float)
        parameters = np.asarray(np.linalg.solve(matrix, design.T @ (y / variance)), dtype=float)
        energy = float(parameters[1])
    chi2 = float((((y - design @ parameters) ** 2) / variance).sum())
    return _Line(parameters, np.asarray(np.linalg.inv(matrix), dtype=float), chi2)


def _chi2_limit(dof: int) -> float:
    from scipy.special import chdtri

    return float(chdtri(dof, 0.05))
