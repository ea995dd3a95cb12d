"""Batched nonlinear least squares: many small problems advance together.

The solver knows no circuits. It takes a function of parameters that returns real
residuals and their derivatives for a batch, so it can be tested on any problem.

Method: Levenberg–Marquardt on the normal equations scaled to unit diagonal
(Marquardt 1963, SIAM J. Appl. Math. 11, 431), where the scale remembers earlier curvature for
some steps (after Moré 1978, Lect. Notes Math. 630, 105: else a parameter that loses its influence
runs away), damping by the gain ratio (Nielsen 1999, IMM-REP-1999-05), box bounds by an active set,
a cap on each step, and at the end full Gauss–Newton steps through a singular value decomposition,
since normal equations square the condition number and lose the last digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

Residuals = Callable[[Floats, Ints], tuple[Floats, Floats]]
"""(q, rows) → residuals (n, m) and their derivatives (n, k, m) of the problems numbered ``rows``."""

TINY = np.finfo(float).tiny
EPSILON = np.finfo(float).eps
SMALL_STEP = 1e-8  # of coordinates, after which quadratic convergence leaves rounding alone
WELL = 1e-6  # share of the largest pivot above which a triangle is solved as it is
MEMORY = 0.5  # share of a parameter's earlier curvature that its damping keeps from step to step


@dataclass(frozen=True, eq=False)
class Solution:
    """Where a batch of minimisations ended.

    Attributes:
        q: Parameters, shape (n, k).
        cost: Sum of squared residuals, shape (n,); inf where the start itself cannot be evaluated.
        iterations: Evaluations spent on each problem, shape (n,).
        converged: False where the work limit came first, shape (n,).
        at_bound: True where a parameter rests on a bound that holds it back, shape (n, k).
    """

    q: Floats
    cost: Floats
    iterations: Ints
    converged: Bools
    at_bound: Bools


def minimise(
    residuals: Residuals,
    start: Floats,
    *,
    lower: Floats | float = -np.inf,
    upper: Floats | float = np.inf,
    free: Bools | None = None,
    max_step: Floats | float = np.inf,
    max_iterations: int = 100,
    tolerance: float = 1e-7,
    damping: float = 1e-2,
    rows: Ints | None = None,
) -> Solution:
    """Minimise the sum of squared residuals of every problem from its start.

    Args:
        residuals: See `Residuals`. Non-finite residuals count as a failed step.
        start: Shape (n, k); moved into the bounds.
        lower: Lower bounds, broadcastable to (n, k).
        upper: Upper bounds, broadcastable to (n, k).
        free: False for a parameter that stays at its start, broadcastable to (n, k).
        max_step: Largest change of a parameter in one step, broadcastable to (n, k).
        max_iterations: Limit of evaluations for one problem.
        tolerance: A problem is done when the full step predicts a smaller relative decrease of its cost.
        damping: Of the first step, relative; small where the start is good.
        rows: The number passed to ``residuals`` for each problem; its index by default.

    Returns:
        One `Solution` for the batch.
    """
    n, k = start.shape
    lower, upper = np.broadcast_to(lower, (n, k)), np.broadcast_to(upper, (n, k))
    free = np.ones((n, k), bool) if free is None else np.broadcast_to(free, (n, k))
    max_step = np.broadcast_to(max_step, (n, k))
    rows = np.arange(n) if rows is None else rows

    q = np.clip(start, lower, upper)
    r, jacobian = residuals(q, rows)
    cost = _cost(r)
    matrix, gradient = _normal(jacobian, r)
    damp, growth = np.full(n, float(damping)), np.full(n, 2.0)
    iterations, converged = np.ones(n, int), np.zeros(n, bool)
    curvature = np.zeros((n, k))
    active = np.flatnonzero(np.isfinite(cost))
    matrix, gradient = matrix[active], gradient[active]

    while active.size:
        here, a = q[active], active
        moves = free[a] & ~_held(here, gradient, lower[a], upper[a])
        curvature[a] = np.maximum(np.diagonal(matrix, axis1=1, axis2=2), MEMORY * curvature[a])
        step = _step_in_box(matrix, gradient, moves, damp[a, None] * curvature[a], lower[a] - here, upper[a] - here)
        step *= np.minimum(1.0, (max_step[a] / np.maximum(np.abs(step), 1e-200)).min(axis=1))[:, None]
        there = np.clip(here + step, lower[a], upper[a])
        rounding = 1e-6 * np.abs(step) + 4 * EPSILON * np.abs(here)
        whole = (np.abs(there - here - step) <= rounding).all(axis=1)
        step = there - here
        predicted = -(2 * (step * gradient).sum(1) + np.einsum("ni,nij,nj->n", step, matrix, step))

        still = np.abs(step).max(axis=1) <= 1e-15 * (np.abs(here).max(axis=1) + 1e-15)
        small = whole & (predicted <= tolerance * cost[a])
        done = still | (small & (damp[a] <= 1e-2)) | (cost[a] == 0)
        converged[a[done]] = True

        r, jacobian = residuals(there, rows[a])
        new_cost = _cost(r)
        gain = (cost[a] - new_cost) / np.maximum(predicted, 1e-20 * cost[a] + TINY)
        better = new_cost < cost[a]
        new_matrix, new_gradient = _normal(jacobian[better], r[better])
        matrix[better], gradient[better] = new_matrix, new_gradient

        q[a[better]], cost[a[better]] = there[better], new_cost[better]
        shrink = np.clip(1 - (2 * np.clip(gain, 0.0, 1.0) - 1) ** 3, 0.1, 2.0)
        damp[a] = np.where(better, np.maximum(damp[a] * shrink, 1e-12), damp[a] * growth[a])
        growth[a] = np.where(better, 2.0, growth[a] * 2)
        iterations[a] += 1

        stuck = damp[a] > 1e12
        converged[a[stuck & small]] = True
        keep = ~(done | stuck | (iterations[a] >= max_iterations))
        active, matrix, gradient = a[keep], matrix[keep], gradient[keep]

    return Solution(q, cost, iterations, converged, _at_bound(residuals, q, rows, lower, upper, free))


def polish(
    residuals: Residuals,
    solution: Solution,
    *,
    lower: Floats | float = -np.inf,
    upper: Floats | float = np.inf,
    free: Bools | None = None,
    rows: Ints | None = None,
    max_iterations: int = 12,
) -> Solution:
    """Finish minima with full Gauss–Newton steps by QR, until the steps reach rounding or stop helping.

    A step is kept while it does not raise the cost beyond rounding; near the minimum the cost is flat
    to half the digits, so the size of the step, not the cost, tells when it is over. ``converged`` of what is
    returned says that the last step was small.
    """
    q, cost = solution.q.copy(), solution.cost.copy()
    n, k = q.shape
    lower, upper = np.broadcast_to(lower, (n, k)), np.broadcast_to(upper, (n, k))
    free = np.ones((n, k), bool) if free is None else np.broadcast_to(free, (n, k))
    rows = np.arange(n) if rows is None else rows
    at_bound, iterations = solution.at_bound.copy(), solution.iterations.copy()

    active = np.flatnonzero(np.isfinite(cost))
    last, smallest = np.full(n, np.inf), np.full(n, np.inf)
    r, jacobian = residuals(q[active], rows[active])
    for _ in range(max_iterations):
        if not active.size:
            break
        moves = free[active] & ~at_bound[active]
        step = gauss_newton_step(jacobian, r, moves)
        there = np.clip(q[active] + step, lower[active], upper[active])
        size = np.abs(there - q[active]).max(axis=1)
        r, jacobian = residuals(there, rows[active])
        new_cost = _cost(r)
        good = (new_cost <= cost[active] * (1 + 1e-9) + TINY) & (size < 0.9 * last[active])
        rate = np.where(np.isfinite(last[active]), size / last[active], 1.0)
        q[active[good]], cost[active[good]], last[active[good]] = there[good], new_cost[good], size[good]
        smallest[active] = np.minimum(smallest[active], size)
        iterations[active] += 1
        to_come = size * np.minimum(rate, 1.0)  # the next step, if steps go on to shrink alike
        more = good & (to_come > EPSILON * np.maximum(np.abs(there).max(axis=1), 1e-3))
        active, r, jacobian = active[more], r[more], jacobian[more]
    at_bound |= _at_bound(residuals, q, rows, lower, upper, free)
    return Solution(q, cost, iterations, smallest <= SMALL_STEP, at_bound)


def gauss_newton_step(jacobian: Floats, r: Floats, moves: Bools) -> Floats:
    """Return the undamped step, shape (n, k); parameters that do not move get 0.

    Columns are scaled to unit length; a direction below 1e-11 of the largest is left out
    rather than followed into noise.
    """
    k = moves.shape[1]
    triangle, length = _triangle(jacobian, r, moves)
    square, right = triangle[:, :k, :k], -triangle[:, :k, k]
    step = np.empty(moves.shape)
    easy = _well_conditioned(square, moves)
    step[easy] = np.linalg.solve(square[easy], right[easy][..., None])[..., 0]
    if not easy.all():
        u, s, vt = np.linalg.svd(square[~easy])
        usable = s > 1e-11 * s[:, :1]
        projected = np.einsum("nmk,nm->nk", u, right[~easy])
        step[~easy] = np.einsum("nkj,nk->nj", vt, np.where(usable, projected / np.where(usable, s, 1.0), 0.0))
    return np.where(moves, step / length, 0.0)


def inverse_information(jacobian: Floats, moves: Bools) -> Floats:
    """Return (JᵀJ)⁻¹ by the triangle of J or, where that is nearly singular, its singular values, shape (n, k, k).

    Args:
        jacobian: Derivatives of the weighted residuals, shape (n, k, m).
        moves: Parameters that take part, shape (n, k); the rows and columns of the others are NaN.

    A direction that the data do not determine (below 1e-13 of the largest singular value after
    scaling) makes the variances of its parameters infinite.
    """
    k = moves.shape[1]
    if jacobian.shape[2] < k:
        raise ValueError("fewer residuals than parameters")
    triangle, length = _triangle(jacobian, np.zeros_like(jacobian[:, 0]), moves)
    square = triangle[:, :k, :k]
    scale = length[:, :, None] * length[:, None, :]
    easy = _well_conditioned(square, moves)
    result = np.empty(square.shape)
    half = np.linalg.inv(square[easy])
    result[easy] = half @ half.swapaxes(1, 2)
    if not easy.all():
        result[~easy] = _inverse_by_singular_values(square[~easy], moves[~easy])
    return np.where(moves[:, :, None] & moves[:, None, :], result / scale, np.nan)


def _inverse_by_singular_values(square: Floats, moves: Bools) -> Floats:
    _, s, vt = np.linalg.svd(square)
    taking_part = np.arange(moves.shape[1])[None, :] < moves.sum(axis=1)[:, None]
    unknown = taking_part & (s <= 1e-13 * s[:, :1])
    inverse = np.where(taking_part & ~unknown, 1.0 / np.where(s > 0, s, 1.0), 0.0)
    half = vt * inverse[..., None]
    lost = (np.abs(vt) * unknown[..., None]).max(axis=1) > 1e-6
    result = np.einsum("nji,njk->nik", half, half)
    return np.where(lost[:, :, None] | lost[:, None, :], np.inf, result)


def _well_conditioned(square: Floats, moves: Bools) -> Bools:
    """Tell which triangles can be solved as they are: all parameters move and no pivot is small, shape (n,)."""
    pivots = np.abs(np.diagonal(square, axis1=1, axis2=2))
    well: Bools = moves.all(axis=1) & (pivots.min(axis=1) > WELL * pivots.max(axis=1))
    return well


def _triangle(jacobian: Floats, r: Floats, moves: Bools) -> tuple[Floats, Floats]:
    """Return R of the QR factors of [J, r] with J's columns scaled to unit length, and their lengths (n, k).

    R has the singular values of J at the size of the parameters, not of the data.
    """
    length = np.sqrt(np.einsum("nkm,nkm->nk", jacobian, jacobian))
    length = np.where(length > 0, length, 1.0)
    scaled = jacobian * (moves / length)[..., None]
    rows = np.concatenate([scaled, r[:, None, :]], axis=1)
    if (missing := rows.shape[1] - rows.shape[2]) > 0:  # fewer residuals than columns: R has to be square
        rows = np.pad(rows, ((0, 0), (0, 0), (0, missing)))
    triangle: Floats = np.asarray(np.linalg.qr(np.swapaxes(rows, 1, 2), mode="r"))
    return triangle, length


def _cost(r: Floats) -> Floats:
    cost = np.einsum("nm,nm->n", r, r)
    return np.where(np.isfinite(cost), cost, np.inf)


def _normal(jacobian: Floats, r: Floats) -> tuple[Floats, Floats]:
    """JᵀJ, shape (n, k, k), and Jᵀr, shape (n, k)."""
    return jacobian @ jacobian.swapaxes(1, 2), (jacobian @ r[..., None])[..., 0]


def _damped_step(matrix: Floats, gradient: Floats, moves: Bools, damping: Floats) -> Floats:
    """Solve (JᵀJ + diag(damping)) δ = −Jᵀr over the parameters that move."""
    k = matrix.shape[1]
    diagonal = np.arange(k)
    scale = np.sqrt(np.maximum(matrix[:, diagonal, diagonal] + damping, TINY))
    inverse = np.where(moves, 1.0 / scale, 0.0)
    scaled = matrix * (inverse[:, :, None] * inverse[:, None, :])
    scaled[:, diagonal, diagonal] = 1.0
    step = np.linalg.solve(scaled, -(gradient * inverse)[..., None])[..., 0] * inverse
    return np.where(np.isfinite(step), step, 0.0)


def _step_in_box(
    matrix: Floats, gradient: Floats, moves: Bools, damping: Floats, lowest: Floats, highest: Floats
) -> Floats:
    """Return the damped step; where it would leave the box, go to the wall and let the other parameters follow."""
    step = _damped_step(matrix, gradient, moves, damping)
    over = moves & ((step < lowest) | (step > highest))
    if (some := np.flatnonzero(over.any(axis=1))).size:
        beyond, part = over[some], matrix[some]
        wall = np.where(beyond, np.clip(step[some], lowest[some], highest[some]), 0.0)
        rest = gradient[some] + (part @ wall[..., None])[..., 0]
        step[some] = wall + _damped_step(part, rest, moves[some] & ~beyond, damping[some])
    return step


def _held(q: Floats, gradient: Floats, lower: Floats, upper: Floats) -> Bools:
    """Tell which parameters rest on a bound that the gradient presses them against."""
    return ((q <= lower) & (gradient > 0)) | ((q >= upper) & (gradient < 0))


def _at_bound(residuals: Residuals, q: Floats, rows: Ints, lower: Floats, upper: Floats, free: Bools) -> Bools:
    touching = ((q <= lower) | (q >= upper)) & free
    held = np.zeros_like(touching)
    if (some := np.flatnonzero(touching.any(axis=1))).size:
        r, jacobian = residuals(q[some], rows[some])
        _, gradient = _normal(jacobian, r)
        held[some] = touching[some] & _held(q[some], gradient, lower[some], upper[some])
    return held
