"""Activation energy from conductivities at several temperatures, in both conventions.

ln σ = ln σ0 − Ea/kT is what most plots of LiPON show; ln σT = ln A − Ea/kT is what hopping theory
gives, and its Ea is larger by about k⟨T⟩, 0.026 eV. Neither is wrong, so both are given by name.

Three errors are kept apart: that of each σ from its fit; the *scatter* of each temperature, which
moves ln σ by Ea·u/kT² (0.5 K: 3.6 % at 25 °C and 0.55 eV); and an *offset* that the thermometer has
at all temperatures alike, which moves the line as a whole. Thickness and area are common to a film:
they cancel in Ea and stay in σ0 and σ(25 °C).
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
NEAR = 0.5  # K by which 25 °C may lie outside the measured temperatures and still be called interpolated
DOUBT = 0.05  # probability of a chi2 below which errors are called too small
BENT = 0.01  # probability of a curvature below which a line is called bent
SHIFT = 0.1  # K by which temperatures are moved to see what an offset does
ONE = 1.0  # K within which readings are of one temperature, measured again
WIDEST = 200.0  # |ln| of a quantity beyond which it is none
SMALLEST = 1e-8  # of ln σ: an error that is known to be 0 shall not give an infinite weight


def _exp(logarithm: float) -> float:
    """Return exp of a logarithm, NaN where that says nothing: hundreds of powers of ten away."""
    return math.exp(logarithm) if abs(logarithm) < WIDEST else math.nan


@dataclass(frozen=True)
class Estimate:
    """A value, one standard error, and the 95 % interval."""

    value: float
    stderr: float
    interval: tuple[float, float]

    @classmethod
    def plain(cls, value: float, stderr: float, quantile: float) -> Estimate:
        """Return an estimate whose interval is symmetric."""
        return cls(value, stderr, (value - quantile * stderr, value + quantile * stderr))

    @classmethod
    def of_log(cls, logarithm: float, stderr: float, quantile: float) -> Estimate:
        """Return exp of an estimate: the interval is symmetric in the logarithm, ``stderr`` to first order."""
        value = _exp(logarithm)
        ends = _exp(logarithm - quantile * stderr), _exp(logarithm + quantile * stderr)
        return cls(value, value * stderr, ends)


def distinct(temperature: ArrayLike) -> int:
    """Return how many temperatures there are [K], readings within `ONE` K of each other counted once."""
    count, last = 0, -math.inf
    for reading in np.sort(np.asarray(temperature, float)).tolist():
        if reading - last > ONE:
            count, last = count + 1, reading
    return count


@dataclass(frozen=True)
class ArrheniusFit:
    """The straight line through ln σ against 1/T.

    Attributes:
        sigma: Ea of σ = σ0 exp(−Ea/kT) [eV].
        sigma_T: Ea of σT = A exp(−Ea/kT) [eV].
        sigma_25C: σ at 25 °C from the first convention [S/cm].
        sigma_0: σ0 of the first convention [S/cm].
        prefactor: A of the second [S K/cm].
        extrapolated: Whether 25 °C lies outside the measured temperatures.
        chi2: Of the weighted line, sum over points, of the first convention.
        degrees_of_freedom: Points − 2.
        scale_estimated: Whether the points scatter more than their errors say, about the line of either convention.
            Errors of a convention about whose line they do are widened by what they show, and its intervals use
            Student's t.
        bend: Probability that a straight line bends as much as the points do, of the convention that bends less;
            NaN for three points.
        lowest: Lowest temperature [K].
        highest: Highest temperature [K].
    """

    sigma: Estimate
    sigma_T: Estimate
    sigma_25C: Estimate
    sigma_0: Estimate
    prefactor: Estimate
    extrapolated: bool
    chi2: float
    degrees_of_freedom: int
    scale_estimated: bool
    bend: float
    lowest: float
    highest: float

    @property
    def bent(self) -> bool:
        """Whether the points bend in both conventions: then one activation energy does not describe them."""
        return self.bend < BENT


def arrhenius(
    temperature: ArrayLike,
    sigma: ArrayLike,
    sigma_stderr: ArrayLike | None = None,
    *,
    temperature_stderr: ArrayLike = SCATTER,
    temperature_offset_stderr: float = OFFSET,
    common_stderr: float = 0.0,
) -> ArrheniusFit:
    """Fit an activation energy.

    What is said of σ holds for every quantity with an activation energy, 1/ASR of an interface for one.

    Args:
        temperature: [K], shape (n,).
        sigma: [S/cm], shape (n,).
        sigma_stderr: Of each fit, without the geometry's part [S/cm]; None: the line's own scatter tells.
        temperature_stderr: Scatter of one reading [K], one for all or one for each.
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
    if not ((t > 0) & (s > 0) & (error >= 0)).all() or not np.isfinite([t, s, error]).all():
        raise InvalidSample("temperatures [K] and conductivities [S/cm] must be positive, errors not negative")
    if np.unique(t).size < 3:
        raise InvalidSample(f"an activation energy needs three temperatures, got {np.unique(t).size}")
    scatter = np.broadcast_to(np.asarray(temperature_stderr, float), t.shape)
    if not ((scatter >= 0).all() and temperature_offset_stderr >= 0 and common_stderr >= 0):
        raise InvalidSample("standard errors of temperatures [K] and of the geometry cannot be negative")

    noise = error / s
    plain, hopping = _line(t, s, 0, noise, scatter), _line(t, s, 1, noise, scatter)
    dof = t.size - 2
    lowest, highest = float(t.min()), float(t.max())
    scales = [scale_of(line.chi2, dof, known=sigma_stderr is not None) for line in (plain, hopping)]
    (of_sigma, q), (of_hopping, q_hopping) = (
        (
            line.covariance * scale.variance + _offset(line, t, s, power, noise, scatter, temperature_offset_stderr),
            scale.quantile,
        )
        for line, scale, power in ((plain, scales[0], 0), (hopping, scales[1], 1))
    )
    return ArrheniusFit(
        sigma=Estimate.plain(float(plain.parameters[1]), math.sqrt(of_sigma[1, 1]), q),
        sigma_T=Estimate.plain(float(hopping.parameters[1]), math.sqrt(of_hopping[1, 1]), q_hopping),
        sigma_25C=value_at(ROOM, plain.parameters, of_sigma, common_stderr, q),
        sigma_0=value_at(math.inf, plain.parameters, of_sigma, common_stderr, q),
        prefactor=value_at(math.inf, hopping.parameters, of_hopping, common_stderr, q_hopping),
        extrapolated=is_extrapolated(lowest, highest),
        chi2=plain.chi2,
        degrees_of_freedom=dof,
        scale_estimated=all(scale.estimated for scale in scales),
        bend=max(
            _bend(t, line, known=not scale.estimated) for line, scale in zip((plain, hopping), scales, strict=True)
        ),
        lowest=lowest,
        highest=highest,
    )


@dataclass(frozen=True)
class Scale:
    """By how much the variance of points about a line is what their errors say.

    Attributes:
        variance: Factor, 1 where the errors are believed.
        quantile: Standard errors to the ends of 95 % intervals: Student's t where the factor is estimated.
        estimated: Whether it is.
    """

    variance: float
    quantile: float
    estimated: bool


def scale_of(chi2: float, degrees_of_freedom: int, *, known: bool = True, doubt: float = DOUBT) -> Scale:
    """Believe errors unless points scatter by more than these make probable; nothing makes them smaller.

    Args:
        chi2: Of the points about their line.
        degrees_of_freedom: Points less parameters.
        known: False where there are no errors to believe.
        doubt: Probability of so large a chi2 below which they are not believed.
    """
    if known and not probability_of_chi2(chi2, degrees_of_freedom) < doubt:
        return Scale(1.0, NORMAL, estimated=False)
    reduced = chi2 / degrees_of_freedom
    return Scale(
        max(reduced, 1.0) if known else reduced, float(student_t(np.array(degrees_of_freedom))), estimated=True
    )


def inverse_temperature(t: Floats) -> Floats:
    """Return 1/kT − 1/kT_room [1/eV], the abscissa in which ln σ is a line through ln σ(25 °C) at 0."""
    result: Floats = 1 / (BOLTZMANN_EV * t) - 1 / (BOLTZMANN_EV * ROOM)
    return result


def value_at(temperature: float, parameters: Floats, covariance: Floats, common: float, quantile: float) -> Estimate:
    """Return the value of a line at a temperature [K]; at infinity, its prefactor.

    Args:
        temperature: [K].
        parameters: ln of the value at 25 °C, and Ea [eV].
        covariance: Of these.
        common: Relative error that all values have in common.
        quantile: Standard errors to the ends of the interval.
    """
    slope = np.array([1.0, -float(inverse_temperature(np.array(temperature)))])
    spread = math.sqrt(float(slope @ covariance @ slope) + common**2)
    return Estimate.of_log(float(slope @ parameters), spread, quantile)


def is_extrapolated(lowest: float, highest: float) -> bool:
    """Return whether 25 °C lies outside the measured temperatures [K]."""
    return not lowest - NEAR <= ROOM <= highest + NEAR


def probability_of_chi2(chi2: float, degrees_of_freedom: int) -> float:
    """Return the probability that errors as stated give a chi2 as large as this."""
    from scipy.special import chdtrc

    return float(chdtrc(degrees_of_freedom, chi2))


def _offset(line: _Line, t: Floats, s: Floats, power: int, noise: Floats, scatter: Floats, offset: float) -> Floats:
    """Return the covariance that an offset of the thermometer makes: how it moves the line, a shifted fit tells."""
    shifted = _line(t + SHIFT, s, power, noise, scatter)
    moved = (shifted.parameters - line.parameters) / SHIFT * offset
    result: Floats = np.outer(moved, moved)
    return result


@dataclass(frozen=True, eq=False)
class _Line:
    parameters: Floats  # ln σ at 25 °C, Ea
    covariance: Floats
    chi2: float
    residuals: Floats
    variance: Floats


def _line(t: Floats, s: Floats, power: int, noise: Floats, scatter: Floats) -> _Line:
    """Weighted straight line ln σT^power = a − Ea (1/kT − 1/kT_room); the weights contain the Ea that they are to give.

    A reading that is wrong moves ln σ by the energy with which σ itself goes, Ea − power·kT.
    """
    y = np.log(s * t**power)
    design = np.stack([np.ones_like(t), -inverse_temperature(t)], axis=1)
    energy = float(np.linalg.lstsq(design, y, rcond=None)[0][1])
    for _ in range(3):
        variance = np.maximum(noise**2 + ((energy / (BOLTZMANN_EV * t) - power) * scatter / t) ** 2, SMALLEST**2)
        matrix = np.asarray(design.T @ (design / variance[:, None]), dtype=float)
        parameters = np.asarray(np.linalg.solve(matrix, design.T @ (y / variance)), dtype=float)
        energy = float(parameters[1])
    residuals = y - design @ parameters
    chi2 = float((residuals**2 / variance).sum())
    return _Line(parameters, np.asarray(np.linalg.inv(matrix), dtype=float), chi2, residuals, variance)


def _bend(t: Floats, line: _Line, *, known: bool) -> float:
    """Return the probability that points on a straight line ask for a quadratic term as much as these.

    Args:
        t: [K].
        line: Through them.
        known: Their errors are known: a chi2 of one degree of freedom; else Fisher's F against what is left.
    """
    from scipy.special import chdtrc, fdtrc

    x = inverse_temperature(t)
    if np.unique(t).size < 4:
        return math.nan
    weight = 1 / np.sqrt(line.variance)
    design = np.stack([np.ones_like(x), x, x**2], axis=1) * weight[:, None]
    left = line.residuals * weight
    left = left - design @ np.linalg.lstsq(design, left, rcond=None)[0]
    rest = float(left @ left)
    gain = max(line.chi2 - rest, 0.0)
    dof = t.size - 3
    if known:
        return float(chdtrc(1, gain))
    return float(fdtrc(1, dof, gain / max(rest / dof, 1e-300)))
