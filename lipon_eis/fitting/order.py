"""Order of interchangeable arcs: by time constant, the fastest first, in one place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.model.circuit import Circuit
from lipon_eis.model.tree import Leaf, Node, Parallel, Series

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """A part of a series that relaxes: what it is made of, and the indices of its parameters by meaning."""

    form: tuple[str, ...]
    r: int
    q: int | None = None
    n: int | None = None
    tau: int | None = None
    others: tuple[int, ...] = ()

    @property
    def indices(self) -> tuple[int, ...]:
        """Its parameters in an order that is the same for every part of its form."""
        return (*(i for i in (self.r, self.q, self.n, self.tau) if i is not None), *self.others)

    def time_constant(self, p: Floats) -> Floats:
        """τ of p(R,CPE) is (RQ)^(1/n), of p(R,C) it is RC [s], shape (n,)."""
        if self.tau is not None:
            return p[:, self.tau]
        assert self.q is not None
        product = np.maximum(p[:, self.r] * p[:, self.q], 1e-290)
        result: Floats = product if self.n is None else np.exp(np.clip(np.log(product) / p[:, self.n], -690, 690))
        return result


def interchangeable(circuit: Circuit) -> list[tuple[Part, ...]]:
    """Return the sets of parts that may change places without changing the impedance."""
    return _in_node(circuit.tree)


def _in_node(node: Node) -> list[tuple[Part, ...]]:
    if isinstance(node, Leaf):
        return []
    groups = [group for child in node.children for group in _in_node(child)]
    if isinstance(node, Series):
        parts = [part for child in node.children if (part := part_of(child) or _timed(child))]
        for form in dict.fromkeys(part.form for part in parts):
            alike = tuple(part for part in parts if part.form == form)
            if len(alike) > 1:
                groups.append(alike)
    return groups


def part_of(node: Node) -> Part | None:
    """Return an arc, p(R,CPE), p(R,C), Zarc or K, as a `Part`; None for anything else."""
    if isinstance(node, Leaf) and node.symbol in ("Zarc", "K"):
        first = node.slice.start
        return Part((node.symbol,), r=first, tau=first + 1, n=first + 2 if node.symbol == "Zarc" else None)
    if isinstance(node, Parallel) and len(node.children) == 2:
        inside = {child.symbol: child.slice.start for child in node.children if isinstance(child, Leaf)}
        if set(inside) == {"R", "CPE"}:
            return Part(("R", "CPE"), r=inside["R"], q=inside["CPE"], n=inside["CPE"] + 1)
        if set(inside) == {"R", "C"}:
            return Part(("R", "C"), r=inside["R"], q=inside["C"])
    return None


def _timed(node: Node) -> Part | None:
    """Return an element that is no arc and has one time among its parameters (diffusion, an own one) as a `Part`."""
    if not isinstance(node, Leaf):
        return None
    first = node.slice.start
    times = [first + k for k, parameter in enumerate(node.element.parameters) if parameter.quantity == "time"]
    rest = [i for i in range(first, node.slice.stop) if i not in times]
    if len(times) != 1 or not rest:
        return None
    return Part((node.symbol,), r=rest[0], tau=times[0], others=tuple(rest[1:]))


def in_every_place(starts: Floats, circuit: Circuit, keep: NDArray[np.bool_]) -> Floats:
    """Return starts with arcs in every order, where one that is held may be any of them, shape (n, more, k).

    Starts come with the fastest arc first; a value that the caller fixed or bounded may belong to a slower one.

    Args:
        starts: Natural parameters, shape (n, n_starts, k).
        circuit: The circuit.
        keep: As in `order_arcs`.
    """
    for group in interchangeable(circuit):
        if keep[[index for part in group for index in part.indices]].any():
            places = np.array([part.indices for part in group])
            orders = np.tile(np.arange(starts.shape[2]), (math.factorial(len(group)), 1))
            for order, ranks in zip(orders, permutations(range(len(group))), strict=True):
                order[places] = places[list(ranks)]
            starts = np.concatenate([starts[..., order] for order in orders], axis=1)
    return starts


def order_arcs(circuit: Circuit, p: Floats, keep: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for each spectrum the permutation of parameters that puts the fastest arc first.

    Args:
        circuit: The circuit.
        p: Natural parameters, shape (n, k).
        keep: True for parameters that are fixed or bounded by the caller, shape (k,); their arcs stay.

    Returns:
        Indices for ``np.take_along_axis(p, …, axis=1)``, shape (n, k).
    """
    order = np.broadcast_to(np.arange(p.shape[1]), p.shape).copy()
    for group in interchangeable(circuit):
        movable = [part for part in group if not keep[list(part.indices)].any()]
        if len(movable) < 2:
            continue
        times = np.stack([part.time_constant(p) for part in movable], axis=1)
        ranks = np.argsort(times, axis=1, kind="stable")
        places = np.array([part.indices for part in movable])
        for position, place in enumerate(places):
            order[:, place] = places[ranks[:, position]]
    return order


def disorder(circuit: Circuit, p: Floats) -> NDArray[np.intp]:
    """Count the pairs of interchangeable arcs that stand with the slower one first, shape (n,)."""
    count = np.zeros(len(p), int)
    for group in interchangeable(circuit):
        times = [part.time_constant(p) for part in group]
        for first, second in combinations(times, 2):
            count += first > second
    return count
