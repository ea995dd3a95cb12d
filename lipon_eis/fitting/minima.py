"""From every start to its minimum; the best one, how many runs agree on it, and its rivals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.order import disorder, order_arcs
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Rival
from lipon_eis.fitting.solver import minimise, polish

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

AGREEMENT = 1e-3  # relative excess of cost up to which two runs found the same minimum
FINISH = 3  # times the work of a run that the best one may take to reach its last digits
EQUAL = 1e-5  # relative difference of cost of runs that ended at one minimum
EXCLUDED = 9.0  # Δχ² in noise variances beyond which the data exclude a minimum: three standard deviations


@dataclass(frozen=True, eq=False)
class Minima:
    """What the runs of a batch found.

    Attributes:
        values: Natural parameters of the best minima, arcs in order, shape (n, k).
        at_bound: Parameters that rest on a limit, shape (n, k).
        converged: Shape (n,).
        starts: Number of runs, shape (n,).
        agreeing: Runs that ended at the best minimum, shape (n,).
        ends: Where every run ended, natural parameters, shape (n, n_starts, k).
        costs: Of every run, inf where there was none, shape (n, n_starts).
    """

    values: Floats
    at_bound: Bools
    converged: Bools
    starts: NDArray[np.intp]
    agreeing: NDArray[np.intp]
    ends: Floats
    costs: Floats

    def rivals(self, problem: Problem, row: int, chi2: float, noise: float) -> tuple[Rival, ...]:
        """Return the minima other than the best that the data do not exclude, best first.

        Args:
            problem: The problem.
            row: Of the spectrum.
            chi2: Of its best minimum.
            noise: Variance of a weighted residual.
        """
        names = problem.circuit.names
        found: list[Rival] = []
        levels = [chi2]
        for index in np.argsort(self.costs[row], kind="stable"):
            cost = float(self.costs[row, index])
            if not cost - chi2 < EXCLUDED * noise:
                break
            if all(cost > level * (1 + AGREEMENT) for level in levels):
                end = self.ends[row, index][None]
                order = order_arcs(problem.circuit, end, keep=problem.keep)
                values = np.take_along_axis(end, order, axis=1)[0].tolist()
                found.append(Rival(dict(zip(names, values, strict=True)), cost))
                levels.append(cost)
        return tuple(found)


def descend(problem: Problem, starts: Floats, max_iterations: int, max_work: int | None = None) -> Minima:
    """Run every start to its end and finish the best of each spectrum to the last digit.

    Args:
        problem: Of n spectra.
        starts: Natural parameters, shape (n, n_starts, k); a start with NaN is none.
        max_iterations: Limit of evaluations from one start.
        max_work: Instead, a limit of evaluations of one spectrum, from all its starts and in finishing the best; the
            last digits of a minimum take some more.
    """
    n, n_starts, k = starts.shape
    if max_work is not None:
        max_iterations = max(1, max_work // (n_starts + FINISH))
    every = np.arange(n)
    rows = np.repeat(every, n_starts)
    usable = np.isfinite(starts).all(axis=2).ravel()
    flat = starts.reshape(-1, k)[usable]
    runs = minimise(
        problem.residuals,
        problem.coordinates.take(rows[usable]).from_natural(flat),
        lower=problem.lower[rows[usable]],
        upper=problem.upper[rows[usable]],
        free=~problem.fixed,
        max_step=problem.max_step,
        max_iterations=max_iterations,
        rows=rows[usable],
    )
    costs, x = np.full(n * n_starts, np.inf), np.zeros((n * n_starts, k))
    costs[usable], x[usable] = runs.cost, runs.q
    converged = np.zeros(n * n_starts, bool)
    converged[usable] = runs.converged
    ends = problem.natural(x, rows).reshape(n, n_starts, k)
    costs, x = costs.reshape(n, n_starts), x.reshape(n, n_starts, k)
    best = _best(problem, costs, ends)

    winner = minimise(
        problem.residuals,
        x[every, best],
        lower=problem.lower,
        upper=problem.upper,
        free=~problem.fixed,
        max_step=problem.max_step,
        max_iterations=FINISH * max_iterations,
        tolerance=1e-12,
    )
    winner = polish(problem.residuals, winner, lower=problem.lower, upper=problem.upper, free=~problem.fixed)
    values = problem.natural(winner.q, every)
    for follower, leader in problem.ties:
        winner.at_bound[:, follower] = winner.at_bound[:, leader]
    order = order_arcs(problem.circuit, values, keep=problem.keep)
    return Minima(
        values=np.take_along_axis(values, order, axis=1),
        at_bound=np.take_along_axis(winner.at_bound, order, axis=1),
        converged=winner.converged | converged.reshape(n, n_starts)[every, best],
        starts=np.isfinite(costs).sum(axis=1),
        agreeing=(costs <= costs[every, best][:, None] * (1 + AGREEMENT)).sum(axis=1),
        ends=ends,
        costs=costs,
    )


def _best(problem: Problem, costs: Floats, ends: Floats) -> NDArray[np.intp]:
    """Return the run of lowest cost of each spectrum, shape (n,).

    Where arcs are held in their places by a fixed, bounded or tied parameter, two minima may differ only in which
    arc is where; of equal ones that with the faster arc first is taken.
    """
    best: NDArray[np.intp] = costs.argmin(axis=1)
    if not problem.keep.any():
        return best
    equal = costs <= costs[np.arange(len(costs)), best][:, None] * (1 + EQUAL)
    out_of_order = np.full(costs.shape, np.inf)
    out_of_order[equal] = disorder(problem.circuit, ends[equal])
    first: NDArray[np.intp] = out_of_order.argmin(axis=1)
    return first
