"""Derived quantities with their errors: conductivities, permittivity, area-specific resistances and the like.

Every quantity is a smooth function of the fitted parameters, the thickness and the area. Its
derivatives are taken by complex steps, exact to rounding (Squire and Trapp 1998, SIAM Rev. 40,
110), so a formula is written once; the errors follow to first order with all correlations
(JCGM 100:2008, eq. 13). The part that comes from the fit and the part that comes from the
geometry are kept apart, because the geometry is common to all spectra of a film.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.uncertainty import WIDEST, quantile, student_t
from lipon_eis.physics.arcs import INTERFACES, RoleArc, role_arcs, tails
from lipon_eis.physics.capacitance import (
    BLOCKING,
    BRUG,
    HSU_MANSFELD,
    SMALLEST_EXPONENT,
    along_surface,
    blocking,
    through_film,
)
from lipon_eis.sample import Sample

Floats = NDArray[np.float64]
Numbers = NDArray[Any]
Formula = Callable[[Numbers, Numbers, Numbers], Numbers]
"""(p (..., k), thickness [m], area [m²]) → the quantity in its unit."""

VACUUM_PERMITTIVITY = 8.8541878128e-12  # F/m, CODATA 2018
STEP = 1e-30


@dataclass(frozen=True)
class Derived:
    """One derived quantity; NaN for what is not known.

    Attributes:
        name: As in the results file, ``sigma_bulk``.
        unit: Of everything here: ``S/cm``, ``ohm cm2``, ``F``, ``F/cm2``, ``Hz``, ``s`` or none.
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


@dataclass(frozen=True, eq=False)
class Workbench:
    """What the formulas of one spectrum are evaluated with."""

    fit: Fit
    sample: Sample

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
            geometry: ``d``, ``A`` or ``dA``: what it needs of the sample.
            reason: Why it shall have no value, if so.
        """
        missing = [what for key, what in (("d", "thickness"), ("A", "area")) if key in geometry and not self._has(what)]
        if missing:
            reason = f"no {' and no '.join(missing)}"
        elif geometry == "dA" and self.sample.geometry == "in-plane":
            reason = "measured in plane: thickness over area is not its geometry"
        if not reason and (lost := [self.fit.circuit.names[i] for i in uses if not self.fit.known[i]]):
            if len(uses) == 1:
                return self._one_sided(name, unit, formula, text, uses[0])
            reason = f"{', '.join(lost)} not known"
        if reason:
            return unknown(name, unit, text, reason)

        k = len(self.fit.used_values)
        point = np.concatenate([self.fit.used_values, [self.sample.thickness or 1.0, self.sample.area or 1.0]])
        steps = np.where(point == 0, 1.0, point) * STEP
        moved = point + 1j * np.diag(steps)
        with np.errstate(all="ignore"):  # a resistance that the caller fixed at 0
            value = float(formula(point[:k], point[k], point[k + 1]))
            slope = np.imag(formula(moved[:, :k], moved[:, k], moved[:, k + 1])) / steps
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
        geometry = np.array(self.sample.thickness or 1.0), np.array(self.sample.area or 1.0)

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


def unknown(name: str, unit: str, formula: str, reason: str) -> Derived:
    """A quantity without a value, with the reason."""
    return Derived(name, unit, np.nan, np.nan, np.nan, np.nan, (np.nan, np.nan), formula, reason)


def derive_all(
    fit: Fit,
    roles: Mapping[str, str],
    sample: Sample,
    *,
    sides: Mapping[str, int] | None = None,
    unresolved: Mapping[str, str] | None = None,
    ambiguous: bool = False,
) -> dict[str, Derived]:
    """Return every derived quantity that the roles of a circuit allow, by name.

    Args:
        fit: Of one spectrum.
        roles: By parameter name.
        sample: Thickness and area, with their errors.
        sides: Role → number of equal sides that its arc stands for.
        unresolved: Role → why its capacitance, permittivity and peak cannot be told.
        ambiguous: The arcs' roles could not be told apart: add σ of the other arc.
    """
    bench, sides, unresolved = Workbench(fit, sample), sides or {}, unresolved or {}
    arcs = role_arcs(fit.circuit, roles)
    by_role: dict[str, RoleArc] = {}
    for arc in arcs:
        by_role.setdefault(arc.role, arc)
    found = [*_conductivities(bench, by_role, unresolved, ambiguous)]
    count: Counter[str] = Counter()
    for arc in arcs:
        count[arc.role] += 1
        number = f"_{count[arc.role]}" if count[arc.role] > 1 else ""
        of_arc = _of_arc(bench, arc, arcs, roles, sides.get(arc.role, 1), unresolved.get(arc.role, ""))
        found += [replace(quantity, name=quantity.name + number) for quantity in of_arc]
    found += _of_tails(bench, arcs, roles)
    found += _of_diffusion(bench, roles)
    return {quantity.name: quantity for quantity in found}


def _conductivities(
    bench: Workbench, by_role: Mapping[str, RoleArc], unresolved: Mapping[str, str], ambiguous: bool
) -> list[Derived]:
    bulk, boundary, film = by_role.get("bulk"), by_role.get("grain_boundary"), by_role.get("interface_film")
    found = []

    def of(name: str, parts: tuple[RoleArc, ...], text: str) -> Derived:
        uses = tuple(part.r for part in parts)
        return bench.derive(
            name,
            "S/cm",
            lambda p, d, a: d / (p[..., list(uses)].sum(axis=-1) * a) / 100,
            text,
            uses=uses,
            geometry="dA",
        )

    if bulk:
        found.append(of("sigma_bulk", (bulk,), "σ = d/(R_bulk A)"))
    if bulk and boundary:
        found.append(of("sigma_total", (bulk, boundary), "σ = d/((R_bulk + R_gb) A)"))
        found.append(_brick_layer(bench, bulk, boundary, unresolved))
        found.append(of("sigma_grain_boundary_apparent", (boundary,), "σ = d/(R_gb A)"))
    if bulk and film:
        found.append(of("sigma_with_film", (bulk, film), "σ = d/((R_bulk + R_film) A)"))
        if ambiguous:
            found.append(of("sigma_interface_film", (film,), "σ = d/(R_film A), were this arc the bulk"))
    return found


def _brick_layer(bench: Workbench, bulk: RoleArc, boundary: RoleArc, unresolved: Mapping[str, str]) -> Derived:
    """Specific conductivity of the grain boundaries: (C_bulk/C_gb) · d/(R_gb A), for equal permittivities."""
    text = "σ = (C_bulk/C_gb) d/(R_gb A), brick layer"
    reason = unresolved.get("bulk") or unresolved.get("grain_boundary") or _too_flat(bench, bulk, boundary)
    if bulk.part is None or boundary.part is None:
        reason = "an arc without capacitance"

    def formula(p: Numbers, d: Numbers, a: Numbers) -> Numbers:
        ratio = _capacitance(bulk, p) / _capacitance(boundary, p)
        result: Numbers = ratio * d / (p[..., boundary.r] * a) / 100
        return result

    uses = tuple(sorted({*_indices(bulk), *_indices(boundary)}))
    return bench.derive("sigma_grain_boundary", "S/cm", formula, text, uses=uses, geometry="dA", reason=reason)


def _of_arc(
    bench: Workbench,
    arc: RoleArc,
    arcs: tuple[RoleArc, ...],
    roles: Mapping[str, str],
    sides: int,
    unresolved: str,
) -> list[Derived]:
    role, found = arc.role, []
    if role in INTERFACES:
        text = "ASR = R A" if sides == 1 else f"ASR = R A/{sides}, per side"
        found.append(
            bench.derive(
                f"asr_{role}",
                "ohm cm2",
                lambda p, d, a: p[..., arc.r] * a * 1e4 / sides,
                text,
                uses=(arc.r,),
                geometry="A",
            )
        )
    if arc.part is None:
        return found

    before = () if role not in INTERFACES else _faster(bench, arc, arcs, roles)
    surface = role in INTERFACES and arc.part.q is not None and arc.part.n is not None
    text = (BRUG if surface else HSU_MANSFELD) if arc.part.n is not None else "C"
    reason = unresolved or _too_flat(bench, arc)
    if surface and not before:
        reason = reason or "no resistance before the arc to see it through"

    def capacitance(p: Numbers, d: Numbers, a: Numbers) -> Numbers:
        if surface:
            assert arc.part is not None
            r_e = p[..., list(before)].sum(axis=-1)
            c = along_surface(p[..., arc.part.q], p[..., arc.part.n], p[..., arc.r], r_e)
        else:
            c = _capacitance(arc, p)
        return c * sides

    uses = (*_indices(arc), *(i for i in before if bench.fit.known[i])) if surface else _indices(arc)
    per_side = "" if sides == 1 else f", times {sides}: per side"
    found.append(bench.derive(f"capacitance_{role}", "F", capacitance, text + per_side, uses=uses, reason=reason))
    found.append(
        bench.derive(
            f"capacitance_per_area_{role}",
            "F/cm2",
            lambda p, d, a: capacitance(p, d, a) / (a * 1e4),
            f"{text}{per_side}, over A",
            uses=uses,
            geometry="A",
            reason=reason,
        )
    )
    if role == "bulk":
        found.append(
            bench.derive(
                "eps_r_bulk",
                "",
                lambda p, d, a: capacitance(p, d, a) * d / (VACUUM_PERMITTIVITY * a),
                f"ε_r = C d/(ε0 A), {text}",
                uses=uses,
                geometry="dA",
                reason=reason,
            )
        )
    found.append(
        bench.derive(
            f"peak_frequency_{role}",
            "Hz",
            lambda p, d, a: np.exp(-_log_tau(arc, p)) / (2 * np.pi),
            "f = 1/(2π (RQ)^(1/n))",
            uses=_indices(arc),
        )
    )
    return found


def _of_tails(bench: Workbench, arcs: tuple[RoleArc, ...], roles: Mapping[str, str]) -> list[Derived]:
    found = []
    names = bench.fit.circuit.names
    before = tuple(
        i for i, name in enumerate(names) if roles.get(name, "") in ("lead.resistance", "series.resistance")
    ) + tuple(arc.r for arc in arcs)
    for role, q, n in tails(bench.fit.circuit, roles):
        flat = "" if n is None or bench.fit.used_values[n] >= SMALLEST_EXPONENT else _flat_text(bench, n)
        reason = flat or ("" if n is None or before else "no resistance before the electrode to see it through")

        def capacitance(p: Numbers, d: Numbers, a: Numbers, q: int = q, n: int | None = n) -> Numbers:
            if n is None:
                result: Numbers = p[..., q]
                return result
            return blocking(p[..., q], p[..., n], p[..., list(before)].sum(axis=-1))

        uses = (q,) if n is None else (q, n, *(i for i in before if bench.fit.known[i]))
        text = "C" if n is None else BLOCKING
        found.append(bench.derive(f"capacitance_{role}", "F", capacitance, text, uses=uses, reason=reason))
        found.append(
            bench.derive(
                f"capacitance_per_area_{role}",
                "F/cm2",
                lambda p, d, a, c=capacitance: c(p, d, a) / (a * 1e4),  # type: ignore[misc]
                f"{text}, over A",
                uses=uses,
                geometry="A",
                reason=reason,
            )
        )
    return found


def _of_diffusion(bench: Workbench, roles: Mapping[str, str]) -> list[Derived]:
    return [
        bench.derive("diffusion_time", "s", lambda p, d, a, i=i: p[..., i], "τ of the diffusion element", uses=(i,))  # type: ignore[misc]
        for i, name in enumerate(bench.fit.circuit.names)
        if roles.get(name) == "diffusion.time"
    ]


def _faster(bench: Workbench, arc: RoleArc, arcs: tuple[RoleArc, ...], roles: Mapping[str, str]) -> tuple[int, ...]:
    """Indices of what stands before an arc at its own frequency: leads, and all faster arcs."""
    p = bench.fit.used_values
    own = _log_tau(arc, p)
    leads = (
        i
        for i, name in enumerate(bench.fit.circuit.names)
        if roles.get(name, "") in ("lead.resistance", "series.resistance")
    )
    faster = (a.r for a in arcs if a.part is not None and a is not arc and _log_tau(a, p) < own)
    return (*leads, *faster)


def _indices(arc: RoleArc) -> tuple[int, ...]:
    assert arc.part is not None
    return arc.part.indices


def _log_tau(arc: RoleArc, p: Numbers) -> Numbers:
    result = arc.log_tau(p)
    assert result is not None
    return result


def _capacitance(arc: RoleArc, p: Numbers) -> Numbers:
    return through_film(_log_tau(arc, p), p[..., arc.r])


def _too_flat(bench: Workbench, *arcs: RoleArc) -> str:
    for arc in arcs:
        if arc.part is not None and arc.part.n is not None and bench.fit.used_values[arc.part.n] < SMALLEST_EXPONENT:
            return _flat_text(bench, arc.part.n)
    return ""


def _flat_text(bench: Workbench, n: int) -> str:
    name, value = bench.fit.circuit.names[n], bench.fit.used_values[n]
    return f"{name} = {value:.2f} is below {SMALLEST_EXPONENT}: no capacitance"
