"""Why a set of cells is not to be trusted without looking, and which arc of a full cell is which, in words."""

from __future__ import annotations

import math

import numpy as np

from lipon_eis.kinds.cell_group import Group, interface_of, unit_of, value_alone, value_joint, words_of
from lipon_eis.physics.cell_links import SCATTER
from lipon_eis.physics.cell_problem import EXCHANGEABLE, Common
from lipon_eis.physics.cell_sharing import Pull
from lipon_eis.physics.joint_cells import Choice
from lipon_eis.rounding import format_value
from lipon_eis.verdict import Reason

VAGUE = 0.25  # relative error of a resistance beyond which a cell alone does not tell its arc
SURE = 0.95  # confidence from which an assignment is decided
APART = 1.0  # standard errors by which the two ways to assign have to differ to matter


def reasons_of(group: Group) -> list[Reason]:
    """Return what is to be known of the joint fit, the worst first."""
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
    if not any(any(cell.geometry_errors) for cell in joint.cells):
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
    grown = [f"{words_of(group, common)} to {_size(common, size)}" for common, size in joint.raised.items()]
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
    own = value_alone(group, pull.cell, pull.what)
    value = format_value(own.value, own.stderr, unit_of(pull.what))
    either = " (or that one: no third cell tells)" if len(others) == 1 else ""
    return (
        f"Farthest is {words_of(group, pull.what)} of {label}, {value} alone, {pull.score:.1f} standard deviations "
        f"from {', '.join(others)}{either}"
    )


def _size(common: Common, size: float) -> str:
    return f"{size:.2g}" if common.kind == "exponent" else f"{100 * size:.2g} %"


def _of_choice(group: Group, cell: int, choice: Choice) -> list[Reason]:
    """Say which slow arc of a full cell is which, how sure that is, and from where it is known."""
    label = group.members[cell].label
    places = [interface_of(group, role) for role in EXCHANGEABLE]
    pairs = zip(places, EXCHANGEABLE, strict=True)
    tops = [f"{place} is the arc at {_top(group, cell, role)}" for place, role in pairs]
    told = f"{label}: {', '.join(tops)}"
    reasons = []
    if choice.confidence < SURE and choice.apart > APART:
        remedy = "A symmetric cell (Li/LiPON/Li or LCO/LiPON/LCO) would tell"
        if _sources(group, cell):
            remedy = "They differ too little here: measure at another temperature or state of charge"
        text = (
            f"{told}, or the other way round: chi2 is {choice.delta:.2f} larger then, a confidence of "
            f"{choice.confidence:.0%}{_by_itself(group, cell)}. {remedy}"
        )
        return [Reason("assignment-undecided", "check", text)]
    how = _how_sure(choice)
    if choice.exchanged and resolved_alone(group, cell):
        text = f"{told}: {how}. The cell's own fit has them the other way round; its charge transfer is not that"
        reasons.append(Reason("arcs-exchanged", "check", text))
    else:
        reasons.append(Reason("arcs-told", "note", f"{told}: {how}"))
    if not resolved_alone(group, cell) and (sources := _sources(group, cell)):
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


def remark(group: Group, cell: int, choice: Choice) -> str:
    """Say in short which arc of a full cell is which, and whence the split."""
    parts = []
    for role in EXCHANGEABLE:
        asr = value_joint(group, cell, Common(role, "resistance"))
        value = f" with {format_value(asr.value, asr.stderr, 'ohm cm2')}" if math.isfinite(asr.value) else ""
        parts.append(f"{interface_of(group, role)} at {_top(group, cell, role)}{value}")
    parts.append(_how_sure(choice))
    if not resolved_alone(group, cell) and (sources := _sources(group, cell)):
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


def resolved_alone(group: Group, cell: int) -> bool:
    """Tell whether a cell's own spectrum shows both slow arcs, each with a resistance better than `VAGUE`."""
    member = group.members[cell]
    problem = group.joint.cells[cell]
    errors = [problem.alone(Common(role, "resistance"))[1] for role in EXCHANGEABLE]
    return member.result is member.whole and all(variance < VAGUE**2 for variance in errors)


def _alone_words(group: Group, cell: int) -> str:
    member = group.members[cell]
    if member.result is not member.whole:
        return f" (it shows no more than {member.result.circuit.name} has)"
    found = [value_alone(group, cell, Common(role, "resistance")) for role in EXCHANGEABLE]
    texts = [format_value(one.value, one.stderr, "ohm cm2") if math.isfinite(one.value) else "unknown" for one in found]
    return f" (ASR {' and '.join(texts)})"


def peak_of(group: Group, cell: int, role: str) -> float:
    """Return the frequency of an arc's top [Hz]."""
    x = group.joint.solution.x[cell]
    return float(np.exp(-x[group.joint.cells[cell].index(Common(role, "capacitance"))]) / (2 * np.pi))


def _top(group: Group, cell: int, role: str) -> str:
    return format_value(peak_of(group, cell, role), unit="Hz", digits=2)
