"""Starts for a chain of arcs, read off the data by a dictionary scan.

With time constants and exponents taken from a grid, a chain (resistance, inductance, arcs,
one tail) is linear in its amplitudes: variable projection on a grid (Golub and Pereyra 1973,
SIAM J. Numer. Anal. 10, 413). All subsets of arcs are tried with all tails, as small weighted
linear problems in closed form; the best few *distinct* subsets with positive amplitudes are
the starts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[Any]  # complex
Ints = NDArray[np.intp]

ARCS_PER_DECADE = {1: 4, 2: 3, 3: 2}
ARC_EXPONENT = 0.9
RIDGE = 1e-9  # smallest square of an atom's length that others leave of it
CANDIDATES = 100  # subsets of lowest cost among which distinct ones are sought


@dataclass(frozen=True)
class TailShape:
    """A tail Z = amplitude · shape(ω; x): its grid of x and its shape.

    Attributes:
        grid: Values of x, shape (n_tails,), or multiples of the longest time 1/ω_min for ``scaled`` ones.
        shape: (jω (n, 1, n_freq), x (n, n_tails, 1)) → shape (n, n_tails, n_freq).
        scaled: Whether the grid is in units of 1/ω_min.
        slope: ∂shape/∂x, same arguments. With it as one more atom an x between those of the grid is met to
            first order; else an arc patches what the grid leaves of a tail that dwarfs it.
    """

    grid: Floats
    shape: Callable[[Complexes, Floats], Complexes]
    scaled: bool = False
    slope: Callable[[Complexes, Floats], Complexes] | None = None


def _coth(x: Complexes) -> Complexes:
    e = np.exp(-2 * x)
    result: Complexes = (1 + e) / (1 - e)
    return result


def _wo(s: Complexes, tau: Floats) -> Complexes:
    root = np.sqrt(s * tau)
    result: Complexes = _coth(root) / root
    return result


def _ws(s: Complexes, tau: Floats) -> Complexes:
    root = np.sqrt(s * tau)
    result: Complexes = 1 / (_coth(root) * root)
    return result


_TIMES = np.logspace(-3.0, 2.0, 11)

TAILS: dict[str, TailShape] = {
    "CPE": TailShape(
        np.linspace(0.45, 0.95, 6),
        lambda s, n: np.exp(-n * np.log(s)),
        slope=lambda s, n: -np.log(s) * np.exp(-n * np.log(s)),
    ),
    "C": TailShape(np.ones(1), lambda s, n: 1 / s * n),
    "W": TailShape(np.ones(1), lambda s, n: (1 - 1j) / np.sqrt(s.imag) * n),
    "Wo": TailShape(_TIMES, _wo, scaled=True),
    "Ws": TailShape(_TIMES, _ws, scaled=True),
    "G": TailShape(_TIMES, lambda s, t: 1 / np.sqrt(1 + s * t), scaled=True),
}
"""The tails that a scan knows, by element symbol."""


@dataclass(frozen=True, eq=False)
class Scan:
    """Distinct starts found by `scan`, best first.

    Attributes:
        amplitudes: Of the constant terms, arcs and tail in that order, shape (n, n_starts, n_terms); NaN
            where fewer starts were found.
        times: τ of the arcs [s], rising, shape (n, n_starts, n_arcs).
        tail: x of the tail, shape (n, n_starts); NaN without a tail.
        cost: Weighted sum of squares, shape (n, n_starts).
    """

    amplitudes: Floats
    times: Floats
    tail: Floats
    cost: Floats


def scan(
    omega: Floats,
    z: Complexes,
    weight: Floats,
    *,
    constants: tuple[str, ...],
    n_arcs: int,
    arc_exponent: float = ARC_EXPONENT,
    tail: str | None = None,
    n_starts: int = 5,
) -> Scan:
    """Return the best distinct subsets of a dictionary for every spectrum.

    Args:
        omega: [rad/s], shape (n, n_freq).
        z: [Ω], same shape.
        weight: Weight of |ΔZ|², same shape, 0 for padding.
        constants: Linear terms without a shape: any of "R", "L".
        n_arcs: Number of arcs.
        arc_exponent: Exponent of the dictionary's arcs; 1 for capacitors.
        tail: A key of `TAILS`, or None.
        n_starts: How many starts.
    """
    atoms, times, tails = _atoms(omega, constants, n_arcs, arc_exponent, tail)
    root = np.sqrt(weight)
    weighted = atoms * root[:, None, :]
    flat = np.concatenate([weighted.real, weighted.imag], axis=2)
    data = np.concatenate([(z * root).real, (z * root).imag], axis=1)
    length = np.sqrt(np.einsum("naf,naf->na", flat, flat))
    flat /= length[:, :, None]
    gram = flat @ flat.swapaxes(1, 2)
    image = (flat @ data[:, :, None])[:, :, 0]
    energy = np.einsum("nf,nf->n", data, data)

    n_const, n_grid = len(constants), times.shape[1]
    subsets = _subsets(n_grid, n_arcs)
    costs = _subset_costs(gram, image, energy, n_const, n_grid, tails.shape[1] if tail else 0, subsets)
    chosen, cost = _distinct(costs, subsets, n_starts, by_tail=tail is not None and TAILS[tail].scaled)

    rows = np.arange(len(z))[:, None]
    arc_index = subsets[chosen % len(subsets)]  # (n, n_starts, n_arcs)
    tail_index = chosen // len(subsets)
    columns = [np.broadcast_to(np.arange(n_const), (*chosen.shape, n_const)), n_const + arc_index]
    if tail:
        columns += [
            (first + tail_index)[..., None] for first in range(n_const + n_grid, atoms.shape[1], tails.shape[1])
        ]
    index = np.concatenate(columns, axis=2)
    small = gram[rows[..., None, None], index[..., :, None], index[..., None, :]]
    small[..., np.arange(index.shape[2]), np.arange(index.shape[2])] += 1e-10
    amplitudes = np.linalg.solve(small, image[rows[..., None], index][..., None])[..., 0]
    amplitudes = amplitudes / length[rows[..., None], index]
    amplitudes = np.where(np.isfinite(cost)[..., None], amplitudes, np.nan)
    shape = tails[rows, tail_index] if tail else np.full(chosen.shape, np.nan)
    if tail and TAILS[tail].slope:
        last = n_const + n_arcs
        grid = TAILS[tail].grid
        step = np.clip(amplitudes[..., last + 1] / amplitudes[..., last], grid[0] - grid[1], grid[1] - grid[0])
        shape = shape + step
        amplitudes = amplitudes[..., :-1]
    return Scan(amplitudes, times[rows[..., None], arc_index], shape, cost)


def decades(highest: float, lowest: float) -> int:
    """Return how many decades a spectrum spans, rounded up; those of one batch should be equal."""
    return math.ceil(math.log10(highest / lowest) - 1e-9)


def _atoms(
    omega: Floats, constants: tuple[str, ...], n_arcs: int, exponent: float, tail: str | None
) -> tuple[Complexes, Floats, Floats]:
    """Return atoms (n or 1, n_atoms, n_freq), the arcs' τ (n, n_grid) and the tails' x (n, n_tails).

    Spectra on one common grid of frequencies share their atoms.
    """
    n = len(omega)
    common = n > 1 and (omega == omega[0]).all()
    some = omega[:1] if common else omega
    highest, lowest = some.max(axis=1), some.min(axis=1)

    width = max(map(decades, omega.max(axis=1).tolist(), omega.min(axis=1).tolist())) + 1.3
    count = int(np.ceil(width * ARCS_PER_DECADE.get(n_arcs, 2))) + 1 if n_arcs else 0
    first, last = -np.log10(highest) - 0.8, -np.log10(lowest) + 0.5
    times = 10 ** (first[:, None] + (last - first)[:, None] * np.linspace(0, 1, count)) if count else some[:, :0]

    s = 1j * some[:, None, :]
    parts: list[Complexes] = [np.ones_like(s) if c == "R" else s for c in constants]
    if count:
        parts.append(1 / (1 + np.exp(exponent * (np.log(s) + np.log(times)[:, :, None]))))
    if tail:
        shape = TAILS[tail]
        tails = np.broadcast_to(shape.grid, (len(some), shape.grid.size))
        if shape.scaled:
            tails = tails / lowest[:, None]
        parts.append(shape.shape(s, tails[:, :, None]))
        if shape.slope:
            parts.append(shape.slope(s, tails[:, :, None]))
    else:
        tails = some[:, :0]
    atoms = np.concatenate(parts, axis=1)
    return atoms, np.broadcast_to(times, (n, times.shape[1])), np.broadcast_to(tails, (n, tails.shape[1]))


def _subsets(n_grid: int, n_arcs: int) -> Ints:
    """Return all index sets of n_arcs out of n_grid, shape (n_subsets, n_arcs), neighbours left out."""
    if n_arcs == 0:
        return np.zeros((1, 0), np.intp)
    everything = np.array(list(combinations(range(n_grid), n_arcs)), np.intp).reshape(-1, n_arcs)
    apart = (np.diff(everything, axis=1) > 0).all(axis=1)
    return everything[apart]


def _subset_costs(
    gram: Floats, image: Floats, energy: Floats, n_const: int, n_grid: int, n_tails: int, subsets: Ints
) -> Floats:
    """Return the cost of every (tail, subset), shape (n, max(n_tails, 1)·n_subsets).

    The cost is inf where an amplitude is negative. For each tail the constants and the tail are
    eliminated first (Schur complement); what is left is a problem of n_arcs unknowns, solved by
    elimination over arrays of all subsets at once.
    """
    n = len(gram)
    arcs = slice(n_const, n_const + n_grid)
    costs = np.empty((n, max(n_tails, 1), len(subsets)))
    for t in range(max(n_tails, 1)):
        base = [*range(n_const), *(range(n_const + n_grid + t, gram.shape[1], n_tails) if n_tails else ())]
        rest, left, squares = image[:, arcs], energy, np.diagonal(gram, axis1=1, axis2=2)[:, arcs]
        across, solution = np.empty((n, 0, n_grid)), np.empty((n, 0, n_grid + 1))
        if base:
            inner = gram[:, base][:, :, base] + 1e-12 * np.eye(len(base))
            across = gram[:, base, arcs]
            solution = np.linalg.solve(inner, np.concatenate([across, image[:, base, None]], axis=2))
            rest = rest - (across * solution[..., -1:]).sum(axis=1)
            left = energy - (image[:, base] * solution[..., -1]).sum(axis=1)
            squares = squares - (across * solution[..., :-1]).sum(axis=1)
        length = np.sqrt(np.maximum(squares, RIDGE))
        unit = np.empty((n, 0, n_grid))
        if subsets.shape[1] > 1:  # what arcs share beyond the base
            shared = gram[:, arcs, arcs] - across.swapaxes(1, 2) @ solution[..., :-1]
            unit = shared / (length[:, :, None] * length[:, None, :])
        gain, amplitudes = _solve_subsets(unit, rest / length, subsets)
        fine = np.ones((n, len(subsets)), bool)
        for amplitude in amplitudes:
            fine &= amplitude > 0
        if n_tails:
            tail = np.broadcast_to(solution[:, n_const, -1:], fine.shape)
            share = solution[:, n_const, :-1] / length
            for position, amplitude in enumerate(amplitudes):
                tail = tail - share.take(subsets[:, position], axis=1) * amplitude
            fine &= tail > 0
        costs[:, t] = np.where(fine, np.maximum(left[:, None] - gain, 0.0), np.inf)
    return costs.reshape(n, -1)


def _solve_subsets(unit: Floats, right: Floats, subsets: Ints) -> tuple[Floats | float, list[Floats]]:
    """Solve the normal equations of every subset of atoms of unit length, by Cholesky over arrays of all subsets.

    Returns by how much each subset lowers the cost, and its amplitudes, each (n, n_subsets).
    """
    m = subsets.shape[1]
    flat, grid = unit.reshape(len(unit), -1), unit.shape[2]
    scale: list[Floats | float] = []  # reciprocals of L's diagonal; the first is 1
    lower: dict[tuple[int, int], Floats] = {}
    forward: list[Floats] = []
    for i in range(m):
        for j in range(i):
            entry = flat.take(subsets[:, i] * grid + subsets[:, j], axis=1)
            for k in range(j):
                entry -= lower[i, k] * lower[j, k]
            lower[i, j] = entry * scale[j] if j else entry
        value = right.take(subsets[:, i], axis=1)
        if i:
            pivot = 1.0 - sum(lower[i, k] ** 2 for k in range(i))
            scale.append(1.0 / np.sqrt(np.maximum(pivot, RIDGE)))
            for k in range(i):
                value -= lower[i, k] * forward[k]
            value *= scale[i]
        else:
            scale.append(1.0)
        forward.append(value)
    gain: Floats | float = sum((value**2 for value in forward), 0.0)
    amplitudes = forward.copy()
    for i in reversed(range(m)):
        for k in range(i + 1, m):
            amplitudes[i] = amplitudes[i] - lower[k, i] * amplitudes[k]
        if i:
            amplitudes[i] = amplitudes[i] * scale[i]
    return gain, amplitudes


def _distinct(costs: Floats, subsets: Ints, n_starts: int, by_tail: bool) -> tuple[Ints, Floats]:
    """Choose for each spectrum low-cost subsets that differ in an arc by at least two grid steps.

    Subsets with equal arcs and unlike tails are distinct only ``by_tail``: a diffusion time makes a
    minimum of its own, a tail's exponent slides to its best from anywhere.

    Returns their indices and costs, each (n, n_starts); the cost is inf where no further one was found.
    """
    n, count = costs.shape
    width = min(CANDIDATES * max(n_starts // 5, 1), count)
    pool = np.argpartition(costs, width - 1, axis=1)[:, :width]
    cost = np.take_along_axis(costs, pool, axis=1)
    arcs, tail = subsets[pool % len(subsets)], pool // len(subsets)
    chosen, chosen_cost = np.empty((n, n_starts), np.intp), np.empty((n, n_starts))
    rows = np.arange(n)
    apart = 2 if arcs.shape[2] == 1 else 1
    for start in range(n_starts):
        best = cost.argmin(axis=1)
        chosen[:, start], chosen_cost[:, start] = pool[rows, best], cost[rows, best]
        near = (np.abs(arcs - arcs[rows, best][:, None]) <= apart).all(axis=2)
        if by_tail or not arcs.shape[2]:
            near &= np.abs(tail - tail[rows, best][:, None]) <= 2
        cost = np.where(near, np.inf, cost)
    return chosen, chosen_cost
