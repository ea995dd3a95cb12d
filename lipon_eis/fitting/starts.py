"""Starts for every spectrum: from the dictionary where the circuit is a chain, else quasi-random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.dictionary import ARC_EXPONENT, TAILS, scan
from lipon_eis.fitting.random_starts import Bounds, random_starts
from lipon_eis.model.chain import Chain, Term, chain
from lipon_eis.model.circuit import Circuit

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

MAX_ARCS = 4
STARTS = (1, 4, 10, 12, 16)  # by the number of arcs
STARTS_WITH_DIFFUSION = (1, 4, 8, 14, 18)
RANDOM_STARTS = 16  # for eight parameters; four more for each further one


def scannable(circuit: Circuit) -> Chain | None:
    """Return the circuit as a chain that the dictionary covers, or None."""
    found = chain(circuit)
    if found is None or len(found.of_kind("arc")) > MAX_ARCS:
        return None
    tails = found.of_kind("tail")
    plain = all(term.symbols != ("La",) for term in found.terms)
    return found if plain and len(tails) <= 1 and all(t.symbols[0] in TAILS for t in tails) else None


def n_starts(circuit: Circuit) -> int:
    """How many starts a circuit is given: more where arcs and diffusion can stand in for each other."""
    found = scannable(circuit)
    if found is None:
        return RANDOM_STARTS + 4 * max(0, len(circuit.parameters) - 8)
    return (STARTS_WITH_DIFFUSION if _diffusion(found) else STARTS)[len(found.of_kind("arc"))]


def n_scouts(circuit: Circuit) -> int:
    """How many starts are run before it is decided whether the others are needed."""
    found = scannable(circuit)
    if found is None or len(found.of_kind("arc")) > 2:
        return n_starts(circuit)
    return (1, 2, 3 if _diffusion(found) else 2)[len(found.of_kind("arc"))]


def _diffusion(found: Chain) -> bool:
    """Tell whether a chain ends in an element that can bend like an arc."""
    return any(t.symbols[0] != "CPE" for t in found.of_kind("tail"))


def find_starts(
    circuit: Circuit, omega: Floats, z: Complexes, weight: Floats, *, seed: int = 0, bounds: Bounds | None = None
) -> Floats:
    """Return starts in natural parameters, shape (n, n_starts, k); NaN where fewer distinct ones exist.

    Args:
        circuit: Any circuit.
        omega: [rad/s], shape (n, n_freq).
        z: [Ω], same shape.
        weight: Of |ΔZ|², same shape, 0 for padding.
        seed: For circuits that are no chain.
        bounds: (name, lower, upper) → the bounds that the caller sets, likewise.
    """
    found = scannable(circuit)
    if found is None:
        return random_starts(circuit, omega, z, weight, n_starts=n_starts(circuit), seed=seed, bounds=bounds)

    resistors, inductors = found.of_kind("resistance"), found.of_kind("inductance")
    arcs, tails = found.of_kind("arc"), found.of_kind("tail")
    constants = ("R",) * bool(resistors) + ("L",) * bool(inductors)
    ideal = bool(arcs) and all(a.n is None for a in arcs)
    result = scan(
        omega,
        z,
        weight,
        constants=constants,
        n_arcs=len(arcs),
        arc_exponent=1.0 if ideal else ARC_EXPONENT,
        tail=tails[0].symbols[0] if tails else None,
        n_starts=n_starts(circuit),
    )

    modulus = np.where(weight > 0, np.abs(z), np.inf).min(axis=1)[:, None]
    fastest = omega.max(axis=1)[:, None]
    starts = np.full((*result.cost.shape, len(circuit.parameters)), np.nan)
    for position, kind in enumerate(constants):
        terms = resistors if kind == "R" else inductors
        smallest = 1e-3 * modulus if kind == "R" else 1e-4 * modulus / fastest
        for term in terms:  # several in series share what cannot be told apart
            starts[..., term.slice.start] = np.maximum(result.amplitudes[..., position], smallest) / len(terms)
    for position, term in enumerate(arcs):
        resistance = result.amplitudes[..., len(constants) + position]
        _write_arc(starts, term, resistance, result.times[..., position])
    if tails:
        _write_tail(starts, tails[0], result.amplitudes[..., -1], result.tail)
    usable = np.asarray(np.isfinite(starts).all(axis=2))
    if (none := np.flatnonzero(~usable.any(axis=1))).size:
        count = starts.shape[1]  # no combination with positive amplitudes: data of another kind than the circuit
        some = omega[none], z[none], weight[none]
        starts[none] = random_starts(circuit, *some, n_starts=count, seed=seed, bounds=bounds)
    return starts


def _write_arc(starts: Floats, term: Term, resistance: Floats, tau: Floats) -> None:
    exponent = 1.0 if term.n is None else ARC_EXPONENT
    assert term.r is not None
    starts[..., term.r] = resistance
    if term.n is not None:
        starts[..., term.n] = exponent
    if term.tau is not None:
        starts[..., term.tau] = tau
    if term.q is not None:
        starts[..., term.q] = tau**exponent / resistance


def _write_tail(starts: Floats, term: Term, amplitude: Floats, shape: Floats) -> None:
    first = term.slice.start
    symbol = term.symbols[0]
    if symbol in ("CPE", "C"):
        starts[..., first] = 1 / amplitude
    else:
        starts[..., first] = amplitude
    if symbol in ("CPE", "Wo", "Ws", "G"):
        starts[..., first + 1] = shape
