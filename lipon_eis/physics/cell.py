"""The geometry of a cell as one number, its cell constant: σ = K/R.

Between electrodes above and below a film, K = d/A. Between electrodes side by side on it the current runs along the
film: K = gap/(width · d), with all gaps of a comb of fingers in parallel. That holds while the film is thin against the
gap; what it leaves out is known exactly for electrodes that are wide against the film.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.sample import Sample

Numbers = NDArray[Any]

PLANE = "measured in plane: "
WAY_OUT = "give cell_constant, or gap and width with the thickness"


@dataclass(frozen=True, eq=False)
class Cell:
    """How thickness and area, or what stands in their stead, turn a resistance into a conductivity.

    Attributes:
        in_plane: Whether the current runs along the film.
        roughness: True over geometric area; the area of every formula is multiplied by it.
        needs: What of the sample its constant depends on: letters of ``d`` and ``A``.
        missing: Empty, or why there is no constant.
        symbol: The constant in words, ``d/A``.
        constant: (thickness [m], true area [m²]) → K [1/m]; complex while a derivative is taken.
    """

    in_plane: bool
    roughness: float
    needs: str
    missing: str
    symbol: str
    constant: Callable[[Numbers, Numbers], Numbers]


def cell_of(sample: Sample) -> Cell:
    """Return the cell that a sample's geometry makes.

    A roughness factor multiplies the area: it is meant for films that follow a rough substrate everywhere, as those
    of atomic layer deposition do, where current and field have the true area to pass.
    """
    rough = sample.roughness_factor or 1.0
    if sample.geometry != "in-plane":
        return Cell(False, rough, "dA", "", "d/A", lambda d, a: d / a)
    if sample.cell_constant is not None:
        k = sample.cell_constant
        return Cell(True, rough, "", "", "K", lambda d, a: np.asarray(k))
    gap, width = sample.gap, sample.width
    gaps = 1 if sample.fingers is None else sample.fingers - 1
    if gap is None or width is None:
        return Cell(True, rough, "", PLANE + WAY_OUT, "K", lambda d, a: d * np.nan)
    if gaps < 1:
        return Cell(True, rough, "", PLANE + "one finger has no gap: fingers counts those of both electrodes", "K", _no)
    symbol = "gap/(width d)" if gaps == 1 else f"gap/({gaps} width d)"
    return Cell(True, rough, "d", "", symbol, lambda d, a: gap / (gaps * width * d))


def _no(d: Numbers, a: Numbers) -> Numbers:
    result: Numbers = d * np.nan
    return result


def thin_film_excess(thickness: float, gap: float) -> float:
    """Return by which fraction gap/(width · d) is too small, for electrodes on one face of a film.

    The current enters below the edges of the electrodes. For electrodes wide against the film, on an insulating
    substrate, the conformal map of the strip gives K · width = 2 K(k)/K(k′), k = tanh(π gap/4d), with complete
    elliptic integrals; for d ≪ gap it is gap/d + (4 ln 2)/π.

    >>> round(thin_film_excess(1e-6, 100e-6), 4)
    0.0088
    """
    x = math.pi * gap / (4 * thickness)
    if x > 15:  # k is 1 to rounding
        return 4 * math.log(2) / math.pi * thickness / gap
    complementary = 1 / math.cosh(x)
    exact = 2 * _elliptic(complementary) / _elliptic(math.tanh(x))
    return exact * thickness / gap - 1


def _elliptic(complementary: float) -> float:
    """Complete elliptic integral K of the modulus √(1 − c²), by the arithmetic-geometric mean."""
    a, b = 1.0, complementary
    while abs(a - b) > 1e-15 * a:
        a, b = (a + b) / 2, math.sqrt(a * b)
    return math.pi / (2 * a)
