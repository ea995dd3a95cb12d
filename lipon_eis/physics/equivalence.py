"""Whether an activation energy is the same before and after: a test of equivalence, not the absence of a difference.

Two one-sided tests at 5 % each (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657): the energy is *unchanged* within
a margin where the 90 % interval of the difference lies inside it, *changed* where the 95 % interval excludes 0, else
the data do not decide. A thermometer's offset moves both energies alike and nearly cancels; the scatter of its
readings does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lipon_eis.fitting.uncertainty import student_t
from lipon_eis.physics.arrhenius import SHIFT, ArrheniusFit, Estimate, arrhenius

Floats = NDArray[np.float64]

MARGIN = 0.03  # eV
ENDLESS = 1e6  # degrees of freedom of an error that is known
UNCHANGED, CHANGED, UNDECIDED = f"unchanged within {MARGIN:g} eV", "changed", "not decided"


@dataclass(frozen=True)
class EnergyChange:
    """The difference of two activation energies, after less before.

    Attributes:
        sigma: Of those of σ, or 1/R [eV].
        sigma_T: Of those of σT, or T/R [eV]; differs from the other only where temperatures do.
        interval_90: Of ``sigma`` [eV], which the test looks at.
        call: `UNCHANGED`, `CHANGED` or `UNDECIDED`.
        before: The line before.
        after: The line after.
    """

    sigma: Estimate
    sigma_T: Estimate
    interval_90: tuple[float, float]
    call: str
    before: ArrheniusFit
    after: ArrheniusFit


@dataclass(frozen=True, eq=False)
class Resistances:
    """A resistance over temperature: readings [K], values [Ω], their standard errors, scatter of each reading [K]."""

    temperature: Sequence[float]
    value: Sequence[float]
    stderr: Sequence[float]
    scatter: ArrayLike

    def line(self, shift: float = 0.0) -> ArrheniusFit:
        """Return the Arrhenius line of 1/R, at temperatures moved by a shift [K]; an offset is no error here."""
        r, error = np.asarray(self.value, float), np.asarray(self.stderr, float)
        return arrhenius(
            np.asarray(self.temperature) + shift,
            1 / r,
            error / r**2,
            temperature_stderr=self.scatter,
            temperature_offset_stderr=0.0,
        )


def energy_change(before: Resistances, after: Resistances, offset: float) -> EnergyChange:
    """Compare the activation energies of a resistance in two states.

    Args:
        before: At three temperatures or more.
        after: Likewise.
        offset: Error that the thermometer has in both states alike [K].

    Raises:
        InvalidSample: Fewer than three temperatures, or a value that is not positive.
    """
    pairs = [(before.line(shift), after.line(shift)) for shift in (0.0, SHIFT)]
    found = [_difference([(one.sigma, other.sigma) for one, other in pairs], pairs[0], offset)]
    found.append(_difference([(one.sigma_T, other.sigma_T) for one, other in pairs], pairs[0], offset))
    (sigma, interval_90), (sigma_T, _) = found
    if max(abs(end) for end in interval_90) < MARGIN:
        call = UNCHANGED
    else:
        call = UNDECIDED if sigma.interval[0] <= 0 <= sigma.interval[1] else CHANGED
    return EnergyChange(sigma, sigma_T, interval_90, call, *pairs[0])


def _difference(
    energies: Sequence[tuple[Estimate, Estimate]], lines: tuple[ArrheniusFit, ArrheniusFit], offset: float
) -> tuple[Estimate, tuple[float, float]]:
    """Return after less before, and its 90 % interval.

    Args:
        energies: (before, after) at the temperatures as read, and at those moved by `SHIFT`.
        lines: Before and after.
        offset: [K].
    """
    from scipy.special import stdtrit

    (here, moved) = (after.value - before.value for before, after in energies)
    variances = np.array([one.stderr**2 for one in energies[0]])
    freedom = np.array([line.degrees_of_freedom if line.scale_estimated else ENDLESS for line in lines])
    by_offset = ((moved - here) / SHIFT * offset) ** 2
    total = float(variances.sum() + by_offset)
    effective = total**2 / float((variances**2 / freedom).sum())  # Welch and Satterthwaite
    stderr = math.sqrt(total)
    estimate = Estimate.plain(here, stderr, float(student_t(np.array(effective))))
    reach = float(stdtrit(effective, 0.95)) * stderr
    return estimate, (here - reach, here + reach)
