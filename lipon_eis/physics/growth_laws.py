"""Laws by which a resistance grows, compared by what the data say of each.

R = a (constant), a + b √t (a layer that grows by diffusion through itself), a + b t (a reaction of constant rate),
a + b ln(1 + t/t0) (one that chokes itself). Each is fitted by weighted least squares to ln R, whose errors are the
fit's; the laws are ranked by AICc (Hurvich and Tsai 1989, Biometrika 76, 297), with χ² over its scale where all laws
scatter more than errors say (Lebreton et al. 1992, Ecol. Monogr. 62, 67). A difference below 2 tells nothing (Burnham
and Anderson 2002).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.uncertainty import NORMAL, student_t
from lipon_eis.physics.arrhenius import Estimate, Scale, scale_of

Floats = NDArray[np.float64]

CONSTANT, ROOT, LINEAR, LOGARITHMIC = "constant", "square root", "linear", "logarithmic"
TELLING = 2.0  # difference of AICc below which two laws cannot be told apart
FACTORS = np.array([1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 100])  # by which a series may go on
GRID = 25  # values of t0 that are tried
SETTLED = 1e-10  # of chi2
APART = 3.0  # standard errors by which two laws have to differ to be told apart


@dataclass(frozen=True, eq=False)
class Law:
    """One law, fitted.

    Attributes:
        name: `CONSTANT`, `ROOT`, `LINEAR` or `LOGARITHMIC`.
        parameters: a [Ω], b and t0, those that the law has, shape (k,).
        covariance: Of these, widened by the scale; NaN for a t0 at the end of what was tried, shape (k, k).
        chi2: Of ln R, before any scale.
        aicc: To be compared.
    """

    name: str
    parameters: Floats
    covariance: Floats
    chi2: float
    aicc: float

    def value(self, t: Floats) -> Floats:
        """Return R at times [Ω]."""
        return _value(self.name, self.parameters, np.asarray(t, float))

    def stderr(self, t: Floats) -> Floats:
        """Return the standard error of R at times [Ω]."""
        slope = _slope(self.name, self.parameters, np.asarray(t, float))
        spread = np.nan_to_num(self.covariance)
        result: Floats = np.sqrt(np.einsum("nk,kl,nl->n", slope, spread, slope))
        return result


@dataclass(frozen=True, eq=False)
class Growth:
    """The laws that were compared, best first.

    Attributes:
        laws: By AICc.
        scale: Of the errors: what the points scatter about the best law against what they say.
        points: How many there are.
    """

    laws: tuple[Law, ...]
    scale: Scale
    points: int

    @property
    def weights(self) -> Floats:
        """Share of the evidence that each law has (Akaike weights)."""
        relative = np.exp(-0.5 * (np.array([law.aicc for law in self.laws]) - self.laws[0].aicc))
        result: Floats = relative / relative.sum()
        return result

    @property
    def decided(self) -> bool:
        """Whether the best law is better than all others by what can be told."""
        return len(self.laws) > 1 and self.laws[1].aicc - self.laws[0].aicc >= TELLING

    @property
    def rivals(self) -> tuple[Law, ...]:
        """Laws, the best one first, that the data do not tell apart."""
        return tuple(law for law in self.laws if law.aicc - self.laws[0].aicc < TELLING)

    def estimate(self, law: Law, which: int) -> Estimate:
        """Return a parameter with its error and 95 % interval."""
        stderr = math.sqrt(law.covariance[which, which]) if law.covariance[which, which] >= 0 else math.nan
        dof = max(self.points - len(law.parameters), 1)
        quantile = float(student_t(np.array(dof))) if self.scale.estimated else NORMAL
        return Estimate.plain(float(law.parameters[which]), stderr, quantile)


def compare_growth(t: Floats, log_r: Floats, covariance: Floats) -> Growth:
    """Fit and rank the laws.

    Args:
        t: Time or number of cycles, not negative, shape (n,).
        log_r: ln R, shape (n,).
        covariance: Of these, shape (n, n).

    Raises:
        numpy.linalg.LinAlgError: The covariance is none.
    """
    n = len(t)
    whiten = np.linalg.inv(np.linalg.cholesky(covariance))
    fitted = [_fit(name, t, log_r, whiten) for name in (CONSTANT, ROOT, LINEAR)]
    if n > 4:
        fitted.append(_fit_logarithm(t, log_r, whiten))
    seen = [(chi2, n - len(p)) for _, p, _, chi2 in fitted if n > len(p)]
    chi2, dof = min(seen, key=lambda one: one[0] / one[1])
    scale = scale_of(chi2, dof)
    laws = []
    for name, p, cov, chi2 in fitted:
        k = len(p)
        correction = 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else math.inf
        laws.append(Law(name, p, cov * scale.variance, chi2, chi2 / scale.variance + 2 * k + correction))
    return Growth(tuple(sorted(laws, key=lambda law: law.aicc)), scale, n)


def telling_time(growth: Growth, t: Floats, relative: float) -> float:
    """Return the time at which one more spectrum would tell the two best laws apart, NaN where none does.

    Args:
        growth: Laws that are near each other.
        t: Times that were measured.
        relative: Standard error of ln R of one more spectrum.
    """
    later = float(t.max()) * FACTORS
    one, other = growth.laws[:2]
    with np.errstate(invalid="ignore"):
        apart = np.abs(one.value(later) - other.value(later))
        error = np.sqrt(one.stderr(later) ** 2 + other.stderr(later) ** 2 + (relative * one.value(later)) ** 2)
        enough = later[apart > APART * error]
    return float(enough[0]) if enough.size else math.nan


_Fitted = tuple[str, Floats, Floats, float]
_BASES: dict[str, Callable[[Floats], Floats]] = {ROOT: np.sqrt, LINEAR: lambda t: t}


def _value(name: str, p: Floats, t: Floats) -> Floats:
    if name == CONSTANT:
        return np.full(t.shape, p[0])
    basis = np.log1p(t / p[2]) if name == LOGARITHMIC else _BASES[name](t)
    result: Floats = p[0] + p[1] * basis
    return result


def _slope(name: str, p: Floats, t: Floats) -> Floats:
    """Return the derivatives of R by the parameters, shape (n, k)."""
    columns = [np.ones_like(t)]
    if name == LOGARITHMIC:
        columns += [np.log1p(t / p[2]), -p[1] * t / (p[2] * (p[2] + t))]
    elif name != CONSTANT:
        columns.append(_BASES[name](t))
    return np.stack(columns, axis=1)


def _fit(name: str, t: Floats, log_r: Floats, whiten: Floats, t0: float | None = None) -> _Fitted:
    """Fit a and b by Gauss–Newton in ln R; t0, where there is one, is held."""
    held = [] if t0 is None else [t0]
    k = 1 if name == CONSTANT else 2
    r = np.exp(log_r)
    design = _slope(name, np.array([1.0, 1.0, *held]), t)[:, :k]
    p = _solved(whiten @ (design / r[:, None]), whiten @ np.ones_like(r))
    if not (_value(name, np.array([*p, *held]), t) > 0).all():
        p = np.array([r.mean(), *([0.0] * (k - 1))])

    def residuals(p: Floats) -> tuple[Floats, Floats]:
        value = _value(name, np.array([*p, *held]), t)
        if not (value > 0).all():
            return np.full(len(t), np.inf), value
        return whiten @ (log_r - np.log(value)), value

    here, value = residuals(p)
    for _ in range(50):
        step, share = _solved(whiten @ (design / value[:, None]), here), 1.0
        there, tried = residuals(p + step)
        while share > 1e-6 and not there @ there <= here @ here * (1 + 1e-12):
            share /= 2
            there, tried = residuals(p + share * step)
        gain = here @ here - there @ there
        p, here, value = p + share * step, there, tried
        if gain < SETTLED * (1 + here @ here):
            break
    jacobian = whiten @ (design / value[:, None])
    covariance = np.asarray(np.linalg.pinv(jacobian.T @ jacobian), float)
    return name, np.array([*p, *held]), covariance, float(here @ here)


def _solved(jacobian: Floats, right: Floats) -> Floats:
    """Return the least-squares solution of a few unknowns."""
    size = np.sqrt((jacobian**2).sum(axis=0))
    scaled = jacobian / size
    return np.asarray(np.linalg.lstsq(scaled.T @ scaled, scaled.T @ right, rcond=1e-12)[0] / size, float)


def _fit_logarithm(t: Floats, log_r: Floats, whiten: Floats) -> _Fitted:
    """Fit a, b and t0, which is sought over four decades; at either end of these it is not known."""
    from scipy.optimize import minimize_scalar

    smallest = float(t[t > 0].min())
    lowest, highest = math.log(smallest / 30), math.log(30 * float(t.max()))
    places = np.linspace(lowest, highest, GRID)

    def at(place: float) -> _Fitted:
        return _fit(LOGARITHMIC, t, log_r, whiten, math.exp(place))

    best = int(np.argmin([at(place)[3] for place in places]))
    around = places[max(best - 1, 0)], places[min(best + 1, GRID - 1)]
    found = minimize_scalar(lambda place: at(place)[3], bounds=around, method="bounded", options={"xatol": 1e-6})
    _, p, covariance, chi2 = at(float(found.x))
    value = _value(LOGARITHMIC, p, t)
    jacobian = whiten @ (_slope(LOGARITHMIC, p, t) / value[:, None])
    whole = np.full((3, 3), np.nan)
    if best in (0, GRID - 1):
        whole[:2, :2] = covariance
    else:
        whole = np.linalg.pinv(jacobian.T @ jacobian)
    return LOGARITHMIC, p, whole, chi2
