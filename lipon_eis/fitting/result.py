"""Fit: what a least-squares fit of one spectrum found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import UnknownParameter, nearest
from lipon_eis.model.circuit import Circuit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rival:
    """Another minimum: its parameters by name, SI, and its chi2."""

    values: dict[str, float]
    chi2: float


@dataclass(frozen=True, eq=False)
class Fit:
    """Values, errors and statistics of one fit; arrays are in the order of ``circuit.parameters``.

    Attributes:
        circuit: The fitted circuit.
        used_values: The numbers that make the fitted curve, SI, shape (k,).
        known: False where the data bound a parameter from one side only, shape (k,); `values` is NaN there.
        covariance: chi2/dof · (Re JᴴWJ)⁻¹ of the linear parameters, shape (k, k); NaN in the rows of
            fixed parameters and of those at a bound. Not rescaled when the weights are ``sigma``.
        intervals: 95 %, shape (k, 2); NaN for an end that is not known.
        interval_method: How, for each parameter: ``covariance``, ``profile``, ``bootstrap``, ``bound`` or nothing.
        fixed: True for parameters that were held, shape (k,).
        at_bound: True for parameters that rest on a bound, shape (k,).
        bounds: Lower and upper bound that the fit respected, shape (k, 2).
        weighting: One of `lipon_eis.fitting.weights.WEIGHTINGS`.
        chi2: Σ w |Z − Zfit|², or Σ w |Y − Yfit|² of a fit in admittance.
        degrees_of_freedom: 2 · used points − free parameters; one that follows another is not free.
        relative_chi2: Σ |Z − Zfit|²/|Z|², whatever the weighting; dimensionless.
        n_used: Points that took part.
        starts: Runs that were made.
        starts_agreeing: Runs that ended at the reported minimum.
        rivals: Other minima that the data cannot exclude (Δχ² below 9 noise variances), best first.
        converged: False where the limit of work came before the minimum.
        impedance: Fitted Z at every frequency of the spectrum, masked ones too [Ω].
        space: ``Z``, or ``Y`` where residuals and weights are those of the admittance.
        ties: Parameter → the one that it follows.
        widening: Factor by which correlated residuals widened the intervals; 1 for white noise.
    """

    circuit: Circuit
    used_values: Floats
    known: NDArray[np.bool_]
    covariance: Floats
    intervals: Floats
    interval_method: tuple[str, ...]
    fixed: NDArray[np.bool_]
    at_bound: NDArray[np.bool_]
    bounds: Floats
    weighting: str
    chi2: float
    degrees_of_freedom: int
    relative_chi2: float
    n_used: int
    starts: int
    starts_agreeing: int
    rivals: tuple[Rival, ...]
    converged: bool
    impedance: NDArray[np.complex128]
    space: str = "Z"
    ties: Mapping[str, str] = field(default_factory=dict)
    widening: float = 1.0

    @property
    def n_free(self) -> int:
        """Number of parameters that were estimated."""
        return int((~self.fixed).sum()) - len(self.ties)

    @property
    def correlation(self) -> Floats:
        """Correlations of the parameters, shape (k, k); NaN where there is no covariance."""
        stderr = np.sqrt(np.diag(self.covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            result: Floats = self.covariance / np.outer(stderr, stderr)
        return result

    @property
    def noise(self) -> float:
        """Variance of a weighted residual: chi2/dof, or 1 where the weights are standard deviations."""
        return 1.0 if self.weighting == "sigma" else self.chi2_reduced

    @property
    def values(self) -> dict[str, float]:
        """Fitted values by parameter name, SI; NaN where only a bound is known."""
        known = np.where(self.known, self.used_values, np.nan)
        return dict(zip(self.circuit.names, known.tolist(), strict=True))

    @property
    def stderr(self) -> dict[str, float]:
        """Standard errors by parameter name, SI; NaN where there is none."""
        errors = np.where(self.known, np.sqrt(np.diag(self.covariance)), np.nan)
        return dict(zip(self.circuit.names, errors.tolist(), strict=True))

    @property
    def chi2_reduced(self) -> float:
        """chi2 per degree of freedom; the relative noise variance under modulus weights."""
        return self.chi2 / self.degrees_of_freedom

    def correlated_pairs(self, beyond: float) -> list[tuple[str, str, float]]:
        """Return (name, name, ρ) of parameters whose |ρ| exceeds a limit, the worst first; ties are left out."""
        free = [i for i, name in enumerate(self.circuit.names) if name not in self.ties]
        rho = np.where(np.isnan(self.correlation), 0.0, self.correlation)
        found = [
            (self.circuit.names[i], self.circuit.names[j], float(rho[i, j]))
            for position, i in enumerate(free)
            for j in free[position + 1 :]
            if abs(rho[i, j]) > beyond
        ]
        return sorted(found, key=lambda pair: -abs(pair[2]))

    def index(self, name: str) -> int:
        """Return the position of a parameter.

        Raises:
            UnknownParameter: There is none of this name.
        """
        if name not in self.circuit.names:
            raise UnknownParameter(f"{self.circuit.text} has no parameter {name!r}{nearest(name, self.circuit.names)}")
        return self.circuit.names.index(name)

    def interval(self, name: str) -> tuple[float, float]:
        """Return the 95 % interval of a parameter, SI; NaN for an end that is not known."""
        low, high = self.intervals[self.index(name)].tolist()
        return low, high
