"""From every start to its minimum; the best one, how many runs agree on it, and its rivals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.order import disorder, order_arcs
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.residuals import neighbour_correlation
from lipon_eis.fitting.result import Rival
from lipon_eis.fitting.solver import Solution, minimise, polish

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

TREND = 0.3  # correlation of neighbouring residuals that white noise does not show
AGREEMENT = 1e-3  # relative excess of cost up to which two runs found the same minimum
COARSE_WORK, COARSE_TOLERANCE = 30, 1e-3
FINEST = 1e-12  # predicted relative decrease of cost at which damped steps end
LIGHT, NEARLY_FREE = 1e-4, 1e-8  # damping of a run that starts near its end, and of one that starts at it
FAR = 2.0  # times the cost of the best run: another run's end is not worth following
SAME, ALIKE = 0.1, 1.02  # largest steps, and times the cost, within which two runs have ended at one place
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

    def rivals(self, problem: Problem, chi2: Floats, noise: Floats) -> list[tuple[Rival, ...]]:
        """Return for each spectrum the minima other than the best that the data do not exclude, best first.

        Args:
            problem: The problem.
            chi2: Of the best minima, shape (n,).
            noise: Variance of a weighted residual, shape (n,).
        """
        excess = self.costs - chi2[:, None]
        near = (excess < EXCLUDED * noise[:, None]) & (self.costs > chi2[:, None] * (1 + AGREEMENT))
        found: list[tuple[Rival, ...]] = [()] * len(chi2)
        for row in np.flatnonzero(near.any(axis=1)).tolist():
            indices = np.flatnonzero(near[row])
            found[row] = self._distinct(problem, row, indices[np.argsort(self.costs[row, indices], kind="stable")])
        return found

    def _distinct(self, problem: Problem, row: int, indices: Ints) -> tuple[Rival, ...]:
        """Return these runs of one spectrum, each minimum once."""
        found: list[Rival] = []
        for index in indices:
            cost = float(self.costs[row, index])
            if all(cost > other.chi2 * (1 + AGREEMENT) for other in found):
                end = self.ends[row, index][None]
                order = order_arcs(problem.circuit, end, keep=problem.keep)
                values = np.take_along_axis(end, order, axis=1)[0].tolist()
                found.append(Rival(dict(zip(problem.circuit.names, values, strict=True)), cost))
        return tuple(found)


def descend(
    problem: Problem, starts: Floats, max_iterations: int, max_work: int | None = None, scouts: int | None = None
) -> Minima:
    """Run starts to their ends and finish the best of each spectrum to the last digit.

    Where the first few, the scouts, all end at one minimum, it is taken; else every start is run.

    Args:
        problem: Of n spectra.
        starts: Natural parameters, shape (n, n_starts, k); a start with NaN is none.
        max_iterations: Limit of evaluations from one start.
        max_work: Instead, a limit of evaluations of one spectrum, from all its starts and in finishing the best; the
            last digits of a minimum take some more.
        scouts: Number of starts that are run first; None: all.
    """
    n, n_starts, k = starts.shape
    every = np.arange(n)
    scouts = n_starts if scouts is None else scouts
    finish = FINISH * max_iterations
    if max_work is not None:
        max_iterations = finish = max(max_work // (n_starts + 1), 1)
    coarse = problem.thinned() if max_work is None else None
    runs = _Runs.of(starts)
    _run(problem, coarse, starts, every, slice(0, scouts), runs, max_iterations)
    further = np.flatnonzero(~_settled(problem, runs, scouts))
    _run(problem, coarse, starts, further, slice(scouts, None), runs, max_iterations)
    costs, x = runs.costs, runs.x
    ends = problem.natural(x.reshape(-1, k), np.repeat(every, n_starts)).reshape(starts.shape)
    best = _best(problem, costs, ends)

    at = every, best
    ends_of_best = Solution(x[at], costs[at], np.zeros(n, int), runs.converged[at], runs.at_bound[at])
    winner = _finish(problem, ends_of_best, finish)
    values = problem.natural(winner.q, every)
    for follower, leader in problem.ties:
        winner.at_bound[:, follower] = winner.at_bound[:, leader]
    order = order_arcs(problem.circuit, values, keep=problem.keep)
    return Minima(
        values=np.take_along_axis(values, order, axis=1),
        at_bound=np.take_along_axis(winner.at_bound, order, axis=1),
        converged=winner.converged,
        starts=np.isfinite(runs.glimpsed).sum(axis=1),
        agreeing=(costs <= costs[every, best][:, None] * (1 + AGREEMENT)).sum(axis=1),
        ends=ends,
        costs=costs,
    )


def _finish(problem: Problem, ends: Solution, max_iterations: int) -> Solution:
    """Return minima to the last digit: by full steps, and where these do not settle, by damped ones before."""
    finished = _polished(problem, ends, np.arange(len(ends.q)))
    if (rows := np.flatnonzero(~(ends.converged & finished.converged))).size:
        damped = _minimised(problem, ends.q[rows], rows, max_iterations, FINEST, NEARLY_FREE)
        finer = _polished(problem, damped, rows)
        for attribute in ("q", "cost", "iterations", "at_bound"):
            getattr(finished, attribute)[rows] = getattr(finer, attribute)
        finished.converged[rows] = damped.converged | ends.converged[rows]
    return finished


def _polished(problem: Problem, solution: Solution, rows: Ints) -> Solution:
    lower, upper = problem.lower[rows], problem.upper[rows]
    return polish(problem.residuals, solution, lower=lower, upper=upper, free=~problem.fixed, rows=rows)


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


@dataclass(frozen=True, eq=False)
class _Runs:
    """Where runs ended, filled in by `_run`.

    Attributes:
        costs: inf where there was no run, or none worth following, shape (n, n_starts).
        x: Coordinates, shape (n, n_starts, k).
        converged: Shape (n, n_starts).
        at_bound: Coordinates that rest on a limit, shape (n, n_starts, k).
        glimpsed: Costs of the ends on a part of the frequencies, inf where there was no run.
        glimpses: These ends, shape (n, n_starts, k).
    """

    costs: Floats
    x: Floats
    converged: Bools
    at_bound: Bools
    glimpsed: Floats
    glimpses: Floats

    @classmethod
    def of(cls, starts: Floats) -> _Runs:
        """Return runs that are yet to be made."""
        none, nowhere = np.full(starts.shape[:2], np.inf), np.zeros(starts.shape)
        converged, at_bound = np.zeros(none.shape, bool), np.zeros(starts.shape, bool)
        return cls(none, nowhere, converged, at_bound, none.copy(), nowhere.copy())

    def keep(self, at: tuple[Ints, Ints], found: Solution) -> None:
        """Keep where runs ended."""
        self.costs[at], self.x[at] = found.cost, found.q
        self.converged[at], self.at_bound[at] = found.converged, found.at_bound

    def copy(self, at: tuple[Ints, Ints], source: tuple[Ints, Ints]) -> None:
        """Let runs end where others did."""
        for ends in (self.costs, self.x, self.converged, self.at_bound):
            ends[at] = ends[source]


def _run(
    problem: Problem, coarse: Problem | None, starts: Floats, rows: Ints, which: slice, runs: _Runs, max_iterations: int
) -> None:
    """Run some starts of some spectra to their ends.

    First on a part of the frequencies; then on all of them, from those ends that are worth it.
    """
    places = np.argwhere(np.isfinite(starts[rows, which]).all(axis=2))
    if not len(places):
        return
    at = rows[places[:, 0]], np.arange(starts.shape[1])[which][places[:, 1]]
    x = problem.coordinates.take(at[0]).from_natural(starts[at])
    if coarse is None:
        found = _minimised(problem, x, at[0], max_iterations)
        runs.keep(at, found)
        runs.glimpsed[at] = found.cost
        return
    found = _minimised(coarse, x, at[0], min(max_iterations, COARSE_WORK), COARSE_TOLERANCE)
    runs.glimpsed[at], runs.glimpses[at] = found.cost, found.q
    leader, alive = _sift(runs.glimpses[rows], runs.glimpsed[rows], problem.max_step)
    new = alive & (leader == np.arange(leader.shape[1])) & ~np.isfinite(runs.costs[rows])
    row, start = np.nonzero(new)
    at = rows[row], start
    runs.keep(at, _minimised(problem, runs.glimpses[at], at[0], max_iterations, damping=LIGHT))
    row, start = np.nonzero(alive & ~new & ~np.isfinite(runs.costs[rows]))
    runs.copy((rows[row], start), (rows[row], leader[row, start]))


def _minimised(
    problem: Problem, x: Floats, rows: Ints, max_iterations: int, tolerance: float = 1e-7, damping: float = 1e-2
) -> Solution:
    return minimise(
        problem.residuals,
        x,
        lower=problem.lower[rows],
        upper=problem.upper[rows],
        free=~problem.fixed,
        max_step=problem.max_step,
        max_iterations=max_iterations,
        tolerance=tolerance,
        damping=damping,
        rows=rows,
    )


def _sift(ends: Floats, costs: Floats, max_step: Floats) -> tuple[Ints, Bools]:
    """Return the run that stands for each, having ended at the same place at no higher cost, and which are worth more.

    Args:
        ends: Shape (n, n_starts, k).
        costs: Shape (n, n_starts), inf where there was no run.
        max_step: Of the coordinates, shape (k,).
    """
    n, n_starts = costs.shape
    every = np.arange(n)
    leader = np.tile(np.arange(n_starts), (n, 1))
    order = costs.argsort(axis=1, kind="stable")
    for later in range(1, n_starts):
        one = order[:, later]
        for earlier in range(later):
            other = order[:, earlier]
            near = (np.abs(ends[every, one] - ends[every, other]) <= SAME * max_step).all(axis=1)
            near &= (leader[every, one] == one) & (costs[every, one] <= ALIKE * costs[every, other])
            leader[every[near], one[near]] = leader[every[near], other[near]]
    return leader, costs <= FAR * costs.min(axis=1)[:, None]


def _settled(problem: Problem, runs: _Runs, scouts: int) -> Bools:
    """Tell whether the scouts of each spectrum leave nothing to look for, shape (n,).

    They have to be two at least; those that were worth following have to end at one minimum, and to leave residuals
    without a trend there.
    """
    costs = runs.costs[:, :scouts]
    lowest = costs.min(axis=1)
    highest = np.where(np.isfinite(costs), costs, 0).max(axis=1)
    settled: Bools = np.isfinite(lowest) & (highest <= lowest * (1 + AGREEMENT)) & (scouts > 1)
    if (agreed := np.flatnonzero(settled)).size:
        r, _ = problem.residuals(runs.x[agreed, costs[agreed].argmin(axis=1)], agreed)
        settled[agreed] = neighbour_correlation(r) <= TREND
    return settled
