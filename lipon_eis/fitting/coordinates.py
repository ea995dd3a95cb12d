"""Coordinates in which circuits are easy to fit, and the way back.

Positive parameters are fitted as logarithms, exponents as they are. The Q of a CPE is
replaced, since Q and n are strongly correlated and Q's unit changes with n:

- beside a resistor in parallel (an arc), by ln τ with Q = τⁿ/R; a capacitor likewise, C = τ/R;
- elsewhere (a blocking tail), by ln |Z| at a reference frequency inside the window, Q = ω_ref⁻ⁿ/|Z|.

Both have the form ln Q = n·t − u with another coordinate u. A parameter that the caller has
bounded or fixed keeps its own logarithm, so that its bound stays a plain one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.model.circuit import Circuit
from lipon_eis.model.tree import Leaf, Node, Parallel, leaves

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Arc:
    """A resistor in parallel with a CPE or a capacitor: indices of R, Q (or C) and n (None for C)."""

    r: int
    q: int
    n: int | None


@dataclass(frozen=True)
class Tail:
    """A CPE that belongs to no arc: indices of Q and n."""

    q: int
    n: int


@dataclass(frozen=True, eq=False)
class Coordinates:
    """The map between natural parameters p (n, k) and fitting coordinates x (n, k).

    Attributes:
        log: True for parameters with a logarithmic coordinate, shape (k,).
        arcs: Those whose Q is replaced by ln τ.
        tails: Those whose Q is replaced by ln |Z(ω_ref)|.
        reference: ln ω_ref of each spectrum, shape (n,).
    """

    log: NDArray[np.bool_]
    arcs: tuple[Arc, ...]
    tails: tuple[Tail, ...]
    reference: Floats

    @classmethod
    def of(cls, circuit: Circuit, log_omega: Floats, own: Collection[int] = ()) -> Coordinates:
        """Choose the coordinates of a circuit.

        Args:
            circuit: The circuit.
            log_omega: ln ω_ref for each spectrum, shape (n,).
            own: Indices of parameters that must keep their own logarithm.
        """
        arcs = [a for a in find_arcs(circuit.tree) if a.q not in own and a.r not in own]
        taken = {a.q for a in arcs}
        tails = [
            Tail(leaf.slice.start, leaf.slice.start + 1)
            for leaf in leaves(circuit.tree)
            if leaf.symbol == "CPE" and leaf.slice.start not in taken and leaf.slice.start not in own
        ]
        log = np.array([p.log for p in circuit.parameters])
        return cls(log, tuple(arcs), tuple(tails), np.asarray(log_omega, float))

    def take(self, rows: NDArray[np.intp]) -> Coordinates:
        """Return the same coordinates for some of the spectra."""
        return Coordinates(self.log, self.arcs, self.tails, self.reference[rows])

    def to_natural(self, x: Floats) -> Floats:
        """Return p, shape (n, k)."""
        logs = x.copy()
        for a in self.arcs:
            logs[:, a.q] = x[:, a.q] * (1.0 if a.n is None else x[:, a.n]) - x[:, a.r]
        for t in self.tails:
            logs[:, t.q] = -x[:, t.q] - x[:, t.n] * self.reference
        p: Floats = np.where(self.log, np.exp(np.clip(np.where(self.log, logs, 0.0), -300.0, 300.0)), logs)
        return p

    def from_natural(self, p: Floats) -> Floats:
        """Return x, shape (n, k)."""
        logs: Floats = np.where(self.log, np.log(np.maximum(np.where(self.log, p, 1.0), 1e-130)), p)
        x = logs.copy()
        for a in self.arcs:
            x[:, a.q] = (logs[:, a.q] + logs[:, a.r]) / (1.0 if a.n is None else p[:, a.n])
        for t in self.tails:
            x[:, t.q] = -logs[:, t.q] - p[:, t.n] * self.reference
        return x

    def pull_back(self, jacobian: NDArray[np.complex128], x: Floats, p: Floats) -> None:
        """Turn ∂Z/∂p, shape (n, k, n_freq), into ∂Z/∂x, in place."""
        jacobian *= np.where(self.log, p, 1.0)[:, :, None]
        for a in self.arcs:
            by_log_q = jacobian[:, a.q]
            jacobian[:, a.r] -= by_log_q
            if a.n is not None:
                jacobian[:, a.n] += by_log_q * x[:, a.q, None]
                by_log_q *= x[:, a.n, None]
        for t in self.tails:
            by_log_q = jacobian[:, t.q]
            jacobian[:, t.n] -= by_log_q * self.reference[:, None]
            by_log_q *= -1.0

    def slope(self, x: Floats, p: Floats) -> Floats:
        """Return ∂p/∂x, shape (n, k, k), for carrying a covariance to natural parameters."""
        n, k = x.shape
        logs = np.zeros((n, k, k))
        logs[:, np.arange(k), np.arange(k)] = 1.0
        for a in self.arcs:
            exponent = 1.0 if a.n is None else x[:, a.n]
            logs[:, a.q, a.q] = exponent
            logs[:, a.q, a.r] = -1.0
            if a.n is not None:
                logs[:, a.q, a.n] = x[:, a.q]
        for t in self.tails:
            logs[:, t.q, t.q] = -1.0
            logs[:, t.q, t.n] = -self.reference
        result: Floats = logs * np.where(self.log, p, 1.0)[:, :, None]
        return result


def find_arcs(node: Node) -> list[Arc]:
    """Return the resistors that lie directly beside a CPE or a capacitor, one pair a parallel at most."""
    if isinstance(node, Leaf):
        return []
    found = [arc for child in node.children for arc in find_arcs(child)]
    if isinstance(node, Parallel):
        inside = [child for child in node.children if isinstance(child, Leaf)]
        resistor = next((c for c in inside if c.symbol == "R"), None)
        store = next((c for c in inside if c.symbol in ("CPE", "C")), None)
        if resistor and store:
            q = store.slice.start
            found.append(Arc(resistor.slice.start, q, q + 1 if store.symbol == "CPE" else None))
    return found
