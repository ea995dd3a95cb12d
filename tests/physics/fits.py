"""Fits made by hand, so that what follows from them can be worked out by hand."""

import numpy as np

from lipon_eis.fitting.result import Fit
from lipon_eis.model.circuit import Circuit


def make_fit(text, values, *, relative=0.01, covariance=None, fixed=(), unknown=None, dof=100):
    """Return a fit of these values with independent relative errors, or with a given covariance.

    ``unknown`` maps names to the one-sided interval that stands for a value.
    """
    circuit, unknown = Circuit(text), unknown or {}
    p = circuit.values(values)
    names = circuit.names
    c = np.diag((relative * p) ** 2) if covariance is None else np.array(covariance, float)
    held = np.array([n in fixed for n in names])
    known = np.array([n not in unknown for n in names])
    lost = held | ~known
    c = np.where(lost[:, None] | lost[None, :], np.nan, c)
    intervals = np.array([unknown.get(n, (v / 1.1, v * 1.1)) for n, v in zip(names, p, strict=True)], float)
    return Fit(
        circuit=circuit,
        used_values=p,
        known=known,
        covariance=c,
        intervals=intervals,
        interval_method=tuple("" if h else "bound" if u else "covariance" for h, u in zip(held, ~known, strict=True)),
        fixed=held,
        at_bound=~known,
        bounds=np.array([(q.lower, q.upper) for q in circuit.parameters]),
        weighting="modulus",
        chi2=1e-3,
        degrees_of_freedom=dof,
        relative_chi2=1e-3,
        n_used=(dof + len(names)) // 2,
        starts=5,
        starts_agreeing=5,
        rivals=(),
        converged=True,
        impedance=np.ones(3, complex),
    )
