"""One least squares for complementary cells: what a material is in one of them, it is in all.

What is shared and how far cells may stray from it is `lipon_eis.physics.cell_links`. Which of the two slow arcs of a
full cell is the lithium's, its own spectrum hardly tells; symmetric cells do. Fits start from both ways and from what
the other cells predict, and the cost of the way that was not taken says how sure the choice is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.joint import JointSolution, minimise_jointly
from lipon_eis.fitting.unlike import UnlikeProblems
from lipon_eis.physics.arrhenius import probability_of_chi2
from lipon_eis.physics.cell_links import SCATTER, CellModel
from lipon_eis.physics.cell_problem import EXCHANGEABLE, CellProblem, Common
from lipon_eis.physics.cell_sharing import DOUBTFUL, Pull, least_shared, pulls_of

Floats = NDArray[np.float64]

SAME = 1e-3  # of the cost: minima that differ by less are one
MOVED = (0.0, -1.0, 1.0)  # of ln τ of the arc that is left when other cells predict one, where fits start
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


@dataclass(frozen=True, eq=False)
class JointCells:
    """What a joint fit of cells found.

    Attributes:
        model: The cells in their final assignment, what they share, and the scatter that was allowed in the end.
        solution: Of the fit.
        choices: Number of a full cell → which of its arcs is which.
        chi2: By how much sharing with the scatter that was allowed first costs more than separate fits.
        degrees_of_freedom: Of that.
        pulls: Of all cells in that fit, the farthest first.
    """

    model: CellModel
    solution: JointSolution
    choices: Mapping[int, Choice]
    chi2: float
    degrees_of_freedom: int
    pulls: tuple[Pull, ...]

    @property
    def cells(self) -> tuple[CellProblem, ...]:
        """The cells."""
        return self.model.cells

    @property
    def commons(self) -> tuple[Common, ...]:
        """What they share."""
        return self.model.commons

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
    def raised(self) -> dict[Common, float]:
        """The scatter of quantities whose scatter had to be raised."""
        pairs = zip(self.commons, self.model.scatter, strict=True)
        return {common: size for common, size in pairs if size > SCATTER[common.kind]}

    @property
    def widening(self) -> float:
        """Factor on all errors: where cells differ more than they should, and no one quantity's scatter tells why."""
        return 1.0 if self.shares or self.raised else float(np.sqrt(self.chi2 / self.degrees_of_freedom))

    def level(self, common: Common) -> tuple[float, float]:
        """Return a shared quantity and its standard error, of ln except for exponents; NaN at a bound."""
        i = self.commons.index(common)
        return float(self.solution.shared[i]), _root(float(self.solution.covariance[i, i]))

    def own(self, cell: int, common: Common) -> tuple[float, float]:
        """Return what a quantity is in one cell, likewise."""
        i = self.commons.index(common)
        g, w = np.zeros(len(self.commons)), np.zeros(self.model.n_local)
        g[i] = 1.0
        w[self.model.deviation(i)] = self.model.scatter[i] if self.model.count(common) > 1 else 0.0
        value = float(g @ self.solution.shared + w @ self.solution.local[cell])
        return value, _root(self.solution.variance(cell, g, w))

    def at_bound(self, common: Common) -> bool:
        """Tell whether a level rests on a bound, or is not seen at all."""
        return bool(self.solution.at_bound[self.commons.index(common)])


def fit_cells(cells: Sequence[CellProblem]) -> JointCells:
    """Fit cells together.

    Args:
        cells: At least two, of different kinds.
    """
    commons = tuple(dict.fromkeys(common for cell in cells for common in cell.commons))
    model = CellModel(tuple(cells), commons, tuple(SCATTER[common.kind] for common in commons))
    found = _search(model, (False,) * len(cells), [cell.start for cell in cells])
    if found.shares:
        return found
    wider = _with_wider_scatter(model, found)
    again = _search(model, wider.exchanged, wider.x)  # scatter helps over hills, too
    if again.chi2 < found.chi2 - SAME:
        found = again
        wider = again if again.shares else _with_wider_scatter(model, again)
    return replace(wider, chi2=found.chi2, pulls=found.pulls)


def _with_wider_scatter(model: CellModel, found: JointCells) -> JointCells:
    """Raise the scatter of what cells share least, one quantity after the other, until they share the rest."""
    for _ in found.commons:
        worst = least_shared(found.model, found.solution)
        if found.shares or worst is None:
            break
        j, size = worst
        wider = (*found.model.scatter[:j], size, *found.model.scatter[j + 1 :])
        found = _search(replace(model, scatter=wider), found.exchanged, found.x)
    return found


@dataclass(frozen=True, eq=False)
class _Run:
    """One minimisation: which cells were exchanged, and where it ended."""

    model: CellModel
    exchanged: tuple[bool, ...]
    solution: JointSolution

    @property
    def cost(self) -> float:
        return self.solution.cost

    @property
    def x(self) -> list[Floats]:
        return [self.solution.x[i, : len(cell.start)] for i, cell in enumerate(self.model.cells)]

    def slower(self, cell: int) -> int:
        return self.model.cells[cell].slower(self.solution.x[cell])


def _search(model: CellModel, exchanged: tuple[bool, ...], x: Sequence[Floats]) -> JointCells:
    """Minimise from every way to take the full cells, one after the other; ties go to the separate fits' way."""
    full = [i for i, cell in enumerate(model.cells) if cell.exchangeable]
    best = _run(model, exchanged, x)
    others: dict[int, list[_Run]] = {}
    for _ in range(ROUNDS):
        before = best
        for i in full:
            others[i] = _alternatives(model, best, i)
            better = min(others[i], key=lambda run: run.cost)
            if better.cost < best.cost - SAME:
                others[i].append(best)
                best = better
        if best is before:
            break
    choices = {i: _choice(model.cells[i], best, others[i], i) for i in full}
    flags = (i in choices and choices[i].exchanged for i in range(len(model.cells)))
    final = _taken(model, tuple(flags))
    return JointCells(
        model=final,
        solution=best.solution,
        choices=choices,
        chi2=max(best.cost - sum(cell.cost_alone for cell in model.cells), 0.0),
        degrees_of_freedom=sum(model.count(common) - 1 for common in model.commons),
        pulls=pulls_of(final, best.solution),
    )


def _choice(cell: CellProblem, best: _Run, others: Sequence[_Run], i: int) -> Choice:
    """Compare the best fit with the best one in which the slow arcs of a full cell come in the other order."""
    exchanged = cell.slower(cell.start) != best.slower(i)
    unlike = [run for run in others if run.slower(i) != best.slower(i)]
    if not unlike:
        return Choice(exchanged, float("nan"), 1.0, float("inf"))
    other = min(unlike, key=lambda run: run.cost)
    delta = max(other.cost - best.cost, 0.0)
    return Choice(exchanged, delta, float(1 / (1 + np.exp(-min(delta, 200.0) / 2))), _apart(best, other, i))


def _apart(best: _Run, other: _Run, cell: int) -> float:
    places = [best.model.cells[cell].arcs[role].r for role in EXCHANGEABLE]
    errors = np.sqrt(np.diagonal(best.solution.x_covariance[cell])[places])
    return float(np.max(np.abs(best.solution.x[cell, places] - other.solution.x[cell, places]) / errors))


def _alternatives(model: CellModel, best: _Run, cell: int) -> list[_Run]:
    """Return runs that start with one full cell the other way round, and as the others predict it."""
    one, x = best.model.cells[cell], best.x
    flipped = tuple(flag != (i == cell) for i, flag in enumerate(best.exchanged))
    found = [_run(model, flipped, _with(x, cell, one.swap(x[cell])), but=cell)]
    levels = best.model.levels(x, but=cell)
    if any(Common(role, "resistance") in levels for role in EXCHANGEABLE):
        predicted = [one.settled(one.predicted(x[cell], levels, moved)) for moved in MOVED]
        found += [_run(model, best.exchanged, _with(x, cell, y), but=cell) for y in predicted]
    return found


def _with(x: Sequence[Floats], cell: int, y: Floats) -> list[Floats]:
    return [y if i == cell else z for i, z in enumerate(x)]


def _taken(model: CellModel, exchanged: tuple[bool, ...]) -> CellModel:
    """Return a model with some cells' exchangeable arcs in each other's place."""
    pairs = zip(model.cells, exchanged, strict=True)
    return replace(model, cells=tuple(cell.exchanged() if flag else cell for cell, flag in pairs))


def _run(model: CellModel, exchanged: tuple[bool, ...], x: Sequence[Floats], but: int | None = None) -> _Run:
    """Minimise from coordinates; levels start from all cells, or where others have them, from all but one."""
    taken = _taken(model, exchanged)
    batch = UnlikeProblems([cell.problem for cell in taken.cells], [cell.noise for cell in taken.cells])
    links = taken.links()
    levels = taken.levels(x) | (taken.levels(x, but) if but is not None else {})
    g = np.array([levels[common] for common in taken.commons])
    w = taken.local_start(x, levels, links)
    return _Run(taken, exchanged, minimise_jointly(batch.residuals, links, g, w, max_step=batch.max_step))


def _root(variance: float) -> float:
    return float(np.sqrt(variance)) if variance > 0 else float("nan")
