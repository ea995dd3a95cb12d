"""One least squares for complementary cells: what a material is in one of them, it is in all.

Films and interfaces of separate depositions are never quite alike, so a shared quantity is a *level*, and each cell has
a deviation from it, of the size `SCATTER`; hard equality would take that scatter for information. Thickness and area
err by one factor each for a whole cell, so that its resistances and capacitances move together. A quantity that one
cell alone has is that cell's, without deviation.

Which of the two slow arcs of a full cell is the lithium's, its own spectrum hardly tells; symmetric cells do. Fits
start from both ways and from what the other cells predict, and the cost of the way that was not taken says how sure
the choice is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.joint import JointSolution, Links, minimise_jointly
from lipon_eis.fitting.unlike import UnlikeProblems
from lipon_eis.physics.arrhenius import probability_of_chi2
from lipon_eis.physics.cell_problem import EXCHANGEABLE, CellProblem, Common

Floats = NDArray[np.float64]

SCATTER = {"resistance": 0.05, "capacitance": 0.05, "exponent": 0.01}
"""Standard deviation of one cell from what cells share: of ln R and ln C, of n as it is."""
OWN = 10.0  # of ln of what a cell has for itself, about its separate fit: any, but for what the data leave open
OWN_EXPONENT = 1.0
DOUBTFUL = 0.01  # probability of a chi2 below which cells are said not to share something
SAME = 1e-3  # of the cost: minima that differ by less are one
UNSEEN = 0.02  # share of a deviation's variance that data have to take away to say something of it
GEOMETRY = ("thickness", "area")
MOVED = (
    0.0,
    -1.0,
    1.0,
)  # of ln τ of the arc that other cells do not predict, where a fit starts from those that they do
ROUNDS = 3  # in which every full cell is tried the other way


@dataclass(frozen=True)
class Choice:
    """Which of the exchangeable arcs of a full cell is which.

    Attributes:
        exchanged: Whether the other way round than its separate fit took them.
        delta: By how much the other way costs more, in variances; NaN where there is no other minimum.
        confidence: 0.5 to 1: weight of the chosen way against the other.
        apart: How far the two ways are from each other, in standard errors of ln R of the arcs.
    """

    exchanged: bool
    delta: float
    confidence: float
    apart: float


@dataclass(frozen=True)
class Pull:
    """How far one cell is from what the others have.

    Attributes:
        cell: Its number.
        what: The quantity, or ``thickness`` or ``area``.
        deviation: Of ln, of n as it is.
        score: In standard deviations of what scatter and noise allow.
    """

    cell: int
    what: Common | str
    deviation: float
    score: float


@dataclass(frozen=True, eq=False)
class JointCells:
    """What a joint fit of cells found.

    Attributes:
        cells: In their final assignment.
        commons: Quantities, in the order of the shared parameters.
        scatter: Of each, as used.
        links: Of the fit.
        solution: Of the fit.
        choices: Number of a full cell → which of its arcs is which.
        chi2: By how much sharing with the scatter that was allowed first costs more than separate fits.
        degrees_of_freedom: Of that.
        pulls: Of all cells in that fit, the farthest first.
    """

    cells: tuple[CellProblem, ...]
    commons: tuple[Common, ...]
    scatter: tuple[float, ...]
    links: Links
    solution: JointSolution
    choices: Mapping[int, Choice]
    chi2: float
    degrees_of_freedom: int
    pulls: tuple[Pull, ...]

    @property
    def exchanged(self) -> tuple[bool, ...]:
        """Which cells have their slow arcs the other way round than their separate fits."""
        return tuple(i in self.choices and self.choices[i].exchanged for i in range(len(self.cells)))

    @property
    def x(self) -> list[Floats]:
        """Coordinates of each cell."""
        return [self.solution.x[i, : len(cell.start)] for i, cell in enumerate(self.cells)]

    @property
    def shares(self) -> bool:
        """Whether the cells share what they are taken to."""
        return probability_of_chi2(self.chi2, max(self.degrees_of_freedom, 1)) >= DOUBTFUL

    @property
    def widening(self) -> float:
        """Factor on all errors: where cells differ more than they should, and no one quantity's scatter tells why."""
        raised = any(size > SCATTER[common.kind] for common, size in zip(self.commons, self.scatter, strict=True))
        return 1.0 if self.shares or raised else float(np.sqrt(self.chi2 / self.degrees_of_freedom))

    def level(self, common: Common) -> tuple[float, float]:
        """Return a shared quantity and its standard error, of ln except for exponents; NaN at a bound."""
        i = self.commons.index(common)
        return float(self.solution.shared[i]), _root(self.solution.covariance[i, i])

    def own(self, cell: int, common: Common) -> tuple[float, float]:
        """Return what a quantity is in one cell, likewise."""
        g, w = self._own(common)
        value = float(g @ self.solution.shared + w @ self.solution.local[cell])
        return value, _root(self.solution.variance(cell, g, w))

    def at_bound(self, common: Common) -> bool:
        """Tell whether a level rests on a bound, or is not seen at all."""
        return bool(self.solution.at_bound[self.commons.index(common)])

    def count(self, common: Common) -> int:
        """Return how many cells have a quantity."""
        return sum(common in cell.commons for cell in self.cells)

    def _own(self, common: Common) -> tuple[Floats, Floats]:
        i = self.commons.index(common)
        g, w = np.zeros(len(self.commons)), np.zeros(self.solution.local.shape[1])
        g[i] = 1.0
        if self.count(common) > 1:
            w[_first_deviation(self.cells) + i] = self.scatter[i]
        return g, w


def _root(variance: float) -> float:
    return float(np.sqrt(variance)) if variance > 0 else float("nan")


def fit_cells(cells: Sequence[CellProblem]) -> JointCells:
    """Fit cells together.

    Args:
        cells: At least two, of different kinds.
    """
    commons = tuple(dict.fromkeys(common for cell in cells for common in cell.commons))
    setting = _Setting(tuple(cells), commons, tuple(SCATTER[common.kind] for common in commons))
    found = _search(setting, (False,) * len(cells), [cell.start for cell in cells])
    if found.shares:
        return found
    wider = _with_wider_scatter(setting, found)
    again = _search(setting, wider.exchanged, wider.x)  # scatter helps over hills, too
    if again.chi2 < found.chi2 - SAME:
        found = again
        wider = again if again.shares else _with_wider_scatter(setting, again)
    return replace(wider, chi2=found.chi2, pulls=found.pulls)


def _with_wider_scatter(setting: _Setting, found: JointCells) -> JointCells:
    """Raise the scatter of what cells share least, one quantity after the other, until they share the rest."""
    for _ in found.commons:
        worst = _least_shared(found)
        if found.shares or worst is None:
            break
        j, size = worst
        wider = (*found.scatter[:j], size, *found.scatter[j + 1 :])
        found = _search(replace(setting, scatter=wider), found.exchanged, found.x)
    return found


@dataclass(frozen=True, eq=False)
class _Setting:
    cells: tuple[CellProblem, ...]
    commons: tuple[Common, ...]
    scatter: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class _Run:
    """One minimisation: which cells were exchanged, and where it ended."""

    cells: tuple[CellProblem, ...]
    exchanged: tuple[bool, ...]
    links: Links
    solution: JointSolution


def _search(setting: _Setting, exchanged: tuple[bool, ...], x: Sequence[Floats]) -> JointCells:
    """Minimise from every way to take the full cells, one after the other; ties go to the separate fits' way."""
    full = [i for i, cell in enumerate(setting.cells) if cell.exchangeable]
    best = _run(setting, exchanged, x)
    others: dict[int, list[_Run]] = {}
    for _ in range(ROUNDS):
        before = best
        for i in full:
            others[i] = _alternatives(setting, best, i)
            better = min(others[i], key=lambda run: run.solution.cost)
            if better.solution.cost < best.solution.cost - SAME:
                others[i].append(best)
                best = better
        if best is before:
            break
    choices = {i: _choice(setting.cells[i], best, others[i], i) for i in full}
    cells = tuple(
        cell.exchanged() if i in choices and choices[i].exchanged else cell for i, cell in enumerate(setting.cells)
    )
    found = JointCells(
        cells=cells,
        commons=setting.commons,
        scatter=setting.scatter,
        links=best.links,
        solution=best.solution,
        choices=choices,
        chi2=max(best.solution.cost - sum(_cost_alone(cell) for cell in setting.cells), 0.0),
        degrees_of_freedom=sum(sum(common in cell.commons for cell in setting.cells) - 1 for common in setting.commons),
        pulls=(),
    )
    return replace(found, pulls=_pulls(found))


def _choice(cell: CellProblem, best: _Run, others: Sequence[_Run], i: int) -> Choice:
    """Compare the best fit with the best one in which the slow arcs of a full cell come in the other order."""
    side = best.cells[i].slower(best.solution.x[i])
    exchanged = cell.slower(cell.start) != side
    unlike = [run for run in others if run.cells[i].slower(run.solution.x[i]) != side]
    if not unlike:
        return Choice(exchanged, float("nan"), 1.0, float("inf"))
    other = min(unlike, key=lambda run: run.solution.cost)
    delta = max(other.solution.cost - best.solution.cost, 0.0)
    return Choice(exchanged, delta, float(1 / (1 + np.exp(-min(delta, 200.0) / 2))), _apart(best, other, i))


def _apart(best: _Run, other: _Run, cell: int) -> float:
    places = [best.cells[cell].arcs[role].r for role in EXCHANGEABLE]
    errors = np.sqrt(np.diagonal(best.solution.x_covariance[cell])[places])
    return float(np.max(np.abs(best.solution.x[cell, places] - other.solution.x[cell, places]) / errors))


def _alternatives(setting: _Setting, best: _Run, cell: int) -> list[_Run]:
    """Return runs that start with one full cell the other way round, and as the others predict it."""
    x = [best.solution.x[i, : len(one.start)] for i, one in enumerate(best.cells)]
    exchanged = tuple(flag != (i == cell) for i, flag in enumerate(best.exchanged))
    swapped = [one.swap(x[i]) if i == cell else x[i] for i, one in enumerate(best.cells)]
    found = [_run(setting, exchanged, swapped, apart=cell)]
    levels = _levels(
        setting, [one for i, one in enumerate(best.cells) if i != cell], [y for i, y in enumerate(x) if i != cell]
    )
    if any(Common(role, "resistance") in levels for role in EXCHANGEABLE):
        for moved in MOVED:
            predicted = [one.predicted(x[i], levels, moved) if i == cell else x[i] for i, one in enumerate(best.cells)]
            found.append(_run(setting, best.exchanged, predicted, apart=cell))
    return found


def _run(setting: _Setting, exchanged: tuple[bool, ...], x: Sequence[Floats], apart: int | None = None) -> _Run:
    """Minimise from coordinates; levels start from all cells, or where others have them, from all but one."""
    cells = tuple(cell.exchanged() if flag else cell for cell, flag in zip(setting.cells, exchanged, strict=True))
    batch = UnlikeProblems([cell.problem for cell in cells], [cell.noise for cell in cells])
    links = _links(setting, cells, batch)
    levels = _levels(setting, cells, x)
    if apart is not None:
        some = [i for i in range(len(cells)) if i != apart]
        levels |= _levels(setting, [cells[i] for i in some], [x[i] for i in some])
    g = np.array([levels[common] for common in setting.commons])
    w = _local_start(setting, cells, x, g, links)
    return _Run(cells, exchanged, links, minimise_jointly(batch.residuals, links, g, w, max_step=batch.max_step))


def _levels(setting: _Setting, cells: Sequence[CellProblem], x: Sequence[Floats]) -> dict[Common, float]:
    """Return weighted means of what cells have at coordinates x."""
    found = {}
    for common, scatter in zip(setting.commons, setting.scatter, strict=True):
        having = [(cell, y) for cell, y in zip(cells, x, strict=True) if common in cell.commons]
        if having:
            variances = [min(cell.alone(common)[1], 1e6) + scatter**2 for cell, _ in having]
            values = [cell.value(common, y) for cell, y in having]
            found[common] = float(np.average(values, weights=1 / np.array(variances)))
    return found


def _first_deviation(cells: Sequence[CellProblem]) -> int:
    return max(len(cell.start) for cell in cells)


def _links(setting: _Setting, cells: Sequence[CellProblem], batch: UnlikeProblems) -> Links:
    """Return how coordinates follow from levels (shared) and own values, deviations and geometry (local).

    Local parameters are, in this order: one a coordinate, one a common quantity, thickness and area. All are
    deviations of standard normal prior; those that a cell does not have move nothing.
    """
    n, k, p = len(cells), max(batch.sizes), len(setting.commons)
    m = k + p + len(GEOMETRY)
    constant, shared, local = np.zeros((n, k)), np.zeros((n, k, p)), np.zeros((n, k, m))
    local_lower, local_upper = np.full((n, m), -np.inf), np.full((n, m), np.inf)
    lower, upper = np.full(p, -np.inf), np.full(p, np.inf)
    count = [sum(common in cell.commons for cell in cells) for common in setting.commons]
    for i, cell in enumerate(cells):
        linked = {cell.index(common) for common in cell.commons}
        for q, start in enumerate(cell.start.tolist()):
            if q in linked:
                continue
            constant[i, q] = start
            if not cell.problem.fixed[q] or q in cell.known:
                size = cell.known.get(q, OWN if cell.problem.log[q] else OWN_EXPONENT)
                local[i, q, q] = size
                if q not in cell.known:
                    local_lower[i, q] = (cell.problem.lower[0, q] - start) / size
                    local_upper[i, q] = (cell.problem.upper[0, q] - start) / size
        for j, common in enumerate(setting.commons):
            if common not in cell.commons:
                continue
            q = cell.index(common)
            constant[i, q] = cell.offset(common)
            shared[i, q, j] = 1.0
            local[i, q, k + j] = setting.scatter[j] if count[j] > 1 else 0.0
            # a film thicker than said has a larger R than its level at the thickness that was said
            local[i, q, -2:] = np.array(common.by_geometry) * (cell.thickness_error, cell.area_error)
            if common.kind == "exponent":
                lower[j] = max(lower[j], cell.problem.lower[0, q])
                upper[j] = min(upper[j], cell.problem.upper[0, q])
            elif common.kind == "resistance":
                ends = cell.problem.lower[0, q] - constant[i, q], cell.problem.upper[0, q] - constant[i, q]
                lower[j] = ends[0] if np.isinf(lower[j]) else min(lower[j], ends[0])
                upper[j] = ends[1] if np.isinf(upper[j]) else max(upper[j], ends[1])
        for common in cell.commons:
            if common.kind == "capacitance":  # ln τ = ln C + ln R
                q, r = cell.index(common), cell.arcs[common.role].r
                constant[i, q] += constant[i, r]
                shared[i, q] += shared[i, r]
                local[i, q] += local[i, r]
    return Links(
        constant=constant,
        shared=shared,
        local=local,
        deviation=np.ones(m, bool),
        precision=np.zeros(p),
        lower=lower,
        upper=upper,
        local_lower=local_lower,
        local_upper=local_upper,
        free=np.ones(p, bool),
        local_free=np.ones((n, m), bool),
    )


def _local_start(
    setting: _Setting, cells: Sequence[CellProblem], x: Sequence[Floats], g: Floats, links: Links
) -> Floats:
    w = np.zeros((len(cells), links.local.shape[2]))
    k = links.local.shape[1]
    for i, (cell, y) in enumerate(zip(cells, x, strict=True)):
        for q in range(len(y)):
            if links.local[i, q, q] > 0:
                w[i, q] = (y[q] - links.constant[i, q]) / links.local[i, q, q]
        for j, common in enumerate(setting.commons):
            if common in cell.commons and links.local[i, cell.index(common), k + j] > 0:
                w[i, k + j] = (cell.value(common, y) - g[j]) / setting.scatter[j]
    return w


def _cost_alone(cell: CellProblem) -> float:
    r, _ = cell.problem.residuals(cell.start[None], np.zeros(1, int))
    return float((r**2).sum()) / cell.noise**2


def _pulls(found: JointCells) -> tuple[Pull, ...]:
    """Return how far cells are from what others have: the cost that each saves were it free, as its root."""
    pulls = []
    for i, cell in enumerate(found.cells):
        places: list[tuple[Common | str, int, float]] = [
            (common, _first_deviation(found.cells) + j, found.scatter[j])
            for j, common in enumerate(found.commons)
            if common in cell.commons and found.count(common) > 1
        ]
        ends = found.solution.local.shape[1] - len(GEOMETRY)
        errors = cell.thickness_error, cell.area_error
        places += [(name, ends + j, errors[j]) for j, name in enumerate(GEOMETRY) if errors[j] > 0]
        for what, place, size in places:
            w = np.zeros(found.solution.local.shape[1])
            w[place] = 1.0
            spared = 1 - found.solution.variance(i, np.zeros(len(found.commons)), w)
            at = float(found.solution.local[i, place])
            pulls.append(Pull(i, what, at * size, abs(at) / np.sqrt(spared) if spared > UNSEEN else 0.0))
    return tuple(sorted(pulls, key=lambda pull: -pull.score))


def _least_shared(found: JointCells) -> tuple[int, float] | None:
    """Return the number of the quantity whose deviations are the least probable, and the scatter that they show.

    What the data say of a deviation at the level found, its prior taken away, has a chi2 about the mean that this
    scatter makes its degrees of freedom: Paule and Mandel (1982), J. Res. Natl. Bur. Stand. 87, 377.
    """
    worst, least = None, DOUBTFUL
    for j, (common, size) in enumerate(zip(found.commons, found.scatter, strict=True)):
        place = _first_deviation(found.cells) + j
        y, variance = [], []
        for i, cell in enumerate(found.cells):
            if common in cell.commons and (spared := 1 - float(found.solution.own[i, place, place])) > UNSEEN:
                y.append(float(found.solution.local[i, place]) / spared * size)
                variance.append(size**2 * (1 / spared - 1))
        if len(y) < 2:
            continue
        probability = probability_of_chi2(_misfit(np.array(y), np.array(variance) + size**2), len(y) - 1)
        if probability < least:
            worst, least = (j, _scatter_seen(np.array(y), np.array(variance), size)), probability
    return worst


def _scatter_seen(y: Floats, variance: Floats, size: float) -> float:
    low, high = size, 10.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _misfit(y, variance + middle**2) > len(y) - 1 else (low, middle)
    return high


def _misfit(y: Floats, variance: Floats) -> float:
    mean = np.average(y, weights=1 / variance)
    return float(((y - mean) ** 2 / variance).sum())
