"""What is no arc and no diffusion: the blocking electrode's rising line."""

from __future__ import annotations

from lipon_eis.physics.arc_quantities import LEADS, Context
from lipon_eis.physics.arcs import flat_text, tails
from lipon_eis.physics.capacitance import BLOCKING, SMALLEST_EXPONENT, blocking
from lipon_eis.physics.quantity import Derived, Formula, Numbers


def of_tails(context: Context) -> list[Derived]:
    """Return the capacitances of electrodes, in all and over the area, per side where both are alike."""
    found, bench, roles = [], context.bench, context.roles
    names = bench.fit.circuit.names
    before = (
        *(i for i, name in enumerate(names) if roles.get(name, "") in LEADS),
        *(arc.r for arc in context.arcs),
    )
    for role, q, n in tails(bench.fit.circuit, roles):
        flat = "" if n is None or bench.fit.used_values[n] >= SMALLEST_EXPONENT else flat_text(bench.fit, n)
        reason = flat or ("" if n is None or before else "no resistance before the electrode to see it through")
        sides = context.sides.get(role, 1)

        def capacitance(
            p: Numbers, d: Numbers, a: Numbers, q: int = q, n: int | None = n, sides: int = sides
        ) -> Numbers:
            if n is None:
                result: Numbers = p[..., q] * sides
                return result
            return blocking(p[..., q], p[..., n], p[..., list(before)].sum(axis=-1)) * sides

        uses = (q,) if n is None else (q, n, *(i for i in before if bench.fit.known[i]))
        per_side = "" if sides == 1 else f", times {sides}: per side"
        text = ("C" if n is None else BLOCKING) + per_side
        found.append(bench.derive(f"capacitance_{role}", "F", capacitance, text, uses=uses, reason=reason))
        per_area: Formula = lambda p, d, a, c=capacitance: c(p, d, a) / (a * 1e4)  # type: ignore[misc]  # noqa: E731
        name = f"capacitance_per_area_{role}"
        found.append(bench.derive(name, "F/cm2", per_area, f"{text}, over A", uses=uses, geometry="A", reason=reason))
    return found
