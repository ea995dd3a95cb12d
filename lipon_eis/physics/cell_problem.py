"""One cell of a set of complementary ones: its spectrum, and which of its arcs are the material's.

Between blocking electrodes a cell shows the film, between two of lithium the film and lithium's side, between two
cathodes the film and the cathode's, and a full cell shows all (Iriyama's way, as told by Vadhva et al., ChemElectroChem
2021). Free of each cell's geometry these are the same quantities:

    film         R = ρ d/A        C = ε A/d      n
    interface    R = s ASR/A      C = c A/s      n      of s equal sides in series

C is τ/R here: it is what cells of other thickness and other leads share along with ASR and n, since Q per area does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.solver import inverse_information, minimise
from lipon_eis.physics.arcs import BULK_LIKE, RoleArc, indices

Floats = NDArray[np.float64]

EXCHANGEABLE = ("anode_interface", "charge_transfer")
"""Roles of the two arcs of a full cell that its own spectrum can hardly tell apart."""

DIFFUSION_TIMES = (-6.0, 5.0, 2.0)  # ln of times that diffusion starts from, over that of the lowest frequency: a range
SMALLEST_REST = 0.05  # share of the resistance that an arc is given to start with, where none seems left


@dataclass(frozen=True)
class Common:
    """A quantity that cells share.

    Attributes:
        role: Of its arc.
        kind: ``resistance`` (ln ρ [Ω m], ln ASR [Ω m²]), ``capacitance`` (ln ε [F/m], ln C/A [F/m²]) or ``exponent``.
    """

    role: str
    kind: str

    @property
    def by_geometry(self) -> tuple[float, float]:
        """How its logarithm errs with those of thickness and area, where these are taken for what they are not."""
        if self.kind == "exponent":
            return 0.0, 0.0
        sign = 1.0 if self.kind == "resistance" else -1.0
        return (sign if self.role in BULK_LIKE else 0.0), -sign


@dataclass(frozen=True, eq=False)
class CellProblem:
    """The spectrum of one cell, and what it says alone; k coordinates.

    Attributes:
        problem: Of this spectrum only.
        arcs: Role → the arc that has it, of those that cells share.
        scale: Role → ln of its resistance over ρ or ASR: ln(d/A), ln(s/A).
        start: Coordinates that it has alone, shape (k,).
        variance: Their covariance, NaN for what did not move, shape (k, k).
        noise: Standard deviation of a weighted residual.
        known: Index of a coordinate that was measured apart → its standard error.
        geometry_errors: Relative, of thickness and area.
    """

    problem: Problem
    arcs: Mapping[str, RoleArc]
    scale: Mapping[str, float]
    start: Floats
    variance: Floats
    noise: float
    known: Mapping[int, float]
    geometry_errors: tuple[float, float]

    @classmethod
    def of(
        cls,
        problem: Problem,
        arcs: Mapping[str, RoleArc],
        scale: Mapping[str, float],
        values: Floats,
        moves: NDArray[np.bool_],
        noise: float,
        known: Mapping[int, float],
        geometry_errors: tuple[float, float],
    ) -> CellProblem:
        """Set up a cell from its separate fit.

        Args:
            problem: Of one spectrum.
            arcs: By role; those with held parts, or without a capacitance of their own, are passed over.
            scale: By role.
            values: Natural parameters of the separate fit, shape (k,).
            moves: Those that were estimated, shape (k,).
            noise: Standard deviation of a weighted residual.
            known: See the attribute.
            geometry_errors: See the attribute.
        """
        timed = {arc.q: arc.r for arc in problem.coordinates.arcs}
        usable = {
            role: arc
            for role, arc in arcs.items()
            if arc.part is not None
            and arc.part.q is not None
            and timed.get(arc.part.q) == arc.r
            and not problem.fixed[list(indices(arc))].any()
        }
        start = problem.coordinates.from_natural(values[None])[0]
        _, jacobian = problem.residuals(start[None], np.zeros(1, int))
        variance = inverse_information(jacobian / noise, moves[None])[0]
        return cls(problem, usable, scale, start, variance, noise, known, geometry_errors)

    @property
    def commons(self) -> tuple[Common, ...]:
        """The quantities that it has in common with others."""
        return tuple(
            Common(role, kind)
            for role, arc in self.arcs.items()
            for kind in ("resistance", "capacitance", "exponent")
            if kind != "exponent" or (arc.part is not None and arc.part.n is not None)
        )

    @property
    def exchangeable(self) -> bool:
        """Whether it has two arcs that may stand for each other."""
        forms = [arc.part.form for role in EXCHANGEABLE if (arc := self.arcs.get(role)) and arc.part]
        return len(forms) == 2 and forms[0] == forms[1]

    def index(self, common: Common) -> int:
        """Return the coordinate that a quantity is, or for a capacitance that of ln τ = ln R + ln C."""
        arc = self.arcs[common.role]
        assert arc.part is not None
        index = {"resistance": arc.r, "capacitance": arc.part.q, "exponent": arc.part.n}[common.kind]
        assert index is not None
        return index

    def direction(self, common: Common) -> Floats:
        """Return the derivatives of a quantity by the coordinates, shape (k,)."""
        found = np.zeros(len(self.start))
        found[self.index(common)] = 1.0
        if common.kind == "capacitance":
            found[self.arcs[common.role].r] = -1.0
        return found

    def offset(self, common: Common) -> float:
        """Return what geometry adds to the quantity in the coordinates."""
        return {"resistance": 1.0, "capacitance": -1.0, "exponent": 0.0}[common.kind] * self.scale[common.role]

    def value(self, common: Common, x: Floats) -> float:
        """Return a quantity at coordinates x, for thickness and area as given."""
        return float(self.direction(common) @ x) - self.offset(common)

    def alone(self, common: Common) -> tuple[float, float]:
        """Return a quantity and its variance, that of the geometry included, as the separate fit says."""
        direction = self.direction(common)
        used = direction != 0
        part = self.variance[np.ix_(used, used)]
        spread = float(direction[used] @ part @ direction[used]) if np.isfinite(part).all() else np.inf
        geometry = float(((np.array(common.by_geometry) * self.geometry_errors) ** 2).sum())
        return self.value(common, self.start), spread + geometry

    @property
    def cost_alone(self) -> float:
        """Sum of squared residuals of the separate fit, in variances; the order of its arcs does not matter."""
        r, _ = self.problem.residuals(self.start[None], np.zeros(1, int))
        return float((r**2).sum()) / self.noise**2

    def slower(self, x: Floats) -> int:
        """Return which of the exchangeable arcs is the slower at coordinates x."""
        tau = [x[self.index(Common(role, "capacitance"))] for role in EXCHANGEABLE]
        return int(tau[1] > tau[0])

    def swap(self, x: Floats) -> Floats:
        """Return coordinates with the exchangeable arcs in each other's place."""
        return x[self._order()]

    def exchanged(self) -> CellProblem:
        """Return the cell as if its separate fit had taken the exchangeable arcs the other way round."""
        order = self._order()
        return replace(self, start=self.start[order], variance=self.variance[np.ix_(order, order)])

    def predicted(self, x: Floats, levels: Mapping[Common, float], moved: float = 0.0) -> Floats:
        """Return coordinates with the exchangeable arcs as other cells have them; what is left of R is the other's.

        Args:
            x: Coordinates to start from.
            levels: What is known of quantities from other cells; at least of one of the two arcs.
            moved: By how much ln τ of what is left lies from that of the arc that its R is taken from.
        """
        found = x.copy()
        for role, other in (EXCHANGEABLE, EXCHANGEABLE[::-1]):
            if Common(role, "resistance") not in levels:
                continue
            for common in self.commons:
                if common.role == role and common in levels:
                    i = self.index(common)
                    found[i] = levels[common] + self.offset(common)
                    if common.kind == "capacitance":
                        found[i] += found[self.arcs[role].r]
            if Common(other, "resistance") not in levels:
                self._leave_the_rest(found, x, role, other, moved)
        return np.clip(found, self.problem.lower[0], self.problem.upper[0])

    def settled(self, x: Floats) -> Floats:
        """Return coordinates whose other parts go best with the exchangeable arcs as these are at x.

        A separate fit may have taken a share of an arc for diffusion, or the other way round; so diffusion starts from
        a grid of times, with the resistance that the lowest frequency shows.
        """
        problem, parameters = self.problem, self.problem.circuit.parameters
        held = {i for role in EXCHANGEABLE for i in indices(self.arcs[role])}
        free = ~problem.fixed & ~np.isin(np.arange(len(x)), list(held))
        low, shown = float(problem.omega.min()), float(np.abs(problem.z[0, int(problem.omega[0].argmin())]))
        starts = [x]
        for i, time in enumerate(parameters):
            beside = [j for j, p in enumerate(parameters) if p.element == time.element and p.quantity == "resistance"]
            if time.quantity != "time" or len(beside) != 1 or not free[i]:
                continue
            for log_tau in np.log(1 / low) + np.arange(*DIFFUSION_TIMES):
                y = x.copy()
                y[i], y[beside[0]] = log_tau, np.log(shown) + 0.5 * max(np.log(low) + log_tau, 0.0)
                starts.append(y)
        found = minimise(
            lambda q, rows: problem.residuals(q, rows),
            np.array(starts),
            lower=problem.lower,
            upper=problem.upper,
            free=free,
            max_step=problem.max_step,
            rows=np.zeros(len(starts), int),
        )
        best: Floats = found.q[int(np.argmin(found.cost))]
        return best

    def _leave_the_rest(self, found: Floats, x: Floats, role: str, other: str, moved: float) -> None:
        """Give what the arc of a role leaves of the resistance in the window to the other, in place."""
        slowest, fastest = 1 / self.problem.omega.min(), 1 / self.problem.omega.max()
        tau = {place: np.exp(x[self.index(Common(place, "capacitance"))]) for place in EXCHANGEABLE}
        seen = [place for place in EXCHANGEABLE if fastest < tau[place] < slowest] or [*EXCHANGEABLE]
        whole = sum(float(np.exp(x[self.arcs[place].r])) for place in seen)
        larger = max(seen, key=lambda place: x[self.arcs[place].r])
        for here, there in zip(indices(self.arcs[other]), indices(self.arcs[larger]), strict=True):
            found[here] = x[there]
        rest = max(whole - float(np.exp(found[self.arcs[role].r])), SMALLEST_REST * whole)
        found[self.arcs[other].r] = np.log(rest)
        found[self.index(Common(other, "capacitance"))] += moved

    def _order(self) -> NDArray[np.intp]:
        order = np.arange(len(self.start))
        first, second = (list(indices(self.arcs[role])) for role in EXCHANGEABLE)
        order[first], order[second] = second, first
        return order
