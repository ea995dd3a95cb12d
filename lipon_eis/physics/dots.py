"""Dots of several sizes on one film: how much larger than its mask an electrode is.

Current and field spread beyond the edge of an electrode, and a mask's opening is not its drawing, so that a dot of
radius r acts like one of radius r + w. The roots of 1/R and of C are straight lines in r with the same w: the slope
gives σ/d (or ε0 ε_r/d), the intercept w, and a conductivity from the drawn area is wrong by 2w/r. Leakage along the
perimeter is no different at first order in w/r. Dots of several diameters were used for this on ALD LiPON by Put et
al., J. Electrochem. Soc. 166, A1239 (2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import InvalidOption
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.errors_in_variables import FEWEST, Line, fit_line


@dataclass(frozen=True)
class EdgeRegression:
    """A straight line through dots of several sizes.

    Attributes:
        edge: w, by which the radius of every dot is larger than given [m].
        conductance: σ/d (or C per area) of the film without the edges' share [S/m², F/m²].
        bias: Relative error of σ from the drawn area, 2w/r and its square, of each dot.
        line: Through the roots, in r.
    """

    edge: Estimate
    conductance: Estimate
    bias: NDArray[np.float64]
    line: Line

    @property
    def has_edge(self) -> bool:
        """Whether w differs from 0 by more than its 95 % interval."""
        low, high = self.edge.interval
        return low > 0 or high < 0


def regress_dots(
    radius: Sequence[float],
    value: Sequence[float],
    stderr: Sequence[float],
    *,
    radius_stderr: Sequence[float] | None = None,
) -> EdgeRegression:
    """Fit √value = √(π k)·(r + w) to dots of one film, with errors of both.

    Args:
        radius: As drawn or measured [m].
        value: 1/R of the bulk arc [S], or its capacitance [F]; never with the lead resistance in R.
        stderr: Of the values, same unit.
        radius_stderr: Of each radius, independent of the others [m]; None: the scatter of the dots tells.

    Raises:
        InvalidOption: Fewer than three dots, all of one size, or values and errors that are not positive.

    >>> r = np.array([50e-6, 100e-6, 250e-6])
    >>> found = regress_dots(r, np.pi * 12.5 * (r + 5e-6) ** 2, 1e-3 * r, radius_stderr=1e-3 * r)
    >>> round(found.edge.value * 1e6, 6), round(found.conductance.value, 6)
    (5.0, 12.5)
    """
    r, y, u = (np.asarray(column, dtype=float) for column in (radius, value, stderr))
    if r.size < FEWEST or r.shape != y.shape or r.shape != u.shape or np.ptp(r) == 0:
        raise InvalidOption(f"a regression over dots needs {FEWEST} or more, of several sizes; found {r.tolist()} m")
    if not ((r > 0).all() and (y > 0).all() and (u > 0).all()):
        raise InvalidOption("radii, values and their errors have to be positive")
    of_radius = None if radius_stderr is None else np.asarray(radius_stderr, dtype=float) / r
    line = fit_line(r, np.sqrt(y), of_radius, u / (2 * y))
    slope, (low, high) = line.slope.value, line.slope.interval
    conductance = Estimate(
        slope**2 / math.pi, 2 * slope * line.slope.stderr / math.pi, (low**2 / math.pi, high**2 / math.pi)
    )
    return EdgeRegression(line.shift, conductance, (1 + line.shift.value / r) ** 2 - 1, line)
