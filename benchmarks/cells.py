"""How well complementary cells fitted together give both interfaces of a full cell, against its fit alone.

    python benchmarks/cells.py [--count N] [--seed S] [--write]

Sets of cells as drawn below: a blocking cell, a symmetric one of lithium, perhaps one of cathodes, and a full cell.
Each has a film and interfaces of its own (scatter of 5 %, of exponents 0.01), a thickness that errs by 3 % and an
area that errs by 2 %, as the samples say. The full cell's two slow arcs are apart, or overlap, or come in the other
order than its own fit expects. What the cells share is judged against what was drawn for all of them, the full cell's
own values against its own truth, beside its separate fit. Goals: a coverage of 92 to 98 %, which counts as met where
the 99 % binomial interval of what was counted reaches it; a smaller error of the full cell's charge transfer than its
separate fit has; all exchanged arcs put right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from coverage import binomial_interval
from record import Column, Row, Table, finish, parser

import lipon_eis as le
from lipon_eis.batch import make_task
from lipon_eis.kinds.cells import CIRCUITS, cell_series
from lipon_eis.quantity_series import QuantitySeries

NOISE = 0.003
FREQUENCY = np.logspace(math.log10(7e6), -2, 89)
PERMITTIVITY = 8.8541878128e-12  # F/m
SCATTER, OF_EXPONENT = 0.05, 0.01
THICKNESS_ERROR, AREA_ERROR = 0.03, 0.02
GOAL = (0.92, 0.98)
UNLIKE = 1.5  # factor between the ASR of two interfaces from which an exchange shows
FOREIGN = 1.5  # times the conductivity of a film that is another one
PORTION = 50  # sets that are fitted in one batch
STACKS = {
    "blocking": "Pt/LiPON/Pt",
    "symmetric-lithium": "Li/LiPON/Li",
    "cathode-symmetric": "LCO/LiPON/LCO",
    "full-cell": "Li/LiPON/LCO",
}
THREE = ("blocking", "symmetric-lithium", "full-cell")
LEVELS = (
    "sigma_bulk_S_per_cm",
    "eps_r_bulk",
    "asr_anode_interface_ohm_cm2",
    "capacitance_per_area_anode_interface_F_per_cm2",
    "asr_charge_transfer_ohm_cm2",
    "capacitance_per_area_charge_transfer_F_per_cm2",
)
OWN = ("asr_anode_interface_ohm_cm2", "asr_charge_transfer_ohm_cm2")


@dataclass(frozen=True)
class Case:
    """Which cells a set has, and between which limits τ of charge transfer over τ of lithium's side lies."""

    name: str
    kinds: tuple[str, ...]
    ratio: tuple[float, float]
    foreign: str = ""  # the kind of cell whose film is another one


CASES = (
    Case("blocking, lithium, full; arcs apart", THREE, (5, 100)),
    Case("the same, arcs overlap", THREE, (1, 3)),
    Case("the same, lithium's arc is the slower", THREE, (0.02, 0.2)),
    Case("and a symmetric cell of cathodes, arcs overlap", (*THREE, "cathode-symmetric"), (1, 3)),
    Case("lithium and full; arcs apart", THREE[1:], (5, 100)),
)
STRANGERS = (
    Case("three cells, all of one material", THREE, (5, 100)),
    Case("three cells, the blocking one of another film", THREE, (5, 100), "blocking"),
    Case("four cells, the blocking one of another film", (*THREE, "cathode-symmetric"), (5, 100), "blocking"),
)


@dataclass(frozen=True)
class Interface:
    """One side: ASR [Ω cm²], C per area [F/cm²], exponent."""

    asr: float
    per_area: float
    exponent: float

    @property
    def tau(self) -> float:
        return self.asr * self.per_area


@dataclass(frozen=True)
class Material:
    """What a set of cells is made of; σ in S/cm."""

    sigma: float
    eps_r: float
    exponent: float
    lithium: Interface
    cathode: Interface

    @property
    def truth(self) -> dict[str, float]:
        values = (
            self.sigma,
            self.eps_r,
            self.lithium.asr,
            self.lithium.per_area,
            self.cathode.asr,
            self.cathode.per_area,
        )
        return dict(zip(LEVELS, values, strict=True))


def draw(rng: np.random.Generator, ratio: tuple[float, float]) -> Material:
    """Draw a material whose interfaces have time constants of such a ratio."""

    def within(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(math.log(low), math.log(high))))

    while True:
        lithium = Interface(within(10, 100), within(5e-7, 1e-5), rng.uniform(0.88, 0.97))
        cathode = Interface(within(20, 500), within(1e-6, 2e-5), rng.uniform(0.88, 0.97))
        if ratio[0] <= cathode.tau / lithium.tau <= ratio[1]:
            return Material(within(1e-6, 4e-6), rng.normal(16, 1), rng.uniform(0.94, 0.98), lithium, cathode)


def scattered(material: Material, rng: np.random.Generator) -> Material:
    """Return the material as one cell has it: another deposition."""

    def of(value: float) -> float:
        return float(value * np.exp(SCATTER * rng.normal()))

    def bent(n: float) -> float:
        return float(min(n + OF_EXPONENT * rng.normal(), 1.0))

    def side(one: Interface) -> Interface:
        return Interface(of(one.asr), of(one.per_area), bent(one.exponent))

    return Material(
        of(material.sigma), of(material.eps_r), bent(material.exponent), side(material.lithium), side(material.cathode)
    )


def arc(resistance: float, capacitance: float, n: float) -> tuple[float, float, float]:
    """R and a CPE that peaks where R and C would."""
    return resistance, (resistance * capacitance) ** n / resistance, n


def spectrum(
    kind: str, cell: Material, thickness: float, area: float, rng: np.random.Generator, label: str = ""
) -> le.Spectrum:
    """Measure a cell of true thickness [m] and area [m²]."""
    cm2 = area * 1e4
    resistance = thickness / (100 * cell.sigma * area)
    values = [
        np.exp(rng.uniform(*np.log([2.0, 20.0]))),
        *arc(resistance, PERMITTIVITY * cell.eps_r * area / thickness, cell.exponent),
    ]
    sides = 1 if kind == "full-cell" else 2
    if kind in ("symmetric-lithium", "full-cell"):
        one = cell.lithium
        values += arc(sides * one.asr / cm2, one.per_area * cm2 / sides, one.exponent)
    if kind in ("cathode-symmetric", "full-cell"):
        one = cell.cathode
        values += arc(sides * one.asr / cm2, one.per_area * cm2 / sides, one.exponent)
        values += (sides * np.exp(rng.uniform(*np.log([50.0, 300.0]))) / cm2, np.exp(rng.uniform(*np.log([2.0, 30.0]))))
    if kind == "blocking":
        values += (np.exp(rng.uniform(*np.log([5e-7, 5e-6]))) * cm2, rng.uniform(0.85, 0.95))
    return le.simulate(CIRCUITS[kind], values, FREQUENCY, noise=NOISE, seed=int(rng.integers(2**32)), label=label)


@dataclass(frozen=True)
class Cell:
    """A cell as measured: its kind, spectrum, sample, and what it is made of."""

    kind: str
    spectrum: le.Spectrum
    sample: le.Sample
    truth: Material


def cells(
    material: Material, kinds: tuple[str, ...], rng: np.random.Generator, group: str = "", foreign: str = ""
) -> list[Cell]:
    """Make and measure one cell of each kind, one of them perhaps of another film."""
    made = []
    for kind in kinds:
        own = scattered(material, rng)
        if kind == foreign:
            own = replace(own, sigma=FOREIGN * own.sigma)
        thickness, area = rng.uniform(0.8e-6, 1.6e-6), np.exp(rng.uniform(*np.log([0.1, 0.5]))) * 1e-4
        true = thickness * (1 + THICKNESS_ERROR * rng.normal()), area * (1 + AREA_ERROR * rng.normal())
        sample = le.Sample(
            thickness=thickness,
            thickness_stderr=THICKNESS_ERROR * thickness,
            area=area,
            area_stderr=AREA_ERROR * area,
            temperature=298.15,
            group=group,
            stack=STACKS[kind],
            circuit=CIRCUITS[kind],
        )
        made.append(Cell(kind, spectrum(kind, own, *true, rng, label=f"{group} {kind}"), sample, own))
    return made


@dataclass(frozen=True)
class Outcome:
    """What was found of one set, and its truth."""

    material: Material
    full: Material
    series: QuantitySeries
    alone: Mapping[str, Any]

    def levels(self) -> Iterator[tuple[str, float, float, tuple[float, float], float]]:
        """Yield (quantity, value, standard error, interval, truth); what the full cell alone has is its own."""
        for name, level in self.material.truth.items():
            estimate = self.series.quantities[name].estimate
            truth = level if self.series.more["shared_by"][name] > 1 else self.full.truth[name]
            yield name, estimate.value, estimate.stderr, estimate.interval, truth

    def of_full_cell(self, name: str, way: str) -> tuple[float, tuple[float, float], float]:
        """Return value, interval and truth of the full cell's own quantity, ``joint`` or ``alone``."""
        (cell,) = (one for one in self.series.more["cells"] if one["kind"] == "full-cell")
        truth = self.full.truth[name]
        if way == "joint":
            found = cell["quantities"][name]["joint"]
            return found["value"], tuple(found["interval"]), truth
        found = self.alone[name.removesuffix("_ohm_cm2")]
        return found.value, found.interval, truth

    @property
    def apart(self) -> bool:
        """Whether the full cell's interfaces differ by enough in ASR to say which is which."""
        ratio = self.full.lithium.asr / self.full.cathode.asr
        return not 1 / UNLIKE < ratio < UNLIKE

    def exchanged(self, way: str) -> bool:
        """Tell whether a way has the full cell's interfaces in each other's place."""
        values = [self.of_full_cell(name, way)[0] for name in OWN]
        found = np.log([v if v and v > 0 else np.nan for v in values])
        truth = np.log([self.full.truth[name] for name in OWN])
        return bool(np.abs(found[::-1] - truth).sum() < np.abs(found - truth).sum())

    def codes(self) -> set[str]:
        """Return the codes of the series' reasons."""
        return {reason.code for reason in self.series.reasons}


def measure(case: Case, count: int, seed: int) -> list[Outcome]:
    """Return what was found of each set."""
    rng = np.random.default_rng(seed)
    outcomes = []
    for first in range(0, count, PORTION):
        names = [str(k) for k in range(first, min(first + PORTION, count))]
        materials = {name: draw(rng, case.ratio) for name in names}
        made = {name: cells(material, case.kinds, rng, name, case.foreign) for name, material in materials.items()}
        flat = [cell for group in made.values() for cell in group]
        batch = le.fit_batch(
            [cell.spectrum for cell in flat], samples=[cell.sample for cell in flat], interval="covariance"
        )
        if batch.failures:
            raise SystemExit(f"{len(batch.failures)} spectra could not be fitted")
        task = make_task("auto", interval="covariance")
        derived = {r.sample.group: r.derived for r in batch.results if r.circuit.name == CIRCUITS["full-cell"]}
        for series in cell_series(batch.results, task):
            (full,) = (cell.truth for cell in made[series.label] if cell.kind == "full-cell")
            outcomes.append(Outcome(materials[series.label], full, series, derived[series.label]))
    return outcomes


def level_rows(case: Case, outcomes: list[Outcome]) -> Iterator[Row]:
    """Yield how well each quantity that cells share is known."""
    found = [entry for outcome in outcomes for entry in outcome.levels()]
    for quantity in LEVELS:
        some = [(v, s, i, t) for name, v, s, i, t in found if name == quantity and not math.isnan(v)]
        error = np.log([v / t for v, _, _, t in some])
        hits = sum(i[0] <= t <= i[1] for _, _, i, t in some)
        low, high = binomial_interval(hits, len(some))
        yield {
            "case": case.name,
            "quantity": quantity,
            "sets": len(some),
            "error": _rms(error),
            "bias": float(error.mean()),
            "stderr": _rms(np.array([s / v for v, s, _, _ in some])),
            "coverage": hits / len(some),
            "low": low,
            "high": high,
            "met": high >= GOAL[0] and low <= GOAL[1],
        }


def full_rows(case: Case, outcomes: list[Outcome]) -> Iterator[Row]:
    """Yield how well a full cell's own interfaces are known, alone and jointly."""
    for quantity in OWN:
        errors: dict[str, float] = {}
        for way in ("alone", "joint"):
            found = [outcome.of_full_cell(quantity, way) for outcome in outcomes]
            known = [(v, t) for v, _, t in found if v is not None and not math.isnan(v)]
            error = np.log([v / t for v, t in known])
            errors[way] = _rms(error)
            hits = sum(None not in i and i[0] <= t <= i[1] for _, i, t in found)
            yield {
                "case": case.name,
                "quantity": quantity,
                "way": way,
                "unknown": len(found) - len(known),
                "error": errors[way],
                "median": float(np.median(np.abs(error))),
                "smaller": errors["joint"] < errors["alone"] if way == "joint" and quantity == OWN[1] else None,
                "coverage": hits / len(found),
            }


def exchange_row(case: Case, outcomes: list[Outcome]) -> Row:
    """Return how often the full cell's interfaces are exchanged, where they are unlike."""
    some = [outcome for outcome in outcomes if outcome.apart]
    wrong = [outcome for outcome in some if outcome.exchanged("joint")]
    silent = sum("assignment-undecided" not in outcome.codes() for outcome in wrong)
    return {
        "case": case.name,
        "sets": len(some),
        "alone": sum(outcome.exchanged("alone") for outcome in some),
        "joint": len(wrong),
        "silent": silent,
        "undecided": sum("assignment-undecided" in outcome.codes() for outcome in some),
        "met": silent == 0,
    }


def stranger_row(case: Case, outcomes: list[Outcome]) -> Row:
    """Return how often cells are said not to share something, and that it is the conductivity of the foreign film."""
    told = [next((r.message for r in o.series.reasons if r.code == "not-shared"), "") for o in outcomes]
    named = [bool(case.foreign) and "Farthest is σ of" in text and f" {case.foreign}," in text for text in told]
    return {
        "case": case.name,
        "sets": len(outcomes),
        "said": sum(map(bool, told)) / len(outcomes),
        "named": sum(named) / len(outcomes) if case.foreign else None,
        "coverage": sum(i[0] <= t <= i[1] for o in outcomes for name, _, _, i, t in o.levels() if name == LEVELS[0])
        / len(outcomes),
    }


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def main() -> None:
    options = parser(__doc__, seed=21, count=(60, "sets a case")).parse_args()
    measured = [(case, measure(case, options.count, options.seed + i)) for i, case in enumerate(CASES)]
    first = len(CASES) + options.seed
    strange = [(case, measure(case, options.count, first + i)) for i, case in enumerate(STRANGERS)]
    head = [Column("case", "cells"), Column("quantity", "quantity")]
    tables = [
        Table(
            "levels",
            "What the cells share: errors of ln, and coverage of 95 % intervals (goal: 92–98 %)",
            [
                *head,
                Column("sets", "sets", "{:,}"),
                Column("error", "RMS error", "{:.1%}"),
                Column("bias", "bias", "{:+.1%}"),
                Column("stderr", "said", "{:.1%}"),
                Column("coverage", "hold the truth", "{:.1%}"),
                Column("low", "99 % from", "{:.1%}"),
                Column("high", "to", "{:.1%}"),
                Column("met", ""),
            ],
            [row for case, outcomes in measured for row in level_rows(case, outcomes)],
        ),
        Table(
            "full",
            "The full cell's own interfaces, by its separate fit and by the joint one: errors of ln",
            [
                *head,
                Column("way", "way"),
                Column("unknown", "no value", "{:,}"),
                Column("error", "RMS error", "{:.1%}"),
                Column("median", "median error", "{:.1%}"),
                Column("smaller", "smaller"),
                Column("coverage", "hold the truth", "{:.1%}"),
            ],
            [row for case, outcomes in measured for row in full_rows(case, outcomes)],
        ),
        Table(
            "exchange",
            f"Full cells whose interfaces, {UNLIKE:g} times unlike, come out in each other's place",
            [
                Column("case", "cells"),
                Column("sets", "sets", "{:,}"),
                Column("alone", "alone", "{:,}"),
                Column("joint", "joint", "{:,}"),
                Column("silent", "of these not said to be undecided", "{:,}"),
                Column("undecided", "undecided", "{:,}"),
                Column("met", ""),
            ],
            [exchange_row(case, outcomes) for case, outcomes in measured],
        ),
        Table(
            "strangers",
            f"A film of {FOREIGN:g} times the conductivity among the cells",
            [
                Column("case", "cells"),
                Column("sets", "sets", "{:,}"),
                Column("said", "said not to share", "{:.1%}"),
                Column("named", "cell and quantity named", "{:.1%}"),
                Column("coverage", "σ: intervals hold the truth", "{:.1%}"),
            ],
            [stranger_row(case, outcomes) for case, outcomes in strange],
        ),
    ]
    finish("cells", __doc__, options, tables)


if __name__ == "__main__":
    main()
