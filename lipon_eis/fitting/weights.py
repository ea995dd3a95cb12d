"""Weights of a least-squares fit of impedance.

The cost is Σ w_re (Re Z − Re Ẑ)² + w_im (Im Z − Im Ẑ)². With *modulus* weights, 1/|Z|², a
relative error counts alike at every frequency, which suits instruments whose error is a
fraction of |Z|; *proportional* weights each component by its own size; *unit* by 1; *sigma* by
the standard deviations that came with the data. A fit in admittance has the same cost of Y = 1/Z, with the
same definitions of Y; the standard deviation of Y is that of Z over |Z|².
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit, nearest
from lipon_eis.spectrum import SpectrumStack

WEIGHTINGS = ("modulus", "proportional", "unit", "sigma")
SPACES = {"Z": "impedance", "Y": "admittance"}
NO_SIGMA = (
    "weighting 'sigma' needs a standard deviation for every point: a column such as sigma_ohm, or Spectrum(sigma=…)"
)
SMALLEST_COMPONENT = 1e-6  # of |Z|: a component that crosses zero shall not get an infinite weight


def weights(stack: SpectrumStack, weighting: str = "modulus", space: str = "Z") -> NDArray[np.float64]:
    """Return the weights of Re and Im, shape (n_spectra, n_freq, 2), 0 for padding.

    Args:
        stack: The spectra.
        weighting: One of `WEIGHTINGS`.
        space: One of `SPACES`: what is fitted, Z or Y.

    Raises:
        CannotFit: The weighting or the space does not exist, or the weighting is ``sigma`` and a spectrum has
            no standard deviations.
    """
    if weighting not in WEIGHTINGS:
        raise CannotFit(
            f"no weighting {weighting!r}{nearest(weighting, WEIGHTINGS)} (there are {', '.join(WEIGHTINGS)})"
        )
    if space not in SPACES:
        raise CannotFit(f"no space {space!r}: a fit is in Z (impedance) or in Y (admittance)")
    value = stack.impedance if space == "Z" else 1 / stack.impedance
    modulus = np.abs(value)
    if weighting == "sigma":
        if np.isnan(stack.sigma[stack.used]).any():
            raise CannotFit(NO_SIGMA)
        size = np.stack([stack.sigma if space == "Z" else stack.sigma * modulus**2] * 2, axis=2)
    elif weighting == "proportional":
        size = np.maximum(np.abs(np.stack([value.real, value.imag], axis=2)), SMALLEST_COMPONENT * modulus[..., None])
    elif weighting == "modulus":
        size = np.stack([modulus] * 2, axis=2)
    else:
        size = np.ones((*value.shape, 2))
    used = stack.used[..., None]
    result: NDArray[np.float64] = np.where(used, 1.0 / np.where(used, size, 1.0) ** 2, 0.0)
    return result
