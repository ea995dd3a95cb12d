"""A circuit and a stack of spectra as a least-squares problem in fitting coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.coordinates import Coordinates
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.parts import Part, Window, evaluate, parts_of
from lipon_eis.fitting.ties import Pairs, TiedCoordinates, keeps_place, pairs_of, share_limits
from lipon_eis.fitting.window import natural_limits
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import SpectrumStack

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Bools = NDArray[np.bool_]

MAX_STEP_LOG, MAX_STEP_EXPONENT = 3.0, 0.3
GLIMPSE = 20  # frequencies that tell where a run is going
STORES = ("capacitance", "admittance")  # quantities that have another coordinate unless they are bounded


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that the solver needs, for n spectra and k parameters.

    Attributes:
        circuit: The circuit.
        coordinates: From natural parameters to fitting coordinates.
        omega: [rad/s], shape (n, n_freq).
        s: jω, same shape.
        z: [Ω], same shape.
        admittance: Whether residuals are of 1/Z.
        root: Square roots of the weights, all of Re before all of Im, shape (n, 2·n_freq).
        parts: The circuit's parts in closed form, or None: then it is evaluated as a tree.
        window: Where the parts are evaluated.
        target: Weighted data for the parts, shape (n, 2·n_freq).
        lower: Limits of the coordinates, shape (n, k).
        upper: Likewise.
        fixed: Parameters that do not move by themselves: held by the caller, or tied, shape (k,).
        keep: Parameters that keep their arcs in place: held, bounded or tied by the caller, shape (k,).
        log: Positive parameters, shape (k,).
        held_values: Natural values of those that the caller holds, shape (k,), NaN elsewhere.
        ties: (follower, leader), indices.
    """

    circuit: Circuit
    coordinates: Coordinates
    omega: Floats
    s: Complexes
    z: Complexes
    admittance: bool
    root: Floats
    parts: tuple[Part, ...] | None
    window: Window
    target: Floats
    lower: Floats
    upper: Floats
    fixed: Bools
    keep: Bools
    log: Bools
    held_values: Floats
    ties: Pairs

    @classmethod
    def of(
        cls, circuit: Circuit, stack: SpectrumStack, weight: Floats, options: Options, plain: tuple[int, ...] = ()
    ) -> Problem:
        """Set up the problem of a stack; ``weight`` is of shape (n, n_freq, 2), ``plain`` keep their own logarithm."""
        omega = 2 * np.pi * stack.frequency
        log = np.array([p.log for p in circuit.parameters])
        ties = pairs_of(circuit, options.tie)
        held = np.array([name in options.fix for name in circuit.names])
        tied = np.isin(np.arange(len(log)), ties)
        bounded = np.array([name in options.bounds for name in circuit.names])
        ranged = np.array([p.name in options.ranges and p.quantity in STORES for p in circuit.parameters])
        own = set(np.flatnonzero((held | bounded | ranged | tied) & log).tolist()) | {i for i in plain if log[i]}
        coordinates = Coordinates.of(circuit, _reference(omega), own)
        lower, upper = natural_limits(circuit, coordinates, omega, stack, options.limits)
        fixed = held.copy()
        if ties:
            coordinates = TiedCoordinates.tying(coordinates, ties)
            share_limits(lower, upper, ties)
            fixed[[follower for follower, _ in ties]] = True
        lower[:, fixed], upper[:, fixed] = -np.inf, np.inf
        root = np.sqrt(np.moveaxis(weight, 2, 1))
        alike = bool((root[:, 0] == root[:, 1]).all())
        shared = omega[:1] if (omega == omega[0]).all() else omega
        z = stack.impedance
        return cls(
            circuit=circuit,
            coordinates=coordinates,
            omega=omega,
            s=np.asarray(1j * omega, dtype=complex),
            z=z,
            admittance=options.space == "Y",
            root=root.reshape(len(root), -1),
            parts=parts_of(circuit, coordinates) if alike and not ties and options.space == "Z" else None,
            window=Window(np.log(shared), root[:, 0].copy(), coordinates.reference[:, None]),
            target=(root * np.stack([z.real, z.imag], axis=1)).reshape(len(z), -1),
            lower=lower,
            upper=upper,
            fixed=fixed,
            keep=held | bounded | keeps_place(circuit, ties),
            log=log,
            held_values=np.array([options.fix.get(name, np.nan) for name in circuit.names]),
            ties=ties,
        )

    @property
    def held(self) -> Bools:
        """Parameters that the caller holds, shape (k,)."""
        return ~np.isnan(self.held_values)

    @property
    def max_step(self) -> Floats:
        """Largest step of a coordinate, shape (k,)."""
        spans = np.array([p.upper - p.lower for p in self.circuit.parameters])  # 1 for an exponent
        return np.where(self.log, MAX_STEP_LOG, MAX_STEP_EXPONENT * spans)

    def thinned(self) -> Problem | None:
        """Return the problem of every so many-th frequency and the last; None where that leaves too few, or all."""
        width = self.omega.shape[1]
        if (step := width // max(GLIMPSE, len(self.log) + 4)) < 2:
            return None
        some = np.union1d(np.arange(0, width, step), width - 1)

        def both(flat: Floats) -> Floats:
            return flat.reshape(len(flat), 2, width)[..., some].reshape(len(flat), -1)

        window = replace(self.window, log_omega=self.window.log_omega[:, some], weight=self.window.weight[:, some])
        return replace(
            self,
            omega=self.omega[:, some],
            s=self.s[:, some],
            z=self.z[:, some],
            root=both(self.root),
            window=window,
            target=both(self.target),
        )

    def weight_of_z(self) -> Floats:
        """Return the weight of |ΔZ|², shape (n, n_freq), whatever is fitted: |ΔY| = |ΔZ|/|Z|²."""
        weight: Floats = (self.root.reshape(len(self.root), 2, -1) ** 2).mean(axis=1)
        return weight / np.abs(self.z) ** 4 if self.admittance else weight

    def residuals(self, x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return weighted residuals (m, 2·n_freq), Re before Im, and derivatives (m, k, 2·n_freq) at x (m, k)."""
        with np.errstate(all="ignore"):  # a step that overflows is refused by its cost
            if self.parts is not None:
                r, derivatives = evaluate(self.parts, x, self.window.take(rows))
                width = self.target.shape[1]
                return r.reshape(len(x), width) - self.target[rows], derivatives.reshape(*x.shape, width)
            here = self.coordinates.take(rows)
            p = here.to_natural(x)
            misfit, jacobian = self.misfit(p, rows)
            here.pull_back(jacobian, x, p)
            scale = self.root[rows]
            return real_parts(misfit) * scale, real_parts(jacobian) * scale[:, None, :]

    def misfit(self, p: Floats, rows: NDArray[np.intp]) -> tuple[Complexes, Complexes]:
        """Return model less data (m, n_freq) and its derivatives by p (m, k, n_freq), of Z or of Y, unweighted."""
        model, partials = self.circuit.evaluate(self.s[rows], p)
        if not self.admittance:
            return model - self.z[rows], partials
        with np.errstate(all="ignore"):
            admittance = 1 / model
            partials *= -(admittance**2)[:, None, :]
            return admittance - 1 / self.z[rows], partials

    def impedance(self, p: Floats) -> Complexes:
        """Return Z of the circuit at natural parameters of all spectra, shape (n, n_freq)."""
        if self.parts is None:
            return self.circuit.evaluate(self.s, p)[0]
        plain = replace(self.window, weight=np.ones_like(self.window.weight))
        z, _ = evaluate(self.parts, self.coordinates.from_natural(p), plain)
        return z[:, 0] + 1j * z[:, 1]

    def natural(self, x: Floats, rows: NDArray[np.intp]) -> Floats:
        """Return natural parameters at x, the held ones exactly as given."""
        p = self.coordinates.take(rows).to_natural(x)
        return np.where(self.held, self.held_values, p)


def real_parts(z: Complexes) -> Floats:
    """Return all real before all imaginary parts along the last axis."""
    return np.concatenate([z.real, z.imag], axis=-1)


def _reference(omega: Floats) -> Floats:
    """Return ln ω at which a tail's |Z| is a coordinate: a quarter up the window, where tails are seen."""
    high, low = np.log(omega.max(axis=1)), np.log(omega.min(axis=1))
    result: Floats = low + 0.25 * (high - low)
    return result
