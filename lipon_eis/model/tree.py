"""A circuit as a tree, and the chain rule that goes with it.

Series adds impedances and leaves partial derivatives alone. Parallel adds admittances,
and scales the partials of branch k by (Z/Zₖ)². Parameters are numbered in the order they
are written, so those of a branch are contiguous and the rule is one multiplication.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from lipon_eis.model.registry import Complex, Element


@dataclass(frozen=True)
class Leaf:
    """One element: its name (``CPE1``), what it is, and where its parameters stand."""

    name: str
    element: Element
    slice: slice

    @property
    def symbol(self) -> str:
        """Letters that stand for the element, ``CPE``."""
        return self.element.symbol

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Series:
    """Branches one after the other."""

    children: tuple[Leaf | Parallel, ...]

    @property
    def slice(self) -> slice:
        """Where the parameters of all children stand."""
        return slice(self.children[0].slice.start, self.children[-1].slice.stop)

    def __str__(self) -> str:
        return "-".join(map(str, self.children))


@dataclass(frozen=True)
class Parallel:
    """Branches side by side."""

    children: tuple[Node, ...]

    @property
    def slice(self) -> slice:
        """Where the parameters of all children stand."""
        return slice(self.children[0].slice.start, self.children[-1].slice.stop)

    def __str__(self) -> str:
        return f"p({','.join(map(str, self.children))})"


Node = Leaf | Series | Parallel


def leaves(node: Node) -> tuple[Leaf, ...]:
    """Return the elements of a tree in the order they are written."""
    return (node,) if isinstance(node, Leaf) else tuple(leaf for child in node.children for leaf in leaves(child))


def evaluate(node: Node, s: Complex, p: NDArray[np.float64], partials: Complex) -> Complex:
    """Return the impedance of a tree and write its partial derivatives into `partials`.

    Args:
        node: The tree, or a part of it.
        s: jω, shape (n or 1, n_freq) [rad/s].
        p: Values of all parameters of the circuit, shape (n, n_par).
        partials: Written at ``[:, node.slice, :]``, shape (n, n_par, n_freq).

    Returns:
        Z, of a shape that broadcasts to (n, n_freq) [Ω]: a resistor's stays (n, 1).
    """
    if isinstance(node, Leaf):
        first, last = node.slice.start, node.slice.stop
        z: Complex
        z, slopes = node.element.evaluate(s, *(p[:, k : k + 1] for k in range(first, last)))
        for k, slope in enumerate(slopes, first):
            partials[:, k, :] = slope
        return z

    branches = [evaluate(child, s, p, partials) for child in node.children]
    if isinstance(node, Series):
        return _sum(branches)

    z = 1 / _sum([1 / branch for branch in branches])
    for child, branch in zip(node.children, branches, strict=True):
        ratio = z / branch
        partials[:, child.slice, :] *= (ratio * ratio)[:, None, :]
    return z


def _sum(terms: list[Complex]) -> Complex:
    total: Complex = reduce(add, terms)
    return total
