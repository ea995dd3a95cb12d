"""Covariance, standard errors and 95 % intervals at a minimum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.problem import Problem, real_parts
from lipon_eis.fitting.residuals import neighbour_correlation
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.solver import gauss_newton_step, inverse_information

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

LEVEL = 0.95
NORMAL = 1.959964  # 97.5 % quantile, where the noise is known
CORRELATED = (
    0.3  # lag-1 correlation of residuals that white noise does not show: three standard deviations of 60 points
)
WIDEST = 300.0  # ln of the factor beyond which an interval is no information


@dataclass(frozen=True, eq=False)
class Errors:
    """What the data say of the precision of n fits with k parameters.

    Attributes:
        chi2: Shape (n,).
        degrees_of_freedom: Shape (n,).
        noise: Variance of a weighted residual: chi2/dof, or 1 where the weights are standard deviations, shape (n,).
        covariance: Of the linear parameters, shape (n, k, k); NaN in the rows of those that did not move.
        intervals: 95 %, shape (n, k, 2).
        known: False where a parameter is bounded from one side only, shape (n, k).
        bounds: Of the parameters, shape (k, 2).
        widening: Factor by which correlated residuals widen intervals, shape (n,).
    """

    chi2: Floats
    degrees_of_freedom: Ints
    noise: Floats
    covariance: Floats
    intervals: Floats
    known: Bools
    bounds: Floats
    widening: Floats


def estimate_errors(
    problem: Problem, values: Floats, at_bound: Bools, dof: Ints, bounds: Floats, *, noise_is_known: bool
) -> Errors:
    """Return errors at the minima.

    A positive parameter that ran to the limit of what data can show is bounded from one side: it has no
    value, and where it vanished, an upper limit.

    Args:
        problem: Of n spectra.
        values: Natural parameters at the minima, shape (n, k).
        at_bound: Parameters that rest on a limit, shape (n, k).
        dof: Degrees of freedom, shape (n,).
        bounds: Of the parameters, shape (k, 2).
        noise_is_known: The weights are reciprocal variances; the covariance is not rescaled.
    """
    n, k = values.shape
    x = problem.coordinates.from_natural(values)
    r, jacobian = problem.residuals(x, np.arange(n))
    chi2 = np.einsum("nm,nm->n", r, r)
    noise = np.ones(n) if noise_is_known else chi2 / dof
    moves = ~problem.fixed & ~at_bound
    slope = problem.coordinates.slope(x, values)
    covariance = _to_natural(inverse_information(jacobian, moves), slope, moves) * noise[:, None, None]
    stderr = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    widening = correlation_widening(r)
    t = (np.full(n, NORMAL) if noise_is_known else student_t(dof)) * widening
    intervals = symmetric_intervals(values, stderr, t, problem.log, np.broadcast_to(bounds, (n, k, 2)))

    stated = (values <= bounds[:, 0] * (1 + 1e-9)) | (values >= bounds[:, 1] * (1 - 1e-9))
    runaway = at_bound & problem.log & ~stated
    known = ~runaway
    for arc in problem.coordinates.arcs:  # too slow to be seen: R is the limit of τ over C, which says nothing of R
        slowest = runaway[:, arc.q] & (problem.upper - x < x - problem.lower)[:, arc.q] & ~problem.fixed[arc.r]
        known[:, arc.r] &= ~slowest
        intervals[slowest, arc.r] = np.nan
    if runaway.any():
        vanished = runaway & (x - problem.lower <= problem.upper - x)
        _, partials = problem.misfit(values, np.arange(n))
        taking_part = (moves | vanished)[..., None]
        by_natural = np.where(taking_part, real_parts(partials), 0.0) * problem.root[:, None, :]
        intervals[runaway] = np.nan
        highest = upper_limits(values, by_natural, r, vanished, moves, noise, t)
        intervals[..., 1] = np.where(vanished, highest, intervals[..., 1])
    return Errors(chi2, dof, noise, covariance, intervals, known, bounds, widening)


def student_t(degrees_of_freedom: Ints) -> Floats:
    """Return the two-sided 95 % quantile of Student's t."""
    from scipy.special import stdtrit  # scipy costs more to import than a fit takes

    result: Floats = stdtrit(np.asarray(degrees_of_freedom, float), 0.5 + LEVEL / 2)
    return result


def correlation_widening(r: Floats) -> Floats:
    """Return by how much the correlation of neighbouring residuals widens intervals, shape (n,).

    Points that err alike count for fewer: for a first-order autoregression of correlation ρ the variance
    of an estimate grows by (1 + ρ)/(1 − ρ) (Bartlett 1946, Suppl. J. R. Stat. Soc. 8, 27). Correlations that
    white noise would show leave intervals alone.

    Args:
        r: Weighted residuals, all of Re before all of Im, shape (n, 2·n_freq).
    """
    correlation = np.clip(neighbour_correlation(r), 0.0, 0.95)
    grown = np.sqrt((1 + correlation) / (1 - correlation))
    result: Floats = np.where(correlation > CORRELATED, grown, 1.0)
    return result


def quantile(fit: Fit) -> float:
    """Return how many standard errors reach to the ends of a 95 % interval of a fit."""
    known = fit.weighting == "sigma"
    return (NORMAL if known else float(student_t(np.array(fit.degrees_of_freedom)))) * fit.widening


def symmetric_intervals(values: Floats, stderr: Floats, t: Floats, log: Bools, bounds: Floats) -> Floats:
    """Return 95 % intervals from standard errors, shape (n, k, 2).

    Positive parameters are symmetric in their logarithm, exp(ln v ± t·s/v), since that is the
    coordinate in which they are estimated; exponents are symmetric as they are, cut at their bounds.

    Args:
        values: Shape (n, k).
        stderr: Same shape, NaN where unknown.
        t: Student quantile, shape (n,).
        log: True for positive parameters, shape (k,).
        bounds: Of each parameter, shape (n, k, 2).
    """
    width = t[:, None] * stderr
    exponent = np.where(log, width / np.where(log & (values > 0), values, 1.0), 0.0)
    factor = np.exp(np.minimum(exponent, WIDEST))
    low = np.where(log, values / factor, np.maximum(values - width, bounds[..., 0]))
    high = np.where(log, values * factor, np.minimum(values + width, bounds[..., 1]))
    result = np.stack([low, high], axis=2)
    unknown = ~np.isfinite(stderr) | (exponent > WIDEST)
    return np.where(unknown[..., None], np.nan, result)


def upper_limits(
    values: Floats, jacobian: Floats, residual: Floats, vanished: Bools, moves: Bools, noise: Floats, t: Floats
) -> Floats:
    """Return 95 % upper limits of parameters that a fit has driven to zero, shape (n, k), NaN elsewhere.

    The problem is linear in such a parameter near zero: its unconstrained estimate (which may be
    negative) and standard error follow from one Gauss–Newton step that frees it; the limit is the
    estimate, or 0, plus t standard errors.

    Args:
        values: Natural parameters, shape (n, k).
        jacobian: Weighted derivatives by the natural parameters, shape (n, k, m).
        residual: Weighted residuals, shape (n, m).
        vanished: The parameters in question, shape (n, k).
        moves: The parameters that were estimated, shape (n, k).
        noise: Variance of a weighted residual, shape (n,).
        t: Student quantile, shape (n,).
    """
    limits = np.full(values.shape, np.nan)
    for row, column in np.argwhere(vanished):
        free = moves[row].copy()
        free[column] = True
        one = jacobian[row][None]
        step = gauss_newton_step(one, residual[row][None], free[None])[0, column]
        variance = inverse_information(one, free[None])[0, column, column] * noise[row]
        limits[row, column] = max(values[row, column] + step, 0.0) + t[row] * np.sqrt(variance)
    return limits


def _to_natural(inverse: Floats, slope: Floats, moves: Bools) -> Floats:
    """Carry a covariance from fitting coordinates to natural parameters; NaN where nothing moved."""
    both = moves[:, :, None] & moves[:, None, :]
    with np.errstate(invalid="ignore"):  # an undetermined direction is inf, and inf · 0 is no number
        result = slope @ np.where(both, inverse, 0.0) @ slope.swapaxes(1, 2)
    return np.where(both, np.where(np.isnan(result), np.inf, result), np.nan)
