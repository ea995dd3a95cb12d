"""A circuit and a stack of spectra as a least-squares problem in fitting coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.coordinates import Coordinates
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.window import natural_limits
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import SpectrumStack

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Bools = NDArray[np.bool_]

MAX_STEP_LOG, MAX_STEP_EXPONENT = 3.0, 0.3
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
        root: Square roots of the weights, Re and Im side by side, shape (n, 2·n_freq).
        lower: Limits of the coordinates, shape (n, k).
        upper: Likewise.
        fixed: Parameters that the caller holds, shape (k,).
        bounded: Parameters that the caller bounds, shape (k,).
        log: Positive parameters, shape (k,).
        fixed_values: Natural values of the fixed ones, shape (k,), NaN elsewhere.
    """

    circuit: Circuit
    coordinates: Coordinates
    omega: Floats
    s: Complexes
    z: Complexes
    root: Floats
    lower: Floats
    upper: Floats
    fixed: Bools
    bounded: Bools
    log: Bools
    fixed_values: Floats

    @classmethod
    def of(cls, circuit: Circuit, stack: SpectrumStack, weight: Floats, options: Options) -> Problem:
        """Set up the problem of a stack; ``weight`` is of shape (n, n_freq, 2)."""
        omega = 2 * np.pi * stack.frequency
        log = np.array([p.log for p in circuit.parameters])
        fixed = np.array([name in options.fix for name in circuit.names])
        bounded = np.array([name in options.bounds for name in circuit.names])
        ranged = np.array([p.name in options.ranges and p.quantity in STORES for p in circuit.parameters])
        own = set(np.flatnonzero((fixed | bounded | ranged) & log).tolist())
        coordinates = Coordinates.of(circuit, _reference(omega), own)
        lower, upper = natural_limits(circuit, coordinates, omega, stack, options.limits)
        lower[:, fixed], upper[:, fixed] = -np.inf, np.inf
        fixed_values = np.array([options.fix.get(name, np.nan) for name in circuit.names])
        root = np.sqrt(weight).reshape(len(weight), -1)
        s = np.asarray(1j * omega, dtype=complex)
        z = stack.impedance
        return cls(circuit, coordinates, omega, s, z, root, lower, upper, fixed, bounded, log, fixed_values)

    @property
    def max_step(self) -> Floats:
        """Largest step of a coordinate, shape (k,)."""
        return np.where(self.log, MAX_STEP_LOG, MAX_STEP_EXPONENT)

    def residuals(self, x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return weighted residuals (m, 2·n_freq) and derivatives (m, k, 2·n_freq) at x (m, k)."""
        here = self.coordinates.take(rows)
        p = here.to_natural(x)
        model, jacobian = self.circuit.evaluate(self.s[rows], p)
        scale = self.root[rows]
        with np.errstate(all="ignore"):  # a step that overflows is refused by its cost
            here.pull_back(jacobian, x, p)
            r = (model - self.z[rows]).view(float) * scale
            derivatives = jacobian.view(float).reshape(*x.shape, self.root.shape[1])
            derivatives *= scale[:, None, :]
        return r, derivatives

    def natural(self, x: Floats, rows: NDArray[np.intp]) -> Floats:
        """Return natural parameters at x, the fixed ones exactly as given."""
        p = self.coordinates.take(rows).to_natural(x)
        return np.where(self.fixed, self.fixed_values, p)


def _reference(omega: Floats) -> Floats:
    """Return ln ω at which a tail's |Z| is a coordinate: a quarter up the window, where tails are seen."""
    high, low = np.log(omega.max(axis=1)), np.log(omega.min(axis=1))
    result: Floats = low + 0.25 * (high - low)
    return result
