"""Before and after an anneal or cycling: what changed in a cell, by how much, and which picture it goes with.

The spectra of a group of the sample sheet are told apart by state (`lipon_eis.states`). Those of two states are fitted
together with the exponent of each arc in common (`lipon_eis.physics.shared_exponents`); thickness and area are those of
one cell and cancel. Every later state is compared with the first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.analysis import Task
from lipon_eis.errors import CannotFit, InvalidOption, InvalidSample
from lipon_eis.kinds.compared_arcs import cells_of, compared_arcs, label_of, member_of, spoken
from lipon_eis.kinds.role_change import RoleChange, figure, findings, quantities, role_doubts, role_entry
from lipon_eis.physics.arc_change import Values, change_at_once, change_at_room_temperature, mean_change
from lipon_eis.physics.arrhenius import OFFSET, SCATTER
from lipon_eis.physics.equivalence import EnergyChange, Resistances, energy_change
from lipon_eis.physics.pictures import judge_change
from lipon_eis.physics.shared_exponents import ArcValues, fit_shared_exponents
from lipon_eis.quantity_series import QuantitySeries
from lipon_eis.result import FitResult
from lipon_eis.states import State, states_of
from lipon_eis.verdict import Reason

NEAR = 0.5  # K by which two temperatures may differ and still be one
TYPICAL = 0.55  # eV by which a stated scatter of the thermometer is turned into one of R where no energy is measured


def before_after_series(results: Sequence[FitResult], task: Task) -> tuple[QuantitySeries, ...]:
    """Return what changed in each cell, one series for every later state.

    Args:
        results: Of spectra fitted alone. Those of one group (and one device) are a cell; without groups, those of one
            geometry.
        task: What was asked of these fits; nothing is fitted otherwise.

    Raises:
        InvalidOption: No cell has two states.
    """
    found: list[QuantitySeries] = []
    for name, members in cells_of(results):
        states, silent = states_of([result.sample for result in members])
        left_out = tuple((label_of(members[i]), "the sheet does not tell its state") for i in silent)
        for later in states[1:]:
            label = name if len(states) == 2 else f"{name}, {later.name}"
            found.append(_series(_pair(label, members, states[0], later, left_out)))
    if not found:
        raise InvalidOption(
            "no group of the sample sheet has two states: fill the column state (as-deposited, annealed, …), "
            "anneal_C or cycle"
        )
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two states of one cell.

    Attributes:
        label: Of the cell.
        names: Of the two states.
        results: Spectra of both, those before first.
        after: False for those before, shape (n,).
        excluded: (label, why).
    """

    label: str
    names: tuple[str, str]
    results: tuple[FitResult, ...]
    after: NDArray[np.bool_]
    excluded: tuple[tuple[str, str], ...]

    @property
    def temperatures(self) -> NDArray[np.float64]:
        """[K], shape (n,), NaN where unknown."""
        return np.array([math.nan if r.sample.temperature is None else r.sample.temperature for r in self.results])

    @property
    def both(self) -> bool:
        """Whether there is a spectrum of either state."""
        return bool(self.after.any() and not self.after.all())


def _pair(
    label: str, members: Sequence[FitResult], first: State, later: State, excluded: tuple[tuple[str, str], ...]
) -> _Pair:
    found = [(members[i], after) for after, state in enumerate((first, later)) for i in state.members]
    failed = [(label_of(r), "judged FAIL") for r, _ in found if r.verdict == "fail"]
    kept = [(r, bool(after)) for r, after in found if r.verdict != "fail"]
    return _Pair(
        label,
        (first.name, later.name),
        tuple(r for r, _ in kept),
        np.array([after for _, after in kept], bool),
        (*excluded, *failed),
    )


def _series(pair: _Pair) -> QuantitySeries:
    reasons: list[Reason] = []
    roles = {role: RoleChange(role, None, None, math.nan, (), energy) for role, energy in _energies(pair).items()}
    if not pair.both:
        empty = pair.names[bool(pair.after.any()) is False]
        reasons.append(Reason("no-pair", "check", f"no spectrum of {empty} can be used: nothing to compare"))
    else:
        try:
            roles |= _changes(pair, {role: one.energy for role, one in roles.items()}, reasons)
        except CannotFit as problem:
            reasons.append(Reason("no-joint-fit", "check", f"the states could not be fitted together: {problem}"))
        reasons += _doubts(pair, roles)
    missing = _missing(pair, roles)
    return QuantitySeries(
        kind="before-after",
        label=pair.label,
        role="",
        members=tuple(label_of(r) for r in pair.results),
        excluded=pair.excluded,
        quantities=quantities(roles, missing),
        reasons=tuple(reasons),
        figure=figure(roles.values()),
        method="joint, shared exponents",
        more=_more(pair, roles, missing),
    )


def _energies(pair: _Pair) -> dict[str, EnergyChange]:
    """Return the change of Ea of every role that has three temperatures in both states."""
    found = {}
    stated = [r.sample.temperature_offset_stderr for r in pair.results]
    offset = max((one for one in stated if one is not None), default=OFFSET)
    roles = dict.fromkeys(arc.role for r in pair.results for arc in r.arcs)
    for role in roles:
        lines = [_resistances(pair, role, after) for after in (False, True)]
        try:
            found[role] = energy_change(lines[0], lines[1], offset)
        except InvalidSample:
            continue
    return found


def _resistances(pair: _Pair, role: str, after: bool) -> Resistances:
    points = []
    for result, later in zip(pair.results, pair.after.tolist(), strict=True):
        parameters = result.by_role(f"{role}.resistance")
        t, scatter = result.sample.temperature, result.sample.temperature_stderr
        if later == after and parameters and t is not None and 0 < parameters[0].stderr < math.inf:
            points.append((t, parameters[0].value, parameters[0].stderr, SCATTER if scatter is None else scatter))
    t_all, r_all, errors, scatters = (
        (list(column) for column in zip(*points, strict=True)) if points else ([], [], [], [])
    )
    return Resistances(t_all, r_all, errors, scatters)


def _changes(pair: _Pair, energies: Mapping[str, EnergyChange | None], reasons: list[Reason]) -> dict[str, RoleChange]:
    """Compare R and C of every role, at each temperature of both states or at 25 °C."""
    t = pair.temperatures
    groups = _common_temperatures(t, pair.after)
    at_room = not groups and all(np.unique(t[pair.after == after]).size >= 3 for after in (False, True))
    if at_room:
        groups = [np.arange(len(t))]
    if not groups:
        shown = " and ".join(_range(t[pair.after == after]) for after in (False, True))
        text = (
            f"the states were measured at different temperatures ({shown}): no ratios; measure both at one "
            "temperature, or each at three"
        )
        reasons.append(Reason("temperatures-differ", "check", text))
    fits = [(rows, fit_shared_exponents([member_of(pair.results[i]) for i in rows])) for rows in groups]
    if not all(fit.converged for _, fit in fits):
        reasons.append(Reason("not-converged", "check", "a joint fit reached its limit of work before its minimum"))
    roles = list(dict.fromkeys(role for _, fit in fits for _, role in fit.places))
    found = {}
    for role in roles:
        energy = energies.get(role)
        each = [(values, fit) for rows, fit in fits if (values := _values(pair, rows, fit, role, energy)) is not None]
        try:
            compared = [change_at_room_temperature(v) if at_room else change_at_once(v) for v, _ in each]
            compared = [change for change in compared if change.known]
            change = mean_change(compared) if compared else None
        except np.linalg.LinAlgError:
            change = None
        if change is None or not change.known:
            found[role] = RoleChange(role, None, None, math.nan, (), energy)
            continue
        exponent = float(np.mean([fit.exponents[role] for _, fit in each]))
        judgement = judge_change(change.logarithm, change.covariance, exponent, change.degrees_of_freedom)
        found[role] = RoleChange(role, change, judgement, exponent, tuple(compared), energy)
        if any(role in fit.changed for _, fit in fits):
            text = (
                f"the exponent of the {spoken(role)} arc is not the same in both states: the capacitance of each is "
                "that of its own exponent, and their ratio says less"
            )
            reasons.append(Reason("exponent-changed", "check", text))
    return found


def _common_temperatures(t: NDArray[np.float64], after: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Return the spectra of each temperature that both states have; without any, all are of one."""
    if np.isnan(t).all() or (np.isnan(t[after]).all() != np.isnan(t[~after]).all() and np.ptp(t[~np.isnan(t)]) <= NEAR):
        return [np.arange(len(t))]
    found: list[list[int]] = []
    for i in np.argsort(t, kind="stable"):
        if np.isnan(t[i]):
            continue
        if found and t[i] - t[found[-1][0]] <= NEAR:
            found[-1].append(int(i))
        else:
            found.append([int(i)])
    return [np.array(sorted(rows)) for rows in found if after[rows].any() and not after[rows].all()]


def _values(
    pair: _Pair, rows: NDArray[np.intp], fit: ArcValues, role: str, energy: EnergyChange | None
) -> Values | None:
    """Return one role in some spectra, None where a state does not show it."""
    there = [k for k in range(len(rows)) if (k, role) in fit.places]
    after = pair.after[rows[there]]
    if not there or after.all() or not after.any():
        return None
    logarithm, covariance = fit.of(role, there)
    t = pair.temperatures[rows[there]]
    values = Values(logarithm, covariance, after, t, fit.degrees_of_freedom)
    stated = [pair.results[rows[k]].sample.temperature_stderr for k in there]
    wide = len(rows) == len(pair.results) and np.ptp(t) > NEAR  # lines over temperature
    scatter = np.array([(SCATTER if wide else 0.0) if one is None else one for one in stated])
    ea = TYPICAL if energy is None else (energy.before.sigma.value + energy.after.sigma.value) / 2
    return values.shaken(ea, scatter) if np.isfinite(t).all() else values


def _range(t: NDArray[np.float64]) -> str:
    seen = np.unique(t[~np.isnan(t)]) - 273.15
    if not seen.size:
        return "no temperature"
    return f"{seen[0]:.4g} °C" if np.ptp(seen) < NEAR else f"{seen[0]:.4g} to {seen[-1]:.4g} °C"


def _missing(pair: _Pair, roles: Mapping[str, RoleChange]) -> dict[str, str]:
    """Return why a role has no ratio: role → reason."""
    found: dict[str, str] = {}
    seen: dict[str, set[bool]] = {}
    for result, after in zip(pair.results, pair.after.tolist(), strict=True):
        arcs, missing = compared_arcs(result)
        for role in arcs:
            seen.setdefault(role, set()).add(after)
        for role, why in missing.items():
            found.setdefault(role, f"{label_of(result)}: {why}")
            seen.setdefault(role, set())
    for role, states in seen.items():
        if len(states) == 1 and role not in found:
            found[role] = f"only in {pair.names[states.pop()]}"
        elif len(states) == 2 and role not in found:
            found[role] = "the data do not determine the change"
    changed = {role for role, one in roles.items() if one.change is not None}
    return {role: why for role, why in found.items() if role not in changed}


def _doubts(pair: _Pair, roles: Mapping[str, RoleChange]) -> list[Reason]:
    found = []
    if len({(r.sample.thickness, r.sample.area) for r in pair.results}) > 1:
        text = "thickness or area differ between spectra: ratios are those of resistances, and hold for one cell only"
        found.append(Reason("geometry-differs", "check", text))
    if len(names := list(dict.fromkeys(r.circuit.name for r in pair.results))) > 1:
        text = (
            f"the spectra were fitted with {' and '.join(names)}: roles of different circuits are compared; name one "
            "circuit by --circuit if one describes both states"
        )
        found.append(Reason("circuits-differ", "check", text))
    unsure = dict.fromkeys(
        f"{spoken(arc.role)} ({label_of(r)})" for r in pair.results for arc in r.arcs if arc.verdict == "cannot tell"
    )
    if unsure:
        text = f"which arc is which cannot be told for certain: {', '.join(unsure)}; a ratio may be of two arcs"
        found.append(Reason("roles-uncertain", "check", text))
    for one in roles.values():
        found += role_doubts(one)
    t = pair.temperatures
    if np.isnan(t).any():
        found.append(Reason("temperature-unknown", "note", "no temperature is given: it is taken to be the same"))
    elif np.unique(t).size == 1 and any(r.sample.temperature_stderr is None for r in pair.results):
        text = (
            "errors are those of the fits alone: a thermometer that scatters by 0.5 K moves the ratio of a resistance "
            f"of {TYPICAL} eV by 5 % at 25 °C; temperature_stderr_K in the sample sheet is counted"
        )
        found.append(Reason("fit-errors-only", "note", text))
    return found


def _more(pair: _Pair, roles: Mapping[str, RoleChange], missing: Mapping[str, str]) -> dict[str, object]:
    states = {
        name: {
            "state": state,
            "members": [
                label_of(r) for r, late in zip(pair.results, pair.after.tolist(), strict=True) if late == after
            ],
        }
        for name, state, after in zip(("before", "after"), pair.names, (False, True), strict=True)
    }
    return {
        **states,
        "roles": [role_entry(one) for one in roles.values()],
        "not_compared": [{"role": role, "why": why} for role, why in missing.items()],
        "findings": findings(roles.values()),
    }
