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
from lipon_eis.fitting.uncertainty import student_t

FEWEST = 3


@dataclass(frozen=True)
class EdgeRegression:
    """A straight line through dots of several sizes.

    Attributes:
        edge: w, by which the radius of every dot is larger than given [m].
        edge_stderr: Its standard error [m].
        edge_interval: 95 % [m].
        conductance: σ/d (or C per area) of the film without the edges' share [S/m², F/m²].
        conductance_stderr: Its standard error, same unit.
        scatter: Root of chi2 over degrees of freedom: 1 where the dots scatter as their errors say.
        bias: Relative error of σ from the drawn area, 2w/r and its square, of each dot.
    """

    edge: float
    edge_stderr: float
    edge_interval: tuple[float, float]
    conductance: float
    conductance_stderr: float
    scatter: float
    bias: NDArray[np.float64]


def regress_dots(
    radius: Sequence[float], value: Sequence[float], stderr: Sequence[float], *, radius_stderr: float = 0.0
) -> EdgeRegression:
    """Fit √value = √(π k)·(r + w) to dots of one film.

    Args:
        radius: As drawn or measured [m].
        value: 1/R of the bulk arc [S], or its capacitance [F]; never with the lead resistance in R.
        stderr: Of the values, same unit.
        radius_stderr: Scatter of the radius from dot to dot [m].

    Raises:
        InvalidOption: Fewer than three dots, all of one size, or values and errors that are not positive.

    >>> r = np.array([50e-6, 100e-6, 250e-6])
    >>> found = regress_dots(r, np.pi * 12.5 * (r + 5e-6) ** 2, 0.001 * r)
    >>> round(found.edge * 1e6, 6), round(found.conductance, 6)
    (5.0, 12.5)
    """
    r, y, u = (np.asarray(column, dtype=float) for column in (radius, value, stderr))
    if r.size < FEWEST or r.shape != y.shape or r.shape != u.shape or np.ptp(r) == 0:
        raise InvalidOption(f"a regression over dots needs {FEWEST} or more, of several sizes; found {r.tolist()} m")
    if not ((r > 0).all() and (y > 0).all() and (u > 0).all()):
        raise InvalidOption("radii, values and their errors have to be positive")
    root = np.sqrt(y)
    slope = (root[r.argmax()] - root[r.argmin()]) / np.ptp(r)
    for _ in range(20):  # the radius' scatter weighs by the slope that is sought
        weight = 1 / np.hypot(u / (2 * root), slope * radius_stderr)
        design = np.stack([np.ones_like(r), r], axis=1) * weight[:, None]
        (intercept, slope), *_ = np.linalg.lstsq(design, root * weight, rcond=None)
    residual = root * weight - design @ [intercept, slope]
    dof = r.size - 2
    scatter = math.sqrt(float(residual @ residual) / dof)
    covariance = np.linalg.inv(design.T @ design) * max(scatter, 1.0) ** 2
    w = intercept / slope
    gradient = np.array([1 / slope, -w / slope])
    error = math.sqrt(gradient @ covariance @ gradient)
    reach = float(student_t(np.array(dof))) * error
    return EdgeRegression(
        edge=float(w),
        edge_stderr=error,
        edge_interval=(float(w) - reach, float(w) + reach),
        conductance=float(slope**2 / math.pi),
        conductance_stderr=float(2 * slope * math.sqrt(covariance[1, 1]) / math.pi),
        scatter=scatter,
        bias=(1 + w / r) ** 2 - 1,
    )
