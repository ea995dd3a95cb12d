"""Do the data ask for a lead inductance? A score test on a fit that has none.

One Gauss–Newton step that frees an inductance at zero gives its estimate and standard error
without fitting again (Rao 1948, Math. Proc. Camb. Phil. Soc. 44, 50). Only where it stands out is
the larger circuit fitted and compared by AICc.
"""

from __future__ import annotations

import numpy as np

from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.solver import gauss_newton_step, inverse_information
from lipon_eis.model.circuit import Circuit
from lipon_eis.model.tree import leaves
from lipon_eis.spectrum import Spectrum

CLEAR = 3.0  # standard errors
NAME = "L0"


def with_inductance(circuit: Circuit) -> Circuit | None:
    """Return the circuit with an inductor in series before it; None where it has one already."""
    if any(leaf.symbol in ("L", "La") for leaf in leaves(circuit.tree)):
        return None
    return Circuit(f"{NAME}-{circuit.text}")


def asks_for_inductance(fit: Fit, spectrum: Spectrum) -> bool:
    """Tell whether an inductance in series would be estimated as clearly positive."""
    larger = with_inductance(fit.circuit)
    if larger is None:
        return False
    used = spectrum.used
    s = np.asarray(2j * np.pi * spectrum.frequency[used][None], dtype=complex)
    z = spectrum.impedance[used][None]
    small = 1e-9 * np.abs(z).min() / s.imag.max()
    p = np.concatenate([[small], fit.used_values])[None]
    model, partials = larger.evaluate(s, p)
    scale = np.where(p > 0, p, 1.0)
    scale[0, 0] = 1.0
    jacobian = (partials * scale[..., None] / np.abs(z)).view(float)
    residual = ((model - z) / np.abs(z)).view(float)
    moves = np.concatenate([[True], ~fit.fixed & ~fit.at_bound])[None]
    step = gauss_newton_step(jacobian, residual, moves)[0, 0]
    if step <= 0:
        return False
    noise = fit.relative_chi2 / max(2 * fit.n_used - int(moves.sum()), 1)
    variance = inverse_information(jacobian, moves)[0, 0, 0] * noise
    return bool(step > CLEAR * np.sqrt(variance))
