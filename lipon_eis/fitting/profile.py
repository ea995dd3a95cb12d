"""Profile likelihood: intervals of parameters that the data determine weakly.

The covariance describes a minimum that is a parabola. Where a parameter is known to no better than
10 %, or only from one side, it is not, and covariance intervals cover too little. The profile holds
the parameter at a value, minimises over all others, and finds the values at which χ² has risen by
t² noise variances (Venzon and Moolgavkar 1988, Appl. Stat. 37, 87). A side on which χ² never rises
that far within what the data can show has no end, and a parameter with such a side has bounds but no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.options import Options
from lipon_eis.fitting.order import interchangeable
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.solver import minimise
from lipon_eis.fitting.uncertainty import quantile
from lipon_eis.fitting.weights import weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum, SpectrumStack

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

WEAK = 0.10  # relative standard error above which the covariance is not trusted
BESIDE_WEAK = 0.01  # the same, for the parameters of a fit in which another one is weakly determined
ROUNDS = 14  # profile values tried on each side
CLOSE = 0.02  # relative accuracy of √Δχ² at an end of an interval
REACH = 4.0  # factor by which a trial may outrun the last distance
METHOD = "profile"


def with_profiles(circuit: Circuit, spectra: Sequence[Spectrum], fits: Sequence[Fit], options: Options) -> list[Fit]:
    """Return the fits with the intervals of weakly determined parameters from their profiles.

    Args:
        circuit: Of all fits.
        spectra: Of one padded width, as in `lipon_eis.fitting.fit.fit_stack`.
        fits: Of these spectra.
        options: With which they were made.
    """
    weak = np.array([_weak(fit) for fit in fits])
    if not weak.any():
        return list(fits)
    stack = SpectrumStack.of(spectra)
    weight = weights(stack, options.weighting, options.space)
    intervals = np.array([fit.intervals for fit in fits])
    for column in np.flatnonzero(weak.any(axis=0)):
        rows = np.flatnonzero(weak[:, column])
        problem = Problem.of(circuit, stack, weight, options, plain=(int(column),))
        intervals[rows, column] = _profile(problem, fits, rows, int(column))
    return [_finished(fit, weak[row], intervals[row]) if weak[row].any() else fit for row, fit in enumerate(fits)]


def _finished(fit: Fit, profiled: NDArray[np.bool_], intervals: Floats) -> Fit:
    """Return a fit with its profiles' intervals; a parameter whose interval has an open end has no value.

    One that is well known by its covariance, in an arc that may change places with another, has no open end in
    truth: the two changed places on the way. It keeps the covariance's interval.
    """
    open_end = profiled & np.isnan(intervals).any(axis=-1)
    exchanged = open_end & (_relative_errors(fit) <= WEAK) & fit.known & _may_be_exchanged(fit)
    by_profile = profiled & ~exchanged
    return replace(
        fit,
        known=fit.known & ~(open_end & ~exchanged),
        intervals=np.where(by_profile[:, None], intervals, fit.intervals),
        interval_method=tuple(
            METHOD if its else method for its, method in zip(by_profile, fit.interval_method, strict=True)
        ),
    )


def _may_be_exchanged(fit: Fit) -> NDArray[np.bool_]:
    """Tell which parameters are of an arc that has an equal, and that none of its own rests on a bound.

    The covariance of an arc with a time constant on its limit holds for that time constant only.
    """
    found = np.zeros(len(fit.used_values), bool)
    for group in interchangeable(fit.circuit):
        for part in group:
            found[list(part.indices)] = len(group) > 1 and not fit.at_bound[list(part.indices)].any()
    return found


def _relative_errors(fit: Fit) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        relative: Floats = np.sqrt(np.diag(fit.covariance)) / np.abs(fit.used_values)
    return relative


def _weak(fit: Fit) -> NDArray[np.bool_]:
    """Tell which parameters want a profile: estimated to no better than 10 %, or bounded from one side."""
    relative = _relative_errors(fit)
    estimated = np.array([method == "covariance" for method in fit.interval_method])
    exponent = np.array([not p.log for p in fit.circuit.parameters])
    weak: NDArray[np.bool_] = (estimated & ~(relative <= WEAK)) | ~fit.known | (fit.at_bound & exponent & ~fit.fixed)
    return weak | (estimated & ~(relative <= BESIDE_WEAK)) if weak.any() else weak


def _profile(problem: Problem, fits: Sequence[Fit], rows: Ints, column: int) -> Floats:
    """Return the ends of the intervals of one parameter for some spectra, natural units, shape (n, 2)."""
    best = np.array([fits[row].used_values for row in rows])
    chi2 = np.array([fits[row].chi2 for row in rows])
    noise = np.array([fits[row].noise for row in rows])
    target = np.array([quantile(fits[row]) for row in rows])
    centre = problem.coordinates.take(rows).from_natural(best)
    relative = np.array([np.sqrt(fits[row].covariance[column, column]) / fits[row].used_values[column] for row in rows])
    scale = np.abs(best[:, column]) if not problem.log[column] else np.ones(len(rows))
    step = np.clip(np.where(np.isfinite(relative), relative, 1.0) * scale * target, 0.02, 2.0)

    ends = np.empty((len(rows), 2))
    for side, sign in enumerate((-1.0, 1.0)):
        limit = (problem.lower if sign < 0 else problem.upper)[rows, column]
        found = _search(problem, rows, column, centre, step * sign, limit, chi2, noise, target)
        at_limit = ~np.isfinite(found)
        natural = np.exp(np.clip(found, -690, 690)) if problem.log[column] else found
        if not problem.log[column]:
            natural = np.where(at_limit, limit, natural)  # an exponent that may be 1 may be 1
        ends[:, side] = natural
    return ends


def _search(
    problem: Problem,
    rows: Ints,
    column: int,
    centre: Floats,
    step: Floats,
    limit: Floats,
    chi2: Floats,
    noise: Floats,
    target: Floats,
) -> Floats:
    """Find on one side the coordinate at which √(Δχ²/noise) reaches its target, shape (n,); NaN where it never does.

    √Δχ² is nearly linear in the coordinate, so trials are extrapolated from the centre until one lies
    beyond the target, then interpolated between the nearest on either side.
    """
    n = len(rows)
    sign = np.sign(step)
    inside, inside_z = centre[:, column].copy(), np.zeros(n)
    outside, outside_z = np.full(n, np.nan), np.full(n, np.nan)
    start = centre.copy()
    trial = centre[:, column] + step
    result = np.full(n, np.nan)
    active = np.flatnonzero(sign * (limit - centre[:, column]) > 1e-12)
    free = ~problem.fixed.copy()
    free[column] = False
    for _ in range(ROUNDS):
        if not active.size:
            break
        a = active
        trial[a] = np.where(sign[a] > 0, np.minimum(trial[a], limit[a]), np.maximum(trial[a], limit[a]))
        point = start[a].copy()
        point[:, column] = trial[a]
        runs = minimise(
            problem.residuals,
            point,
            lower=problem.lower[rows[a]],
            upper=problem.upper[rows[a]],
            free=free,
            max_step=problem.max_step,
            max_iterations=40,
            tolerance=1e-6,
            rows=rows[a],
        )
        z = np.sqrt(np.maximum(runs.cost - chi2[a], 0.0) / noise[a])
        beyond = z >= target[a]
        outside[a[beyond]], outside_z[a[beyond]] = trial[a[beyond]], z[beyond]
        within = a[~beyond]
        inside[within], inside_z[within] = trial[within], z[~beyond]
        start[within] = runs.q[~beyond]

        near = np.abs(z - target[a]) <= CLOSE * target[a]
        result[a[near]] = trial[a[near]]
        exhausted = ~beyond & (sign[a] * (limit[a] - trial[a]) <= 1e-12)
        active = a[~near & ~exhausted]
        trial[active] = _next(
            centre[active, column],
            inside[active],
            inside_z[active],
            outside[active],
            outside_z[active],
            target[active],
            step[active],
        )
    bracketed = active[np.isfinite(outside[active])]
    result[bracketed] = outside[bracketed]  # out of rounds: the wider end
    return result


def _next(
    centre: Floats, inside: Floats, inside_z: Floats, outside: Floats, outside_z: Floats, target: Floats, step: Floats
) -> Floats:
    """Return the next trial: between the nearest two where the target is bracketed, else farther out."""
    bracketed = np.isfinite(outside)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip((target - inside_z) / (outside_z - inside_z), 0.05, 0.95)
        between = inside + share * (outside - inside)
        distance = inside - centre
        farther = np.clip(target / inside_z, 1.3, REACH)
        beyond = np.where(np.abs(distance) > 0, centre + distance * farther, centre + step)
    return np.where(bracketed, between, beyond)
