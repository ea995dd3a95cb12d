"""Whether thickness series tell an interface from none: bias and coverage of σ and of the resistance at no thickness.

    python benchmarks/thickness.py [--count N] [--spectra N] [--seed S] [--write]

Films of 50 nm to 3 µm, of 1 to 4 × 10⁻⁶ S/cm, on one mask; each thickness is read with an error of its own, each
resistance with 0.3 %. The interfaces resist 0 or 8.6 Ω cm² in all (or, in the last case, on each side). In most cases
the line is told the error of thickness; in one it is told nothing, in one two thirds of the truth. The last case is
whole spectra with noise, fitted in batches of which a series each is regressed. Beside it stands what a weighted line
covers that takes the thickness for exact. The goal is a coverage of 92 to 98 %, judged as measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from coverage import binomial_interval
from record import Column, Row, Table, finish, parser

import lipon_eis as le
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.errors_in_variables import fit_line
from lipon_eis.series import fit_series

NOISE = 0.003  # of a resistance, and of each of Re and Im of a spectrum
AREA = 1e-4  # m²
PERMITTIVITY = 16.6 * 8.8541878128e-12  # F/m
THINNEST, THICKEST = 50e-9, 3e-6  # m
GOAL = (0.92, 0.98)
PORTION = 25  # series whose spectra are fitted in one batch


@dataclass(frozen=True)
class Case:
    """Films of a series: resistance of the interfaces [Ω cm²], relative error of thickness, how many films.

    Attributes:
        told: Share of that error that the line is told; None: nothing.
        spectra: Whether spectra are simulated and fitted; the resistance is then that of each side.
    """

    name: str
    interface: float
    error: float
    films: int
    told: float | None = 1.0
    spectra: bool = False


CASES = (
    Case("no interface, 3 %, 6 films", 0.0, 0.03, 6),
    Case("no interface, 5 %, 4 films", 0.0, 0.05, 4),
    Case("no interface, 5 %, 8 films", 0.0, 0.05, 8),
    Case("8.6 Ω cm², 3 %, 4 films", 8.6, 0.03, 4),
    Case("8.6 Ω cm², 5 %, 6 films", 8.6, 0.05, 6),
    Case("8.6 Ω cm², 5 %, 8 films", 8.6, 0.05, 8),
    Case("8.6 Ω cm², 5 %, 6 films, errors not told", 8.6, 0.05, 6, told=None),
    Case("no interface, 5 %, 4 films, errors not told", 0.0, 0.05, 4, told=None),
    Case("8.6 Ω cm², 5 %, 6 films, told 3.3 %", 8.6, 0.05, 6, told=2 / 3),
    Case("8.6 Ω cm² a side, 4 %, 5 films, from spectra", 8.6, 0.04, 5, spectra=True),
)


@dataclass(frozen=True)
class Outcome:
    """What a series found and the truth: σ [S/cm], resistance at no thickness [Ω cm²], and of the exact line too."""

    sigma: Estimate
    true_sigma: float
    interface: Estimate
    true_interface: float
    exact_line_holds: bool | None


def thicknesses(case: Case, rng: np.random.Generator) -> np.ndarray:
    """Draw the true thicknesses of a series [m], spread over the whole range."""
    even = np.linspace(0, 1, case.films) + rng.uniform(-0.1, 0.1, case.films) / case.films
    return THINNEST * (THICKEST / THINNEST) ** np.clip(even, 0, 1)


def direct(case: Case, count: int, seed: int) -> list[Outcome]:
    """Return the outcomes of series whose resistances are drawn, not fitted."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        sigma, d = np.exp(rng.uniform(*np.log([1e-6, 4e-6]))), thicknesses(case, rng)
        y = (d * 100 / sigma + case.interface) * (1 + NOISE * rng.normal(size=d.size))
        read = d * (1 + case.error * rng.normal(size=d.size))
        told = None if case.told is None else np.full(d.size, case.told * case.error)
        line = fit_line(read, y, told, np.full(d.size, NOISE))
        slope, (low, high) = line.slope, line.slope.interval
        estimate = Estimate(100 / slope.value, 100 * slope.stderr / slope.value**2, (100 / high, 100 / low))
        (_, at_zero), covariance = np.polyfit(read, y, 1, w=1 / (NOISE * y), cov="unscaled")
        exact = bool(abs(at_zero - case.interface) < 1.96 * np.sqrt(covariance[1, 1]))
        found.append(Outcome(estimate, sigma, line.intercept, case.interface, exact))
    return found


def spectrum(d: float, sigma: float, interface: float, rng: np.random.Generator) -> le.Spectrum:
    """Simulate a film [m, S/cm] whose interfaces [Ω cm²] show no arc of their own."""
    r, c, n = (d * 100 / sigma + interface) / (AREA * 1e4), PERMITTIVITY * AREA / d, 0.96
    values = [6.0, r, (r * c) ** n / r, n, 2e-2 * AREA, 0.92]
    f = np.logspace(7, 0, 57)
    return le.simulate("lipon-blocking", values, f, noise=NOISE, seed=int(rng.integers(2**32)))


def from_spectra(case: Case, count: int, seed: int) -> list[Outcome]:
    """Return the outcomes of series whose spectra are fitted, as `lipon-eis series` does."""
    rng = np.random.default_rng(seed)
    found = []
    for first in range(0, count, PORTION):
        spectra, samples, truths = [], [], []
        for k in range(first, min(first + PORTION, count)):
            sigma, d = np.exp(rng.uniform(*np.log([1e-6, 4e-6]))), thicknesses(case, rng)
            truths.append(sigma)
            for one in d:
                read = one * (1 + case.error * rng.normal())
                spectra.append(spectrum(one, sigma, 2 * case.interface, rng))
                known = {"thickness": read, "thickness_stderr": case.error * read, "area": AREA}
                samples.append(le.Sample(group=str(k), stack="Pt/LiPON/Pt", **known))
        batch = fit_series(spectra, "lipon-blocking", kind="thickness", samples=samples, interval="covariance")
        for series, sigma in zip(batch.series, truths, strict=True):
            quantities = series.quantities
            found.append(
                Outcome(
                    quantities["sigma_S_per_cm"].estimate,
                    sigma,
                    quantities["asr_interface_ohm_cm2"].estimate,
                    case.interface,
                    None,
                )
            )
    return found


def rows(case: Case, outcomes: list[Outcome]) -> Iterator[Row]:
    """Yield a row a quantity; errors of σ are relative, those of the interface in Ω cm²."""
    for quantity, relative in (("σ", True), ("interface", False)):
        pairs = [(o.sigma, o.true_sigma) if quantity == "σ" else (o.interface, o.true_interface) for o in outcomes]
        unit = [truth if relative else 1.0 for _, truth in pairs]
        errors = np.array([(e.value - truth) / u for (e, truth), u in zip(pairs, unit, strict=True)])
        said = np.array([e.stderr / u for (e, _), u in zip(pairs, unit, strict=True)])
        hits = sum(not truth < e.interval[0] and not truth > e.interval[1] for e, truth in pairs)
        low, high = binomial_interval(hits, len(pairs))
        exact = [o.exact_line_holds for o in outcomes if o.exact_line_holds is not None]
        shown = (lambda x: f"{100 * x:+.2f} %") if relative else (lambda x: f"{x:+.3f} Ω cm²")
        yield {
            "case": case.name,
            "quantity": quantity,
            "series": len(pairs),
            "bias": shown(float(errors.mean())),
            "bias_value": float(errors.mean()),
            "bias_stderr": float(errors.std(ddof=1) / np.sqrt(errors.size)),
            "error": shown(float(np.sqrt(np.mean(errors**2)))).removeprefix("+"),
            "said": shown(float(np.sqrt(np.mean(said**2)))).removeprefix("+"),
            "coverage": hits / len(pairs),
            "low": low,
            "high": high,
            "met": GOAL[0] <= hits / len(pairs) <= GOAL[1],
            "exact": float(np.mean(exact)) if exact and quantity == "interface" else None,
        }


def main() -> None:
    counts = {"count": (1000, "series a case"), "spectra": (500, "series of the case that is fitted from spectra")}
    options = parser(__doc__, seed=17, **counts).parse_args()
    found = [
        (case, from_spectra(case, options.spectra, options.seed + i))
        if case.spectra
        else (case, direct(case, options.count, options.seed + i))
        for i, case in enumerate(CASES)
    ]
    table = Table(
        "thickness",
        "Errors, and coverage of 95 % intervals (goal: 92–98 %)",
        [
            Column("case", "case"),
            Column("quantity", "quantity"),
            Column("series", "series", "{:,}"),
            Column("bias", "bias"),
            Column("error", "RMS error"),
            Column("said", "said"),
            Column("coverage", "hold the truth", "{:.1%}"),
            Column("low", "99 % from", "{:.1%}"),
            Column("high", "to", "{:.1%}"),
            Column("met", ""),
            Column("exact", "a line with exact thickness", "{:.1%}"),
        ],
        [row for case, outcomes in found for row in rows(case, outcomes)],
    )
    finish("thickness", __doc__, options, [table])


if __name__ == "__main__":
    main()
