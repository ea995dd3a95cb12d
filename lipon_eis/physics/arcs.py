"""The parts of a circuit seen by their roles: which resistance belongs to which capacitance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.order import Part, part_of
from lipon_eis.fitting.result import Fit
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.tree import Leaf, Node, leaves
from lipon_eis.physics.capacitance import SMALLEST_EXPONENT, through_film

Numbers = NDArray[Any]  # real, or complex while a derivative is taken

BULK_LIKE = ("bulk", "grain_boundary")
INTERFACES = ("interface_film", "anode_interface", "anode_layer", "charge_transfer", "cathode_layer")
ARC_ROLES = (*BULK_LIKE, *INTERFACES)
"""Roles that stand for an arc: a resistance, usually beside a capacitance."""


@dataclass(frozen=True)
class RoleArc:
    """A resistance with a role, and the part it belongs to (None where it stands alone).

    Attributes:
        role: ``bulk``, ``grain_boundary``, ``charge_transfer``, …
        r: Index of the resistance in the circuit's parameters.
        part: Indices of Q, n or τ beside it.
    """

    role: str
    r: int
    part: Part | None

    def log_tau(self, p: Numbers) -> Numbers | None:
        """Return ln τ of the arc with τ = (RQ)^(1/n), shape (...,); None without a capacitance."""
        if self.part is None:
            return None
        if self.part.tau is not None:
            result: Numbers = np.log(p[..., self.part.tau])
        else:
            assert self.part.q is not None
            product = np.log(p[..., self.r]) + np.log(p[..., self.part.q])
            result = product if self.part.n is None else product / p[..., self.part.n]
        return result

    def exponent(self, p: Numbers) -> Numbers:
        """Exponent of the arc, 1 for an ideal capacitor, shape (...,)."""
        if self.part is None or self.part.n is None:
            return np.ones(p.shape[:-1])
        result: Numbers = p[..., self.part.n]
        return result


def role_arcs(circuit: Circuit, roles: Mapping[str, str]) -> tuple[RoleArc, ...]:
    """Return every resistance that has an arc's role, in the order they are written.

    Args:
        circuit: The circuit.
        roles: By parameter name, ``{"R1": "bulk.resistance", …}``.
    """
    parts = {part.r: part for part in _parts(circuit.tree)}
    found = []
    for index, name in enumerate(circuit.names):
        role, _, quantity = roles.get(name, "").partition(".")
        if quantity == "resistance" and role in ARC_ROLES:
            found.append(RoleArc(role, index, parts.get(index)))
    return tuple(found)


def tails(circuit: Circuit, roles: Mapping[str, str]) -> tuple[tuple[str, int, int | None], ...]:
    """Return (role, index of Q or C, index of n) of capacitances that belong to no arc."""
    inside = {part.q for part in _parts(circuit.tree)}
    found = []
    for leaf in leaves(circuit.tree):
        first = leaf.slice.start
        role, _, quantity = roles.get(circuit.names[first], "").partition(".")
        if leaf.symbol in ("CPE", "C") and first not in inside and quantity == "capacitance":
            found.append((role, first, first + 1 if leaf.symbol == "CPE" else None))
    return tuple(found)


def _parts(node: Node) -> list[Part]:
    part = part_of(node)
    if part:
        return [part]
    return [] if isinstance(node, Leaf) else [part for child in node.children for part in _parts(child)]


def indices(arc: RoleArc) -> tuple[int, ...]:
    """Return the indices of all parameters of an arc."""
    return (arc.r,) if arc.part is None else arc.part.indices


def log_tau(arc: RoleArc, p: Numbers) -> Numbers:
    """Return ln τ of an arc that has a capacitance."""
    result = arc.log_tau(p)
    assert result is not None
    return result


def film_capacitance(arc: RoleArc, p: Numbers) -> Numbers:
    """Return C = τ/R [F] of an arc that has a capacitance."""
    return through_film(log_tau(arc, p), p[..., arc.r])


def too_flat(fit: Fit, *arcs: RoleArc) -> str:
    """Say which of the arcs has an exponent below which there is no capacitance, or nothing."""
    for arc in arcs:
        if arc.part is not None and arc.part.n is not None and fit.used_values[arc.part.n] < SMALLEST_EXPONENT:
            return flat_text(fit, arc.part.n)
    return ""


def flat_text(fit: Fit, n: int) -> str:
    """Say that an exponent is too small for a capacitance."""
    name, value = fit.circuit.names[n], fit.used_values[n]
    return f"{name} = {value:.2f} is below {SMALLEST_EXPONENT}: no capacitance"
