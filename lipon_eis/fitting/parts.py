"""A chain in its own coordinates: Z and ∂Z/∂x in closed form and real arithmetic.

A resistor, an inductor, a capacitor, an arc, a CPE and finite-space diffusion are each the exponential of one of
their coordinates times a shape: the derivative by that coordinate is the part itself, and Z is a sum of
derivatives. One real exponential a frequency is all that an arc costs; the general way (`lipon_eis.model.tree` with
complex numbers, then the chain rule of `Coordinates.pull_back`) takes several times as long and remains for every
other circuit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.coordinates import Coordinates, find_arcs
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.tree import Leaf, Node, Series

Floats = NDArray[np.float64]

QUARTER = np.pi / 2
BLOCKED = 20.0  # Re √(jωτ) from which coth is 1 at double precision


@dataclass(frozen=True, eq=False)
class Window:
    """Where the parts are evaluated, for n spectra; arrays with one row stand for all.

    Attributes:
        log_omega: ln ω, shape (n or 1, n_freq).
        weight: Of Re and of Im, the square root, shape (n, n_freq).
        reference: ln ω_ref of the CPEs' coordinates, shape (n, 1).
    """

    log_omega: Floats
    weight: Floats
    reference: Floats

    def take(self, rows: NDArray[np.intp]) -> Window:
        """Return the window of some of the spectra."""
        log_omega = self.log_omega if len(self.log_omega) == 1 else self.log_omega[rows]
        return Window(log_omega, self.weight[rows], self.reference[rows])


Write = Callable[[Sequence[Floats], Window, Sequence[Floats]], None]
"""(coordinates, window, derivatives by them) fills the derivatives, each (n, 2, n_freq), Re before Im."""


@dataclass(frozen=True)
class Part:
    """One part of a chain.

    Attributes:
        indices: Of its coordinates.
        write: See `Write`.
        z: Factors with which its derivatives add up to its Z; those left out are 0.
    """

    indices: tuple[int, ...]
    write: Write
    z: tuple[float, ...] = (1.0,)


def parts_of(circuit: Circuit, coordinates: Coordinates) -> tuple[Part, ...] | None:
    """Return the circuit's parts, or None where one of them has no closed form."""
    nodes = circuit.tree.children if isinstance(circuit.tree, Series) else (circuit.tree,)
    found = [_part(node, coordinates) for node in nodes]
    return None if None in found else tuple(part for part in found if part is not None)


def evaluate(parts: Sequence[Part], x: Floats, window: Window) -> tuple[Floats, Floats]:
    """Return weighted Z, shape (n, 2, n_freq), and its derivatives, shape (n, k, 2, n_freq), Re before Im."""
    derivatives = np.empty((*x.shape, 2, window.weight.shape[1]))
    z = np.zeros((len(x), 2, window.weight.shape[1]))
    for part in parts:
        by_x = [derivatives[:, index] for index in part.indices]
        part.write([x[:, index, None] for index in part.indices], window, by_x)
        for derivative, factor in zip(by_x, part.z, strict=False):
            (np.add if factor > 0 else np.subtract)(z, derivative, out=z)
    return z, derivatives


def _part(node: Node, coordinates: Coordinates) -> Part | None:
    in_window = {tail.q for tail in coordinates.tails}
    if isinstance(node, Leaf):
        first = node.slice.start
        if node.symbol == "CPE":
            pair = first, first + 1
            return Part(pair, _constant_phase) if first in in_window else Part(pair, _own_cpe, (-1.0,))
        return Part(tuple(range(first, node.slice.stop)), *LEAVES[node.symbol]) if node.symbol in LEAVES else None
    found = find_arcs(node)
    if len(found) != 1 or len(node.children) != 2 or not all(isinstance(child, Leaf) for child in node.children):
        return None
    (arc,) = found
    of_time = arc in coordinates.arcs
    if arc.n is None:
        return Part((arc.r, arc.q), _ideal_arc) if of_time else Part((arc.r, arc.q), _own_ideal_arc, (1.0, -1.0))
    indices = arc.r, arc.q, arc.n
    if arc.q in in_window:
        return Part(indices, _arc_in_window, (1.0, 1.0))
    return Part(indices, _arc) if of_time else Part(indices, _own_arc, (1.0, -1.0))


def _resistor(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    (by_r,) = out
    np.multiply(np.exp(x[0]), window.weight, out=by_r[:, 0])
    by_r[:, 1] = 0.0


def _inductor(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    (by_l,) = out
    by_l[:, 0] = 0.0
    np.multiply(np.exp(x[0] + window.log_omega), window.weight, out=by_l[:, 1])


def _capacitor(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """Z = −j/(ωC), ∂Z/∂ln C = −Z."""
    (by_c,) = out
    by_c[:, 0] = 0.0
    np.multiply(np.exp(-x[0] - window.log_omega), window.weight, out=by_c[:, 1])


def _arc(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """Z = R/(1 + P) with P = (jωτ)ⁿ: by ln τ −n Z P/(1 + P), by n −ln(jωτ) Z P/(1 + P)."""
    log_r, log_tau, n = x
    by_r, by_tau, by_n = out
    log = window.log_omega + log_tau
    slope = _relaxation(np.exp(log_r), np.exp(n * log), n, window, by_r)
    np.multiply(n, slope[0], out=by_tau[:, 0])
    np.multiply(n, slope[1], out=by_tau[:, 1])
    _times_log(slope, log, by_n)


def _own_arc(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """Z = R/(1 + P) with P = RQ(jω)ⁿ: by ln Q −Z P/(1 + P), by ln R that and Z, by n ln(jω) times that."""
    _product_arc(x[0], x[1], x[2], window.log_omega, window, out)


def _arc_in_window(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """An arc in ln R, n and ln |Z(ω_ref)| of its CPE, which is −ln(Q ω_refⁿ)."""
    _product_arc(x[0], -x[1], x[2], window.log_omega - window.reference, window, out)
    np.negative(out[1], out=out[1])


def _product_arc(log_r: Floats, log_q: Floats, n: Floats, log: Floats, window: Window, out: Sequence[Floats]) -> None:
    by_r, by_q, by_n = out
    slope = _relaxation(np.exp(log_r), np.exp(n * log + (log_r + log_q)), n, window, by_r)
    by_q[:, 0], by_q[:, 1] = slope
    by_r += by_q
    _times_log(slope, log, by_n)


def _ideal_arc(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """An arc with n = 1, in ln R and ln τ."""
    by_r, by_tau = out
    one = np.ones_like(x[0])
    by_tau[:, 0], by_tau[:, 1] = _relaxation(np.exp(x[0]), np.exp(window.log_omega + x[1]), one, window, by_r)


def _own_ideal_arc(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """An arc with n = 1, in ln R and ln C."""
    by_r, by_c = out
    _ideal_arc((x[0], x[0] + x[1]), window, out)
    by_r += by_c


def _relaxation(r: Floats, size: Floats, n: Floats, window: Window, z: Floats) -> tuple[Floats, Floats]:
    """Write Z = R/(1 + P) with P = size·jⁿ into z; return Re and Im of −Z P/(1 + P)."""
    p_re, b = size * np.cos(QUARTER * n), size * np.sin(QUARTER * n)
    a = 1 + p_re
    b_squared = b * b
    inverse = 1 / (a * a + b_squared)
    scaled = r * window.weight
    scaled *= inverse
    z_re, z_im = z[:, 0], z[:, 1]
    np.multiply(scaled, a, out=z_re)
    scaled *= b
    np.negative(scaled, out=z_im)
    p_re *= a
    p_re += b_squared
    p_re *= inverse
    b *= inverse
    return z_im * b - z_re * p_re, -(z_re * b + z_im * p_re)


def _times_log(slope: tuple[Floats, Floats], log: Floats, out: Floats) -> None:
    """Write slope·(log + jπ/2) into out."""
    re, im = slope
    np.subtract(re * log, QUARTER * im, out=out[:, 0])
    np.add(im * log, QUARTER * re, out=out[:, 1])


def _constant_phase(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """Z = exp(x)·(ω/ω_ref)⁻ⁿ·j⁻ⁿ with x = ln |Z(ω_ref)|: by n −Z (ln(ω/ω_ref) + jπ/2)."""
    _power_law(x[0], x[1], window.log_omega - window.reference, window, out)


def _own_cpe(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """Z = (jω)⁻ⁿ/Q: by ln Q −Z, by n −Z ln(jω)."""
    _power_law(-x[0], x[1], window.log_omega, window, out)
    by_q, _ = out
    np.negative(by_q, out=by_q)


def _power_law(log_size: Floats, n: Floats, log: Floats, window: Window, out: Sequence[Floats]) -> None:
    by_size, by_n = out
    size = np.exp(log_size - n * log)
    size *= window.weight
    np.multiply(size, np.cos(QUARTER * n), out=by_size[:, 0])
    np.multiply(size, -np.sin(QUARTER * n), out=by_size[:, 1])
    _times_log((-by_size[:, 0], -by_size[:, 1]), log, by_n)


def _finite_space(x: Sequence[Floats], window: Window, out: Sequence[Floats]) -> None:
    """Z = R coth(y)/y with y = √(jωτ) = a(1 + j): by ln τ −(R/sinh²y + Z)/2."""
    by_r, by_tau = out
    a = np.exp(0.5 * (window.log_omega + x[1] - np.log(2)))
    near = a < BLOCKED
    small = np.minimum(a, BLOCKED)
    sinh = np.sinh(small)
    cosh = np.sqrt(1 + sinh * sinh)
    sin = np.sin(small, where=near, out=np.zeros_like(a))
    cos = np.cos(small, where=near, out=np.ones_like(a))
    inverse = 1 / (sinh * sinh + sin * sin)
    scaled = np.exp(x[0]) * window.weight
    half = 0.5 * scaled / a
    re, im = sinh * cosh * inverse, sin * cos * inverse  # coth y = re − j im
    z_re, z_im = by_r[:, 0], by_r[:, 1]
    np.multiply(half, re - im, out=z_re)
    np.multiply(half, -(re + im), out=z_im)
    p, q = sinh * cos * inverse, cosh * sin * inverse  # 1/sinh y = p − j q
    scaled *= -0.5
    np.subtract(scaled * (p * p - q * q), 0.5 * z_re, out=by_tau[:, 0])
    np.subtract(scaled * (-2 * p * q), 0.5 * z_im, out=by_tau[:, 1])


LEAVES: dict[str, tuple[Write, tuple[float, ...]]] = {
    "R": (_resistor, (1.0,)),
    "L": (_inductor, (1.0,)),
    "C": (_capacitor, (-1.0,)),
    "Wo": (_finite_space, (1.0,)),
}
"""Elements that have one form in all coordinates."""
