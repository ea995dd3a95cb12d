"""Whether 95 % intervals hold the truth 95 times in a hundred, and how near the estimates come to the limit.

    python benchmarks/coverage.py [--count N] [--seed S] [--write]

Parameters are told apart by what the fit itself says of them: *identified* (relative standard error below 10 %,
not at a bound) or not. An interval with one open end holds everything on that side; one with two says nothing and
is counted apart. A goal is met where the 99 % binomial interval of the coverage overlaps it. The limit is that of
Cramér and Rao: no unbiased estimate scatters less than the inverse of the Fisher information at the truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import families
import numpy as np
from contestants import fit_all
from record import Column, Row, Table, finish, parser
from scipy.special import betaincinv

from lipon_eis.fitting.result import Fit
from lipon_eis.model.circuit import Circuit

NOISES = (0.003, 0.01)
IDENTIFIED = 0.10  # relative standard error
GOAL_IDENTIFIED = (0.93, 0.97)
GOAL_OTHERS = 0.92
GOAL_SCATTER = 1.05
FEWEST = 50  # intervals below which nothing is said of their coverage
PORTION = 500
MIDDLE = 0.6744897501960817  # median of |x| where x is standard normal
FAR = 5.0  # deviations


def binomial_interval(hits: int, count: int, level: float = 0.99) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson (1934, Biometrika 26, 404) of a share.

    >>> [round(end, 3) for end in binomial_interval(95, 100)]
    [0.866, 0.988]
    """
    tail = (1 - level) / 2
    low = float(betaincinv(hits, count - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, count - hits, 1 - tail)) if hits < count else 1.0
    return low, high


def limit(circuit: Circuit, frequency: np.ndarray, truths: np.ndarray, noise: float) -> np.ndarray:
    """Return the standard deviations of Cramér and Rao relative to the (positive) truths, shape (n, k)."""
    z = circuit.impedance(frequency, truths)
    by_logarithm = circuit.jacobian(frequency, truths) * truths[:, None, :] / (noise * np.abs(z))[..., None]
    information = np.einsum("nfj,nfk->njk", by_logarithm.conj(), by_logarithm).real
    return np.sqrt(np.diagonal(np.linalg.inv(information), axis1=1, axis2=2))


class Tally:
    """Counts over many fits of one family at one noise."""

    def __init__(self, circuit: Circuit):
        self.circuit = circuit
        self.hits = {kind: np.zeros(len(circuit.names), int) for kind in ("identified", "others")}
        self.counts = {kind: np.zeros(len(circuit.names), int) for kind in ("identified", "others")}
        self.silent = np.zeros(len(circuit.names), int)
        self.methods: dict[str, Counter[str]] = {"identified": Counter(), "others": Counter()}
        self.pulls: list[float] = []
        self.fits = 0

    def add(self, fits: list[Fit], truths: np.ndarray, limits: np.ndarray) -> None:
        bulk = self.circuit.names.index("R1")
        for fit, truth, deviation in zip(fits, truths, limits, strict=True):
            self.fits += 1
            relative = np.array(list(fit.stderr.values())) / fit.used_values
            identified = fit.known & ~fit.at_bound & (relative < IDENTIFIED)
            low, high = fit.intervals.T
            held = ~((truth < low) | (truth > high))  # an open end is NaN and excludes nothing
            silent = np.isnan(low) & np.isnan(high)
            self.silent += silent
            for kind, those in (("identified", identified), ("others", ~identified & ~silent)):
                self.counts[kind] += those
                self.hits[kind] += those & held
                self.methods[kind].update(np.array(fit.interval_method)[those].tolist())
            if deviation[bulk] < IDENTIFIED:
                self.pulls.append((fit.used_values[bulk] / truth[bulk] - 1) / deviation[bulk])


def measure(family: str, count: int, seed: int, noise: float) -> Tally:
    tally = Tally(Circuit(families.CIRCUITS[family]))
    for portion, size in enumerate(np.diff([*range(0, count, PORTION), count])):
        circuit, spectra, truths = families.spectra(family, int(size), seed=seed + portion, noise=noise)
        limits = limit(circuit, spectra[0].frequency, truths, noise)
        tally.add(fit_all(circuit, spectra), truths, limits)
    return tally


def coverage_rows(family: str, noise: float, tally: Tally) -> Iterator[Row]:
    for kind in ("identified", "others"):
        for index, name in enumerate(tally.circuit.names):
            hits, count = int(tally.hits[kind][index]), int(tally.counts[kind][index])
            row: Row = {"family": family, "noise": noise, "kind": kind, "parameter": name, "intervals": count}
            row["unknown"] = int(tally.silent[index]) if kind == "others" else 0
            if count >= FEWEST:
                low, high = binomial_interval(hits, count)
                wanted = GOAL_IDENTIFIED if kind == "identified" else (GOAL_OTHERS, 1.0)
                row |= {"coverage": hits / count, "low": low, "high": high}
                row["met"] = low <= wanted[1] and high >= wanted[0]
            yield row


def summary_rows(rows: list[Row]) -> Iterator[Row]:
    """Sum up the coverage of each family: how many parameters meet the goal, and which one is lowest."""
    for family, noise, kind in dict.fromkeys((row["family"], row["noise"], row["kind"]) for row in rows):
        judged = [r for r in rows if (r["family"], r["noise"], r["kind"]) == (family, noise, kind) and "coverage" in r]
        if not judged:
            continue
        lowest, highest = (pick(judged, key=lambda row: row["coverage"]) for pick in (min, max))
        intervals = sum(row["intervals"] for row in judged)
        yield {
            "family": family,
            "noise": noise,
            "kind": kind,
            "judged": len(judged),
            "within": sum(row["met"] for row in judged),
            "all": sum(row["coverage"] * row["intervals"] for row in judged) / intervals,
            "lowest": lowest["coverage"],
            "which": lowest["parameter"],
            "highest": highest["coverage"],
            "met": all(row["met"] for row in judged),
        }


def scatter_row(family: str, noise: float, tally: Tally) -> Row:
    pulls = np.array(tally.pulls)
    ratio = float(np.sqrt((pulls**2).mean())) if pulls.size else None
    error = ratio / np.sqrt(2 * pulls.size) if ratio else None
    row: Row = {"family": family, "noise": noise, "spectra": tally.fits, "share": pulls.size / tally.fits}
    row |= {"ratio": ratio, "error": error, "goal": GOAL_SCATTER, "met": ratio <= GOAL_SCATTER if ratio else None}
    if pulls.size:
        row |= {"middle": float(np.median(np.abs(pulls))) / MIDDLE, "far": int((np.abs(pulls) > FAR).sum())}
    return row


def method_rows(family: str, noise: float, tally: Tally) -> Iterator[Row]:
    for kind, methods in tally.methods.items():
        for method, number in methods.most_common():
            yield {
                "family": family,
                "noise": noise,
                "kind": kind,
                "method": method or "none",
                "share": number / methods.total(),
            }


def main() -> None:
    options = parser(__doc__, seed=101, count=(500, "spectra a family and noise")).parse_args()
    cases = [(family, noise) for family in families.CIRCUITS for noise in NOISES]
    tallies = [(family, noise, measure(family, options.count, options.seed, noise)) for family, noise in cases]
    rows = [row for case in tallies for row in coverage_rows(*case)]
    first = [Column("family", "family"), Column("noise", "noise", "{:.1%}")]
    shares = [
        Column("parameter", "parameter"),
        Column("intervals", "intervals", "{:,}"),
        Column("coverage", "hold the truth", "{:.1%}"),
        Column("low", "99 % from", "{:.1%}"),
        Column("high", "to", "{:.1%}"),
        Column("met", ""),
    ]
    tables = [
        Table(
            "summary",
            "Coverage in short",
            [
                *first,
                Column("kind", "parameters"),
                Column("judged", "judged"),
                Column("within", "meet the goal"),
                Column("all", "hold the truth", "{:.1%}"),
                Column("lowest", "lowest", "{:.1%}"),
                Column("which", "which"),
                Column("highest", "highest", "{:.1%}"),
                Column("met", ""),
            ],
            list(summary_rows(rows)),
        ),
        Table(
            "identified",
            "Identified parameters (goal: 93–97 %)",
            [*first, *shares],
            [row for row in rows if row["kind"] == "identified"],
        ),
        Table(
            "others",
            "Parameters that are not identified (goal: at least 92 %)",
            [*first, *shares, Column("unknown", "no interval", "{:,}")],
            [row for row in rows if row["kind"] == "others" and row["intervals"]],
        ),
        Table(
            "scatter",
            "Scatter of the bulk resistance against the Cramér–Rao bound, where that is below 10 %",
            [
                *first,
                Column("spectra", "spectra", "{:,}"),
                Column("share", "of which taken", "{:.1%}"),
                Column("ratio", "RMSE / bound", "{:.3f}"),
                Column("error", "±", "{:.3f}"),
                Column("middle", "from the median", "{:.3f}"),
                Column("far", "beyond 5 σ"),
                Column("goal", "goal", "{:.2f}"),
                Column("met", ""),
            ],
            [scatter_row(*case) for case in tallies],
        ),
        Table(
            "methods",
            "Where the intervals come from",
            [*first, Column("kind", "parameters"), Column("method", "method"), Column("share", "share", "{:.1%}")],
            [row for case in tallies for row in method_rows(*case)],
        ),
    ]
    finish("coverage", __doc__, options, tables)


if __name__ == "__main__":
    main()
