"""What a change of an arc's resistance and capacitance means: the pictures that fit it, by chi2.

In the plane of ln(R after/before) and ln(C after/before) every picture is a line through the origin:

- *more active area*: R down by a factor and C up by the same one (Iriyama et al. 2005, Solid State Ionics 176, 2371,
  on LiPON/LCO: heat lowers the charge transfer's resistance and leaves its activation energy);
- *growing layer*: R in proportion to its thickness, C to the reciprocal. That is the same line, R·C constant, walked
  the other way, so its lower half is also a layer that thins, its upper half area that is lost. One arc alone cannot
  tell these from each other;
- *barrier*: R changed and C did not. What "C did not" means for a constant phase element is open: τ/R did not (a
  distribution through the film), or Q did not (one along a surface: then τ/R goes with R^((1−n)/n)), or something
  between (Brug et al. 1984); the picture is that wedge.

Limits: both laws of area hold where the contact, not the constriction of current towards it, sets the time constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NO_CHANGE, MORE_AREA, GROWING_LAYER, BARRIER = "no change", "more active area", "growing layer", "barrier"
OPPOSITE = "R·C constant"
PICTURES = (NO_CHANGE, OPPOSITE, BARRIER)
CANNOT_TELL, NONE = "cannot tell", "none of these alone"
DOUBT = 0.01  # probability below which a picture does not fit
MARGIN = 0.05  # by which R and C may have changed and still be called unchanged


@dataclass(frozen=True)
class Judgement:
    """Which pictures fit the change of one arc.

    Attributes:
        probabilities: Picture → probability of a chi2 as large as this, were it true.
        call: `NO_CHANGE`, `MORE_AREA`, `GROWING_LAYER`, `BARRIER`, `CANNOT_TELL` (several fit) or `NONE`.
        fitting: The pictures that fit.
    """

    probabilities: dict[str, float]
    call: str
    fitting: tuple[str, ...]


def judge_change(change: Floats, covariance: Floats, exponent: float, degrees_of_freedom: float) -> Judgement:
    """Weigh the pictures of one arc's change.

    Args:
        change: ln of the ratio after/before of R and of C = τ/R, shape (2,).
        covariance: Of these, shape (2, 2).
        exponent: Of the arc, common to both states.
        degrees_of_freedom: With which the noise was estimated.
    """
    from scipy.special import fdtrc

    def probability(chi2: float, count: int) -> float:
        return float(fdtrc(count, degrees_of_freedom, chi2 / count))

    def off(line: Floats) -> float:
        return float((line @ change) ** 2 / (line @ covariance @ line))

    r, c = change.tolist()
    rise = (1 - exponent) / exponent
    lines = np.array([0.0, 1.0]), np.array([-rise, 1.0])
    between = min(0.0, rise * r) <= c <= max(0.0, rise * r)
    found = {
        NO_CHANGE: probability(float(change @ np.linalg.solve(covariance, change)), 2),
        OPPOSITE: probability(off(np.ones(2)), 1),
        BARRIER: 1.0 if between else max(probability(off(line), 1) for line in lines),
    }
    fitting = tuple(picture for picture in PICTURES if found[picture] >= DOUBT)
    return Judgement(found, _call(fitting, change, covariance, degrees_of_freedom), fitting)


def _call(fitting: tuple[str, ...], change: Floats, covariance: Floats, degrees_of_freedom: float) -> str:
    """Name the one picture that fits; no change is called only where 90 % intervals lie inside `MARGIN`."""
    from scipy.special import stdtrit

    if NO_CHANGE in fitting:
        reach = np.abs(change) + float(stdtrit(degrees_of_freedom, 0.95)) * np.sqrt(np.diag(covariance))
        return NO_CHANGE if (reach < np.log1p(MARGIN)).all() else CANNOT_TELL
    if fitting == (OPPOSITE,):
        return MORE_AREA if change[0] < 0 else GROWING_LAYER
    if fitting == (BARRIER,):
        return BARRIER
    return CANNOT_TELL if fitting else NONE
