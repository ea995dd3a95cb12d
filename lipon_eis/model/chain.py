"""Circuits that are a chain: parts one after the other, each simple enough to start from linear fits.

Most circuits of films and cells are chains: leads, arcs, and a tail. Which parameter of
which part is R, Q, n or τ is all that a search for start values needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass

from lipon_eis.model.circuit import Circuit, CircuitParameter
from lipon_eis.model.tree import Leaf, Node, Parallel, Series

ARC_PARTNERS = ("CPE", "C")
KINDS = {"R": "resistance", "L": "inductance", "La": "inductance", "Zarc": "arc", "K": "arc"}


@dataclass(frozen=True)
class Term:
    """One part of a chain.

    The indices point into ``circuit.parameters`` and are None where the part has no such parameter.

    Attributes:
        kind: ``resistance``, ``inductance``, ``arc`` (a resistance beside a capacitance, in whatever
            parameters) or ``tail`` (any other single element).
        symbols: Of its elements, in the order they are written: ``("R", "CPE")``.
        elements: Their names: ``("R1", "CPE1")``.
        slice: Where all its parameters stand.
        r: Index of the resistance.
        q: Index of the capacitance C or of the CPE's Q.
        n: Index of the exponent.
        tau: Index of the time constant.
        inductance: Index of L.
        warburg: Index of the Warburg coefficient.
    """

    kind: str
    symbols: tuple[str, ...]
    elements: tuple[str, ...]
    slice: slice
    r: int | None = None
    q: int | None = None
    n: int | None = None
    tau: int | None = None
    inductance: int | None = None
    warburg: int | None = None


@dataclass(frozen=True)
class Chain:
    """A circuit seen as a chain, its terms in the order they are written."""

    circuit: Circuit
    terms: tuple[Term, ...]

    def of_kind(self, kind: str) -> tuple[Term, ...]:
        """Return the terms of one kind."""
        return tuple(term for term in self.terms if term.kind == kind)


def chain(circuit: Circuit) -> Chain | None:
    """Return the circuit as a chain, or None where it is none.

    >>> [term.kind for term in chain(Circuit("R0-p(R1,CPE1)-CPE2")).terms]
    ['resistance', 'arc', 'tail']
    >>> chain(Circuit("R0-p(R1-Wo1,C1)")) is None
    True
    """
    parts = circuit.tree.children if isinstance(circuit.tree, Series) else (circuit.tree,)
    terms = [_term(part, circuit.parameters) for part in parts]
    found = tuple(term for term in terms if term is not None)
    return Chain(circuit, found) if len(found) == len(terms) else None


def _term(part: Node, parameters: tuple[CircuitParameter, ...]) -> Term | None:
    if isinstance(part, Leaf):
        return _indexed(KINDS.get(part.symbol, "tail"), (part,), parameters)
    if isinstance(part, Parallel):
        pair = tuple(child for child in part.children if isinstance(child, Leaf))
        symbols = {leaf.symbol for leaf in pair}
        if len(part.children) == len(pair) == 2 and symbols in ({"R", partner} for partner in ARC_PARTNERS):
            return _indexed("arc", pair, parameters)
    return None


def _indexed(kind: str, parts: tuple[Leaf, ...], parameters: tuple[CircuitParameter, ...]) -> Term:
    where = slice(parts[0].slice.start, parts[-1].slice.stop)
    first: dict[str, int] = {}
    for index in range(where.start, where.stop):
        first.setdefault(parameters[index].quantity, index)
    return Term(
        kind=kind,
        symbols=tuple(leaf.symbol for leaf in parts),
        elements=tuple(leaf.name for leaf in parts),
        slice=where,
        r=first.get("resistance"),
        q=first.get("capacitance", first.get("admittance")),
        n=first.get("exponent"),
        tau=first.get("time"),
        inductance=first.get("inductance"),
        warburg=first.get("warburg"),
    )
