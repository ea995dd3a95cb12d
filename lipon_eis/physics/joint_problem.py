"""The spectra of one film as they are before a joint fit: what each says alone, where to start, what strays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.solver import inverse_information
from lipon_eis.physics.arrhenius import inverse_temperature, probability_of_chi2
from lipon_eis.physics.joint_links import SLOPES, SPAN, Link, Thermometer

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STRAYING = 0.001  # probability of a chi2 below which spectra are taken to stray from what they share
SEEN = 1.0  # variance of a coordinate beyond which a spectrum says nothing of it
NOTICED = 1e-4  # of ln C, n or ln R0: what differs by less is the same
ANY = 1e-12  # precision of a slope that may be any


@dataclass(frozen=True, eq=False)
class FilmProblem:
    """The spectra of one film, and what each says alone.

    Attributes:
        problem: Of all spectra, in coordinates.
        links: What they share.
        noise: Standard deviation of a weighted residual of each, shape (n,).
        start: Coordinates that each has alone, shape (n, k).
        moves: Of these, those that were estimated, shape (n, k).
        resolved: Role → spectra in whose window its arc lies, shape (n,).
        thermometer: Of the series.
        known: Index of a lead → (ln of its value, relative error), measured apart.
    """

    problem: Problem
    links: tuple[Link, ...]
    noise: Floats
    start: Floats
    moves: Bools
    resolved: Mapping[str, Bools]
    thermometer: Thermometer
    known: Mapping[int, tuple[float, float]]

    def residuals(self, x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return residuals in standard deviations of the noise of each spectrum."""
        r, jacobian = self.problem.residuals(x, rows)
        scale = self.noise[rows]
        return r / scale[:, None], jacobian / scale[:, None, None]

    def shifted(self, kelvin: float) -> FilmProblem:
        """Return the series as if the thermometer read more."""
        return replace(self, thermometer=replace(self.thermometer, reading=self.thermometer.reading + kelvin))

    @cached_property
    def variance(self) -> Floats:
        """Covariance of the coordinates of each spectrum alone; NaN for what did not move, shape (n, k, k)."""
        _, jacobian = self.residuals(self.start, np.arange(len(self.start)))
        return inverse_information(jacobian, self.moves)

    @property
    def cost_alone(self) -> float:
        """Sum of squared residuals of the separate fits."""
        r, _ = self.residuals(self.start, np.arange(len(self.start)))
        return float((r**2).sum())

    def seen(self, link: Link) -> tuple[Floats, Floats]:
        """Return a linked coordinate and its variance of each spectrum alone, each (n,); infinite where not seen."""
        direction = np.zeros(self.start.shape[1])
        direction[link.index] = 1.0
        if link.under is not None:
            direction[link.under] = -1.0
        used = direction != 0
        part = self.variance[:, used][:, :, used]
        usable = np.isfinite(part).all(axis=(1, 2))
        spread = np.full(len(part), np.inf)
        spread[usable] = np.einsum("k,nkl,l->n", direction[used], part[usable], direction[used])
        silent = ~(spread < SEEN)
        if link.role:
            silent |= ~self.resolved[link.role]
        return self.start @ direction, np.where(silent, np.inf, np.maximum(spread, 1e-14))

    def abscissa(self, link: Link) -> tuple[Floats, float]:
        """Return along what a linked coordinate is a straight line, shape (n,), and the precision of its slope."""
        if link.kind == "resistance":
            return inverse_temperature(self.thermometer.reading), ANY
        return self.thermometer.along(link.kind), SLOPES[link.kind] ** -2.0 if link.kind in SLOPES else 1 / ANY

    def line(self, link: Link) -> Floats:
        """Return (level, slope) of a linked coordinate, from the spectra that show it."""
        along, precision = self.abscissa(link)
        y, spread = self.seen(link)
        return straight(along, y, spread, precision)

    def start_on_lines(self) -> Floats:
        """Return coordinates to start from: spectra that do not show an arc have its resistance from the others."""
        x = self.start.copy()
        for link in self.links:
            if link.kind == "resistance":
                level, slope = self.line(link)
                along, _ = self.abscissa(link)
                x[:, link.index] = np.where(self.resolved[link.role], x[:, link.index], level + slope * along)
        return x

    def shaken(self, link: Link) -> float:
        """Return by how much a quantity that goes with temperature strays since the thermometer scatters."""
        return abs(float(self.line(link)[1])) * float(self.thermometer.scatter.max()) / SPAN

    def strays(self) -> dict[int, float]:
        """Return by how much spectra stray from what they share, where they do so by more than their errors.

        The size is such that chi2 about the straight line equals its degrees of freedom (Paule and Mandel 1982,
        J. Res. Natl. Bur. Stand. 87, 377). By index of the coordinate.
        """
        found = {}
        for link in self.links:
            y, spread = self.seen(link)
            dof = int(np.isfinite(spread).sum()) - 2
            if link.kind not in SLOPES or dof < 1:
                continue
            along, precision = self.abscissa(link)
            spread = spread + self.shaken(link) ** 2
            if probability_of_chi2(misfit(along, y, spread, precision), dof) < STRAYING:
                found[link.index] = _stray(along, y, spread, precision, dof)
        return found

    def freedom(self) -> dict[int, float]:
        """Return how far each shared quantity may differ between spectra: its stray, and what the thermometer does."""
        strays = self.strays()
        sizes = {
            link.index: float(np.hypot(strays.get(link.index, 0.0), self.shaken(link)))
            for link in self.links
            if link.kind in SLOPES
        }
        return {index: size for index, size in sizes.items() if size > NOTICED}


def straight(along: Floats, y: Floats, variance: Floats, slope_precision: float) -> Floats:
    """Return (level, slope) of a weighted line, its slope held near zero; an infinite variance is no point."""
    weight = np.where(np.isfinite(variance), 1 / variance, 0.0)
    design = np.stack([np.ones_like(along), along], axis=1)
    matrix = design.T @ (design * weight[:, None]) + np.diag([ANY, slope_precision])
    result: Floats = np.linalg.solve(matrix, design.T @ (np.where(weight > 0, y, 0.0) * weight))
    return result


def misfit(along: Floats, y: Floats, variance: Floats, slope_precision: float) -> float:
    """Return chi2 of points about their line."""
    level, slope = straight(along, y, variance, slope_precision)
    counted = np.isfinite(variance)
    return float(((y - level - slope * along)[counted] ** 2 / variance[counted]).sum())


def _stray(along: Floats, y: Floats, variance: Floats, slope_precision: float, dof: int) -> float:
    low, high = 0.0, 10.0
    for _ in range(50):
        middle = (low + high) / 2
        too_small = misfit(along, y, variance + middle**2, slope_precision) > dof
        low, high = (middle, high) if too_small else (low, middle)
    return high
