"""What residuals tell of a fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def neighbour_correlation(r: Floats) -> Floats:
    """Return the correlation of residuals at neighbouring frequencies, shape (n,); 0 where there are none.

    Args:
        r: Weighted residuals, all of Re before all of Im, shape (n, 2·n_freq); padding is 0.
    """
    pairs = r.reshape(len(r), 2, -1)
    energy = (pairs**2).sum(axis=(1, 2))
    product = (pairs[..., 1:] * pairs[..., :-1]).sum(axis=(1, 2))
    result: Floats = product / np.where(energy > 0, energy, 1.0)
    return result
