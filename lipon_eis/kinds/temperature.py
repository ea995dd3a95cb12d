"""Temperature series fitted jointly: from results of single spectra to activation energies of films.

Every spectrum has been fitted alone; here those of one film are fitted together (`lipon_eis.physics.joint_series`)
and set beside the two-step way, which must agree where every arc lies in the window.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lipon_eis.analysis import Task
from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import CannotFit, InvalidOption
from lipon_eis.kinds.one_circuit import commonest_circuit, with_circuit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.arrhenius import (
    ROOM,
    ArrheniusFit,
    Estimate,
    distinct,
    is_extrapolated,
    probability_of_chi2,
    value_at,
)
from lipon_eis.physics.joint_links import ARCS
from lipon_eis.physics.joint_series import ArcLine, JointTemperatures, fit_temperatures
from lipon_eis.physics.leads import known_lead, lead_parameter
from lipon_eis.physics.window import locate
from lipon_eis.result import FitResult, plain
from lipon_eis.selection import only_known
from lipon_eis.temperature_series import (
    APPARENT,
    CONDUCTIVITIES,
    Measured,
    TemperatureSeries,
    apart_by_state,
    common_offset,
    doubts,
    estimate_dict,
    measured_of,
    scatters,
    series_of,
)
from lipon_eis.verdict import Reason, worst

SHOWN = ("inside", "upper edge")  # places of an arc that a spectrum shows
DOUBTFUL = 0.01  # probability below which a test is said to fail
APART = 3.0  # standard errors by which the two ways may differ
LEAST_APART = 0.25  # share of the two-step variance that the difference of the two ways has at least


@dataclass(frozen=True, eq=False)
class _Film:
    label: str
    circuit: NamedCircuit
    members: tuple[FitResult, ...]
    measured: tuple[Measured, ...]
    excluded: tuple[tuple[str, str], ...]


def joint_temperature_series(results: Sequence[FitResult], task: Task) -> tuple[TemperatureSeries, ...]:
    """Return joint series of bulk and grain boundary of every film, and two-step ones of its interfaces.

    Args:
        results: Of spectra fitted alone. Those of one group are a film; without groups, those of one geometry.
        task: What was asked of these fits.
    """
    measured = [(one, result) for result in results if (one := measured_of(result))]
    of = {id(one): result for one, result in measured}
    groups: dict[str, list[Measured]] = {}
    for one, result in measured:  # without groups, circuits that `auto` chose do not tell films apart
        sample = result.sample
        groups.setdefault(one.group or f"film\n{sample.thickness}, {sample.area}", []).append(one)
    found: list[TemperatureSeries] = []
    for key, members in apart_by_state(groups).items():
        if distinct([one.temperature for one in members]) >= 3:
            label = key.partition("\n")[0]
            film = _film(label, members, [of[id(one)] for one in members], task)
            found += _series(film, members, task)
    if not found:
        raise InvalidOption(
            "no film has spectra of three temperatures: fill temperature_C (and group) of the sample sheet, or take "
            "the temperatures from the files' names by --temperature-from"
        )
    return tuple(found)


def _film(label: str, measured: Sequence[Measured], results: Sequence[FitResult], task: Task) -> _Film:
    """Choose the spectra of a film and its circuit; spectra with another circuit are fitted again with that one."""
    why = [_why_left_out(one, result, results) for one, result in zip(measured, results, strict=True)]
    kept = sorted(
        ((one, result) for one, result, text in zip(measured, results, why, strict=True) if not text),
        key=lambda pair: pair[0].temperature,
    )
    excluded = [(one.label, text) for one, text in zip(measured, why, strict=True) if text]
    if not kept:
        return _Film(label, results[0].circuit, (), (), tuple(excluded))
    named = _circuit_of([result for _, result in kept])
    members, why_not = with_circuit([result for _, result in kept], named, task)
    excluded += [(kept[i][0].label, text) for i, text in why_not.items()]
    some = tuple(kept[i][0] for i in members)
    return _Film(label, named, tuple(members.values()), some, tuple(excluded))


def _why_left_out(one: Measured, result: FitResult, results: Sequence[FitResult]) -> str:
    shapes = Counter((r.sample.thickness, r.sample.area) for r in results)
    if (result.sample.thickness, result.sample.area) != shapes.most_common(1)[0][0]:
        return "another thickness or area than the others of its group"
    return one.failed


def _circuit_of(results: Sequence[FitResult]) -> NamedCircuit:
    """Return the circuit that most of those that show their bulk arc have; with a lead inductance if one has."""
    return commonest_circuit([result for result in results if "bulk" in _shown(result)] or results)


def _shown(result: FitResult) -> set[str]:
    """Return the roles of the arcs that lie in a spectrum's window."""
    used = result.spectrum.frequency[result.spectrum.used]
    arcs = role_arcs(result.fit.circuit, result.circuit.roles)
    places = locate(result.fit, arcs, float(used.min()), float(used.max()))
    return {position.role for position in places if position.place in SHOWN}


def _series(film: _Film, group: Sequence[Measured], task: Task) -> list[TemperatureSeries]:
    separate = series_of(film.label, group)
    if distinct([one.temperature for one in film.measured]) < 3:
        return separate
    try:
        joint = _joint(film, task)
    except CannotFit as problem:
        reason = Reason("no-joint-fit", "check", f"no joint fit, two steps instead: {problem}")
        return [_with_reason(series, reason) for series in separate]
    by_role = {series.role: series for series in separate}
    made = [_of_arc(film, joint, line, by_role.get(line.role)) for line in joint.lines]
    covered = {line.role for line in joint.lines}
    return [*made, *(series for series in separate if series.role not in covered)]


def _joint(film: _Film, task: Task) -> JointTemperatures:
    circuit, roles = film.circuit.circuit, film.circuit.roles
    options, leads = only_known(task.options, film.circuit), {}
    name = lead_parameter(roles)
    held = [r for r in film.members if name and name not in options.fix and r.fit.fixed[r.fit.index(name)]]
    if held and name and (lead := known_lead(held[0].sample, held[0].spectrum)):
        if lead.value > 0:
            leads = {name: (lead.value, lead.stderr)}
        else:
            options = replace(options, fix={**options.fix, name: 0.0})
    shown = [_shown(result) for result in film.members]
    return fit_temperatures(
        circuit,
        roles,
        [result.spectrum for result in film.members],
        [result.fit for result in film.members],
        np.array([one.temperature for one in film.measured]),
        np.array(scatters(film.measured)),
        common_offset(film.measured),
        resolved={role: np.array([role in places for places in shown]) for role in ARCS},
        options=options,
        known_leads=leads,
    )


def _of_arc(
    film: _Film, joint: JointTemperatures, line: ArcLine, separate: TemperatureSeries | None
) -> TemperatureSeries:
    constant, common = _cell(film, line.role)
    fitted = _as_arrhenius(film, joint, line, constant, common)
    reasons = [
        *doubts(fitted, distinct([one.temperature for one in film.measured])),
        *_joint_reasons(film, joint, line, fitted, separate),
    ]
    if math.isnan(constant):
        reasons.append(Reason("geometry-missing", "note", "no thickness and area: no conductivity, Ea needs neither"))
    return TemperatureSeries(
        label=film.label,
        role=line.role,
        members=tuple(one.label for one in film.measured),
        excluded=film.excluded,
        line=fitted,
        verdict=worst(reasons),
        reasons=tuple(reasons),
        method="joint",
        more=_more(film, joint, line, constant, separate),
    )


def _cell(film: _Film, role: str) -> tuple[float, float]:
    """Return K = σR [1/cm] of a film and its relative error, from a spectrum that has both; NaN where none has."""
    name = {**CONDUCTIVITIES, **APPARENT}[role]
    for result in film.members:
        quantity = result.derived.get(name)
        (resistance, *_) = result.by_role(f"{role}.resistance")
        if quantity is not None and math.isfinite(quantity.value) and math.isfinite(resistance.value):
            geometry = quantity.stderr_geometry
            return quantity.value * resistance.value, geometry / quantity.value if math.isfinite(geometry) else 0.0
    return math.nan, math.nan


def _as_arrhenius(film: _Film, joint: JointTemperatures, line: ArcLine, constant: float, common: float) -> ArrheniusFit:
    """Turn the line of ln R into one of ln σ = ln K − ln R."""
    turned = np.diag([-1.0, 1.0])
    log_k = math.log(constant) if constant > 0 else math.nan
    of_plain, of_hopping = (turned @ one.covariance @ turned for one in (line.plain, line.hopping))
    sigma = np.array([log_k - line.plain.parameters[0], line.plain.parameters[1]])
    hopping = np.array([log_k + math.log(ROOM) - line.hopping.parameters[0], line.hopping.parameters[1]])
    q, q_hopping = line.plain.quantile, line.hopping.quantile
    temperatures = [one.temperature for one in film.measured]
    lowest, highest = min(temperatures), max(temperatures)
    return ArrheniusFit(
        sigma=Estimate.plain(float(sigma[1]), math.sqrt(of_plain[1, 1]), q),
        sigma_T=Estimate.plain(float(hopping[1]), math.sqrt(of_hopping[1, 1]), q_hopping),
        sigma_25C=value_at(ROOM, sigma, of_plain, common, q),
        sigma_0=value_at(math.inf, sigma, of_plain, common, q),
        prefactor=value_at(math.inf, hopping, of_hopping, common, q_hopping),
        extrapolated=is_extrapolated(lowest, highest),
        chi2=joint.chi2,
        degrees_of_freedom=joint.degrees_of_freedom,
        scale_estimated=joint.scale_estimated,
        bend=line.bend,
        lowest=lowest,
        highest=highest,
    )


def _joint_reasons(
    film: _Film, joint: JointTemperatures, line: ArcLine, fitted: ArrheniusFit, separate: TemperatureSeries | None
) -> list[Reason]:
    reasons = []
    if not joint.converged:
        reasons.append(Reason("not-converged", "check", "the joint fit reached its limit of work before its minimum"))
    probability = probability_of_chi2(joint.shared_chi2, max(joint.shared_degrees_of_freedom, 1))
    if probability < DOUBTFUL:
        text = (
            f"what the spectra are taken to share ({', '.join(s.name for s in joint.shared)}) fits worse than each "
            f"alone: chi2 {joint.shared_chi2:.3g} for {joint.shared_degrees_of_freedom} degrees of freedom"
        )
        reasons.append(Reason("not-shared", "check", text))
    if strays := [s for s in joint.shared if s.stray]:
        shown = ", ".join(f"{s.name} by {_size(s.kind, s.stray)}" for s in strays)
        text = f"some of what spectra share strays from one to the next, and intervals hold that: {shown}"
        reasons.append(Reason("shared-strays", "note", text))
    hidden = [one.label for one, r in zip(film.measured, film.members, strict=True) if line.role not in _shown(r)]
    if hidden:
        more = f" and {len(hidden) - 3} more" if len(hidden) > 3 else ""
        text = f"the arc lies outside the window of {', '.join(hidden[:3])}{more}: the others make its resistance known"
        reasons.append(Reason("arc-outside-some", "note", text))
    if separate is not None:
        one, other = fitted.sigma, separate.line.sigma
        # Variances differ by that of the difference, unless one of the two was widened by what its points show.
        apart = math.sqrt(max(other.stderr**2 - one.stderr**2, LEAST_APART * other.stderr**2))
        if abs(one.value - other.value) > APART * apart:
            text = f"two steps give Ea = {other.value:.3f} eV, the joint fit {one.value:.3f} eV: more apart than chance"
            reasons.append(Reason("methods-disagree", "check", text))
    return reasons


def _size(kind: str, size: float) -> str:
    return f"{size:.2g}" if kind == "exponent" else f"{100 * size:.2g} %"


def _more(
    film: _Film, joint: JointTemperatures, line: ArcLine, constant: float, separate: TemperatureSeries | None
) -> Mapping[str, Any]:
    """Return what a joint series adds to its entry: points, what is shared, and the two-step result."""
    points = []
    for one, result, resistance, kelvin in zip(
        film.measured, film.members, line.resistance, joint.temperature_deviation.tolist(), strict=True
    ):
        low, high = resistance.interval
        sigma = Estimate(
            constant / resistance.value,
            constant * resistance.stderr / resistance.value**2,
            (constant / high, constant / low),
        )
        points.append(
            {
                "label": one.label,
                "temperature_K": one.temperature,
                "resistance_ohm": estimate_dict(resistance),
                "sigma_S_per_cm": estimate_dict(sigma),
                "in_window": line.role in _shown(result),
                "temperature_deviation_K": plain(kelvin),
            }
        )
    shared = [
        {
            "name": s.name,
            "role": s.role or None,
            "quantity": s.kind,
            **estimate_dict(s.value),
            "slope_per_100K": None if s.slope is None else estimate_dict(s.slope),
            "stray": s.stray,
        }
        for s in joint.shared
        if s.role in ("", line.role)
    ]
    two = None
    if separate is not None:
        whole = separate.to_dict()
        keys = ("members", "excluded", "activation_energy_eV", "sigma_25C_S_per_cm", "chi2", "degrees_of_freedom")
        two = {key: whole[key] for key in keys}
    return {
        "circuit": film.circuit.circuit.text,
        "points": points,
        "shared": shared,
        "shared_chi2": plain(joint.shared_chi2),
        "shared_degrees_of_freedom": joint.shared_degrees_of_freedom,
        "two_step": two,
    }


def _with_reason(series: TemperatureSeries, reason: Reason) -> TemperatureSeries:
    reasons = (*series.reasons, reason)
    return replace(series, reasons=reasons, verdict=worst(reasons))
