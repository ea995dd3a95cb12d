"""Distribution of relaxation times: which arcs a spectrum holds, without a circuit.

Z(ω) = R∞ + jωL + tail + ∫ γ(ln τ)/(1 + jωτ) d ln τ, with γ ≥ 0 on a grid. Without more, γ is undetermined; here
the smoothest one is sought, by a ridge on its second differences (Tikhonov), whose weight λ is chosen by generalised
cross-validation (Golub, Heath and Wahba 1979, Technometrics 21, 215) with the degrees of freedom of those γ that are
not zero. The score is flat, and now and then has its minimum where noise is fitted: the largest λ is taken whose score
exceeds the best by no more than a standard error of the noise's variance. What rises towards low frequencies without
end, a blocking electrode or diffusion, is no relaxation: it goes into powers (jω)⁻ⁿ, 0.5 ≤ n ≤ 1, that are free. All
amplitudes are at least zero, and found exactly by block pivoting (Portugal, Júdice and Vicente 1994, Math. Comput. 63,
625).

The result is a picture to choose a circuit by, not a measurement: two arcs nearer than their widths are one peak.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit, InvalidOption
from lipon_eis.spectrum import Spectrum
from lipon_eis.validity.kernels import relaxations, time_constants

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PER_DECADE = 10
BEYOND = 0.5  # decades past both ends of the window
LAMBDAS = np.logspace(1, -7, 33)
TAILS = np.arange(0.5, 1.001, 0.05)
FEWEST = 10  # points
ROUNDS = 100  # of pivoting
EQUAL = 1.0  # standard errors of the noise's variance by which a score may exceed the best one
SMALLEST_SHARE = 0.01  # of |Z| at its frequency: below it a peak has no name
CLEAR_SHARE = 0.05  # of |Z| at its frequency: below it a peak may be what the tail's powers leave over
SIGNIFICANT = 3.0  # standard errors of a peak's resistance
LOBE, LOBES = 0.1, 2.0  # area of a side lobe over that of its peak, and how many decades away it may be
FLANK = 0.02  # area of what the flank of a depressed arc may break into, further away
VALLEY = 0.9  # of the lower of two maxima: a valley that is less deep does not part them


@dataclass(frozen=True)
class Peak:
    """One maximum of the distribution.

    Attributes:
        tau: Time constant at the maximum [s].
        frequency: 1/(2πτ) [Hz].
        resistance: Its area, to the valleys beside it [Ω].
        resistance_stderr: Standard error given λ [Ω]; what the smoothing shifts is not in it.
        inside: Whether the maximum lies inside the measured window; what lies outside is seen by a flank only.
        clear: False for a peak beside one ten times its area or more, or small beside |Z| at its frequency: it may be
            real, or what smoothing and the tail leave over.
    """

    tau: float
    frequency: float
    resistance: float
    resistance_stderr: float
    inside: bool
    clear: bool = True


@dataclass(frozen=True, eq=False)
class RelaxationTimes:
    """The distribution of one spectrum.

    Attributes:
        tau: Grid [s], rising, shape (n_tau,).
        gamma: γ(ln τ) [Ω], shape (n_tau,); its integral over ln τ is a resistance.
        gamma_stderr: One standard error of γ given λ [Ω], shape (n_tau,); 0 where γ is held at zero.
        peaks: By rising τ.
        resistance: R∞, what is in series [Ω].
        inductance: In series [H].
        tail: Exponent n → coefficient of (jω)⁻ⁿ [Ω s⁻ⁿ], those above zero.
        impedance: What all of it adds up to, at every point of the spectrum [Ω].
        residual: Root mean square of (Z − fit)/|Z| of the used points, of Re and Im each.
        ridge: λ, dimensionless.
        degrees_of_freedom: That the data spent on the distribution and the rest.
    """

    tau: Floats
    gamma: Floats
    gamma_stderr: Floats
    peaks: tuple[Peak, ...]
    resistance: float
    inductance: float
    tail: dict[float, float]
    impedance: NDArray[np.complex128]
    residual: float
    ridge: float
    degrees_of_freedom: float


def relaxation_times(
    spectrum: Spectrum, *, ridge: float | None = None, per_decade: int = PER_DECADE
) -> RelaxationTimes:
    """Return the distribution of relaxation times of a spectrum.

    Args:
        spectrum: Masked points take no part.
        ridge: λ, dimensionless; None: by generalised cross-validation.
        per_decade: Time constants a decade.

    Raises:
        CannotFit: Fewer than ten points, or less than a decade of frequencies.
        InvalidOption: λ is not above zero, or the grid is coarser than three a decade.

    >>> from lipon_eis.simulation import simulate
    >>> s = simulate("R0-p(R1,C1)", [10, 1e3, 1e-7], np.logspace(6, 0, 61), noise=0.001, seed=1)
    >>> [peak] = relaxation_times(s).peaks
    >>> f"{peak.resistance:.2g} ohm at {peak.frequency:.2g} Hz"
    '1e+03 ohm at 1.6e+03 Hz'
    """
    if ridge is not None and not ridge > 0:
        raise InvalidOption(f"the ridge has to be above zero, found {ridge!r}")
    if per_decade < 3:
        raise InvalidOption(f"{per_decade} time constants a decade are no distribution: at least 3")
    used = spectrum.used
    f, z = spectrum.frequency[used], spectrum.impedance[used]
    if f.size < FEWEST or f[0] < 10 * f[-1]:
        raise CannotFit(f"{f.size} points from {f[-1]:g} to {f[0]:g} Hz: a distribution needs ten over a decade")

    tau = time_constants(f[-1], f[0], per_decade, BEYOND)
    step = float(np.log(tau[1] / tau[0]))
    size = float(np.exp(np.log(np.abs(z)).mean()))  # one scale for all amplitudes, so that λ has no unit
    problem = _Ridge.of(_columns(f, tau, step) * size, z, len(tau))
    tried = problem.path(LAMBDAS if ridge is None else np.array([ridge]))
    good = min(solution.score for solution in tried) * (1 + EQUAL * np.sqrt(2 / problem.n_rows))
    best = next(solution for solution in tried if solution.score <= good)  # the smoothest of the good ones

    amplitudes = best.x * size
    others = len(best.x) - len(tau)
    gamma, middle = amplitudes[others:], 2 * np.pi * np.sqrt(f[0] * f[-1])
    noise = best.misfit / max(2 * f.size - best.freedom, 1.0)
    covariance = problem.covariance(best) * noise * size**2
    usable = np.where(spectrum.frequency > 0, spectrum.frequency, np.nan)
    curve = _columns(usable, tau, step, middle) @ amplitudes
    tails = {
        round(float(n), 2): float(a) * middle**n for n, a in zip(TAILS, amplitudes[2:others], strict=True) if a > 0
    }
    return RelaxationTimes(
        tau=tau,
        gamma=gamma,
        gamma_stderr=np.sqrt(np.diag(covariance)[others:]),
        peaks=_peaks(tau, gamma, covariance[others:, others:], f, np.abs(z)),
        resistance=float(amplitudes[0]),
        inductance=float(amplitudes[1] / middle),
        tail=tails,
        impedance=curve,
        residual=float(np.sqrt(best.misfit / (2 * f.size))),
        ridge=best.ridge,
        degrees_of_freedom=best.freedom,
    )


def _columns(f: Floats, tau: Floats, step: float, middle: float | None = None) -> NDArray[np.complex128]:
    """Return the response to each amplitude: R∞, L, tails, γ, shape (n_freq, n)."""
    omega = 2 * np.pi * f
    middle = 2 * np.pi * np.sqrt(f[0] * f[-1]) if middle is None else middle
    w = omega[:, None] / middle
    tails: NDArray[np.complex128] = (1j * w) ** -TAILS
    return np.concatenate([np.ones_like(w) + 0j, 1j * w, tails, relaxations(omega, tau) * step], axis=1)


@dataclass(frozen=True, eq=False)
class _Solution:
    """Amplitudes at one λ, which of them are above zero, and what they leave."""

    x: Floats
    positive: Bools
    ridge: float
    misfit: float
    freedom: float
    score: float


@dataclass(frozen=True, eq=False)
class _Ridge:
    """Non-negative least squares with a penalty, and its normal equations."""

    columns: Floats
    data: Floats
    matrix: Floats
    right: Floats
    penalty: Floats

    @property
    def n_rows(self) -> int:
        """Numbers measured."""
        return len(self.data)

    @classmethod
    def of(cls, columns: NDArray[np.complex128], z: NDArray[np.complex128], n_tau: int) -> _Ridge:
        """Weigh by the modulus, and penalise second differences of the last ``n_tau`` amplitudes."""
        weighted = columns / abs(z)[:, None]
        a = np.concatenate([weighted.real, weighted.imag])
        b = np.concatenate([z.real, z.imag]) / np.tile(abs(z), 2)
        difference = np.diff(np.eye(n_tau + 2), 2, axis=0)[:, 1:-1]  # γ is zero beyond the grid
        penalty = np.zeros((a.shape[1], a.shape[1]))
        penalty[-n_tau:, -n_tau:] = difference.T @ difference
        return cls(a, b, a.T @ a, a.T @ b, penalty)

    def path(self, lambdas: Floats) -> list[_Solution]:
        """Solve for every λ, each from the last."""
        positive, found = np.ones(len(self.right), bool), []
        for ridge in lambdas.tolist():
            total = self.matrix + ridge * self.penalty
            x, positive = _non_negative(total, self.right, positive)
            misfit = max(float(((self.columns @ x - self.data) ** 2).sum()), 1e-24 * self.n_rows)
            p = np.flatnonzero(positive)
            freedom = float(np.trace(np.linalg.solve(_stable(total[np.ix_(p, p)]), self.matrix[np.ix_(p, p)])))
            score = misfit / max(1 - freedom / self.n_rows, 1e-6) ** 2
            found.append(_Solution(x, positive, ridge, misfit, freedom, score))
        return found

    def covariance(self, solution: _Solution) -> Floats:
        """Return the inverse of the penalised normal matrix of the positive amplitudes, zeros elsewhere."""
        p = np.flatnonzero(solution.positive)
        result = np.zeros_like(self.matrix)
        total = self.matrix + solution.ridge * self.penalty
        result[np.ix_(p, p)] = np.linalg.inv(_stable(total[np.ix_(p, p)]))
        return result


def _stable(matrix: Floats) -> Floats:
    """Return a matrix with 1e-13 of its diagonal added: tails of neighbouring exponents are nearly one column."""
    return matrix + np.diag(1e-13 * np.diag(matrix))


def _non_negative(matrix: Floats, right: Floats, positive: Bools) -> tuple[Floats, Bools]:
    """Minimise ½xᵀMx − xᵀb over x ≥ 0 by block pivoting; return x and which of it is free.

    All amplitudes with a wrong sign change sides at once while that helps, and one at a time when it does not.
    """
    size = len(right)
    positive = positive.copy()
    fewest, patience = size + 1, 3
    for _ in range(ROUNDS):
        x = np.zeros(size)
        p = np.flatnonzero(positive)
        x[p] = np.linalg.solve(_stable(matrix[np.ix_(p, p)]), right[p])
        gradient = matrix @ x - right
        tolerance = 1e-10 * np.abs(right).max()
        wrong = (positive & (x < 0)) | (~positive & (gradient < -tolerance))
        count = int(wrong.sum())
        if not count:
            break
        if count < fewest:
            fewest, patience = count, 3
        elif patience:
            patience -= 1
        else:
            last = np.flatnonzero(wrong)[-1]
            wrong = np.arange(size) == last
        positive ^= wrong
    return np.maximum(x, 0.0), positive & (x >= 0)


def _peaks(tau: Floats, gamma: Floats, covariance: Floats, f: Floats, modulus: Floats) -> tuple[Peak, ...]:
    """Return the maxima that stand out, each with the area between the valleys beside it."""
    log_tau = np.log(tau)
    step = float(log_tau[1] - log_tau[0])
    found = []
    for low, high in _hills(gamma):
        inside = np.zeros(len(tau))
        inside[low:high] = step
        resistance, stderr = float(inside @ gamma), float(np.sqrt(inside @ covariance @ inside))
        at = low + int(np.argmax(gamma[low:high]))
        centre = float(np.exp(log_tau[at] + step * _vertex(gamma, at)))
        frequency = 1 / (2 * np.pi * centre)
        whole = float(np.interp(np.log(frequency), np.log(f[::-1]), modulus[::-1]))
        if resistance > max(SMALLEST_SHARE * whole, SIGNIFICANT * stderr):
            clear = resistance > CLEAR_SHARE * whole
            found.append(Peak(centre, frequency, resistance, stderr, bool(f[-1] <= frequency <= f[0]), clear))
    return tuple(
        replace(peak, clear=peak.clear and not any(_overshadows(other, peak) for other in found)) for peak in found
    )


def _overshadows(large: Peak, small: Peak) -> bool:
    """Return whether one peak is so much larger, and so near, that the other may be its side lobe or its flank."""
    near = abs(np.log10(large.tau / small.tau)) < LOBES
    return small.resistance < (LOBE if near else FLANK) * large.resistance


def _hills(gamma: Floats) -> list[tuple[int, int]]:
    """Return [first, last) of each hill; hills that no real valley parts are one."""
    padded = np.concatenate([[0.0], gamma, [0.0]])
    tops = [i for i in range(len(gamma)) if padded[i + 1] > padded[i] and padded[i + 1] >= padded[i + 2]]
    parted: list[tuple[int, int]] = []  # top, valley before it
    for top in tops:
        if not parted:
            parted.append((top, 0))
            continue
        before = parted[-1][0]
        valley = before + int(np.argmin(gamma[before : top + 1]))
        if gamma[valley] < VALLEY * min(gamma[before], gamma[top]):
            parted.append((top, valley))
        elif gamma[top] > gamma[before]:
            parted[-1] = (top, parted[-1][1])
    ends = [valley for _, valley in parted[1:]] + [len(gamma)]
    return [(valley, end) for (_, valley), end in zip(parted, ends, strict=True)]


def _vertex(gamma: Floats, at: int) -> float:
    """Return where the parabola through three points has its top, in steps from the middle one."""
    if not 0 < at < len(gamma) - 1:
        return 0.0
    left, middle, right = gamma[at - 1 : at + 2]
    curvature = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / curvature, -0.5, 0.5)) if curvature < 0 else 0.0
