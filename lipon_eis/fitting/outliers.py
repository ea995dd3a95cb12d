"""Points that stand apart from a fit: studentised residuals, and what leaving them out would change.

A point draws the curve towards itself, so its residual is small where it has leverage. The studentised
residual corrects for that: with the block h of the hat matrix that belongs to a point's Re and Im,
D = rᵀ(1 − h)⁻¹r is the cost that the fit would save without the point, and D over the noise variance
of the others follows 2 F(2, ν − 2) if the point is like the others (Cook and Weisberg 1982, Residuals
and Influence in Regression, ch. 2). The limit is Bonferroni's: among N like points one stands out in a
hundred fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.solver import gauss_newton_step
from lipon_eis.fitting.weights import weights
from lipon_eis.rounding import format_value
from lipon_eis.spectrum import Spectrum, SpectrumStack

Floats = NDArray[np.float64]

FALSE_ALARM = 0.01  # probability that a fit of like points has one beyond the limit
ROUNDING = 1e-9  # relative misfit below which residuals are those of rounding
SMALLEST = 1e-9  # determinant of 1 − h
FEWEST = 3  # degrees of freedom that the other points must leave for their noise to be known
MOST = 0.1  # share of the points beyond which they are no outliers: the circuit does not fit


@dataclass(frozen=True)
class Outlier:
    """A point that stands apart.

    Attributes:
        index: In the spectrum.
        frequency: [Hz].
        studentised: Length of its residual (Re and Im together) in standard deviations of the other points'.
        masked: Whether it was masked for it.
    """

    index: int
    frequency: float
    studentised: float
    masked: bool = False


@dataclass(frozen=True)
class Outliers:
    """The outliers of one fit.

    Attributes:
        points: By falling frequency.
        shift: Parameter → by how much it would change without them, SI, to first order.
    """

    points: tuple[Outlier, ...] = ()
    shift: Mapping[str, float] = field(default_factory=dict)


def find_outliers(fit: Fit, spectrum: Spectrum) -> Outliers:
    """Return the points whose studentised residual exceeds the limit."""
    if fit.relative_chi2 <= 2 * fit.n_used * ROUNDING**2:
        return Outliers()
    problem, moves = _problem(fit, spectrum)
    x = problem.coordinates.from_natural(fit.used_values[None])
    r, jacobian = problem.residuals(x, np.zeros(1, int))
    others = fit.degrees_of_freedom - 2
    if others < FEWEST:
        return Outliers()
    used = np.flatnonzero(spectrum.used)
    by_point = np.moveaxis(jacobian[0, moves].reshape(moves.sum(), 2, r.shape[1] // 2), 1, 2)
    lengths = studentised(r[0].reshape(2, -1).T, by_point, others)[: used.size]
    beyond = lengths > limit(used.size, others)
    if not beyond.any():
        return Outliers()

    stays = np.ones(r.shape[1] // 2)
    stays[: used.size][beyond] = 0.0
    stays = np.tile(stays, 2)
    step = gauss_newton_step(jacobian * stays, r * stays, moves[None])
    shift = problem.coordinates.slope(x, fit.used_values[None])[0] @ step[0]
    points = tuple(
        Outlier(int(index), float(spectrum.frequency[index]), float(length))
        for index, length in zip(used[beyond], lengths[beyond], strict=True)
    )
    return Outliers(points, dict(zip(fit.circuit.names, shift.tolist(), strict=True)))


def studentised(r: Floats, jacobian: Floats, others: int) -> Floats:
    """Return the length of every point's studentised residual, shape (n,).

    Args:
        r: Weighted residuals of Re and Im, shape (n, 2).
        jacobian: Their derivatives by the parameters that were estimated, shape (k, n, 2).
        others: Degrees of freedom that are left without a point.
    """
    columns = jacobian.reshape(len(jacobian), r.size)
    length = np.sqrt((columns**2).sum(axis=1))
    u, s, _ = np.linalg.svd((columns / np.where(length > 0, length, 1.0)[:, None]).T, full_matrices=False)
    u = u[:, s > 1e-11 * s[:1]].reshape(*r.shape, -1)
    rest = np.eye(2) - np.einsum("nak,nbk->nab", u, u)
    a, b, c = rest[:, 0, 0], rest[:, 0, 1], rest[:, 1, 1]
    determinant = a * c - b**2
    enlarged = c * r[:, 0] ** 2 - 2 * b * r[:, 0] * r[:, 1] + a * r[:, 1] ** 2
    # A point that alone fixes a parameter has leverage 1: its residual is 0 whatever it is, and says nothing.
    judged = determinant > SMALLEST
    saved = np.where(judged, enlarged / np.where(judged, determinant, 1.0), (r**2).sum(axis=1))
    noise = np.maximum((r**2).sum() - saved, 1e-300) / others
    result: Floats = np.sqrt(saved / noise)
    return result


def limit(n_points: int, others: int) -> float:
    """Return the length that the largest of n studentised residuals exceeds once in a hundred fits.

    The tail of F(2, m) is elementary: P(F > f) = (1 + 2f/m)^(−m/2).
    """
    p = FALSE_ALARM / n_points
    return float(np.sqrt(others * (p ** (-2 / others) - 1)))


def without(spectrum: Spectrum, points: Sequence[Outlier]) -> Spectrum:
    """Return the spectrum with outliers masked, and a note of it; as it is where they are too many to be outliers."""
    if not 0 < len(points) <= max(1, MOST * spectrum.used.sum()):
        return spectrum
    masked = spectrum.masked.copy()
    masked[[point.index for point in points]] = True
    where = ", ".join(format_value(point.frequency, unit="Hz") for point in points)
    note = f"{len(points)} outlier{'s' * (len(points) > 1)} masked: {where}"
    return replace(spectrum, masked=masked, notes=(*spectrum.notes, note))


def _problem(fit: Fit, spectrum: Spectrum) -> tuple[Problem, NDArray[np.bool_]]:
    """Return the problem that a fit has solved, and which parameters were estimated."""
    held = {
        name: value for name, value, fixed in zip(fit.circuit.names, fit.used_values, fit.fixed, strict=True) if fixed
    }
    options = Options(weighting=fit.weighting, space=fit.space, fix=held, tie=fit.ties)
    stack = SpectrumStack.of([spectrum])
    problem = Problem.of(fit.circuit, stack, weights(stack, fit.weighting, fit.space), options)
    return problem, ~problem.fixed & ~fit.at_bound
