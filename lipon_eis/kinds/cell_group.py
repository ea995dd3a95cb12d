"""A set of cells with their joint fit, in the quantities, units and words of people."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from lipon_eis.fitting.uncertainty import NORMAL
from lipon_eis.physics.arcs import BULK_LIKE
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.assignment import SEQUENCE as INTERFACES
from lipon_eis.physics.cell_problem import Common
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.joint_cells import JointCells
from lipon_eis.quantity_series import Quantity
from lipon_eis.result import FitResult
from lipon_eis.stack import parse_stack

SEQUENCE = ("bulk", *INTERFACES)
NOTHING = Estimate(math.nan, math.nan, (math.nan, math.nan))
UNKNOWN = 1.5  # standard error of ln beyond which a quantity is not determined


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


def ordered(commons: Iterable[Common]) -> list[Common]:
    """Return quantities from the film to the cathode."""
    return sorted(commons, key=lambda common: SEQUENCE.index(common.role))


def name_of(common: Common) -> str:
    """Return the name of a quantity in results.json."""
    if common.role in BULK_LIKE:
        apparent = "_apparent" if common.role == "grain_boundary" else ""
        sigma = f"sigma_{common.role}{apparent}_S_per_cm"
        return {"resistance": sigma, "capacitance": f"eps_r_{common.role}"}.get(common.kind, f"n_{common.role}")
    return {
        "resistance": f"asr_{common.role}_ohm_cm2",
        "capacitance": f"capacitance_per_area_{common.role}_F_per_cm2",
    }.get(common.kind, f"n_{common.role}")


def unit_of(common: Common) -> str:
    """Return the unit of a quantity as in results.json."""
    if common.kind == "exponent":
        return ""
    if common.role in BULK_LIKE:
        return "S/cm" if common.kind == "resistance" else ""
    return "ohm cm2" if common.kind == "resistance" else "F/cm2"


def estimate_of(common: Common, value: float, stderr: float, widening: float = 1.0) -> Estimate:
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


def words_of(group: Group, common: Common) -> str:
    """Return ``σ``, ``ε_r``, ``ASR(Li/LiPON) per side``, as the stacks name the layers."""
    if common.kind == "exponent":
        return f"n({'bulk' if common.role == 'bulk' else interface_of(group, common.role)})"
    if common.role == "bulk":
        return "σ" if common.kind == "resistance" else "ε_r"
    place = interface_of(group, common.role)
    if common.role in BULK_LIKE:
        return f"σ({place})" if common.kind == "resistance" else f"ε_r({place})"
    return f"{'ASR' if common.kind == 'resistance' else 'C/A'}({place}) per side"


def interface_of(group: Group, role: str) -> str:
    """Return ``Li/LiPON`` or ``LiPON/LCO``, or the role's name where no stack says what meets there."""
    stacks = [parse_stack(member.result.sample.stack or "") for member in group.members]
    if role == "anode_interface":
        found = [f"{stack.lithium}/{stack.electrolyte}" for stack in stacks if stack.lithium]
    elif role == "charge_transfer":
        found = [f"{stack.electrolyte}/{stack.cathode}" for stack in stacks if stack.cathode]
    else:
        found = []
    return found[0] if found else role.replace("_", " ")


def quantity_of(group: Group, common: Common) -> Quantity:
    """Return what is shared, or why nothing is known of it."""
    joint = group.joint
    estimate = estimate_of(common, *joint.level(common), joint.widening)
    reason = ""
    if math.isnan(estimate.value) or joint.at_bound(common):
        estimate = NOTHING
        reason = "no cell of the group determines it"
    return Quantity(estimate, unit_of(common), words_of(group, common), reason)


def value_alone(group: Group, cell: int, common: Common) -> Estimate:
    """Return what a cell says by itself; of one that shows fewer arcs than it has, only the film's."""
    member = group.members[cell]
    if member.result is not member.whole:
        name = {"resistance": "sigma_bulk", "capacitance": "eps_r_bulk"}.get(common.kind, "")
        found = member.result.derived.get(name) if common.role == "bulk" else None
        return NOTHING if found is None else Estimate(found.value, found.stderr, found.interval)
    value, variance = group.joint.cells[cell].alone(common)
    return estimate_of(common, value, math.sqrt(variance) if variance < math.inf else math.inf)


def value_joint(group: Group, cell: int, common: Common) -> Estimate:
    """Return what a quantity is in one cell, as all cells together say."""
    return estimate_of(common, *group.joint.own(cell, common), group.joint.widening)
