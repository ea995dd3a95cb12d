"""The arcs of a fitted spectrum that can be compared with those of another: resistance and capacitance both seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lipon_eis.physics.arcs import RoleArc, indices, role_arcs
from lipon_eis.physics.shared_exponents import Member
from lipon_eis.physics.window import locate
from lipon_eis.result import FitResult

SHOWN = ("inside", "upper edge")  # places of an arc that a spectrum shows


def compared_arcs(result: FitResult) -> tuple[dict[str, RoleArc], dict[str, str]]:
    """Return arcs by role (``_2`` for a second one of it) with R and C, and role → why of those that have not both."""
    used = result.spectrum.frequency[result.spectrum.used]
    low, high = float(used.min()), float(used.max())
    found: dict[str, RoleArc] = {}
    missing: dict[str, str] = {}
    for name, arc in named_arcs(result).items():
        place = next((at.place for at in locate(result.fit, (arc,), low, high)), "")
        if why := _why_not(result, arc, place):
            missing[name] = why
        else:
            found[name] = arc
    return found, missing


def named_arcs(result: FitResult) -> dict[str, RoleArc]:
    """Return the arcs of a result by role, ``_2`` for a second one of it."""
    found: dict[str, RoleArc] = {}
    for arc in role_arcs(result.fit.circuit, result.circuit.roles):
        count = sum(other.role == arc.role for other in found.values())
        found[f"{arc.role}_{count + 1}" if count else arc.role] = arc
    return found


def cells_of(results: Sequence[FitResult]) -> list[tuple[str, list[FitResult]]]:
    """Return results by cell, (name, members): those of one group and device; without groups, of one geometry."""
    cells: dict[tuple[str, str], list[FitResult]] = {}
    for result in results:
        sample = result.sample
        group = sample.group or f"cell\n{sample.thickness}, {sample.area}"
        cells.setdefault((group, sample.device or ""), []).append(result)
    return [
        (", ".join(part for part in (group.partition("\n")[0], device) if part), members)
        for (group, device), members in cells.items()
    ]


def member_of(result: FitResult, arcs: Mapping[str, RoleArc] | None = None) -> Member:
    """Return a spectrum as a member of a joint fit, with the arcs that it shows unless others are given."""
    return Member(result.spectrum, result.fit, compared_arcs(result)[0] if arcs is None else arcs)


def label_of(result: FitResult) -> str:
    """Return how a spectrum is called."""
    return result.sample.label or result.spectrum.label


def spoken(role: str) -> str:
    """Return a role in words."""
    return role.replace("_", " ")


def _why_not(result: FitResult, arc: RoleArc, place: str) -> str:
    fit = result.fit
    if arc.part is None:
        return "no capacitance beside its resistance"
    if fit.fixed[arc.r]:
        return "its resistance was held"
    lost = [i for i in indices(arc) if not fit.known[i]]
    if lost:
        return f"{fit.circuit.names[lost[0]]} is bounded from one side only"
    if place not in SHOWN:
        return f"it lies {place or 'outside'} the window" if place in ("above", "below", "far above") else "not seen"
    return ""
