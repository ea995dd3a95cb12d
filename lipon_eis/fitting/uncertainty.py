"""Covariance, standard errors and 95 % intervals at a minimum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.solver import gauss_newton_step, inverse_information

Floats = NDArray[np.float64]

LEVEL = 0.95


def student_t(degrees_of_freedom: NDArray[np.intp] | Floats) -> Floats:
    """Return the two-sided 95 % quantile of Student's t."""
    from scipy.special import stdtrit  # scipy costs more to import than a fit takes

    result: Floats = stdtrit(np.asarray(degrees_of_freedom, float), 0.5 + LEVEL / 2)
    return result


def intervals(values: Floats, stderr: Floats, t: Floats, log: NDArray[np.bool_], bounds: Floats) -> Floats:
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
    exponent = np.where(log, width / np.where(log, values, 1.0), 0.0)
    factor = np.exp(np.minimum(exponent, 300.0))
    low = np.where(log, values / factor, np.maximum(values - width, bounds[..., 0]))
    high = np.where(log, values * factor, np.minimum(values + width, bounds[..., 1]))
    result = np.stack([low, high], axis=2)
    unknown = ~np.isfinite(stderr) | (exponent > 300.0)
    return np.where(unknown[..., None], np.nan, result)


def upper_limits(
    values: Floats,
    jacobian: Floats,
    residual: Floats,
    vanished: NDArray[np.bool_],
    moves: NDArray[np.bool_],
    noise: Floats,
    t: Floats,
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
        step = gauss_newton_step(jacobian[row][None], residual[row][None], free[None])[0, column]
        variance = inverse_information(jacobian[row][None], free[None])[0, column, column] * noise[row]
        limits[row, column] = max(values[row, column] + step, 0.0) + t[row] * np.sqrt(variance)
    return limits
