"""What one arc gives beside its resistance: ASR, capacitance and what it is normalised to, the frequency of its top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lipon_eis.physics.arcs import BULK_LIKE, INTERFACES, RoleArc, film_capacitance, indices, log_tau, too_flat
from lipon_eis.physics.capacitance import BRUG, HSU_MANSFELD, WORTH_SAYING, along_surface
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.quantity import Derived, Formula, Numbers, Workbench

LEADS = ("lead.resistance", "series.resistance")
SUBSTRATE = "the capacitance beside the film is that of substrate and fixture"


@dataclass(frozen=True, eq=False)
class Context:
    """What the arcs of one circuit have in common.

    Attributes:
        bench: Fit and sample.
        arcs: All arcs of the circuit.
        roles: By parameter name.
        sides: Role → number of equal sides that its arc stands for.
        unresolved: Role → why its capacitance, permittivity and peak cannot be told.
    """

    bench: Workbench
    arcs: tuple[RoleArc, ...]
    roles: Mapping[str, str]
    sides: Mapping[str, int]
    unresolved: Mapping[str, str]

    def before(self, arc: RoleArc) -> tuple[int, ...]:
        """Indices of what stands before an arc at its own frequency: leads, and all faster arcs."""
        p = self.bench.fit.used_values
        own = log_tau(arc, p)
        leads = (i for i, name in enumerate(self.bench.fit.circuit.names) if self.roles.get(name, "") in LEADS)
        faster = (a.r for a in self.arcs if a.part is not None and a is not arc and log_tau(a, p) < own)
        return (*leads, *faster)

    def strays(self, arc: RoleArc) -> bool:
        """Tell whether the capacitance beside an arc's resistance is not its own, but that of the substrate."""
        if self.bench.cell.in_plane and arc.role in BULK_LIKE:
            return True
        q = None if arc.part is None else arc.part.q
        return q is not None and self.roles.get(self.bench.fit.circuit.names[q], "").startswith("stray.")


def of_arc(context: Context, arc: RoleArc) -> list[Derived]:
    """Return what one arc gives, by the names of the results file."""
    bench, role, found = context.bench, arc.role, []
    sides = context.sides.get(role, 1)
    if role in INTERFACES:
        text = "ASR = R A" if sides == 1 else f"ASR = R A/{sides}, per side"
        asr: Formula = lambda p, d, a: p[..., arc.r] * a * 1e4 / sides  # noqa: E731
        found.append(bench.derive(f"asr_{role}", "ohm cm2", asr, text, uses=(arc.r,), geometry="A"))
    if arc.part is None:
        return found
    place = "stray" if context.strays(arc) else role
    found += _capacitances(context, arc, place, sides)
    if place != "stray":
        found += _normalised(context, arc, sides)
    found.append(
        bench.derive(
            f"peak_frequency_{role}",
            "Hz",
            lambda p, d, a: np.exp(-log_tau(arc, p)) / (2 * np.pi),
            "f = 1/(2π (RQ)^(1/n))",
            uses=indices(arc),
        )
    )
    return found


def _capacitances(context: Context, arc: RoleArc, place: str, sides: int) -> list[Derived]:
    """C by the formula of the arc's kind, over the area, and by the other formula where that differs."""
    bench = context.bench
    formula, text, uses, reason = _capacitance(context, arc, sides)
    found = [bench.derive(f"capacitance_{place}", "F", formula, text, uses=uses, reason=reason)]
    if place == "stray":
        return found
    per_area: Formula = lambda p, d, a: formula(p, d, a) / (a * 1e4)  # noqa: E731
    name = f"capacitance_per_area_{place}"
    found.append(bench.derive(name, "F/cm2", per_area, f"{text}, over A", uses=uses, geometry="A", reason=reason))
    if reason or (other := _other_formula(context, arc, sides)) is None:
        return found
    suffix, second, words, needs = other
    quantity = bench.derive(f"capacitance_{place}_{suffix}", "F", second, words, uses=needs)
    if abs(np.log(quantity.value / found[0].value)) > np.log(1 + WORTH_SAYING):
        found.append(quantity)
    return found


def _capacitance(context: Context, arc: RoleArc, sides: int) -> tuple[Formula, str, tuple[int, ...], str]:
    """Return formula, its text, the parameters it uses, and why it shall have no value."""
    assert arc.part is not None
    reason = context.unresolved.get(arc.role, "") or too_flat(context.bench.fit, arc)
    per_side = "" if sides == 1 else f", times {sides}: per side"
    if _surface(arc):
        before = context.before(arc)
        reason = reason or ("" if before else "no resistance before the arc to see it through")
        return _brug(arc, before, sides), BRUG + per_side, _with(context, arc, before), reason
    text = "C" if arc.part.n is None else HSU_MANSFELD
    return _hsu_mansfeld(arc, sides), text + per_side, indices(arc), reason


def _other_formula(context: Context, arc: RoleArc, sides: int) -> tuple[str, Formula, str, tuple[int, ...]] | None:
    """Return the formula that the arc's kind does not take; None where there is but one."""
    assert arc.part is not None
    per_side = "" if sides == 1 else f", times {sides}: per side"
    if _surface(arc):
        return "hsu_mansfeld", _hsu_mansfeld(arc, sides), HSU_MANSFELD + per_side, indices(arc)
    before = tuple(
        i for i in context.before(arc) if context.bench.fit.known[i] and context.bench.fit.used_values[i] > 0
    )
    if arc.part.q is None or arc.part.n is None or not before:
        return None
    return "brug", _brug(arc, before, sides), BRUG + per_side, _with(context, arc, before)


def _normalised(context: Context, arc: RoleArc, sides: int) -> list[Derived]:
    """Permittivity of what fills the film, thickness of what lies on it, and σ/ε_r, which needs no geometry."""
    bench, role = context.bench, arc.role
    formula, text, uses, reason = _capacitance(context, arc, sides)
    found = []
    if role in BULK_LIKE:
        eps: Formula = lambda p, d, a: formula(p, d, a) * d / (VACUUM_PERMITTIVITY * a)  # noqa: E731
        words = "ε_r = C d/(ε0 A)" if role == "bulk" else "apparent ε_r = C d/(ε0 A)"
        said = f"{words}, {text}"
        found.append(bench.derive(f"eps_r_{role}", "", eps, said, uses=uses, geometry="dA", reason=reason))
    if role == "bulk":
        ratio: Formula = lambda p, d, a: VACUUM_PERMITTIVITY * np.exp(-log_tau(arc, p)) / 100  # noqa: E731
        words = "σ/ε_r = ε0/(R C)"
        found.append(bench.derive("sigma_over_eps_r", "S/cm", ratio, words, uses=uses, reason=reason))
    bulk = next((a for a in context.arcs if a.role == "bulk" and a.part is not None), None)
    if role in INTERFACES and bulk is not None and not context.strays(bulk):
        reason = context.unresolved.get("bulk", "") or too_flat(bench.fit, bulk) or reason

        def thickness(p: Numbers, d: Numbers, a: Numbers) -> Numbers:
            result: Numbers = d * film_capacitance(bulk, p) / formula(p, d, a)
            return result

        found.append(
            bench.derive(
                f"apparent_thickness_{role}",
                "m",
                thickness,
                "δ = d C_bulk/C",
                uses=tuple(sorted({*uses, *indices(bulk)})),
                geometry="dA",
                reason=reason,
            )
        )
    return found


def _surface(arc: RoleArc) -> bool:
    """Tell whether an arc's phase element is distributed along a surface."""
    assert arc.part is not None
    return arc.role in INTERFACES and arc.part.q is not None and arc.part.n is not None


def _hsu_mansfeld(arc: RoleArc, sides: int) -> Formula:
    return lambda p, d, a: film_capacitance(arc, p) * sides


def _brug(arc: RoleArc, before: tuple[int, ...], sides: int) -> Formula:
    part = arc.part
    assert part is not None
    return lambda p, d, a: (
        along_surface(p[..., part.q], p[..., part.n], p[..., arc.r], p[..., list(before)].sum(axis=-1)) * sides
    )


def _with(context: Context, arc: RoleArc, before: tuple[int, ...]) -> tuple[int, ...]:
    return (*indices(arc), *(i for i in before if context.bench.fit.known[i]))
