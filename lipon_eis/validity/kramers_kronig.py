"""Linear Kramers–Kronig check: do Re and Im belong to one causal, linear, stationary system?

Such a system's impedance is, as closely as one likes, R∞ + jωL + 1/(jωC) + Σ R_k/(1 + jωτ_k) on a fixed grid of τ
(Boukamp 1995, J. Electrochem. Soc. 142, 1885), which is linear in its unknowns. How many τ are enough is the
question. Schönleber et al. (2014, Electrochim. Acta 131, 20) stop where the R_k begin to alternate in sign (µ); on
blocking films, whose low-frequency rise is no sum of relaxations, that stops too early and leaves
ripples of a per cent.

Here the question is put as a test of hypotheses that needs no knowledge of the noise. The sum is fitted as it is
(*joint*: Kramers–Kronig holds), and with a few relaxations more, one a decade, that change Re and leave Im alone
(*apart*: both are smooth, and need not belong together). Where these explain more than noise would, by an F-test, the
parts contradict each other. Drift bends Re and Im each into another smooth curve, and is caught so; noise is in
neither. The number of τ is that which the data ask for by AICc (Hurvich and Tsai 1989, Biometrika 76, 297) of the fit
apart, which data that violate Kramers–Kronig do not inflate, or a larger one if Re and Im agree better there.

A deviation can be real and too small to matter, since instruments err by parts in a thousand where they switch
ranges. A spectrum is called inconsistent where the test fails *and* the contradiction exceeds the accuracy asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit, InvalidOption
from lipon_eis.spectrum import Spectrum
from lipon_eis.validity.kernels import relaxations, time_constants

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ACCURACY = 0.002  # of an instrument, relative: what the parts may contradict each other by
SIGNIFICANCE = 1e-3
GRIDS = (1, 2, 3, 4, 6)  # time constants a decade
BEYOND = 1.0  # decades past the window
FEWEST = 10  # points
ROOM = 0.5  # of all numbers measured: as many unknowns may be fitted to them
SMALLEST_NOISE = 1e-12  # rounding, where there is no noise
OUTLYING = 5.0  # standard deviations
CUTS = 3  # pieces of a decade by which the window is narrowed in search of one that is consistent
NARROWEST = 2.0  # decades
HIGH_COSTS = 4  # a cut at high frequencies costs as many at low ones, where drift is
SURE = 10  # times the significance that a narrowed window has to reach, lest it be consistent by luck
OUTLIERS = 0.1  # of the points: as many may stand apart
SPACES = ("Z", "Y")


@dataclass(frozen=True, eq=False)
class KramersKronig:
    """What the check found; arrays are in the order of the spectrum's points, NaN where a point is masked.

    Attributes:
        consistent: Whether Re and Im belong together, within noise or within the accuracy asked for.
        impedance: The joint fit [Ω], shape (n_points,).
        residual_re: (Re Z − Re fit)/|Z|, shape (n_points,).
        residual_im: Likewise.
        suspect: Points outside the widest consistent window, and outliers, shape (n_points,).
        usable: Ends of the widest consistent window [Hz]; None where there is none of two decades.
        p_value: Probability of such a contradiction, or a larger one, by noise alone.
        contradiction: Root mean square of what the parts contradict each other by, over |Z|, noise taken off.
        noise: Standard deviation of each of Re and Im, over |Z|, around the fit apart.
        noise_re: Likewise of Re alone.
        noise_im: Likewise of Im alone.
        per_decade: Time constants a decade that the data asked for.
        n_relaxations: Time constants in all.
        space: ``Z`` or ``Y``.
        accuracy: That was asked for.
    """

    consistent: bool
    impedance: NDArray[np.complex128]
    residual_re: Floats
    residual_im: Floats
    suspect: Bools
    usable: tuple[float, float] | None
    p_value: float
    contradiction: float
    noise: float
    noise_re: float
    noise_im: float
    per_decade: int
    n_relaxations: int
    space: str
    accuracy: float


def kramers_kronig(
    spectrum: Spectrum, *, space: str = "Z", accuracy: float = ACCURACY, significance: float = SIGNIFICANCE
) -> KramersKronig:
    """Check one spectrum; see the module's text for how.

    Args:
        spectrum: Masked points take no part.
        space: ``Z``, or ``Y`` for a cell that is better described as branches in parallel.
        accuracy: Contradiction of Re and Im that does not matter, over |Z|.
        significance: Probability of a false alarm.

    Raises:
        CannotFit: Fewer than ten points, or less than a decade of frequencies.
        InvalidOption: An unknown space, or an accuracy below zero.

    >>> from lipon_eis.simulation import simulate
    >>> f = np.logspace(6, 0, 61)
    >>> s = simulate("R0-p(R1,CPE1)-CPE2", [10, 1e3, 1e-9, 0.95, 1e-6, 0.9], f, noise=0.003, seed=1)
    >>> kramers_kronig(s).consistent
    True
    """
    outcome = check_many([spectrum], space=space, accuracy=accuracy, significance=significance)[0]
    if isinstance(outcome, CannotFit):
        raise outcome
    return outcome


def check_many(
    spectra: Sequence[Spectrum], *, space: str = "Z", accuracy: float = ACCURACY, significance: float = SIGNIFICANCE
) -> list[KramersKronig | CannotFit]:
    """Check many spectra; those with the same frequencies in one batched computation.

    One that cannot be checked gives its error in its place.
    """
    if space not in SPACES:
        raise InvalidOption(f"no space {space!r}: a check is in Z (impedance) or in Y (admittance)")
    if not accuracy >= 0:
        raise InvalidOption(f"accuracy is a fraction of |Z| such as 0.002, not {accuracy!r}")
    outcome: dict[int, KramersKronig | CannotFit] = {}
    groups: dict[bytes, list[int]] = {}
    for row, spectrum in enumerate(spectra):
        f = spectrum.frequency[spectrum.used]
        if f.size < FEWEST or f[0] < 10 * f[-1]:
            outcome[row] = CannotFit(f"{f.size} points from {f[-1]:g} to {f[0]:g} Hz: a check needs ten over a decade")
        else:
            groups.setdefault(f.tobytes(), []).append(row)
    for rows in groups.values():
        some = [spectra[row] for row in rows]
        for row, spectrum, test in zip(rows, some, _tests(some, space), strict=True):
            found = _without_outliers(spectrum, _judged(spectrum, test, space, accuracy, significance), significance)
            outcome[row] = found if found.consistent else _narrowed(spectrum, found, significance)
    return [outcome[row] for row in range(len(spectra))]


@dataclass(frozen=True, eq=False)
class _Test:
    """The two fits of one spectrum on one grid: residuals over the modulus, of the used points."""

    joint: NDArray[np.complex128]
    apart: NDArray[np.complex128]
    extra: int
    """Relaxations of Re alone."""
    freedom: int
    """Degrees of freedom of the fit apart."""
    per_decade: int
    n_relaxations: int

    @cached_property
    def p_value(self) -> float:
        """Probability of such a contradiction, or a larger one, by noise alone."""
        from scipy.special import fdtrc

        return float(fdtrc(self.extra, self.freedom, self.excess / self.extra / self.variance))

    @property
    def variance(self) -> float:
        """Of the noise of each of Re and Im."""
        return max(float((abs(self.apart) ** 2).sum()) / self.freedom, SMALLEST_NOISE**2)

    @property
    def excess(self) -> float:
        """Sum of squares by which the joint fit is worse."""
        return max(float((abs(self.joint) ** 2).sum() - (abs(self.apart) ** 2).sum()), 0.0)

    @property
    def contradiction(self) -> float:
        """Root mean square of what Re and Im contradict each other by, what noise would show taken off."""
        return float(np.sqrt(max(self.excess - self.extra * self.variance, 0.0) / self.apart.size))


def _tests(spectra: Sequence[Spectrum], space: str) -> list[_Test]:
    """Fit spectra of the same frequencies jointly and apart, and keep the grid on which Re and Im are to be judged."""
    f = spectra[0].frequency[spectra[0].used]
    z = np.array([s.impedance[s.used] for s in spectra])
    data = z if space == "Z" else 1 / z
    weight = 1 / abs(data)
    target, both = data * weight, np.concatenate([weight, weight], axis=1)
    right = np.concatenate([target.real, target.imag], axis=1)
    n, tests, aicc = f.size, [], []
    for per_decade, columns, extra in _designs(f, space):
        unknowns = columns.shape[1]
        joint, apart = _residuals(columns * both[..., None], right, (unknowns - extra, unknowns))
        chi2 = np.maximum((apart**2).sum(axis=1), 2 * n * SMALLEST_NOISE**2)
        aicc.append(2 * n * np.log(chi2) + 2 * unknowns * 2 * n / (2 * n - unknowns - 1))
        counts = extra, 2 * n - unknowns, per_decade, unknowns - extra - 3
        tests.append([_Test(_complex(j), _complex(a), *counts) for j, a in zip(joint, apart, strict=True)])
    enough = np.argmin(aicc, axis=0).tolist()
    return [
        max((tests[grid][row] for grid in range(enough[row], len(tests))), key=lambda test: test.p_value)
        for row in range(len(spectra))
    ]


def _designs(f: Floats, space: str) -> Iterator[tuple[int, Floats, int]]:
    """Yield each grid's time constants a decade, its columns (2·n_freq, k), Re above Im, and how many are of Re alone.

    The first three are the constant, the one that rises with ω and the one that falls with it: R∞, L and C in
    impedance, a leak, a capacitance and an inductance in admittance.
    """
    omega = 2 * np.pi * f
    middle = np.sqrt(omega[0] * omega[-1])
    three = np.array([np.ones_like(omega), 1j * omega / middle, -1j * middle / omega]).T
    coarse = relaxations(omega, time_constants(f[-1], f[0], 1, 0.0), space).real
    alone = np.concatenate([coarse, np.zeros_like(coarse)])
    for count, per_decade in enumerate(GRIDS):
        fine = np.concatenate(
            [three, relaxations(omega, time_constants(f[-1], f[0], per_decade, BEYOND), space)], axis=1
        )
        columns = np.concatenate([np.concatenate([fine.real, fine.imag]), alone], axis=1)
        if count and columns.shape[1] > ROOM * 2 * f.size:
            return
        yield per_decade, columns, coarse.shape[1]


def _complex(both: Floats) -> NDArray[np.complex128]:
    """Return Re + j·Im of what stands as Re before Im."""
    real, imaginary = np.split(both, 2)
    return real + 1j * imaginary


def _residuals(columns: Floats, right: Floats, sizes: Sequence[int]) -> Floats:
    """Return the residuals of least squares with the first so many columns, shape (n_sizes, n_spectra, n_rows)."""
    scale = np.sqrt((columns**2).sum(axis=1, keepdims=True))
    q, _ = np.linalg.qr(columns / np.where(scale > 0, scale, 1.0))
    share = np.einsum("nmk,nm->nk", q, right)
    return np.array([right - np.einsum("nmk,nk->nm", q[..., :size], share[:, :size]) for size in sizes])


def _judged(spectrum: Spectrum, test: _Test, space: str, accuracy: float, significance: float) -> KramersKronig:
    """Turn the fits of one spectrum into what they mean."""
    used, size = spectrum.used, len(spectrum)
    z = spectrum.impedance[used]
    data = z if space == "Z" else 1 / z
    fit = data - test.joint * abs(data)
    curve = np.full(size, complex(np.nan, np.nan))
    curve[used] = fit if space == "Z" else 1 / fit
    with np.errstate(invalid="ignore"):
        residual = (spectrum.impedance - curve) / abs(spectrum.impedance)
    outlying = np.zeros(size, bool)
    outlying[used] = _outliers(test.apart, accuracy)
    share = 2 * test.apart.size / test.freedom
    f = spectrum.frequency[used]
    return KramersKronig(
        consistent=bool(test.p_value >= significance or test.contradiction <= accuracy),
        impedance=curve,
        residual_re=residual.real,
        residual_im=residual.imag,
        suspect=outlying,
        usable=(float(f[-1]), float(f[0])),
        p_value=test.p_value,
        contradiction=test.contradiction,
        noise=float(np.sqrt(test.variance)),
        noise_re=float(np.sqrt((test.apart.real**2).mean() * share)),
        noise_im=float(np.sqrt((test.apart.imag**2).mean() * share)),
        per_decade=test.per_decade,
        n_relaxations=test.n_relaxations,
        space=space,
        accuracy=accuracy,
    )


def _outliers(residual: NDArray[np.complex128], accuracy: float) -> Bools:
    """Tell points that stand apart from the smooth curves, against the median of all."""
    size = np.maximum(abs(residual.real), abs(residual.imag))
    middle = np.median(np.concatenate([abs(residual.real), abs(residual.imag)])) / 0.6745
    result: Bools = size > max(OUTLYING * middle, accuracy)
    return result


def _without_outliers(spectrum: Spectrum, whole: KramersKronig, significance: float) -> KramersKronig:
    """Return the finding on the spectrum without the points that stand apart, which are suspect.

    They are left out one by one, the worst first, because each bends the curves beside it.
    """
    found, rest, away = whole, spectrum, np.zeros(len(spectrum), bool)
    for _ in range(int(OUTLIERS * spectrum.used.sum())):
        if not found.suspect.any() or rest.used.sum() <= FEWEST:
            break
        size = np.where(found.suspect, np.maximum(abs(found.residual_re), abs(found.residual_im)), 0.0)
        away[int(np.argmax(size))] = True
        rest = replace(spectrum, masked=spectrum.masked | away)
        found = _judged(rest, _tests([rest], whole.space)[0], whole.space, whole.accuracy, significance)
    if not away.any():
        return whole
    curve = np.where(away, whole.impedance, found.impedance)  # those left out have a curve through them too
    with np.errstate(invalid="ignore"):
        residual = (spectrum.impedance - curve) / abs(spectrum.impedance)
    return replace(
        found, suspect=found.suspect | away, impedance=curve, residual_re=residual.real, residual_im=residual.imag
    )


def _narrowed(spectrum: Spectrum, whole: KramersKronig, significance: float) -> KramersKronig:
    """Return the finding with the widest window that is consistent, and the points outside as suspect."""
    left_out = whole.suspect
    rest = replace(spectrum, masked=spectrum.masked | left_out)
    f = rest.frequency[rest.used]
    decades = np.log10(f[0] / f[-1])
    pieces = int(CUTS * (decades - NARROWEST))
    cuts = [(low, high) for low in range(pieces + 1) for high in range(pieces + 1 - low) if low + high]
    for low, high in sorted(cuts, key=lambda cut: cut[0] + HIGH_COSTS * cut[1]):
        ends = f[-1] * 10 ** (low / CUTS) * (1 - 1e-9), f[0] * 10 ** (-high / CUTS) * (1 + 1e-9)
        part = rest.between(*ends)
        if part.used.sum() < FEWEST:
            continue
        test = _tests([part], whole.space)[0]
        if _judged(part, test, whole.space, whole.accuracy, SURE * significance).consistent:
            inside = part.frequency[part.used]
            outside = rest.used & part.masked
            return replace(whole, suspect=left_out | outside, usable=(float(inside[-1]), float(inside[0])))
    return replace(whole, suspect=spectrum.used.copy(), usable=None)
