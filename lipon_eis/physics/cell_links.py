"""What complementary cells share, as links of a joint fit: levels, deviations from them, errors of the geometry.

Films and interfaces of separate depositions are never quite alike, so a shared quantity is a *level*, and each cell has
a deviation from it, of the size `SCATTER`; hard equality would take that scatter for information. Thickness and area
err by one factor each for a whole cell, so that its resistances and capacitances move together. A quantity that one
cell alone has is that cell's, without deviation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.joint import Links
from lipon_eis.physics.cell_problem import CellProblem, Common

Floats = NDArray[np.float64]

SCATTER = {"resistance": 0.05, "capacitance": 0.05, "exponent": 0.01}
"""Standard deviation of one cell from what cells share: of ln R and ln C, of n as it is."""
OWN = 10.0  # of ln of what a cell has for itself, about its separate fit: any, but for what the data leave open
OWN_EXPONENT = 1.0
GEOMETRY = ("thickness", "area")


@dataclass(frozen=True, eq=False)
class CellModel:
    """Cells and what they share.

    Local parameters are, in this order: one a coordinate, one a common quantity, thickness and area. All are
    deviations of standard normal prior; those that a cell does not have move nothing.

    Attributes:
        cells: The cells.
        commons: Quantities that cells share, in the order of the shared parameters.
        scatter: Of each quantity.
    """

    cells: tuple[CellProblem, ...]
    commons: tuple[Common, ...]
    scatter: tuple[float, ...]

    def count(self, common: Common) -> int:
        """Return how many cells have a quantity."""
        return sum(common in cell.commons for cell in self.cells)

    @property
    def width(self) -> int:
        """Number of coordinates of the largest cell."""
        return max(len(cell.start) for cell in self.cells)

    @property
    def n_local(self) -> int:
        """Number of local parameters of each cell."""
        return self.width + len(self.commons) + len(GEOMETRY)

    def deviation(self, j: int) -> int:
        """Return the place among local parameters of the deviation from quantity j."""
        return self.width + j

    def error(self, geometry: str) -> int:
        """Return the place among local parameters of the error of thickness or area."""
        return self.width + len(self.commons) + GEOMETRY.index(geometry)

    def levels(self, x: Sequence[Floats], but: int | None = None) -> dict[Common, float]:
        """Return weighted means of what cells have at coordinates x, of all cells but one."""
        found = {}
        for common, scatter in zip(self.commons, self.scatter, strict=True):
            having = [i for i, cell in enumerate(self.cells) if common in cell.commons and i != but]
            if having:
                variances = [min(self.cells[i].alone(common)[1], 1e6) + scatter**2 for i in having]
                values = [self.cells[i].value(common, x[i]) for i in having]
                found[common] = float(np.average(values, weights=1 / np.array(variances)))
        return found

    def links(self) -> Links:
        """Return how coordinates follow from levels (shared), and own values, deviations and geometry (local)."""
        n, k, p, m = len(self.cells), self.width, len(self.commons), self.n_local
        constant, shared, local = np.zeros((n, k)), np.zeros((n, k, p)), np.zeros((n, k, m))
        local_lower, local_upper = np.full((n, m), -np.inf), np.full((n, m), np.inf)
        for i, cell in enumerate(self.cells):
            _own(cell, constant[i], local[i], local_lower[i], local_upper[i])
            for j, common in enumerate(self.commons):
                if common in cell.commons:
                    q = cell.index(common)
                    constant[i, q] = cell.offset(common)
                    shared[i, q, j] = 1.0
                    local[i, q, self.deviation(j)] = self.scatter[j] if self.count(common) > 1 else 0.0
                    local[i, q, -len(GEOMETRY) :] = np.array(common.by_geometry) * cell.geometry_errors
            for common in cell.commons:
                if common.kind == "capacitance":  # ln τ = ln C + ln R
                    q, r = cell.index(common), cell.arcs[common.role].r
                    constant[i, q] += constant[i, r]
                    shared[i, q] += shared[i, r]
                    local[i, q] += local[i, r]
        lower, upper = self._bounds()
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

    def local_start(self, x: Sequence[Floats], levels: Mapping[Common, float], links: Links) -> Floats:
        """Return the local parameters that make coordinates x of levels."""
        w = np.zeros((len(self.cells), self.n_local))
        for i, (cell, y) in enumerate(zip(self.cells, x, strict=True)):
            for q in range(len(y)):
                if links.local[i, q, q] > 0:
                    w[i, q] = (y[q] - links.constant[i, q]) / links.local[i, q, q]
            for j, common in enumerate(self.commons):
                if common in cell.commons and self.count(common) > 1:
                    w[i, self.deviation(j)] = (cell.value(common, y) - levels[common]) / self.scatter[j]
        return w

    def _bounds(self) -> tuple[Floats, Floats]:
        """Return limits of the levels: exponents within those of every cell, resistances within those of any."""
        lower, upper = np.full(len(self.commons), -np.inf), np.full(len(self.commons), np.inf)
        for j, common in enumerate(self.commons):
            having = [cell for cell in self.cells if common in cell.commons]
            places = [(cell.problem, cell.index(common), cell.offset(common)) for cell in having]
            lows = [float(problem.lower[0, q]) - offset for problem, q, offset in places]
            highs = [float(problem.upper[0, q]) - offset for problem, q, offset in places]
            if common.kind == "exponent":
                lower[j], upper[j] = max(lows), min(highs)
            elif common.kind == "resistance":
                lower[j], upper[j] = min(lows), max(highs)
        return lower, upper


def _own(cell: CellProblem, constant: Floats, local: Floats, lower: Floats, upper: Floats) -> None:
    """Fill in what a cell has for itself: every coordinate that is not shared, about its separate fit."""
    linked = {cell.index(common) for common in cell.commons}
    for q, start in enumerate(cell.start.tolist()):
        if q in linked:
            continue
        constant[q] = start
        if q in cell.known:
            local[q, q] = cell.known[q]
        elif not cell.problem.fixed[q]:
            size = local[q, q] = OWN if cell.problem.log[q] else OWN_EXPONENT
            lower[q], upper[q] = ((end[0, q] - start) / size for end in (cell.problem.lower, cell.problem.upper))
