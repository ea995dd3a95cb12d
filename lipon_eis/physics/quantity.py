"""A derived quantity with its errors, and the bench it is worked out on.

Every quantity is a smooth function of the fitted parameters, the thickness and the area. Its
derivatives are taken by complex steps, exact to rounding (Squire and Trapp 1998, SIAM Rev. 40,
110), so a formula is written once; the errors follow to first order with all correlations
(JCGM 100:2008, eq. 13). The part that comes from the fit and the part that comes from the
geometry are kept apart, because the geometry is common to all spectra of a film.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.uncertainty import WIDEST, quantile, student_t
from lipon_eis.physics.cell import PLANE, Cell, cell_of
from lipon_eis.sample import Sample

Numbers = NDArray[Any]
Formula = Callable[[Numbers, Numbers, Numbers], Numbers]
"""(p (..., k), thickness [m], true area [m²]) → the quantity in its unit."""

STEP = 1e-30


@dataclass(frozen=True)
class Derived:
    """One derived quantity; NaN for what is not known.

    Attributes:
        name: As in the results file, ``sigma_bulk``.
        unit: Of everything here: ``S/cm``, ``ohm cm2``, ``F``, ``F/cm2``, ``Hz``, ``s``, ``m``, ``cm2/s``,
            ``ohm s^-1/2`` or none.
        value: The estimate.
        stderr: One standard error, from fit and geometry.
        stderr_fit: The fit's part.
        stderr_geometry: That of thickness and area; NaN where they carry no error.
        interval: 95 %; an end may be NaN.
        formula: How it was got.
        reason: Why it has no value, or an empty text.
    """

    name: str
    unit: str
    value: float
    stderr: float
    stderr_fit: float
    stderr_geometry: float
    interval: tuple[float, float]
    formula: str
    reason: str = ""


def unknown(name: str, unit: str, formula: str, reason: str) -> Derived:
    """A quantity without a value, with the reason."""
    return Derived(name, unit, np.nan, np.nan, np.nan, np.nan, (np.nan, np.nan), formula, reason)


@dataclass(frozen=True, eq=False)
class Workbench:
    """What the formulas of one spectrum are evaluated with."""

    fit: Fit
    sample: Sample

    @cached_property
    def cell(self) -> Cell:
        """The geometry as one number."""
        return cell_of(self.sample)

    def derive(
        self,
        name: str,
        unit: str,
        formula: Formula,
        text: str,
        *,
        uses: tuple[int, ...],
        geometry: str = "",
        reason: str = "",
    ) -> Derived:
        """Evaluate one formula with its errors, or say why it cannot be.

        Args:
            name: Of the quantity.
            unit: Of the quantity.
            formula: The function.
            text: The formula in words.
            uses: Indices of the parameters it needs.
            geometry: What it needs of the sample: ``K`` the cell constant, ``A`` the area and ``dA`` thickness and
                area, which have a meaning between electrodes above and below the film only.
            reason: Why it shall have no value, if so.
        """
        letters = self.cell.needs if geometry == "K" else geometry
        missing = [what for key, what in (("d", "thickness"), ("A", "area")) if key in letters and not self._has(what)]
        if geometry == "K" and self.cell.missing:
            reason = self.cell.missing
        elif geometry in ("A", "dA") and self.cell.in_plane:
            reason = PLANE + "the area is not that which the current passes"
        elif missing:
            reason = f"no {' and no '.join(missing)}"
        if not reason and (lost := [self.fit.circuit.names[i] for i in uses if not self.fit.known[i]]):
            if len(uses) == 1:
                return self._one_sided(name, unit, formula, text, uses[0])
            reason = f"{', '.join(lost)} not known"
        if reason:
            return unknown(name, unit, text, reason)
        if "A" in letters and self.cell.roughness != 1:
            text += f", A {self.cell.roughness:g} times the geometric area"

        k = len(self.fit.used_values)
        point = np.concatenate([self.fit.used_values, [self.sample.thickness or 1.0, self.sample.area or 1.0]])
        steps = np.where(point == 0, 1.0, point) * STEP
        moved = point + 1j * np.diag(steps)
        rough = self.cell.roughness
        with np.errstate(all="ignore"):  # a resistance that the caller fixed at 0
            value = float(formula(point[:k], point[k], rough * point[k + 1]))
            slope = np.imag(formula(moved[:, :k], moved[:, k], rough * moved[:, k + 1])) / steps
        if not (math.isfinite(value) and np.isfinite(slope).all()):
            zero = ", ".join(self.fit.circuit.names[i] for i in uses if self.fit.used_values[i] == 0)
            return unknown(name, unit, text, f"{zero or 'a parameter'} is 0")

        covariance = np.nan_to_num(self.fit.covariance, nan=0.0, posinf=np.inf)
        used = slope[:k] != 0
        part = covariance[np.ix_(used, used)]
        variance = slope[:k][used] @ part @ slope[:k][used] if np.isfinite(part).all() else np.inf
        by_fit = float(np.sqrt(variance)) if 0 < variance < np.inf else np.nan  # 0: all that it needs was fixed
        errors = [self.sample.thickness_stderr, self.sample.area_stderr]
        shares = [slope[k + i] * error for i, error in enumerate(errors) if error is not None and slope[k + i] != 0]
        by_geometry = float(np.hypot.reduce(shares)) if shares else np.nan
        stderr = float(np.hypot(by_fit, np.nan_to_num(by_geometry)))
        low, high = self._logarithmic_widths(formula, uses, value, by_fit)
        common = float(student_t(np.array(self.fit.degrees_of_freedom))) * np.nan_to_num(by_geometry) / value
        interval = value * _factor(-math.hypot(low, common)), value * _factor(math.hypot(high, common))
        return Derived(name, unit, value, stderr, by_fit, by_geometry, interval, text)

    def _has(self, what: str) -> bool:
        return getattr(self.sample, what) is not None

    def _logarithmic_widths(
        self, formula: Formula, uses: tuple[int, ...], value: float, by_fit: float
    ) -> tuple[float, float]:
        """Return how far a 95 % interval reaches down and up for the fit's part alone, in ln of the quantity.

        A quantity of one parameter has the interval of that parameter, however it was got; one of several has
        as many standard errors as the fit's intervals have.
        """
        if len(uses) == 1 and self.fit.interval_method[uses[0]] in ("profile", "bootstrap"):
            low, high = self._ends(formula, uses[0])
            return math.log(value / low), math.log(high / value)
        width = quantile(self.fit) * by_fit / value
        return width, width

    def _one_sided(self, name: str, unit: str, formula: Formula, text: str, index: int) -> Derived:
        """A quantity of a single parameter that is bounded from one side is bounded from one side."""
        low, high = self._ends(formula, index)
        why = f"{self.fit.circuit.names[index]} is bounded from one side only"
        return Derived(name, unit, np.nan, np.nan, np.nan, np.nan, (low, high), text, why)

    def _ends(self, formula: Formula, index: int) -> tuple[float, float]:
        """Return the quantity at the ends of one parameter's interval, the lower first; NaN for an open end."""
        geometry = np.array(self.sample.thickness or 1.0), np.array(self.cell.roughness * (self.sample.area or 1.0))

        def at(parameter: float) -> float:
            p = self.fit.used_values.copy()
            p[index] = parameter
            return float(formula(p, *geometry)) if np.isfinite(parameter) else math.nan

        here = float(self.fit.used_values[index])
        low, high = (at(end) for end in self.fit.intervals[index].tolist())
        return (low, high) if at(1.01 * here) > at(here) else (high, low)


def _factor(width: float) -> float:
    """Return exp(width), NaN where it says nothing: an open end, or one hundreds of powers of ten away."""
    return math.exp(width) if abs(width) < WIDEST else math.nan
