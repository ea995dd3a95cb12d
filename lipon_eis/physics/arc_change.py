"""By how much the resistance and capacitance of one arc changed between two states of a cell.

Where both states were measured at a temperature, the two spectra of it are compared, and the change is the mean over
all such temperatures. Where there is none, the Arrhenius lines of both states are compared at 25 °C. Thickness and area
are those of one cell and cancel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.uncertainty import student_t
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, Estimate, inverse_temperature, scale_of
from lipon_eis.physics.generalised import generalised

Floats = NDArray[np.float64]

UNKNOWN = 2.0  # standard error of ln of a ratio beyond which it is not determined


@dataclass(frozen=True, eq=False)
class Change:
    """Of one arc, after less before.

    Attributes:
        logarithm: ln of the ratio of R and of C, shape (2,).
        covariance: Shape (2, 2), widened where the single changes scatter by more than their errors.
        quantile: Standard errors to the ends of 95 % intervals.
        degrees_of_freedom: Of the errors.
        scattered: Whether they were widened.
        temperature: Of the comparison [K], NaN where it is not known, or the mean of several.
    """

    logarithm: Floats
    covariance: Floats
    quantile: float
    degrees_of_freedom: float
    scattered: bool = False
    temperature: float = float("nan")

    def ratio(self, which: int) -> Estimate:
        """Return after over before of R (0) or of C (1)."""
        return Estimate.of_log(
            float(self.logarithm[which]), float(np.sqrt(self.covariance[which, which])), self.quantile
        )

    @property
    def known(self) -> bool:
        """Whether the data determine both."""
        variance = np.diag(self.covariance)
        return bool(np.isfinite(self.covariance).all() and (variance > 0).all() and (variance < UNKNOWN**2).all())


@dataclass(frozen=True, eq=False)
class Values:
    """ln R and ln C of one arc in n spectra.

    Attributes:
        logarithm: Shape (n, 2).
        covariance: Shape (n, 2, n, 2).
        after: False for those of the state before, shape (n,).
        temperature: [K], shape (n,), NaN where unknown.
        degrees_of_freedom: Of the noise.
    """

    logarithm: Floats
    covariance: Floats
    after: NDArray[np.bool_]
    temperature: Floats
    degrees_of_freedom: int

    def shaken(self, energy: float, scatter: Floats) -> Values:
        """Return the values with what a thermometer does to R: an energy [eV], its scatter in each spectrum [K]."""
        covariance = self.covariance.copy()
        at = np.arange(len(scatter))
        shift = np.where(scatter > 0, energy * scatter / (BOLTZMANN_EV * self.temperature**2), 0.0)
        covariance[at, 0, at, 0] += shift**2
        return Values(self.logarithm, covariance, self.after, self.temperature, self.degrees_of_freedom)


def change_at_once(values: Values) -> Change:
    """Return the change at one temperature; of repeated spectra the mean counts."""
    sign = np.where(values.after, 1 / values.after.sum(), -1 / (~values.after).sum())
    return Change(
        logarithm=sign @ values.logarithm,
        covariance=np.einsum("i,iajb,j->ab", sign, values.covariance, sign),
        quantile=float(student_t(np.array(values.degrees_of_freedom))),
        degrees_of_freedom=values.degrees_of_freedom,
        temperature=float(values.temperature.mean()),
    )


def mean_change(changes: Sequence[Change]) -> Change:
    """Return the common value of the changes at several temperatures."""
    if len(changes) == 1:
        return changes[0]
    n = len(changes)
    covariance = np.zeros((2 * n, 2 * n))
    for i, change in enumerate(changes):
        covariance[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = change.covariance
    logarithms = np.concatenate([change.logarithm for change in changes])
    fit = generalised(np.tile(np.eye(2), (n, 1)), logarithms, covariance)
    freedom = min(change.degrees_of_freedom for change in changes)
    return _widened(
        fit.parameters,
        fit.covariance,
        fit.chi2,
        2 * (n - 1),
        freedom,
        float(np.mean([change.temperature for change in changes])),
    )


def change_at_room_temperature(values: Values) -> Change:
    """Return the change at 25 °C of the lines of ln R and ln C in 1/kT, each state with its own.

    Raises:
        numpy.linalg.LinAlgError: A state has fewer than two temperatures.
    """
    n = len(values.logarithm)
    x = inverse_temperature(values.temperature)
    columns = [
        which * state * basis
        for which in (np.array([1.0, 0.0]), np.array([0.0, 1.0]))
        for state in (~values.after[:, None], values.after[:, None])
        for basis in (np.ones((n, 1)), x[:, None])
    ]
    design = np.stack([column.reshape(-1) for column in columns], axis=1)
    fit = generalised(design, values.logarithm.reshape(-1), values.covariance.reshape(2 * n, 2 * n))
    turn = np.zeros((2, 8))
    turn[0, [0, 2]] = turn[1, [4, 6]] = -1.0, 1.0
    return _widened(
        turn @ fit.parameters,
        turn @ fit.covariance @ turn.T,
        fit.chi2,
        2 * n - 8,
        values.degrees_of_freedom,
        298.15,
    )


def _widened(
    logarithm: Floats, covariance: Floats, chi2: float, count: int, freedom: float, temperature: float
) -> Change:
    scale = scale_of(chi2, count)
    if scale.estimated:
        return Change(logarithm, covariance * scale.variance, scale.quantile, count, True, temperature)
    return Change(logarithm, covariance, float(student_t(np.array(freedom))), freedom, False, temperature)
