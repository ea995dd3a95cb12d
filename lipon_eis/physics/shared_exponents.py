"""Resistances and capacitances of several spectra of one cell, with the exponent of each arc in common.

C = (RQ)^(1/n)/R follows n, the more the nearer another arc lies: fitted apart, two spectra of an arc that did not
change differ in C by what their exponents scatter. Here all spectra go into one least squares in which an arc has one
exponent and all else is each spectrum's own. Circuits need not be alike: arcs are named by the caller. An exponent that
did change, by a chi2 of the single fits, is left to each spectrum, and said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.joint import JointSolution, Links, minimise_jointly
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.weights import weights
from lipon_eis.physics.arcs import RoleArc
from lipon_eis.physics.arrhenius import probability_of_chi2
from lipon_eis.physics.smooth_series import from_neighbours, smoothed
from lipon_eis.spectrum import Spectrum, SpectrumStack

Floats = NDArray[np.float64]

NOTICED = 0.01  # of the cost, in variances: what a second run gains less of than this is at its minimum
OVERLAP = 10.0  # ratio of time constants within which arcs lie on each other
ROUNDS = 4  # of trying spectra again from where their neighbours are
APART = 0.001  # probability of the chi2 of single fits below which an exponent is not shared


@dataclass(frozen=True, eq=False)
class Member:
    """One spectrum of a joint fit.

    Attributes:
        spectrum: The data.
        fit: Of it alone: where the joint fit starts, what is held, and the size of the noise.
        arcs: Its arcs with a resistance and a capacitance, by the name under which they are compared.
        start: Parameters to start from in place of the fit's, shape (k,).
    """

    spectrum: Spectrum
    fit: Fit
    arcs: Mapping[str, RoleArc]
    start: Floats | None = None


@dataclass(frozen=True, eq=False)
class ArcValues:
    """ln R and ln C of all arcs of all members, with all their covariances.

    Attributes:
        places: (member, arc) → row of ``values``.
        values: (ln R [Ω], ln C [F]), C = τ/R, shape (m, 2).
        covariance: Shape (m, 2, m, 2); infinite or NaN for what the data leave open.
        exponents: Arc → its exponent, the mean where it is not shared.
        changed: Arc → probability that exponents as different as these are one, of those that are not shared.
        degrees_of_freedom: The smallest of the single fits.
        cost: Sum of squared residuals in standard deviations of the noise, and of priors.
        converged: Whether the minimum was reached.
        parameters: Of each member, SI.
    """

    places: Mapping[tuple[int, str], int]
    values: Floats
    covariance: Floats
    exponents: Mapping[str, float]
    changed: Mapping[str, float]
    degrees_of_freedom: int
    cost: float
    converged: bool
    parameters: tuple[Floats, ...]

    def of(self, arc: str, members: Sequence[int]) -> tuple[Floats, Floats]:
        """Return values (n, 2) and covariance (n, 2, n, 2) of one arc in some members."""
        rows = [self.places[member, arc] for member in members]
        return self.values[rows], self.covariance[np.ix_(rows, [0, 1], rows, [0, 1])]


def fit_shared_exponents(members: Sequence[Member], along: Floats | None = None) -> ArcValues:
    """Fit spectra of one cell together.

    Args:
        members: Two or more.
        along: Where each stands in a series, shape (n,): ln R and ln C are held near lines in it (`smooth_series`). All
            members then have one circuit.

    Raises:
        CannotFit: Parameters of a fit are tied, or the data leave the equations singular.
    """
    if any(member.fit.ties for member in members):
        raise CannotFit("a joint fit shares exponents between spectra and knows no ties within one: leave out --tie")
    changed = {arc: p for arc in _arcs_of(members) if (p := _probability_of_one(arc, members)) < APART}
    problems = [_problem(member) for member in members]
    starts = [
        problem.coordinates.from_natural((member.fit.used_values if member.start is None else member.start)[None])[0]
        for problem, member in zip(problems, members, strict=True)
    ]
    shared = [arc for arc in _arcs_of(members) if arc not in changed and _columns(arc, members)]
    lines = {} if along is None or np.ptp(along) == 0 else _timed(members, problems)
    links = _links(members, problems, shared)
    width = links.constant.shape[1]
    x, first = np.zeros((len(members), width)), np.zeros(len(shared))
    for row, own in enumerate(starts):
        x[row, : len(own)] = own
    for column, arc in enumerate(shared):
        first[column] = np.mean([x[place] for place in _columns(arc, members)])
    w = x
    if lines and along is not None:
        links, first, w = smoothed(links, lines, (along - along.mean()) / np.ptp(along), first, x)
    max_step = np.full((len(members), width), np.inf)
    for row, problem in enumerate(problems):
        max_step[row, : len(problem.max_step)] = problem.max_step
    residuals = _Residuals(members, problems, width)
    try:
        solution = minimise_jointly(residuals, links, first, w, max_step=max_step)
        for _ in range(ROUNDS if lines else 0):
            assert along is not None
            better = from_neighbours(residuals, links, solution, along, max_step)
            if better is None:
                break
            solution = minimise_jointly(residuals, links, solution.shared, better, max_step=max_step)
        if not solution.converged:
            more = minimise_jointly(residuals, links, solution.shared, solution.local, max_step=max_step)
            solution = replace(more, converged=more.converged or solution.cost - more.cost < NOTICED)
    except np.linalg.LinAlgError as error:
        raise CannotFit(f"the spectra do not determine their circuits together: {error}") from error
    return _values(members, problems, solution, shared, changed)


def _arcs_of(members: Sequence[Member]) -> list[str]:
    return list(dict.fromkeys(arc for member in members for arc in member.arcs))


def _columns(arc: str, members: Sequence[Member]) -> list[tuple[int, int]]:
    """Return (member, index of n) of the members in which an arc has an exponent that is free."""
    found = []
    for row, member in enumerate(members):
        part = member.arcs[arc].part if arc in member.arcs else None
        if part is not None and part.n is not None and not member.fit.fixed[part.n]:
            found.append((row, part.n))
    return found


def _probability_of_one(arc: str, members: Sequence[Member]) -> float:
    """Return the probability that the exponents of an arc are one, by the errors of the single fits.

    Fits in which another arc lies on it do not count: what their covariance says is not so.
    """
    seen = [
        (float(fit.used_values[n]), float(fit.covariance[n, n]) * fit.widening**2)
        for row, n in _columns(arc, members)
        if members[row].start is None
        and not _covered(arc, members[row])
        and 0 < (fit := members[row].fit).covariance[n, n] < np.inf
    ]
    if len(seen) < 2:
        return 1.0
    n, variance = np.array(seen).T
    mean = (n / variance).sum() / (1 / variance).sum()
    return probability_of_chi2(float(((n - mean) ** 2 / variance).sum()), len(seen) - 1)


def _covered(arc: str, member: Member) -> bool:
    """Return whether another arc of a fit lies within a factor `OVERLAP` of an arc."""
    p = member.fit.used_values
    own = member.arcs[arc].log_tau(p)
    others = [other.log_tau(p) for name, other in member.arcs.items() if name != arc]
    return any(abs(float(other - own)) < np.log(OVERLAP) for other in others if other is not None and own is not None)


def _problem(member: Member) -> Problem:
    """Return the problem of one spectrum as its fit had it; what that held is held."""
    fit, circuit = member.fit, member.fit.circuit
    options = Options(
        weighting=fit.weighting,
        space=fit.space,
        fix={name: float(fit.used_values[i]) for i, name in enumerate(circuit.names) if fit.fixed[i]},
        ranges={p.name: tuple(fit.bounds[i].tolist()) for i, p in enumerate(circuit.parameters) if not p.log},
    )
    stack = SpectrumStack.of([member.spectrum])
    return Problem.of(circuit, stack, weights(stack, fit.weighting, fit.space), options)


class _Residuals:
    """Residuals of problems of different sizes as one padded array, in standard deviations of the noise."""

    def __init__(self, members: Sequence[Member], problems: Sequence[Problem], width: int) -> None:
        self.problems, self.width = problems, width
        self.noise = [np.sqrt(max(member.fit.noise, 1e-300)) * member.fit.widening for member in members]
        self.length = max(problem.root.shape[1] for problem in problems)

    def __call__(self, x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        r, jacobian = np.zeros((len(rows), self.length)), np.zeros((len(rows), self.width, self.length))
        for i, row in enumerate(rows.tolist()):
            problem = self.problems[row]
            k, m = problem.lower.shape[1], problem.root.shape[1]
            own, slope = problem.residuals(x[i : i + 1, :k], np.zeros(1, np.intp))
            r[i, :m], jacobian[i, :k, :m] = own[0] / self.noise[row], slope[0] / self.noise[row]
        return r, jacobian


def _links(members: Sequence[Member], problems: Sequence[Problem], shared: Sequence[str]) -> Links:
    """Return how coordinates follow: an exponent that is shared from g, all others from the spectrum's own."""
    n, k = len(problems), max(problem.lower.shape[1] for problem in problems)
    constant, slope = np.zeros((n, k)), np.zeros((n, k, len(shared)))
    own = np.zeros((n, k), bool)
    lower, upper = np.full((n, k), -np.inf), np.full((n, k), np.inf)
    for row, problem in enumerate(problems):
        size = problem.lower.shape[1]
        own[row, :size] = ~problem.fixed
        lower[row, :size], upper[row, :size] = problem.lower[0], problem.upper[0]
        held = np.where(problem.held, problem.held_values, 1.0)[None]
        constant[row, :size] = np.where(problem.fixed, problem.coordinates.from_natural(held)[0], 0.0)
    limits = []
    for column, arc in enumerate(shared):
        places = _columns(arc, members)
        limits.append((max(lower[place] for place in places), min(upper[place] for place in places)))
        for row, q in places:
            slope[row, q, column], own[row, q] = 1.0, False
    bounds = np.array(limits).reshape(-1, 2)
    return Links(
        constant=constant,
        shared=slope,
        local=own[:, :, None] * np.eye(k),
        deviation=np.zeros(k, bool),
        precision=np.zeros(len(shared)),
        lower=bounds[:, 0],
        upper=bounds[:, 1],
        local_lower=np.where(own, lower, -np.inf),
        local_upper=np.where(own, upper, np.inf),
        free=np.ones(len(shared), bool),
        local_free=own,
    )


def _timed(members: Sequence[Member], problems: Sequence[Problem]) -> dict[str, list[tuple[int, int, int]]]:
    """Return (member, index of R, index of ln τ) of arcs that have both as coordinates in all members."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for row, (member, problem) in enumerate(zip(members, problems, strict=True)):
        timed = {(arc.r, arc.q) for arc in problem.coordinates.arcs if not problem.fixed[[arc.r, arc.q]].any()}
        for name, arc in member.arcs.items():
            if arc.part is not None and arc.part.q is not None and (arc.r, arc.part.q) in timed:
                found.setdefault(name, []).append((row, arc.r, arc.part.q))
    whole = {name: places for name, places in found.items() if len(places) == len(members)}
    every = [place for places in whole.values() for place in places]
    alike = {frozenset(k for row, *two in every if row == i for k in two) for i in range(len(members))}
    return whole if len(alike) == 1 else {}


def _values(
    members: Sequence[Member],
    problems: Sequence[Problem],
    solution: JointSolution,
    shared: Sequence[str],
    changed: Mapping[str, float],
) -> ArcValues:
    places = [(row, arc) for row, member in enumerate(members) for arc in member.arcs]
    values, slopes = np.zeros((len(places), 2)), np.zeros((len(places), 2, solution.x.shape[1]))
    for i, (row, arc) in enumerate(places):
        values[i], slopes[i] = _of_arc(problems[row], members[row].arcs[arc], solution.x[row])
    covariance = np.zeros((len(places), 2, len(places), 2))
    with np.errstate(invalid="ignore"):  # a direction that the data leave open is infinite
        for i, (row, _) in enumerate(places):
            for j, (other, _) in enumerate(places):
                between = (
                    solution.x_covariance[row]
                    if row == other
                    else solution.slope[row] @ solution.covariance @ solution.slope[other].T
                )
                covariance[i, :, j] = slopes[i] @ between @ slopes[j].T
    exponents = {}
    for arc in _arcs_of(members):
        parts = [(row, member.arcs[arc].part) for row, member in enumerate(members) if arc in member.arcs]
        found = [1.0 if part is None or part.n is None else float(solution.x[row, part.n]) for row, part in parts]
        exponents[arc] = float(np.mean(found))
    return ArcValues(
        places={place: i for i, place in enumerate(places)},
        values=values,
        covariance=covariance,
        exponents=exponents,
        changed=changed,
        degrees_of_freedom=min(member.fit.degrees_of_freedom for member in members),
        cost=solution.cost,
        converged=solution.converged,
        parameters=tuple(
            problem.natural(solution.x[row : row + 1, : problem.lower.shape[1]], np.zeros(1, np.intp))[0]
            for row, problem in enumerate(problems)
        ),
    )


def _of_arc(problem: Problem, arc: RoleArc, x: Floats) -> tuple[Floats, Floats]:
    """Return (ln R, ln C) of an arc at coordinates x, shape (k,), and their derivatives, shape (2, k)."""
    part = arc.part
    assert part is not None
    log_r, slope = float(x[arc.r]), np.zeros((2, len(x)))
    slope[0, arc.r], slope[1, arc.r] = 1.0, -1.0
    if part.tau is not None:
        log_tau = float(x[part.tau])
        slope[1, part.tau] = 1.0
    else:
        assert part.q is not None
        if any(one.q == part.q for one in problem.coordinates.arcs):
            log_tau = float(x[part.q])
            slope[1, part.q] = 1.0
        else:  # Q was held or bounded and keeps its own logarithm: ln τ = (ln R + ln Q)/n
            n = 1.0 if part.n is None else float(x[part.n])
            log_tau = (log_r + float(x[part.q])) / n
            slope[1, arc.r] += 1 / n
            slope[1, part.q] += 1 / n
            if part.n is not None:
                slope[1, part.n] -= log_tau / n
    return np.array([log_r, log_tau - log_r]), slope
