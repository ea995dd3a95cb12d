"""Conductivities of a film and of its grain boundaries: σ = K/R, and what the brick-layer model makes of it.

Grains in a brick layer have boundaries of width δ every D along the current, so that these are d·δ/D of material in
series: σ_gb = (δ/D)·d/(R_gb A). With equal permittivities C_bulk/C_gb = δ/D, and no size need be known.
"""

from __future__ import annotations

from collections.abc import Mapping

from lipon_eis.physics.arcs import RoleArc, film_capacitance, indices, too_flat
from lipon_eis.physics.quantity import Derived, Numbers, Workbench

COLUMNAR = 5.0  # grains along the thickness below which a film is columns, not bricks


def conductivities(
    bench: Workbench, arcs: tuple[RoleArc, ...], unresolved: Mapping[str, str], ambiguous: bool
) -> list[Derived]:
    """Return the conductivities that a circuit's roles allow.

    Args:
        bench: Fit and sample.
        arcs: Of the circuit, by role; of a repeated role the first counts.
        unresolved: Role → why its capacitance cannot be told.
        ambiguous: The arcs' roles could not be told apart: add σ of the other arc.
    """
    by_role: dict[str, RoleArc] = {}
    for arc in arcs:
        by_role.setdefault(arc.role, arc)
    bulk, boundary, film = by_role.get("bulk"), by_role.get("grain_boundary"), by_role.get("interface_film")
    k = bench.cell.symbol
    found = []

    def of(name: str, parts: tuple[RoleArc, ...], resistance: str) -> None:
        uses = tuple(part.r for part in parts)
        text = f"σ = d/({resistance} A)" if k == "d/A" else f"σ = {k}/{resistance}"
        found.append(
            bench.derive(
                name,
                "S/cm",
                lambda p, d, a: bench.cell.constant(d, a) / p[..., list(uses)].sum(axis=-1) / 100,
                text + (", were this arc the bulk" if name == "sigma_interface_film" else ""),
                uses=uses,
                geometry="K",
            )
        )

    if bulk:
        of("sigma_bulk", (bulk,), "R_bulk")
    if bulk and boundary:
        of("sigma_total", (bulk, boundary), "(R_bulk + R_gb)")
        found.append(_brick_layer(bench, bulk, boundary, unresolved))
        of("sigma_grain_boundary_apparent", (boundary,), "R_gb")
    if bulk and film:
        of("sigma_with_film", (bulk, film), "(R_bulk + R_film)")
        if ambiguous:
            of("sigma_interface_film", (film,), "R_film")
    return found


def _brick_layer(bench: Workbench, bulk: RoleArc, boundary: RoleArc, unresolved: Mapping[str, str]) -> Derived:
    """Specific conductivity of the grain boundaries, by capacitances, or by sizes where these are not known."""
    name, unit = "sigma_grain_boundary", "S/cm"
    reason = unresolved.get("bulk") or unresolved.get("grain_boundary") or too_flat(bench.fit, bulk, boundary)
    if bulk.part is None or boundary.part is None:
        reason = "an arc without capacitance"
    elif bench.cell.in_plane:
        reason = "measured in plane: the capacitance beside the film is the substrate's"
    grain, width = bench.sample.grain_size, bench.sample.grain_boundary_width
    if reason and grain is not None and width is not None:
        ratio = width / grain
        return bench.derive(
            name,
            unit,
            lambda p, d, a: ratio * bench.cell.constant(d, a) / p[..., boundary.r] / 100,
            f"σ = (δ/D) d/(R_gb A), brick layer, δ/D = {ratio:.3g} as given",
            uses=(boundary.r,),
            geometry="K",
        )
    if reason:
        reason += "; give grain_size and grain_boundary_width"

    def formula(p: Numbers, d: Numbers, a: Numbers) -> Numbers:
        ratio = film_capacitance(bulk, p) / film_capacitance(boundary, p)
        result: Numbers = ratio * d / (p[..., boundary.r] * a) / 100
        return result

    text = "σ = (C_bulk/C_gb) d/(R_gb A), brick layer"
    uses = tuple(sorted({*indices(bulk), *indices(boundary)}))
    return bench.derive(name, unit, formula, text, uses=uses, geometry="dA", reason=reason)
