"""What is said of cells that changed: ratios and pictures before and after, whether Ea is the same, laws of growth.

    python benchmarks/changes.py [--count N] [--seed S] [--write]

*Before and after.* Cells of one film and one charge transfer with diffusion, noise 0.3 % of |Z|, whose charge transfer
changes by a factor of 1.5 to 8: more area (R down, C up), a growing layer (R up, C down), a barrier (R either way; τ/R
stays, or Q does), or not at all. Goals: the picture is recognised in 95 %, a wrong one is called in 2 % at most, and
95 % intervals of the ratios hold the truth in 92 to 98 %.

*Equivalence.* Films of 0.50 to 0.60 eV at six temperatures before and after, a thermometer with 0.5 K of scatter and
0.5 K of offset. Goal: of those whose Ea differs by the margin, 5 % at most are called unchanged.

*Growth.* Symmetric cells at ten times from 0 to 400 h: a layer whose arc overtakes that of the interface behind it
grows by one law or another. Goals: arcs keep their identity, and a wrong law is called in 5 % at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from coverage import binomial_interval
from record import Column, Row, Table, finish, parser

import lipon_eis as le
from lipon_eis.batch import make_task
from lipon_eis.kinds.before_after import before_after_series
from lipon_eis.kinds.over_time import time_series
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM
from lipon_eis.physics.equivalence import CHANGED, MARGIN, UNCHANGED
from lipon_eis.physics.growth_laws import CONSTANT, LINEAR, LOGARITHMIC, ROOT
from lipon_eis.physics.pictures import BARRIER, GROWING_LAYER, MORE_AREA, NO_CHANGE, PICTURES
from lipon_eis.quantity_series import QuantitySeries

NOISE = 0.003
PERMITTIVITY = 8.8541878128e-12  # F/m
COVERED = (0.92, 0.98)
RECOGNISED, WRONG = 0.95, 0.02
SIZE, WRONG_LAW = 0.05, 0.05
PORTION = 50  # cells that are fitted in one batch
Arc = tuple[float, float, float]  # R [ohm], Q, n


def arc(r: float, c: float, n: float) -> Arc:
    """R and a CPE with τ = RC = (RQ)^(1/n)."""
    return r, (r * c) ** n / r, n


def film(rng: np.random.Generator, area: float) -> Arc:
    """The bulk of a film of 0.8 to 2 µm."""
    thickness, sigma = rng.uniform(0.8e-6, 2e-6), np.exp(rng.uniform(*np.log([1e-6, 4e-6]))) * 100
    capacitance = PERMITTIVITY * rng.normal(16, 1) * area / thickness
    return arc(thickness / (sigma * area), capacitance, rng.uniform(0.94, 0.99))


# Before and after


def more_area(r: float, q: float, n: float, k: float) -> Arc:
    return r / k, q * k, n


def growing_layer(r: float, q: float, n: float, k: float) -> Arc:
    return r * k, q / k, n


def barrier(r: float, q: float, n: float, k: float) -> Arc:
    """R changes and τ/R does not."""
    return arc(r / k, (r * q) ** (1 / n) / r, n)


def barrier_of_q(r: float, q: float, n: float, k: float) -> Arc:
    """R changes and Q does not."""
    return r / k, q, n


def unchanged(r: float, q: float, n: float, k: float) -> Arc:
    return r, q, n


@dataclass(frozen=True)
class Picture:
    """A way to change: its name, what happens to an arc, and what must be called."""

    name: str
    change: Callable[[float, float, float, float], Arc]
    call: str


CHANGES = (
    Picture("more area", more_area, MORE_AREA),
    Picture("growing layer", growing_layer, GROWING_LAYER),
    Picture("barrier, τ/R constant", barrier, BARRIER),
    Picture("barrier, Q constant", barrier_of_q, BARRIER),
    Picture("no change", unchanged, NO_CHANGE),
)
CELL = "li-lipon-lco-two-arcs"
WINDOW = np.logspace(np.log10(7e6), -2, 89)


@dataclass(frozen=True)
class Pair:
    """A cell in two states, and the true ratios of its charge transfer."""

    spectra: tuple[le.Spectrum, le.Spectrum]
    samples: tuple[le.Sample, le.Sample]
    resistance: float
    capacitance: float


def pair(picture: Picture, rng: np.random.Generator, name: str) -> Pair:
    """Draw a cell and change it."""
    area = np.exp(rng.uniform(*np.log([0.1, 0.5]))) * 1e-4
    cm2 = 1e4 * area
    bulk = film(rng, area)
    asr, per_area = np.exp(rng.uniform(*np.log([100, 800]))), np.exp(rng.uniform(*np.log([2e-6, 2e-5])))
    before = arc(asr / cm2, per_area * cm2, rng.uniform(0.85, 0.97))
    factor = np.exp(rng.uniform(*np.log([1.5, 8.0])))
    after = picture.change(*before, 1 / factor if picture.call == BARRIER and rng.random() < 0.5 else factor)
    rest = np.exp(rng.uniform(*np.log([100, 400]))) / cm2, np.exp(rng.uniform(*np.log([2.0, 20.0])))
    lead = rng.uniform(2, 20)
    made = [
        le.simulate(CELL, [lead, *bulk, *state, *rest], WINDOW, noise=NOISE, seed=int(rng.integers(2**32)), label=label)
        for state, label in ((before, "before"), (after, "after"))
    ]
    samples = [
        le.Sample(area=area, temperature=298.15, group=name, state=state) for state in ("as-deposited", "annealed")
    ]
    log_c = [np.log(r * q) / n - np.log(r) for r, q, n in (before, after)]
    return Pair((made[0], made[1]), (samples[0], samples[1]), after[0] / before[0], float(np.exp(log_c[1] - log_c[0])))


def measured_pairs(picture: Picture, count: int, rng: np.random.Generator) -> list[tuple[Pair, QuantitySeries]]:
    """Return cells and what was found of each."""
    found = []
    for first in range(0, count, PORTION):
        pairs = [pair(picture, rng, str(k)) for k in range(first, min(first + PORTION, count))]
        spectra, samples = ([one for p in pairs for one in getattr(p, what)] for what in ("spectra", "samples"))
        batch = le.fit_batch(spectra, CELL, samples=samples, interval="covariance")
        by_label = {series.label: series for series in before_after_series(batch.results, make_task(CELL))}
        found += [(one, by_label[str(k)]) for k, one in enumerate(pairs, first) if str(k) in by_label]
    return found


def picture_row(picture: Picture, found: Sequence[tuple[Pair, QuantitySeries]]) -> Row:
    """Return how often the picture was recognised, a wrong one called, and neither."""
    calls: Counter[str] = Counter()
    for _, series in found:
        entry = next((one for one in series.more["roles"] if one["role"] == "charge_transfer"), {})
        calls[str(entry.get("picture"))] += 1
    count = len(found)
    right = calls[picture.call] / count
    wrong = sum(calls[call] for call in (MORE_AREA, GROWING_LAYER, BARRIER, NO_CHANGE) if call != picture.call) / count
    return {
        "case": picture.name,
        "pairs": count,
        "right": right,
        "wrong": wrong,
        "open": 1 - right - wrong,
        "met": right >= RECOGNISED and wrong <= WRONG,
    }


def ratio_rows(picture: Picture, found: Sequence[tuple[Pair, QuantitySeries]]) -> Iterator[Row]:
    """Yield the errors of both ratios and how often their intervals hold the truth."""
    for name, role, attribute in (
        ("R(charge transfer)", "charge_transfer_resistance", "resistance"),
        ("C(charge transfer)", "charge_transfer_capacitance", "capacitance"),
        ("R(bulk)", "bulk_resistance", ""),
        ("C(bulk)", "bulk_capacitance", ""),
    ):
        seen = [
            (series.quantities[f"ratio_{role}"].estimate, getattr(one, attribute) if attribute else 1.0)
            for one, series in found
            if np.isfinite(series.quantities[f"ratio_{role}"].estimate.value)
        ]
        hits = sum(e.interval[0] <= truth <= e.interval[1] for e, truth in seen)
        low, high = binomial_interval(hits, len(seen))
        yield {
            "case": picture.name,
            "quantity": name,
            "pairs": len(seen),
            "error": float(np.sqrt(np.mean([np.log(e.value / truth) ** 2 for e, truth in seen]))),
            "stderr": float(np.sqrt(np.mean([(e.stderr / e.value) ** 2 for e, _ in seen]))),
            "coverage": hits / len(seen),
            "low": low,
            "high": high,
            "met": COVERED[0] <= hits / len(seen) <= COVERED[1],
        }


# Equivalence

CELSIUS = np.arange(-10.0, 41.0, 10.0)
FILM_WINDOW = np.logspace(6.5, 0, 66)
DIFFERENCES = (0.0, MARGIN, -MARGIN, 2 * MARGIN)


def heated(energy: float, bulk: Arc, tail: tuple[float, float], offset: float, rng: np.random.Generator):
    """Measure a film at all temperatures."""
    actual = CELSIUS + 273.15 + 0.5 * rng.normal(size=CELSIUS.size) + offset
    capacitance = (bulk[0] * bulk[1]) ** (1 / bulk[2]) / bulk[0]
    return [
        le.simulate(
            "lipon-blocking", [6.0, *arc(r, capacitance, bulk[2]), *tail], FILM_WINDOW, NOISE, int(rng.integers(2**32))
        )
        for r in bulk[0] * np.exp(energy / BOLTZMANN_EV * (1 / actual - 1 / ROOM))
    ]


def energies(difference: float, count: int, rng: np.random.Generator) -> Row:
    """Return how often films whose Ea changed by so much are called unchanged, and changed."""
    calls: Counter[str] = Counter()
    errors, hits = [], 0
    for first in range(0, count, PORTION):
        spectra, samples = [], []
        some = range(first, min(first + PORTION, count))
        for k in some:
            area = np.exp(rng.uniform(*np.log([0.05, 0.5]))) * 1e-4
            bulk, tail, energy = film(rng, area), (1e-6 * area * 1e4, 0.92), rng.uniform(0.50, 0.60)
            offset = 0.5 * rng.normal()
            for state, ea in (("fresh", energy), ("annealed", energy + difference)):
                spectra += heated(ea, bulk, tail, offset, rng)
                how = {"temperature_stderr": 0.5, "temperature_offset_stderr": 0.5, "group": str(k), "state": state}
                samples += [le.Sample(area=area, temperature=t + 273.15, **how) for t in CELSIUS]
        batch = le.fit_batch(spectra, "lipon-blocking", samples=samples, interval="covariance")
        for series in before_after_series(batch.results, make_task("lipon-blocking")):
            quantity = series.quantities["delta_activation_energy_bulk_eV"]
            (entry,) = series.more["roles"]
            calls[entry["delta_activation_energy_eV"]["call"]] += 1
            errors.append(quantity.estimate.value - difference)
            hits += quantity.estimate.interval[0] <= difference <= quantity.estimate.interval[1]
    unchanged_share = calls[UNCHANGED] / len(errors)
    low, high = binomial_interval(calls[UNCHANGED], len(errors))
    return {
        "case": f"{difference:+.2f} eV",
        "pairs": len(errors),
        "error": float(np.sqrt(np.mean(np.square(errors)))),
        "coverage": hits / len(errors),
        "unchanged": unchanged_share,
        "low": low,
        "high": high,
        "changed": calls[CHANGED] / len(errors),
        "met": None if abs(difference) != MARGIN else unchanged_share <= SIZE,
    }


# Growth

HOURS = np.array([0.0, 1, 4, 9, 16, 36, 64, 100, 225, 400])
SYMMETRIC = "li-lipon-li-layer"
SLOW = np.logspace(np.log10(7e6), -1, 79)
LAWS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    ROOT: np.sqrt,
    LINEAR: lambda t: t / 20,
    LOGARITHMIC: lambda t: 20 / np.log1p(400 / 8) * np.log1p(t / 8),
    CONSTANT: np.zeros_like,
}
"""Law → its shape, which reaches 20 at the last time."""


@dataclass(frozen=True)
class Aged:
    """A cell over time: its spectra, and the true R of the layer and of the interface [ohm]."""

    spectra: list[le.Spectrum]
    samples: list[le.Sample]
    layer: np.ndarray
    interface: np.ndarray
    slope: float


def aged(law: str, rng: np.random.Generator, name: str) -> Aged:
    """Draw a cell whose layer grows until its arc is slower than that of the interface."""
    area = 0.2e-4
    bulk = film(rng, area)
    start = np.exp(rng.uniform(*np.log([200, 400])))
    slope = start * rng.uniform(0.6, 1.5)
    layer = start + slope * LAWS[law](HOURS)
    interface = np.full(HOURS.size, np.exp(rng.uniform(*np.log([1000, 3000]))))
    overtaken = rng.uniform(2, 6)  # of the interface's time constant, at the end; it crosses on the way
    last = (start + 20 * slope) if law == CONSTANT else layer[-1]
    c_interface = rng.uniform(1e-6, 4e-6)
    c_layer = overtaken * interface[0] * c_interface / last
    n = rng.uniform(0.9, 0.96, size=2)
    lead = rng.uniform(2, 10)
    spectra = [
        le.simulate(
            SYMMETRIC, [lead, *bulk, *arc(r, c_layer, n[0]), *arc(s, c_interface, n[1])], SLOW, NOISE,
            int(rng.integers(2**32)), label=f"{t:g} h",
        )
        for t, r, s in zip(HOURS, layer, interface, strict=True)
    ]  # fmt: skip
    samples = [le.Sample(area=area, temperature=298.15, group=name, time=3600 * t) for t in HOURS]
    return Aged(spectra, samples, layer, interface, slope)


def nearer(series: QuantitySeries, cell: Aged, way: int) -> list[bool]:
    """Return of each point whether it is the arc that it should be: 0 for the layer, 1 for the interface.

    It is where it lies nearer to that one's truth, or at it where both are alike.
    """
    found = []
    for point in series.more["points"]:
        at = int(np.flatnonzero(point["time_h"] == HOURS)[0])
        own, other = (cell.layer, cell.interface) if way == 0 else (cell.interface, cell.layer)
        off, far = (abs(np.log(point["resistance_ohm"]["value"] / r[at])) for r in (own, other))
        found.append(bool(off < far or off < 0.5))
    return found


def growth(law: str, count: int, rng: np.random.Generator) -> Row:
    """Return how often arcs keep their identity and the law is the right one."""
    calls: Counter[str] = Counter()
    kept = points = right_arc = hits = rated = 0
    for k in range(count):
        cell = aged(law, rng, str(k))
        batch = le.fit_batch(cell.spectra, SYMMETRIC, samples=cell.samples, interval="covariance")
        by_role = {series.role: series for series in time_series(batch.results, make_task(SYMMETRIC))}
        arcs = [by_role[role] for role in ("anode_layer", "anode_interface") if role in by_role]
        ways = [
            [nearer(series, cell, way) for series, way in zip(arcs, ways, strict=False)] for ways in ((0, 1), (1, 0))
        ]
        best = max(
            range(2), key=lambda way: sum(sum(near) for near in ways[way])
        )  # which role is which: no matter here
        near = [one for series in ways[best] for one in series]
        points, right_arc = points + len(near), right_arc + sum(near)
        kept += all(near) and len(arcs) == 2
        found = arcs[best] if len(arcs) == 2 else None
        laws = found.more["laws"] if found else []
        if found is None or not laws or not found.more["law_decided"]:
            calls["open"] += 1
            continue
        calls[laws[0]["law"]] += 1
        if laws[0]["law"] == law in (ROOT, LINEAR):
            scale = 1.0 if law == ROOT else 1 / 20
            low, high = found.quantities[f"growth_rate_{found.role}"].estimate.interval
            truth = cell.slope * scale * 0.2 / 2  # ohm cm2 per side
            rated, hits = rated + 1, hits + (low <= truth <= high)
    wrong = sum(number for call, number in calls.items() if call not in (law, "open")) / count
    return {
        "case": law,
        "series": count,
        "kept": kept / count,
        "points": points,
        "right_arc": right_arc / max(points, 1),
        "right": calls[law] / count,
        "wrong": wrong,
        "open": calls["open"] / count,
        "coverage": hits / rated if rated else None,
        "met": wrong <= WRONG_LAW,
    }


def main() -> None:
    options = parser(
        __doc__, seed=23, count=(500, "pairs a case"), energies=(500, "pairs a difference of Ea"), series=(60, "a law")
    ).parse_args()
    pictures, ratios = [], []
    for number, picture in enumerate(CHANGES):
        found = measured_pairs(picture, options.count, np.random.default_rng([options.seed, number]))
        pictures.append(picture_row(picture, found))
        ratios += ratio_rows(picture, found)
    equivalence = [
        energies(difference, options.energies, np.random.default_rng([options.seed, 100 + number]))
        for number, difference in enumerate(DIFFERENCES)
    ]
    laws = [
        growth(law, options.series, np.random.default_rng([options.seed, 200 + number]))
        for number, law in enumerate(LAWS)
    ]
    case = Column("case", "change")
    shares = [
        Column("right", "recognised", "{:.1%}"),
        Column("wrong", "wrong", "{:.1%}"),
        Column("open", "neither", "{:.1%}"),
    ]
    tables = [
        Table(
            "pictures",
            f"Pictures of a charge transfer that changed ({', '.join(PICTURES)}; goal: 95 % recognised, 2 % wrong)",
            [case, Column("pairs", "pairs", "{:,}"), *shares, Column("met", "")],
            pictures,
        ),
        Table(
            "ratios",
            "Ratios after/before: errors and coverage of 95 % intervals (goal: 92–98 %)",
            [
                case,
                Column("quantity", "quantity"),
                Column("pairs", "pairs", "{:,}"),
                Column("error", "RMS error", "{:.2%}"),
                Column("stderr", "said", "{:.2%}"),
                Column("coverage", "hold the truth", "{:.1%}"),
                Column("low", "99 % from", "{:.1%}"),
                Column("high", "to", "{:.1%}"),
                Column("met", ""),
            ],
            ratios,
        ),
        Table(
            "equivalence",
            f"Whether Ea changed (margin {MARGIN} eV; goal: called unchanged in 5 % at most where it changed by that)",
            [
                Column("case", "true change of Ea"),
                Column("pairs", "pairs", "{:,}"),
                Column("error", "RMS error / eV", "{:.4f}"),
                Column("coverage", "95 % intervals hold the truth", "{:.1%}"),
                Column("unchanged", "called unchanged", "{:.1%}"),
                Column("low", "99 % from", "{:.1%}"),
                Column("high", "to", "{:.1%}"),
                Column("changed", "called changed", "{:.1%}"),
                Column("met", ""),
            ],
            equivalence,
        ),
        Table(
            "growth",
            "A layer's arc that overtakes another's: identity, and the law of its growth (goal: 5 % wrong at most)",
            [
                Column("case", "law"),
                Column("series", "series", "{:,}"),
                Column("kept", "identity kept", "{:.1%}"),
                Column("points", "points", "{:,}"),
                Column("right_arc", "nearer to their own arc", "{:.1%}"),
                *shares,
                Column("coverage", "95 % intervals of the rate hold the truth", "{:.1%}"),
                Column("met", ""),
            ],
            laws,
        ),
    ]
    finish("changes", __doc__, options, tables)


if __name__ == "__main__":
    main()
