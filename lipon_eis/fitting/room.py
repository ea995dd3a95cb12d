"""Could a larger circuit still win? A look at the residuals, before it is fitted.

What a smooth misfit adds to the residuals, second differences of neighbours do not see: they measure the noise
whatever the circuit. Were a larger circuit to reach that noise, AICc would fall by no more than
N ln((χ²/N + a²)/(noise² + a²)); where that is nothing, there is no need to fit it.
"""

from __future__ import annotations

import math

import numpy as np

from lipon_eis.fitting.ranking import ACCURACY
from lipon_eis.fitting.result import Fit
from lipon_eis.spectrum import Spectrum

FEWEST = 8  # points below which neighbours say nothing of the noise


def room(fit: Fit, spectrum: Spectrum, accuracy: float = ACCURACY) -> float:
    """Return by how much AICc could fall, were nothing but noise left; penalties are not counted.

    Args:
        fit: Of the spectrum.
        spectrum: The data, whose points follow one another in frequency.
        accuracy: Of the instrument, relative, as in `lipon_eis.fitting.ranking.corrected_aic`.

    Returns:
        The gain; below 0 where the noise is no smaller than the misfit; inf for too few points to tell.

    Source:
        Noise from second differences: Gasser, Sroka and Jennen-Steinmetz 1986, Biometrika 73, 625.
    """
    used = spectrum.used
    if used.sum() < FEWEST:
        return math.inf
    z = spectrum.impedance[used]
    relative = (fit.impedance[used] - z) / np.abs(z)
    bends = np.diff(relative, n=2)
    noise = float(np.mean(np.abs(bends) ** 2)) / 12  # two parts, each with 1 + 4 + 1 variances
    n = 2 * int(used.sum())
    return n * math.log((fit.relative_chi2 / n + accuracy**2) / (noise + accuracy**2))
