"""From a constant phase element to a capacitance: two formulas, by the kind of arc.

A distribution *through* a film (bulk, grain boundary) leaves the peak frequency meaningful:
C = Q^(1/n) R^((1−n)/n), that is τ/R (Hsu and Mansfeld 2001, Corrosion 57, 747; used for films by
Hornsveld et al. 2017, RSC Adv. 7, 41359). A distribution *along* a surface (interfaces,
electrodes) is seen through the resistance before it:
C = Q^(1/n) (1/R_e + 1/R)^((n−1)/n) (Brug et al. 1984, J. Electroanal. Chem. 176, 275), with R_e the
lead resistance and those of all faster arcs, since they are what is in series at that frequency.
Below n = 0.7 neither has a meaning and none is given. Where the two differ by more than a fifth, both are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]

SMALLEST_EXPONENT = 0.7
WORTH_SAYING = 0.2  # relative difference of the two formulas beyond which both are given
HSU_MANSFELD = "C = Q^(1/n) R^((1−n)/n)"
BRUG = "C = Q^(1/n) (1/R_e + 1/R)^((n−1)/n)"
BLOCKING = "C = Q^(1/n) R_e^((1−n)/n)"


def through_film(log_tau: Numbers, r: Numbers) -> Numbers:
    """C = τ/R [F], from ln τ and R [Ω]."""
    result: Numbers = np.exp(log_tau) / r
    return result


def along_surface(q: Numbers, n: Numbers, r: Numbers, r_e: Numbers) -> Numbers:
    """Brug's capacitance [F] of an arc seen through R_e [Ω]."""
    result: Numbers = np.exp(np.log(q) / n + (n - 1) / n * np.log(1 / r_e + 1 / r))
    return result


def blocking(q: Numbers, n: Numbers, r_e: Numbers) -> Numbers:
    """Brug's capacitance [F] of an electrode that lets no charge through, seen through R_e [Ω]."""
    result: Numbers = np.exp(np.log(q) / n + (1 - n) / n * np.log(r_e))
    return result
