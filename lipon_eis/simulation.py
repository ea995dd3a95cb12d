"""Synthetic spectra: a circuit, its values, and noise if asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lipon_eis.errors import InvalidOption
from lipon_eis.library import load_circuit
from lipon_eis.model.circuit import Circuit, Values
from lipon_eis.spectrum import Spectrum


def simulate(
    circuit: str | Circuit,
    values: Values,
    frequency: ArrayLike,
    noise: float = 0.0,
    seed: int | None = None,
    label: str = "simulated",
) -> Spectrum:
    """Return a synthetic spectrum.

    Args:
        circuit: A name, a circuit string, a path or a `Circuit`.
        values: Parameter values by name or in order, SI.
        frequency: [Hz], shape (n_freq,).
        noise: Standard deviation of each of Re and Im as a fraction of |Z|; normal and independent.
        seed: Of the noise; None draws anew each time.
        label: Of the spectrum.

    Raises:
        InvalidOption: The noise is negative.
        UnknownParameter: A value for a parameter that the circuit has not, or none for one that it has.

    >>> s = simulate("R0-p(R1,CPE1)-CPE2", [10, 1e3, 1e-9, 0.95, 1e-6, 0.9], [1e6, 1e3, 1.0])
    >>> len(s)
    3
    """
    if not noise >= 0:
        raise InvalidOption(f"noise is a fraction of |Z| such as 0.003, not {noise!r}")
    model = load_circuit(circuit).circuit
    f = np.asarray(frequency, dtype=float)
    z = model.impedance(f, values)
    if noise:
        scatter = np.random.default_rng(seed).normal(size=(2, *f.shape))
        z = z + noise * np.abs(z) * (scatter[0] + 1j * scatter[1])
    return Spectrum(f, z, label=label, meta={"technique": "simulation", "circuit": model.text, "noise": noise})
