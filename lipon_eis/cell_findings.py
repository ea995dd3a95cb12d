"""What a joint fit of complementary cells found, in the quantities, reasons and words of a series."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lipon_eis.cell_figure import figure_of
from lipon_eis.fitting.uncertainty import NORMAL
from lipon_eis.physics.arcs import BULK_LIKE
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.assignment import SEQUENCE as INTERFACES
from lipon_eis.physics.cell_problem import EXCHANGEABLE, Common
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.joint_cells import SCATTER, Choice, JointCells, Pull
from lipon_eis.quantity_series import Quantity, QuantitySeries
from lipon_eis.result import FitResult, plain
from lipon_eis.rounding import format_value
from lipon_eis.stack import parse_stack
from lipon_eis.verdict import Reason

SEQUENCE = ("bulk", *INTERFACES)
NOTHING = Estimate(math.nan, math.nan, (math.nan, math.nan))
UNKNOWN = 1.5  # standard error of ln beyond which a quantity is not determined
VAGUE = 0.25  # the same of a resistance beyond which a cell alone does not tell its arc
TOO_LONG = 0.5  # relative error of what a cell says alone beyond which a figure leaves it out
SURE = 0.95  # confidence from which an assignment is decided
APART = 1.0  # standard errors by which the two ways to assign have to differ to matter


@dataclass(frozen=True, eq=False)
class Member:
    """A cell of a group.

    Attributes:
        label: Of its spectrum.
        kind: ``blocking``, ``symmetric-lithium``, ``cathode-symmetric``, ``full-cell`` or ``lithium-free``.
        result: As it was fitted alone.
        whole: The same with all arcs of its kind, which is where the joint fit starts.
    """

    label: str
    kind: str
    result: FitResult
    whole: FitResult


@dataclass(frozen=True, eq=False)
class Group:
    """The cells of one group at one temperature, and their joint fit; members and cells are in one order."""

    label: str
    members: tuple[Member, ...]
    excluded: tuple[tuple[str, str], ...]
    joint: JointCells


def series_of_group(group: Group) -> QuantitySeries:
    """Return what was found of a group."""
    shown = [common for common in _ordered(group.joint.commons) if common.kind != "exponent"]
    return QuantitySeries(
        kind="cells",
        label=group.label,
        role="",
        members=tuple(member.label for member in group.members),
        excluded=group.excluded,
        quantities={_name(common): _quantity(group, common) for common in shown},
        reasons=tuple(_reasons(group)),
        figure=figure_of(
            [member.kind for member in group.members],
            [member.label for member in group.members],
            {_words(group, common): _ratios(group, common) for common in shown},
        ),
        more=_more(group),
    )


def _ordered(commons: Iterable[Common]) -> list[Common]:
    """Return quantities from the film to the cathode."""
    return sorted(commons, key=lambda common: SEQUENCE.index(common.role))


def _name(common: Common) -> str:
    """Return the name of a quantity in results.json."""
    if common.role in BULK_LIKE:
        apparent = "_apparent" if common.role == "grain_boundary" else ""
        sigma = f"sigma_{common.role}{apparent}_S_per_cm"
        return {"resistance": sigma, "capacitance": f"eps_r_{common.role}"}.get(common.kind, f"n_{common.role}")
    return {
        "resistance": f"asr_{common.role}_ohm_cm2",
        "capacitance": f"capacitance_per_area_{common.role}_F_per_cm2",
    }.get(common.kind, f"n_{common.role}")


def _unit(common: Common) -> str:
    if common.kind == "exponent":
        return ""
    if common.role in BULK_LIKE:
        return "S/cm" if common.kind == "resistance" else ""
    return "ohm cm2" if common.kind == "resistance" else "F/cm2"


def _estimate(common: Common, value: float, stderr: float, widening: float = 1.0) -> Estimate:
    """Return a quantity in the unit of results.json from ln of its SI value; NaN where it is not determined."""
    stderr *= widening
    if common.kind == "exponent":
        return Estimate.plain(value, stderr, NORMAL)  # at its bound it has a value and no error
    if not stderr < UNKNOWN:
        return NOTHING
    if common.role in BULK_LIKE and common.kind == "resistance":
        return Estimate.of_log(-value - math.log(100), stderr, NORMAL)
    factor = {"resistance": 1e4, "capacitance": 1e-4}[common.kind]
    if common.role in BULK_LIKE:
        factor = 1 / VACUUM_PERMITTIVITY
    return Estimate.of_log(value + math.log(factor), stderr, NORMAL)


def _words(group: Group, common: Common) -> str:
    """Return ``σ``, ``ε_r``, ``ASR(Li/LiPON) per side``, as the stacks name the layers."""
    if common.kind == "exponent":
        return f"n({'bulk' if common.role == 'bulk' else _interface(group, common.role)})"
    if common.role == "bulk":
        return "σ" if common.kind == "resistance" else "ε_r"
    place = _interface(group, common.role)
    if common.role in BULK_LIKE:
        return f"σ({place})" if common.kind == "resistance" else f"ε_r({place})"
    return f"{'ASR' if common.kind == 'resistance' else 'C/A'}({place}) per side"


def _interface(group: Group, role: str) -> str:
    """Return ``Li/LiPON``, or the role's name where no stack says what meets there."""
    for member in group.members:
        stack = parse_stack(member.result.sample.stack or "")
        left, right = stack.electrodes
        if role == "anode_interface" and member.kind == "symmetric-lithium" and left:
            return f"{left}/{stack.electrolyte}"
        if role == "charge_transfer" and member.kind in ("full-cell", "cathode-symmetric", "lithium-free") and right:
            return f"{stack.electrolyte}/{right}"
    for member in group.members:
        stack = parse_stack(member.result.sample.stack or "")
        if role == "anode_interface" and member.kind == "full-cell" and stack.electrodes[0]:
            return f"{stack.electrodes[0]}/{stack.electrolyte}"
    return role.replace("_", " ")


def _quantity(group: Group, common: Common) -> Quantity:
    joint = group.joint
    estimate = _estimate(common, *joint.level(common), joint.widening)
    reason = ""
    if math.isnan(estimate.value) or joint.at_bound(common):
        estimate = NOTHING
        reason = "no cell of the group determines it"
    return Quantity(estimate, _unit(common), _words(group, common), reason)


def _alone(group: Group, cell: int, common: Common) -> Estimate:
    """Return what a cell says by itself; of one that shows fewer arcs than it has, only the film's, as it was fitted."""
    member = group.members[cell]
    if member.result is not member.whole:
        name = (
            {"resistance": "sigma_bulk", "capacitance": "eps_r_bulk"}.get(common.kind) if common.role == "bulk" else ""
        )
        found = member.result.derived.get(name or "")
        return NOTHING if found is None else Estimate(found.value, found.stderr, found.interval)
    value, variance = group.joint.cells[cell].alone(common)
    return _estimate(common, value, math.sqrt(variance) if variance < math.inf else math.inf)


def _own(group: Group, cell: int, common: Common) -> Estimate:
    return _estimate(common, *group.joint.own(cell, common), group.joint.widening)


def _ratios(group: Group, common: Common) -> tuple[Estimate, list[Estimate | None]]:
    """Return the joint value, and what each cell says alone; None of those that have no such arc, or do not tell."""
    alone: list[Estimate | None] = []
    for i, cell in enumerate(group.joint.cells):
        one = _alone(group, i, common) if common in cell.commons else None
        blurred = cell.exchangeable and common.role in EXCHANGEABLE and not _resolved_alone(group, i)
        alone.append(one if one is not None and one.stderr < TOO_LONG * one.value and not blurred else None)
    return _quantity(group, common).estimate, alone


# Reasons


def _reasons(group: Group) -> list[Reason]:
    joint, reasons = group.joint, []
    if not joint.solution.converged:
        reasons.append(Reason("not-converged", "check", "the joint fit reached its limit of work before its minimum"))
    if not joint.shares:
        reasons.append(Reason("not-shared", "check", _not_shared(group)))
    for cell, choice in joint.choices.items():
        reasons += _of_choice(group, cell, choice)
    if all(member.result.sample.temperature is None for member in group.members):
        text = "no temperature is given: the cells are taken to have been measured at one"
        reasons.append(Reason("temperature-missing", "note", text))
    if not any(cell.thickness_error or cell.area_error for cell in joint.cells):
        size = f"{SCATTER['resistance']:.0%}"
        text = f"thickness and area have no errors: the scatter of {size} between cells stands for them"
        reasons.append(Reason("geometry-exact", "note", text))
    order = ("fail", "check", "note")
    return sorted(reasons, key=lambda reason: order.index(reason.level))


def _not_shared(group: Group) -> str:
    joint = group.joint
    text = (
        f"the cells do not share what they are taken to: chi2 {joint.chi2:.3g} for {joint.degrees_of_freedom} degrees "
        f"of freedom. {_pull_words(group, joint.pulls[0])}"
    )
    grown = [
        f"{_words(group, common)} to {_size(common, size)}"
        for common, size in zip(joint.commons, joint.scatter, strict=True)
        if size > SCATTER[common.kind]
    ]
    if grown:
        return f"{text}; the scatter between cells was raised to hold it: {', '.join(grown)}"
    return f"{text}; all errors are widened {joint.widening:.2g} times"


def _pull_words(group: Group, pull: Pull) -> str:
    label = group.members[pull.cell].label
    if isinstance(pull.what, str):
        return f"Farthest is the {pull.what} of {label}, {100 * math.expm1(pull.deviation):+.0f} % from what was given"
    others = [
        member.label
        for i, (member, cell) in enumerate(zip(group.members, group.joint.cells, strict=True))
        if i != pull.cell and pull.what in cell.commons
    ]
    own = _alone(group, pull.cell, pull.what)
    value = format_value(own.value, own.stderr, _unit(pull.what))
    either = " (or these from it: there are no third)" if len(others) == 1 else ""
    return (
        f"Farthest is {_words(group, pull.what)} of {label}, {value} alone, {pull.score:.1f} standard deviations from "
        f"{', '.join(others)}{either}"
    )


def _size(common: Common, size: float) -> str:
    return f"{size:.2g}" if common.kind == "exponent" else f"{100 * size:.2g} %"


def _of_choice(group: Group, cell: int, choice: Choice) -> list[Reason]:
    """Say which slow arc of a full cell is which, how sure that is, and from where it is known."""
    label = group.members[cell].label
    places = [_interface(group, role) for role in EXCHANGEABLE]
    tops = [
        f"{place} is the arc at {_top(group, cell, role)}" for place, role in zip(places, EXCHANGEABLE, strict=True)
    ]
    told = f"{label}: {', '.join(tops)}"
    reasons = []
    if choice.confidence < SURE and choice.apart > APART:
        text = (
            f"{told}, or the other way round: chi2 is {choice.delta:.2f} larger then, a confidence of "
            f"{choice.confidence:.0%}{_by_itself(group, cell)}. A symmetric cell (Li/LiPON/Li or LCO/LiPON/LCO) would "
            "tell"
        )
        return [Reason("assignment-undecided", "check", text)]
    how = _how_sure(choice)
    if choice.exchanged and _resolved_alone(group, cell):
        text = f"{told}: {how}. The cell's own fit has them the other way round; its charge transfer is not that"
        reasons.append(Reason("arcs-exchanged", "check", text))
    else:
        reasons.append(Reason("arcs-told", "note", f"{told}: {how}"))
    if not _resolved_alone(group, cell) and (sources := _sources(group, cell)):
        text = (
            f"{label} alone does not tell {' from '.join(places)}{_alone_words(group, cell)}: their split comes "
            f"from {' and '.join(sources)}"
        )
        reasons.append(Reason("split-by-others", "note", text))
    return reasons


def _sources(group: Group, cell: int) -> list[str]:
    """Return the cells that have one of the slow arcs of a full cell."""
    return [
        member.label
        for i, (member, other) in enumerate(zip(group.members, group.joint.cells, strict=True))
        if i != cell and any(Common(role, "resistance") in other.commons for role in EXCHANGEABLE)
    ]


def _remark(group: Group, cell: int, choice: Choice) -> str:
    """Say in short which arc of a full cell is which, and whence the split."""
    parts = []
    for role in EXCHANGEABLE:
        asr = _own(group, cell, Common(role, "resistance"))
        value = f" with {format_value(asr.value, asr.stderr, 'ohm cm2')}" if math.isfinite(asr.value) else ""
        parts.append(f"{_interface(group, role)} at {_top(group, cell, role)}{value}")
    parts.append(_how_sure(choice))
    if not _resolved_alone(group, cell) and (sources := _sources(group, cell)):
        parts.append(f"told apart by {' and '.join(sources)} only")
    return f"{group.members[cell].label}: {', '.join(parts)}"


def _by_itself(group: Group, cell: int) -> str:
    sure = [arc.confidence for arc in group.members[cell].whole.arcs if arc.role == "charge_transfer"]
    return f"; its own fit takes it so with one of {sure[0]:.0%}" if sure and sure[0] > 0 else ""


def _how_sure(choice: Choice) -> str:
    if math.isnan(choice.delta):
        return "the other way round there is no minimum"
    return f"the other way round chi2 is {choice.delta:.0f} larger (confidence {_percent(choice.confidence)})"


def _percent(confidence: float) -> str:
    return "above 99.9 %" if confidence > 0.999 else f"{100 * confidence:.3g} %"


def _resolved_alone(group: Group, cell: int) -> bool:
    """Tell whether a cell's own spectrum shows both slow arcs, each with a resistance better than `VAGUE`."""
    member = group.members[cell]
    problem = group.joint.cells[cell]
    errors = [problem.alone(Common(role, "resistance"))[1] for role in EXCHANGEABLE]
    return member.result is member.whole and all(variance < VAGUE**2 for variance in errors)


def _alone_words(group: Group, cell: int) -> str:
    member = group.members[cell]
    if member.result is not member.whole:
        return f" (it shows no more than {member.result.circuit.name} has)"
    found = [_alone(group, cell, Common(role, "resistance")) for role in EXCHANGEABLE]
    texts = [format_value(one.value, one.stderr, "ohm cm2") if math.isfinite(one.value) else "unknown" for one in found]
    return f" (ASR {' and '.join(texts)})"


def _peak(group: Group, cell: int, role: str) -> float:
    x = group.joint.solution.x[cell]
    return float(np.exp(-x[group.joint.cells[cell].index(Common(role, "capacitance"))]) / (2 * np.pi))


def _top(group: Group, cell: int, role: str) -> str:
    return format_value(_peak(group, cell, role), unit="Hz", digits=2)


# More


def _more(group: Group) -> Mapping[str, Any]:
    """Return what this kind adds to its entry: cells one by one, exponents, scatter, the test of sharing."""
    joint = group.joint
    temperatures = [t for m in group.members if (t := m.result.sample.temperature) is not None]
    return {
        "temperature_K": float(np.mean(temperatures)) if temperatures else None,
        "remarks": [_remark(group, i, choice) for i, choice in joint.choices.items()],
        "cells": [_cell(group, i) for i in range(len(group.members))],
        "shared": [
            {
                "name": _name(common),
                "role": common.role,
                "quantity": "exponent",
                **_plain(_estimate(common, *joint.level(common), joint.widening)),
                "stray": joint.scatter[joint.commons.index(common)],
            }
            for common in _ordered(joint.commons)
            if common.kind == "exponent"
        ],
        "shared_by": {_name(common): joint.count(common) for common in joint.commons},
        "scatter": {_name(common): size for common, size in zip(joint.commons, joint.scatter, strict=True)},
        "shared_chi2": plain(joint.chi2),
        "shared_degrees_of_freedom": joint.degrees_of_freedom,
    }


def _cell(group: Group, i: int) -> dict[str, Any]:
    member, cell = group.members[i], group.joint.cells[i]
    choice = group.joint.choices.get(i)
    return {
        "label": member.label,
        "kind": member.kind,
        "circuit": member.whole.fit.circuit.text,
        "quantities": {_name(common): _both(group, i, common) for common in cell.commons},
        **({"assignment": _assignment(group, i, choice)} if choice else {}),
    }


def _both(group: Group, i: int, common: Common) -> dict[str, Any]:
    """Return a quantity of one cell alone and as the joint fit has it, and how much smaller its error became."""
    alone, joint = _alone(group, i, common), _own(group, i, common)
    return {"alone": _plain(alone), "joint": _plain(joint), "gain": plain(alone.stderr / joint.stderr)}


def _assignment(group: Group, i: int, choice: Choice) -> dict[str, Any]:
    names, arcs = group.members[i].whole.fit.circuit.names, group.joint.cells[i].arcs
    here = EXCHANGEABLE[::-1] if choice.exchanged else EXCHANGEABLE  # place in the separate fit
    return {
        "exchanged": choice.exchanged,
        "delta_chi2": plain(choice.delta),
        "confidence": choice.confidence,
        "resolved_alone": _resolved_alone(group, i),
        "arcs": {
            role: {"resistance": names[arcs[place].r], "peak_frequency_Hz": plain(_peak(group, i, role))}
            for role, place in zip(EXCHANGEABLE, here, strict=True)
        },
    }


def _plain(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": plain(estimate.value),
        "stderr": plain(estimate.stderr),
        "interval": plain(list(estimate.interval)),
    }
