"""Complementary cells fitted jointly: blocking, symmetric and full cells of one group, at one temperature.

Every spectrum has been fitted alone. Here the cells of a group are given circuits that have all arcs which their stacks
ask for (a full cell's own spectrum may not show three), and are fitted together (`lipon_eis.physics.joint_cells`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lipon_eis.analysis import AUTO, Task, analyse
from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import InvalidOption
from lipon_eis.fitting.masking import Mask
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.weights import weights
from lipon_eis.kinds.cell_findings import series_of_group
from lipon_eis.kinds.cell_group import Group, Member
from lipon_eis.library import load_circuit
from lipon_eis.physics.arcs import BULK_LIKE, RoleArc, role_arcs
from lipon_eis.physics.cell import cell_of
from lipon_eis.physics.cell_problem import CellProblem
from lipon_eis.physics.joint_cells import fit_cells
from lipon_eis.physics.leads import known_lead, lead_parameter
from lipon_eis.physics.meaning import kind_of
from lipon_eis.physics.sides import sides_of
from lipon_eis.quantity_series import QuantitySeries
from lipon_eis.result import FitResult
from lipon_eis.selection import only_known
from lipon_eis.spectrum import SpectrumStack
from lipon_eis.stack import parse_stack
from lipon_eis.verdict import Reason

NEAR = 1.0  # K within which cells are of one temperature
CIRCUITS: Mapping[str, str] = {
    "blocking": "lipon-blocking",
    "symmetric-lithium": "li-lipon-li",
    "cathode-symmetric": "lco-lipon-lco",
    "full-cell": "li-lipon-lco",
    "lithium-free": "cu-lipon-lco",
}
"""Kind of cell → the circuit with all arcs that its stack asks for, where its spectrum alone chose a smaller one."""
NEEDED: Mapping[str, frozenset[str]] = {
    "blocking": frozenset({"bulk"}),
    "symmetric-lithium": frozenset({"bulk", "anode_interface"}),
    "cathode-symmetric": frozenset({"bulk", "charge_transfer"}),
    "full-cell": frozenset({"bulk", "anode_interface", "charge_transfer"}),
    "lithium-free": frozenset({"bulk", "charge_transfer"}),
}
SYNONYMS = {"licoo2": "lco", "linio2": "lno", "limn2o4": "lmo", "lifepo4": "lfp"}
REMEDY = (
    "a set of cells needs two kinds of: a blocking cell (Pt/LiPON/Pt), a symmetric one (Li/LiPON/Li, LCO/LiPON/LCO), a "
    "full cell (Li/LiPON/LCO), of one group and temperature; fill the columns group and stack of the sample sheet"
)


def cell_series(results: Sequence[FitResult], task: Task) -> tuple[QuantitySeries, ...]:
    """Return what the cells of every group have in common, one entry a group and temperature.

    Args:
        results: Of spectra fitted alone.
        task: What was asked of these fits.

    Raises:
        InvalidOption: No group has two kinds of cell.
    """
    found = [_of_group(label, members, excluded, task) for label, members, excluded in _groups(results, task)]
    if not any(series.quantities for series in found):
        said = " | ".join(f"{s.label or 'all cells'}: {s.reasons[0].message}" for s in found)
        raise InvalidOption(f"no two kinds of cell to fit together ({said}): {REMEDY}")
    return tuple(found)


def _groups(results: Sequence[FitResult], task: Task) -> list[tuple[str, list[FitResult], list[tuple[str, str]]]]:
    """Return (label, cells, what was left out and why) of each group at each of its temperatures."""
    by_group: dict[str, list[FitResult]] = {}
    for result in results:
        by_group.setdefault(result.sample.group or "", []).append(result)
    found = []
    for group, all_of_it in by_group.items():
        why = {id(result): _why_left_out(result, all_of_it, task) for result in all_of_it}
        usable = [result for result in all_of_it if not why[id(result)]]
        left = [(_label(result), why[id(result)]) for result in all_of_it if why[id(result)]]
        portions = _by_temperature(usable)
        known = [portion for portion in portions if portion[0].sample.temperature is not None]
        if known and len(known) < len(portions):
            (unknown,) = (portion for portion in portions if portion not in known)
            left += [(_label(r), "no temperature, and others of its group have one") for r in unknown]
        for portion in known or portions or [[]]:
            t = portion[0].sample.temperature if portion else None
            at = f"{t - 273.15:.0f} °C" if t is not None and len(known) > 1 else ""
            found.append((", ".join(text for text in (group, at) if text), portion, left))
    return found


def _by_temperature(results: Sequence[FitResult]) -> list[list[FitResult]]:
    """Put cells within `NEAR` of the coldest of them together; those of unknown temperature are one portion."""
    portions: list[list[FitResult]] = []
    for result in sorted(results, key=lambda r: (r.sample.temperature is not None, r.sample.temperature or 0.0)):
        t = result.sample.temperature
        first = portions[-1][0].sample.temperature if portions else math.nan
        near = first is None and t is None
        near |= first is not None and t is not None and abs(t - first) <= NEAR
        if portions and near:
            portions[-1].append(result)
        else:
            portions.append([result])
    return portions


def _why_left_out(result: FitResult, group: Sequence[FitResult], task: Task) -> str:
    sample = result.sample
    if result.verdict == "fail":
        codes = ", ".join(reason.code for reason in result.reasons if reason.level == "fail")
        return f"judged FAIL: {codes}"
    if cell_of(sample).in_plane:
        return "measured in plane"
    if sample.thickness is None or sample.area is None:
        lost = [name for name in ("thickness", "area") if getattr(sample, name) is None]
        return f"no {' and no '.join(lost)}"
    if _kind(result, task) not in CIRCUITS:
        return "its stack is not known: fill the column stack of the sample sheet"
    cathode, usual = _cathode(result), _usual_cathode(group)
    if cathode and _plain(cathode) != _plain(usual):
        return f"another cathode ({cathode}) than the others of its group ({usual})"
    return ""


def _kind(result: FitResult, task: Task) -> str:
    """Return the kind of a cell: by its stack, else by the circuit that the user named for it."""
    kind = kind_of(result.sample)
    if kind == "unknown" and _named(result, task) and result.circuit.kinds:
        return result.circuit.kinds[0]
    return kind


def _named(result: FitResult, task: Task) -> bool:
    """Tell whether the user chose the circuit of a cell."""
    return (result.sample.circuit or task.circuit) != AUTO


def _cathode(result: FitResult) -> str:
    return parse_stack(result.sample.stack or "").cathode or ""


def _usual_cathode(group: Sequence[FitResult]) -> str:
    """Return the cathode that most cells of a group have, as the first of them calls it."""
    named = [cathode for result in group if (cathode := _cathode(result))]
    if not named:
        return ""
    usual = Counter(map(_plain, named)).most_common(1)[0][0]
    return next(cathode for cathode in named if _plain(cathode) == usual)


def _plain(cathode: str) -> str:
    name = cathode.casefold().replace(" ", "")
    return SYNONYMS.get(name, name)


def _label(result: FitResult) -> str:
    return result.sample.label or result.spectrum.label


def _of_group(
    label: str, results: Sequence[FitResult], excluded: Sequence[tuple[str, str]], task: Task
) -> QuantitySeries:
    """Fit a group's cells together; one of a single kind has nothing but the reason why not."""
    members, left = [], list(excluded)
    for result in results:
        whole, why = _with_all_arcs(result, task)
        if whole is None:
            left.append((_label(result), why))
        else:
            members.append(Member(_label(result), _kind(result, task), result, whole))
    kinds = sorted({member.kind for member in members})
    if len(kinds) < 2:
        seen = "; ".join([kinds[0] if kinds else "no cell", *(f"{name} left out: {why}" for name, why in left)])
        reasons = (Reason("one-kind", "check", f"cells of one kind only: {seen}"),)
        labels = tuple(member.label for member in members)
        return QuantitySeries("cells", label, "", labels, tuple(left), {}, reasons)
    joint = fit_cells([_problem(member.whole, task) for member in members])
    return series_of_group(Group(label, tuple(members), tuple(left), joint))


def _with_all_arcs(result: FitResult, task: Task) -> tuple[FitResult | None, str]:
    """Return a cell's separate fit with all arcs that its kind has, fitted again where it has fewer."""
    kind = _kind(result, task)
    roles = {arc.role for arc in role_arcs(result.fit.circuit, result.circuit.roles)}
    layered = bool(result.sample.stack and parse_stack(result.sample.stack).cathode_interlayers)
    needed = NEEDED[kind] - ({"anode_interface"} if layered else set())
    if needed <= roles or (_named(result, task) and "bulk" in roles):
        return result, ""
    if _named(result, task):
        return None, f"its circuit {result.circuit.name} has no arc of the bulk"
    named = load_circuit(CIRCUITS[kind], None)
    (again,) = analyse(
        [result.spectrum],
        [replace(result.sample, circuit=None)],
        replace(task, circuit=named, roles={}, options=only_known(task.options, named), mask=Mask()),
    )
    if isinstance(again, FitResult):
        return again, ""
    return None, f"cannot be fitted with {named.name}: {again}"


def _problem(result: FitResult, task: Task) -> CellProblem:
    """Set up the spectrum of a cell for the joint fit, in the circuit of its separate fit."""
    fit, named, sample = result.fit, result.circuit, result.sample
    known = _known_leads(result)
    held = {
        name: float(fit.used_values[i]) for i, name in enumerate(fit.circuit.names) if fit.fixed[i] and i not in known
    }
    asked = only_known(task.options, named)
    stack = SpectrumStack.of([result.spectrum])
    options = replace(asked, guess={}, tie={}, fix=held, ranges=_exponents(named))
    problem = Problem.of(fit.circuit, stack, weights(stack, options.weighting, options.space), options)
    sides, cell = sides_of(named.sides, sample), cell_of(sample)
    assert sample.thickness is not None
    assert sample.area is not None
    area = sample.area * cell.roughness
    arcs = _single(role_arcs(fit.circuit, named.roles))
    scale = {
        role: math.log(sample.thickness / area if role in BULK_LIKE else sides.get(role, 1) / area) for role in arcs
    }
    return CellProblem.of(
        problem,
        arcs,
        scale,
        fit.used_values,
        ~fit.at_bound & ~problem.fixed & ~np.isin(np.arange(len(fit.used_values)), list(known)),
        math.sqrt(max(fit.noise, 1e-300)) * fit.widening,
        known,
        ((sample.thickness_stderr or 0.0) / sample.thickness, (sample.area_stderr or 0.0) / sample.area),
    )


def _single(arcs: Sequence[RoleArc]) -> dict[str, RoleArc]:
    """Return arcs by role; a role that two arcs have is not shared."""
    count = Counter(arc.role for arc in arcs)
    return {arc.role: arc for arc in arcs if count[arc.role] == 1}


def _known_leads(result: FitResult) -> dict[int, float]:
    """Return the index of a lead that the separate fit held because it was measured apart, with its relative error."""
    name, lead = lead_parameter(result.circuit.roles), known_lead(result.sample, result.spectrum)
    if name is None or lead is None or lead.value <= 0 or not lead.stderr:
        return {}
    i = result.fit.index(name)
    return {i: lead.stderr / lead.value} if result.fit.fixed[i] else {}


def _exponents(named: NamedCircuit) -> dict[str, tuple[float | None, float | None]]:
    kinds = {parameter.name: parameter.quantity for parameter in named.circuit.parameters}
    return {name: ends for name, ends in named.bounds.items() if kinds.get(name) == "exponent"}
