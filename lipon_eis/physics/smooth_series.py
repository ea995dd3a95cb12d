"""What holds the arcs of a series together in a joint fit, where single spectra do not.

ln C and ln R of each arc are held near straight lines along the series, by normal priors much wider than what a
spectrum says of an arc that it shows. It matters where two arcs lie on each other: without it one of them can vanish in
the other at no cost, and errors from the curvature there are far too small. There are other minima at such places, so
every spectrum is tried again from where its neighbours are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.joint import JointSolution, Links, minimise_jointly
from lipon_eis.fitting.solver import Residuals

Floats = NDArray[np.float64]

SMOOTH = (1.0, 0.3)  # standard deviations of ln R and of ln C from their lines along a series
WORK = 40  # evaluations from one guess
GAIN = 0.1  # of the cost, in variances, below which another minimum is the same one


def smoothed(
    links: Links, lines: Mapping[str, list[tuple[int, int, int]]], along: Floats, first: Floats, x: Floats
) -> tuple[Links, Floats, Floats]:
    """Return links in which ln R and ln C are level + slope · along + SMOOTH · deviation, and where to start.

    Args:
        links: Without lines.
        lines: Arc → (member, index of R, index of ln τ).
        along: Of each member, about 0, shape (n,).
        first: Start of what is shared without lines, shape (p,).
        x: Coordinates to start from, shape (n, k).
    """
    (n, k, p), w, more = links.shared.shape, x.copy(), 4 * len(lines)
    shared, local = np.concatenate([links.shared, np.zeros((n, k, more))], axis=2), links.local.copy()
    deviation, lower, upper = links.deviation.copy(), links.local_lower.copy(), links.local_upper.copy()
    begin = [first]
    for number, places in enumerate(lines.values()):
        rows, r, q = (np.array(column) for column in zip(*places, strict=True))
        values = (r, x[rows, r]), (q, x[rows, q] - x[rows, r])
        for which, (own, value) in enumerate(values):
            line = np.polyfit(along[rows], value, 1)[::-1]
            column = p + 4 * number + 2 * which
            for coordinate in (r, q) if which == 0 else (q,):  # ln τ = ln R + ln C
                shared[rows, coordinate, column], shared[rows, coordinate, column + 1] = 1.0, along[rows]
                local[rows, coordinate, own] = SMOOTH[which]
            deviation[own] = True
            lower[rows, own], upper[rows, own] = -np.inf, np.inf
            w[rows, own] = (value - line[0] - line[1] * along[rows]) / SMOOTH[which]
            begin.append(line)
    endless = np.full(more, np.inf)
    linked = replace(
        links,
        shared=shared,
        local=local,
        deviation=deviation,
        precision=np.concatenate([links.precision, np.zeros(more)]),
        lower=np.concatenate([links.lower, -endless]),
        upper=np.concatenate([links.upper, endless]),
        local_lower=lower,
        local_upper=upper,
        free=np.ones(p + more, bool),
    )
    return linked, np.concatenate(begin), w


def from_neighbours(
    residuals: Residuals, links: Links, solution: JointSolution, along: Floats, max_step: Floats
) -> Floats | None:
    """Try each spectrum again from where its neighbours are, what is shared held; None where none fits better so."""
    w, improved = solution.local.copy(), False
    n = len(w)
    for i in (*range(n), *range(n - 2, -1, -1)):
        alone = replace(
            links,
            **{name: getattr(links, name)[i : i + 1] for name in ("constant", "shared", "local", "local_free")},
            local_lower=links.local_lower[i : i + 1],
            local_upper=links.local_upper[i : i + 1],
            free=np.zeros_like(links.free),
        )

        def of_one(x: Floats, rows: NDArray[np.intp], row: int = i) -> tuple[Floats, Floats]:
            return residuals(x, np.full(len(rows), row))

        def reached(start: Floats, alone: Links = alone, of_one: Residuals = of_one, row: int = i) -> JointSolution:
            step = max_step[row : row + 1]
            return minimise_jointly(of_one, alone, solution.shared, start[None], max_step=step, max_iterations=WORK)

        here = reached(w[i])
        found = [reached(start) for start in _guesses(w, along, i)]
        best = min(found, key=lambda one: one.cost, default=here)
        if best.cost < here.cost - GAIN:
            w[i], improved = best.local[0], True
    return w if improved else None


def _guesses(w: Floats, along: Floats, i: int) -> list[Floats]:
    """Return what a spectrum would have between its neighbours, beyond the two before, and before the two after it."""
    pairs = [(i - 1, i + 1), (i - 2, i - 1), (i + 1, i + 2)]
    found = [w[k] for k in (i - 1, i + 1) if 0 <= k < len(w)]
    for one, other in pairs:
        if one >= 0 and other < len(w) and along[other] != along[one]:
            share = (along[i] - along[one]) / (along[other] - along[one])
            found.append(w[one] + share * (w[other] - w[one]))
    return found
