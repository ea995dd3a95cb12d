"""Joint least squares: many small problems that share parameters.

Problem i has its own coordinates x_i, which follow from shared parameters g and local ones w_i by
x_i = constant_i + S_i g + L_i w_i. A local parameter may be a *deviation*: it has a standard normal prior, so a column
of L_i of length t lets a coordinate stray from what is shared by about t. A shared parameter may have a prior too.

The normal equations are an arrow: one block for g, one for each w_i, and a border between each of these and g. The
local blocks are eliminated one by one (Schur complement), so the cost is linear in the number of problems. Damping
by the gain ratio as in `lipon_eis.fitting.solver`; bounds by an active set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.solver import Residuals

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TOLERANCE = 1e-7  # of the cost, whose unit is a variance: what no estimate notices
RIDGE = 1e-12  # of a local curvature, so that a direction which the data leave open is no singular matrix
STUCK = 1e12  # damping at which no step helps any more


@dataclass(frozen=True, eq=False)
class Links:
    """How the coordinates of n problems follow from p shared and m local parameters.

    Attributes:
        constant: Shape (n, k).
        shared: S, shape (n, k, p).
        local: L, shape (n, k, m).
        deviation: Local parameters with a standard normal prior, shape (m,).
        precision: Of the normal prior with mean 0 of each shared parameter, 0 for none, shape (p,).
        lower: Bounds of the shared parameters, shape (p,).
        upper: Likewise.
        local_lower: Bounds of the local ones, shape (n, m).
        local_upper: Likewise.
        free: Shared parameters that move, shape (p,).
        local_free: Local ones, shape (n, m).
    """

    constant: Floats
    shared: Floats
    local: Floats
    deviation: Bools
    precision: Floats
    lower: Floats
    upper: Floats
    local_lower: Floats
    local_upper: Floats
    free: Bools
    local_free: Bools

    def coordinates(self, g: Floats, w: Floats) -> Floats:
        """Return x, shape (n, k)."""
        result: Floats = self.constant + self.shared @ g + np.einsum("nkm,nm->nk", self.local, w)
        return result


@dataclass(frozen=True, eq=False)
class JointSolution:
    """Where a joint minimisation ended.

    Attributes:
        shared: g, shape (p,).
        local: w, shape (n, m).
        x: Coordinates, shape (n, k).
        cost: Sum of squared residuals and priors.
        covariance: Of g, shape (p, p); 0 in the rows of those that did not move.
        x_covariance: Of each x_i, shape (n, k, k); infinite along directions that the data leave open.
        slope: By how much x follows g where the local parameters adapt, shape (n, k, p): x_i and x_j of two problems
            have the covariance ``slope[i] @ covariance @ slope[j].T``.
        at_bound: Shared parameters that rest on a bound, shape (p,).
        converged: Whether the last step was too small to matter.
        through: How far each w_i gives way to g: its estimate moves by −through_i δg, shape (n, m, p).
        own: Covariance of each w_i at given g, shape (n, m, m).
    """

    shared: Floats
    local: Floats
    x: Floats
    cost: float
    covariance: Floats
    x_covariance: Floats
    slope: Floats
    at_bound: Bools
    converged: bool
    through: Floats
    own: Floats

    def variance(self, problem: int, of_shared: Floats, of_local: Floats) -> float:
        """Return the variance of a·g + b·w_i; infinite where it asks for a direction that the data leave open.

        Args:
            problem: Number i.
            of_shared: a, shape (p,).
            of_local: b, shape (m,).
        """
        slope = of_shared - of_local @ self.through[problem]
        used = slope != 0
        part = self.covariance[np.ix_(used, used)]
        if not np.isfinite(part).all():
            return float("inf")
        return float(slope[used] @ part @ slope[used] + of_local @ self.own[problem] @ of_local)


@dataclass(frozen=True, eq=False)
class _Arrow:
    """Normal equations: ``corner`` (p, p), ``border`` (n, m, p), ``blocks`` (n, m, m), and the two gradients."""

    corner: Floats
    border: Floats
    blocks: Floats
    gradient: Floats
    local_gradient: Floats
    cost: float

    def holding(self, moves: Bools, local_moves: Bools) -> _Arrow:
        """Return the equations of those that move; the others get a step of 0."""
        border = self.border * local_moves[:, :, None] * moves
        blocks = self.blocks * local_moves[:, :, None] * local_moves[:, None, :]
        diagonal = np.arange(blocks.shape[1])
        blocks[:, diagonal, diagonal] *= 1 + RIDGE
        blocks[:, diagonal, diagonal] += ~local_moves
        corner = self.corner * moves[:, None] * moves + np.diag(~moves).astype(float)
        return replace(
            self,
            corner=corner,
            border=border,
            blocks=blocks,
            gradient=self.gradient * moves,
            local_gradient=self.local_gradient * local_moves,
        )

    def step(self, damping: float) -> tuple[Floats, Floats, float]:
        """Return (δg, δw, decrease of the cost that the full equations predict)."""
        corner, blocks = self.corner.copy(), self.blocks.copy()
        corner[np.diag_indices_from(corner)] *= 1 + damping
        diagonal = np.arange(blocks.shape[1])
        blocks[:, diagonal, diagonal] *= 1 + damping
        through = np.linalg.solve(blocks, self.border)
        alone = np.linalg.solve(blocks, self.local_gradient[..., None])[..., 0]
        schur = corner - np.einsum("nmp,nmq->pq", self.border, through)
        right = -self.gradient + np.einsum("nmp,nm->p", self.border, alone)
        g = _solve(schur, right)
        w = -alone - through @ g
        curvature = g @ self.corner @ g + np.einsum("nm,nmo,no->", w, self.blocks, w)
        curvature += 2 * np.einsum("nm,nmp,p->", w, self.border, g)
        slope = 2 * (g @ self.gradient + float((w * self.local_gradient).sum()))
        return g, w, -float(slope + curvature)


def minimise_jointly(
    residuals: Residuals,
    links: Links,
    g: Floats,
    w: Floats,
    *,
    max_step: Floats | float = np.inf,
    max_iterations: int = 200,
) -> JointSolution:
    """Minimise the sum over all problems, and return errors at the minimum.

    Args:
        residuals: Of the problems, in standard deviations, and their derivatives by x; see `Residuals`.
        links: How x follows from what is fitted.
        g: Start of the shared parameters, shape (p,).
        w: Start of the local ones, shape (n, m).
        max_step: Largest change of a coordinate in one step, broadcastable to (n, k).
        max_iterations: Limit of evaluations.
    """
    g, w = np.clip(g, links.lower, links.upper), np.clip(w, links.local_lower, links.local_upper)
    arrow = _arrow(residuals, links, g, w)
    damping, growth, converged = 1e-3, 2.0, False
    for _ in range(max_iterations):
        moves, local_moves = _moving(links, g, w, arrow)
        dg, dw, predicted = arrow.holding(moves, local_moves).step(damping)
        dx = links.shared @ dg + np.einsum("nkm,nm->nk", links.local, dw)
        share = min(1.0, float((max_step / np.maximum(np.abs(dx), 1e-200)).min()))
        there = np.clip(g + share * dg, links.lower, links.upper)
        local_there = np.clip(w + share * dw, links.local_lower, links.local_upper)
        tried = _arrow(residuals, links, there, local_there)
        if predicted <= TOLERANCE and damping <= 1e-2:
            converged = True
            if tried.cost <= arrow.cost:  # the last step costs little and gives digits
                g, w, arrow = there, local_there, tried
            break
        if tried.cost < arrow.cost:
            gain = (arrow.cost - tried.cost) / max(predicted, 1e-300)
            damping = max(damping * max(0.1, 1 - (2 * min(gain, 1.0) - 1) ** 3), 1e-12)
            g, w, arrow, growth = there, local_there, tried, 2.0
        else:
            damping, growth = damping * growth, growth * 2
            if damping > STUCK:
                converged = predicted <= TOLERANCE
                break
    return _solution(links, g, w, arrow, converged)


def _arrow(residuals: Residuals, links: Links, g: Floats, w: Floats) -> _Arrow:
    x = links.coordinates(g, w)
    r, jacobian = residuals(x, np.arange(len(x)))
    information, by_x = jacobian @ jacobian.swapaxes(1, 2), (jacobian @ r[..., None])[..., 0]
    seen = information @ links.shared
    blocks = np.swapaxes(links.local, 1, 2) @ information @ links.local
    blocks[:, np.arange(w.shape[1]), np.arange(w.shape[1])] += links.deviation
    prior = float((w[:, links.deviation] ** 2).sum() + (links.precision * g**2).sum())
    cost = float((r**2).sum()) + prior
    return _Arrow(
        corner=np.einsum("nkp,nkq->pq", links.shared, seen) + np.diag(links.precision),
        border=np.swapaxes(links.local, 1, 2) @ seen,
        blocks=blocks,
        gradient=np.einsum("nkp,nk->p", links.shared, by_x) + links.precision * g,
        local_gradient=np.einsum("nkm,nk->nm", links.local, by_x) + links.deviation * w,
        cost=cost if np.isfinite(cost) else np.inf,
    )


def _moving(links: Links, g: Floats, w: Floats, arrow: _Arrow) -> tuple[Bools, Bools]:
    """Tell which parameters move: free, not pressed against a bound, and seen by the data or a prior."""

    def pressed(value: Floats, gradient: Floats, lower: Floats, upper: Floats) -> Bools:
        result: Bools = ((value <= lower) & (gradient > 0)) | ((value >= upper) & (gradient < 0))
        return result

    seen = np.diagonal(arrow.corner) > 0
    local_seen = np.diagonal(arrow.blocks, axis1=1, axis2=2) > 0
    moves = links.free & seen & ~pressed(g, arrow.gradient, links.lower, links.upper)
    held = pressed(w, arrow.local_gradient, links.local_lower, links.local_upper)
    return moves, links.local_free & local_seen & ~held


def _solution(links: Links, g: Floats, w: Floats, arrow: _Arrow, converged: bool) -> JointSolution:
    moves, local_moves = _moving(links, g, w, arrow)
    held = arrow.holding(moves, local_moves)
    through = np.asarray(np.linalg.solve(held.blocks, held.border), dtype=float)
    schur = held.corner - np.einsum("nmp,nmq->pq", held.border, through)
    covariance = _inverse(schur) * moves[:, None] * moves
    own = np.asarray(np.linalg.inv(held.blocks), dtype=float) * local_moves[:, :, None] * local_moves[:, None, :]
    slope = links.shared - links.local @ through
    with np.errstate(invalid="ignore"):  # along a direction that the data leave open, infinity times nothing
        by_shared = slope @ covariance @ np.swapaxes(slope, 1, 2)
    by_shared = np.where(np.isnan(by_shared), np.inf, by_shared)
    x_covariance = by_shared + links.local @ own @ np.swapaxes(links.local, 1, 2)
    return JointSolution(
        shared=g,
        local=w,
        x=links.coordinates(g, w),
        cost=arrow.cost,
        covariance=covariance,
        x_covariance=x_covariance,
        slope=slope,
        at_bound=links.free & ~moves,
        converged=converged,
        through=through,
        own=own,
    )


def _scaled(matrix: Floats) -> tuple[Floats, Floats]:
    scale = 1 / np.sqrt(np.maximum(np.diagonal(matrix), 1e-300))
    return matrix * scale[:, None] * scale, scale


def _solve(matrix: Floats, right: Floats) -> Floats:
    scaled, scale = _scaled(matrix)
    result: Floats = np.linalg.lstsq(scaled, right * scale, rcond=1e-14)[0] * scale
    return result


def _inverse(matrix: Floats) -> Floats:
    """Return the inverse; where the data leave a direction open, the variances along it are infinite."""
    scaled, scale = _scaled(matrix)
    values, vectors = np.linalg.eigh(scaled)
    open_ = values <= 1e-13 * values.max(initial=1.0)
    half = vectors / np.sqrt(np.where(open_, 1.0, values))
    result: Floats = (half * ~open_) @ half.T
    lost = (np.abs(vectors) * open_).max(axis=1, initial=0.0) > 1e-6
    return np.where(lost[:, None] | lost, np.inf, result * scale[:, None] * scale)
