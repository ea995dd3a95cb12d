"""What the arcs of a circuit mean where data alone cannot say: circuits of one topology, told apart by the sample.

An interface film and a grain boundary are both a second arc, and so is the charge transfer of a cell without
lithium. The stack decides, then the geometry of the electrodes, then what the permittivity of the bulk says of the
material; where that leaves a tie, it is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.circuit_file import KINDS, NamedCircuit
from lipon_eis.fitting.result import Fit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.derived import VACUUM_PERMITTIVITY
from lipon_eis.sample import Sample
from lipon_eis.stack import parse_stack

CRYSTALLINE_EPS = 60.0  # relative permittivity that no amorphous film of the family has
RARE = frozenset({"cathode-symmetric", "lithium-free"})
"""Kinds of cell that nobody means without saying so in the stack."""


REMEDY = "give the stack in the sample sheet, or --circuit"


CELLS = {
    "blocking": "a film between blocking contacts",
    "symmetric-lithium": "a symmetric lithium cell",
    "full-cell": "a full cell",
    "cathode-symmetric": "a cell of two equal cathodes",
    "lithium-free": "a lithium-free cell",
}


@dataclass(frozen=True)
class Meaning:
    """Which circuit of several alike a spectrum is given.

    Attributes:
        named: The circuit.
        tie: Empty, or why it is a guess.
        doubt: Empty, or what contradicts it.
    """

    named: NamedCircuit
    tie: str = ""
    doubt: str = ""


def kind_of(sample: Sample) -> str:
    """Return what the sample's stack makes of the cell; ``unknown`` without one."""
    return parse_stack(sample.stack).kind if sample.stack else "unknown"


def suits(alike: Sequence[NamedCircuit], sample: Sample) -> bool:
    """Tell whether one of the circuits is meant for the kind of cell that the sample's stack makes."""
    return any(kind_of(sample) in named.kinds for named in alike)


def told_apart(alike: Sequence[NamedCircuit], fit: Fit, sample: Sample) -> Meaning:
    """Choose among circuits of equal topology.

    Args:
        alike: The circuits, at least one.
        fit: Of one of them; they differ in roles only.
        sample: What is known of the film.
    """
    alike = sorted(alike, key=lambda named: (min(map(KINDS.index, named.kinds), default=len(KINDS)), named.name))
    stack, kind, doubt = parse_stack(sample.stack) if sample.stack else None, kind_of(sample), ""
    contradicted = False
    if kind == "unknown":
        alike = _those(alike, lambda named: not named.kinds or not RARE.issuperset(named.kinds))
    else:
        of_kind = [named for named in alike if kind in named.kinds]
        contradicted = not of_kind and any(named.kinds for named in alike)
        alike = of_kind or alike
    alike = _those(alike, lambda named: _has(named, "stray") == _in_plane(sample))
    if contradicted:
        doubt = (
            f"the stack {sample.stack} makes {CELLS[kind]}, and the data look like another: {alike[0].title}. Is it "
            "the right row of the sample sheet, or is a contact open or shorted?"
        )
    if len(alike) > 1:
        layered = stack is not None and bool(stack.cathode_interlayers)
        alike = _those(alike, lambda named: _has(named, "cathode_layer") == layered)
    if stack is not None and stack.electrolyte is not None:
        crystals = stack.polycrystalline
        alike = _those(alike, lambda named: named.polycrystalline == crystals)
    if len(alike) == 1:
        return Meaning(alike[0], doubt=doubt)

    eps = _bulk_permittivity(fit, alike[0], sample)
    crystalline = [named for named in alike if named.polycrystalline]
    if eps is not None and eps > CRYSTALLINE_EPS and len(crystalline) == 1:
        return Meaning(crystalline[0], doubt=doubt)
    first = next((named for named in alike if not named.polycrystalline), alike[0])
    others = " or ".join(named.name for named in alike)
    said = f" (a relative permittivity of {eps:.3g} goes with either)" if eps is not None and crystalline else ""
    tie = f"the data cannot tell {others} apart{said}: {REMEDY}"
    return Meaning(first, tie, doubt)


def _those(alike: list[NamedCircuit], wanted: Callable[[NamedCircuit], bool]) -> list[NamedCircuit]:
    """Return those that are wanted, or all where none is."""
    return [named for named in alike if wanted(named)] or alike


def _has(named: NamedCircuit, place: str) -> bool:
    return place in named.places.values()


def _in_plane(sample: Sample) -> bool:
    """Tell whether current flows along the film, by the geometry or by what only such cells have."""
    if sample.geometry is not None:
        return sample.geometry == "in-plane"
    return sample.cell_constant is not None or sample.gap is not None


def _bulk_permittivity(fit: Fit, named: NamedCircuit, sample: Sample) -> float | None:
    """ε_r of the arc of smallest capacitance, or None without geometry or in plane."""
    if sample.thickness is None or sample.area is None or _in_plane(sample):
        return None
    capacitances = []
    for arc in role_arcs(fit.circuit, named.roles):
        log_tau = arc.log_tau(fit.used_values)
        if log_tau is not None:
            capacitances.append(float(np.exp(log_tau) / fit.used_values[arc.r]))
    if not capacitances:
        return None
    return min(capacitances) * sample.thickness / (VACUUM_PERMITTIVITY * sample.area)
