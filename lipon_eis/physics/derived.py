"""Derived quantities of one spectrum by name: conductivities, permittivities, area-specific resistances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from lipon_eis.fitting.result import Fit
from lipon_eis.physics.arc_quantities import Context, of_arc
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.conductivity import conductivities
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.diffusion import of_diffusion
from lipon_eis.physics.quantity import Derived, Workbench, unknown
from lipon_eis.physics.tail_quantities import of_tails
from lipon_eis.sample import Sample

__all__ = ["VACUUM_PERMITTIVITY", "Derived", "derive_all", "unknown"]


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
        sample: Thickness and area, with their errors, or what an in-plane cell has in their stead.
        sides: Role → number of equal sides that its arc stands for.
        unresolved: Role → why its capacitance, permittivity and peak cannot be told.
        ambiguous: The arcs' roles could not be told apart: add σ of the other arc.
    """
    arcs = role_arcs(fit.circuit, roles)
    context = Context(Workbench(fit, sample), arcs, roles, sides or {}, unresolved or {})
    found = conductivities(context.bench, arcs, context.unresolved, ambiguous)
    count: Counter[str] = Counter()
    for arc in arcs:
        count[arc.role] += 1
        number = f"_{count[arc.role]}" if count[arc.role] > 1 else ""
        found += [replace(quantity, name=quantity.name + number) for quantity in of_arc(context, arc)]
    found += of_tails(context)
    found += of_diffusion(context)
    return {quantity.name: quantity for quantity in found}
