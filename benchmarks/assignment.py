"""Whether arcs get their roles, and whether a geometry in a wrong unit is noticed.

    python benchmarks/assignment.py [--count N] [--seed S] [--write]

Random cells of six circuits, log-uniform in thickness (15 nm to 5 µm), area (1e-4 to 1 cm²) and conductivity
(1e-8 to 1e-4 S/cm), with 1 to 30 pF of cable that the sample sheet gives, and noise of 0.3 %. Each is fitted with its
circuit; the arc that stands in the place of a role is compared with the true arcs by resistance and time constant. A
role is *certain*, or the program says that it cannot tell; a cell is as good as the worst of its arcs. *Identified* are
cells in which the fit says of every arc that it is well known (relative standard error below 10 %), inside the window,
and apart from its neighbours. Of these some *can be told*: with arcs exchanged, a permittivity, a capacitance or a
resistance would lie outside the range from which all cells were drawn. In the others either way is as good a cell. A
single arc has the role that its circuit gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from record import Column, Row, Table, finish, parser

import lipon_eis as le
from lipon_eis.model.circuit import Circuit
from lipon_eis.result import FitResult

EPS0 = 8.8541878128e-14  # F/cm
NOISE = 0.003
IDENTIFIED = 0.10
KINDS = (
    "lipon-blocking",
    "lipon-blocking-interface",
    "polycrystalline-blocking",
    "li-lipon-li",
    "li-lipon-lco-two-arcs",
    "li-lipon-lco",
)
WINDOW = {"blocking": np.logspace(6.5, -1, 68), "cell": np.logspace(6, -2, 72)}
GOALS = {"right or said": 0.98, "wrong": 0.005, "decided": 0.80, "flagged": 0.99}
MISTAKES = {
    "thickness in nm for µm": (1e-3, 1.0),
    "thickness in µm for nm": (1e3, 1.0),
    "area in mm² for cm²": (1.0, 1e-2),
    "area in cm² for mm²": (1.0, 1e2),
}
"""(given over true thickness, given over true area)."""
RANGES = {
    "eps": (12.0, 30.0),
    "eps of crystals": (10.0, 150.0),
    "sigma": (1e-8, 1e-4),
    "C/A": (0.2e-6, 10e-6),
    "anode asr": (0.1, 50.0),
    "cathode asr": (10.0, 1e4),
    "film": (1e-7, 50e-7),
    "film eps": (10.0, 30.0),
    "film sigma over sigma": (1e-4, 1e-1),
    "boundary R over R": (0.3, 10.0),
    "boundary C over C": (10.0, 1000.0),
}
"""What cells are drawn from, log-uniform: σ [S/cm], C/A [F/cm2], R A [ohm cm2] per side, layers [cm]."""
FLAGS = {"eps-r-implausible", "geometry-doubtful"}


@dataclass(frozen=True)
class Drawn:
    """A random cell: its circuit, spectrum, sample, and the true (R, τ) of every arc by role."""

    circuit: str
    spectrum: le.Spectrum
    sample: le.Sample
    arcs: dict[str, tuple[float, float]]


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def draw(kind: str, rng: np.random.Generator) -> Drawn:
    """Return a random cell of a kind, named by its circuit. Lengths in cm here, areas in cm²."""
    d, area, sigma = log_uniform(rng, 15e-7, 5e-4), log_uniform(rng, 1e-4, 1.0), log_uniform(rng, *RANGES["sigma"])
    eps = log_uniform(rng, *RANGES["eps of crystals" if kind.startswith("poly") else "eps"])
    r, c = d / (sigma * area), eps * EPS0 * area / d
    arcs = {"bulk": (r, r * c, rng.uniform(0.9, 0.995))}
    if kind == "lipon-blocking-interface":
        film = min(log_uniform(rng, *RANGES["film"]), d / 3)
        second = log_uniform(rng, *RANGES["film eps"]) * EPS0 * area / film
        arcs["interface_film"] = _arc(rng, film / (sigma * 10 ** rng.uniform(-4, -1) * area), second)
    if kind == "polycrystalline-blocking":
        arcs["grain_boundary"] = _arc(
            rng, r * log_uniform(rng, *RANGES["boundary R over R"]), c * log_uniform(rng, *RANGES["boundary C over C"])
        )
    if kind in ("li-lipon-li", "li-lipon-lco"):
        sides = 2 if kind == "li-lipon-li" else 1
        asr, per_area = log_uniform(rng, *RANGES["anode asr"]), log_uniform(rng, *RANGES["C/A"])
        arcs["anode_interface"] = _arc(rng, sides * asr / area, per_area * area / sides)
    if kind.startswith("li-lipon-lco"):
        asr, per_area = log_uniform(rng, *RANGES["cathode asr"]), log_uniform(rng, *RANGES["C/A"])
        arcs["charge_transfer"] = _arc(rng, asr / area, per_area * area)
    values = [log_uniform(rng, 1, 50)]
    for resistance, tau, n in arcs.values():
        values += [resistance, tau**n / resistance, n]
    if "blocking" in kind:
        values += [log_uniform(rng, 5e-7, 1e-5) * area, rng.uniform(0.8, 0.95)]
    if kind.startswith("li-lipon-lco"):
        values += [log_uniform(rng, 20, 300) / area, log_uniform(rng, 1, 300)]
    frequency = WINDOW["blocking" if "blocking" in kind else "cell"]
    named = le.load_circuit(kind)
    stray = log_uniform(rng, 1e-12, 30e-12)
    z = 1 / (1 / Circuit(named.circuit.text).impedance(frequency, values) + 2j * np.pi * frequency * stray)
    z = z * (1 + NOISE * (rng.normal(size=z.size) + 1j * rng.normal(size=z.size)))
    sample = le.Sample(thickness=d * 1e-2, area=area * 1e-4, circuit=kind, stray_capacitance=stray)
    return Drawn(kind, le.Spectrum(frequency, z, label=kind), sample, {k: (v[0], v[1]) for k, v in arcs.items()})


def _arc(rng: np.random.Generator, resistance: float, capacitance: float) -> tuple[float, float, float]:
    return resistance, resistance * capacitance, rng.uniform(0.8, 0.95)


def is_right(role: str, resistance: str, result: FitResult, drawn: Drawn) -> bool:
    """Tell whether the fitted arc in a role's place is nearest to the true arc of that role."""
    fit = result.fit
    i = fit.index(resistance)
    r, q, n = fit.used_values[i : i + 3]
    here = np.log([r, (r * q) ** (1 / n)])
    far = {name: float(np.hypot(*(here - np.log(truth)))) for name, truth in drawn.arcs.items()}
    return min(far, key=far.__getitem__) == role


def outcome(result: FitResult, drawn: Drawn) -> str:
    """Return ``right``, ``said`` (cannot tell) or ``wrong``: the worst of a cell's arcs."""
    said = bool({r.code for r in result.reasons} & {"roles-ambiguous"})
    worst = "right"
    for arc in result.arcs:
        sure = arc.verdict in ("certain", "as the circuit says") and not said
        if not sure:
            worst = "said" if worst == "right" else worst
        elif not is_right(arc.role, arc.resistance, result, drawn):
            worst = "wrong"
    return worst


def identified(result: FitResult) -> bool:
    """Tell whether the fit knows every arc: resistance, place in the window, distance to its neighbours."""
    if {r.code for r in result.reasons} & {"arcs-overlap", "arc-above-window", "arc-below-window"}:
        return False
    parameters = {p.name: p for p in result.parameters}
    used = (parameters[arc.resistance] for arc in result.arcs)
    return all(np.isfinite(p.value) and p.stderr <= IDENTIFIED * p.value and not p.at_bound for p in used)


def tellable(drawn: Drawn) -> bool:
    """Tell whether no exchange of the true arcs would make a cell that could have been drawn, too."""
    roles, arcs = list(drawn.arcs), list(drawn.arcs.values())
    ways = (dict(zip(roles, way, strict=True)) for way in permutations(arcs) if list(way) != arcs)
    return not any(_could_be_drawn(way, drawn) for way in ways)


def _could_be_drawn(arcs: Mapping[str, tuple[float, float]], drawn: Drawn) -> bool:
    """Tell whether arcs, (R, τ) by role, lie in the ranges."""
    d, area, poly = drawn.sample.thickness * 1e2, drawn.sample.area * 1e4, drawn.circuit.startswith("poly")
    r, c = arcs["bulk"][0], arcs["bulk"][1] / arcs["bulk"][0]
    found = {"sigma": d / (r * area), "eps of crystals" if poly else "eps": c * d / (EPS0 * area)}
    within = True
    for role, (resistance, tau) in arcs.items():
        capacitance, sides = tau / resistance, 2 if drawn.circuit == "li-lipon-li" else 1
        if role == "interface_film":  # (its thickness, at most d/3; the range of its permittivity)
            low, high = (eps * EPS0 * area / capacitance for eps in RANGES["film eps"])
            thin, thick = RANGES["film"][0], min(RANGES["film"][1], d / 3)
            ratios = [film / (resistance * area) / found["sigma"] for film in (max(low, thin), min(high, thick))]
            lowest, highest = RANGES["film sigma over sigma"]
            within &= low <= thick and high >= thin and ratios[0] <= highest and ratios[1] >= lowest
        elif role == "grain_boundary":
            found |= {"boundary R over R": resistance / r, "boundary C over C": capacitance / c}
        elif role != "bulk":
            within &= RANGES["C/A"][0] <= capacitance * sides / area <= RANGES["C/A"][1]
            found["anode asr" if role == "anode_interface" else "cathode asr"] = resistance * area / sides
    return within and all(RANGES[name][0] <= value <= RANGES[name][1] for name, value in found.items())


def bulk_in_window(result: FitResult, drawn: Drawn) -> bool:
    """Tell whether the true bulk arc peaks in the window, and with the right geometry the fit sees its capacitance."""
    r, tau = drawn.arcs["bulk"]
    used = drawn.spectrum.frequency[result.spectrum.used]
    (bulk,) = result.by_role("bulk.resistance")
    seen = used.min() <= 1 / (2 * np.pi * tau) <= used.max() and np.isfinite(result.derived["eps_r_bulk"].value)
    return bool(seen and bulk.stderr <= IDENTIFIED * bulk.value and abs(np.log(bulk.value / r)) < np.log(1.5))


def fitted(cells: list[Drawn]) -> list[FitResult | None]:
    batch = le.fit_batch([c.spectrum for c in cells], samples=[c.sample for c in cells], interval="covariance")
    by_label = {r.spectrum.label: r for r in batch.results}
    return [by_label.get(c.spectrum.label) for c in cells]


def cells(count: int, seed: int) -> list[Drawn]:
    """Return random cells of all kinds in turn."""
    rng = np.random.default_rng(seed)
    drawn = [draw(KINDS[i % len(KINDS)], rng) for i in range(count)]
    return [replace(c, spectrum=replace(c.spectrum, label=f"{i}")) for i, c in enumerate(drawn)]


def role_rows(drawn: list[Drawn], results: list[FitResult | None]) -> list[Row]:
    """Count outcomes by kind and in all."""
    rows = []
    for kind in (*KINDS, "all"):
        pairs = [(r, c) for r, c in zip(results, drawn, strict=True) if r is not None and kind in (c.circuit, "all")]
        ends = [outcome(r, c) for r, c in pairs]
        known = [(end, tellable(c)) for end, (r, c) in zip(ends, pairs, strict=True) if identified(r)]
        told = [end for end, can in known if can]
        row: Row = {"kind": kind, "cells": len(pairs), "identified": len(known), "tellable": len(told)}
        row |= {end: ends.count(end) / len(ends) for end in ("right", "said", "wrong")}
        row["decided"] = sum(end != "said" for end, _ in known) / len(known) if known else None
        row["told"] = sum(end != "said" for end in told) / len(told) if told else None
        if kind == "all":
            row["met"] = (
                row["right"] + row["said"] >= GOALS["right or said"]
                and row["wrong"] < GOALS["wrong"]
                and row["decided"] >= GOALS["decided"]
            )
        rows.append(row)
    return rows


def unit_rows(drawn: list[Drawn], results: list[FitResult | None]) -> list[Row]:
    """Give each geometry in a wrong unit and count what is flagged where the bulk arc lies in the window."""
    seen = [c for r, c in zip(results, drawn, strict=True) if r is not None and bulk_in_window(r, c)]
    rows = []
    for mistake, (thickness, area) in MISTAKES.items():
        wrong = [
            replace(
                c,
                sample=replace(c.sample, thickness=c.sample.thickness * thickness, area=min(c.sample.area * area, 0.1)),
            )
            for c in seen
        ]
        found = [r for r in fitted(wrong) if r is not None]
        flagged = sum(bool({x.code for x in r.reasons if x.level != "note"} & FLAGS) for r in found)
        named = sum(any("would be right in" in x.message for x in r.reasons) for r in found)
        share = flagged / len(found)
        row: Row = {"mistake": mistake, "cells": len(found), "flagged": share, "named": named / len(found)}
        rows.append(row | {"met": share >= GOALS["flagged"]})
    right = [r for r in fitted(seen) if r is not None]
    false = sum(bool({x.code for x in r.reasons} & FLAGS) for r in right) / len(right)
    rows.append({"mistake": "none", "cells": len(right), "flagged": false})
    return rows


def main() -> None:
    options = parser(__doc__, seed=21, count=(1200, "cells")).parse_args()
    drawn = cells(options.count, options.seed)
    results = fitted(drawn)
    tables = [
        Table(
            "roles",
            "Roles (goals: right or said at least 98 %, wrong below 0.5 %, decided at least 80 % of the identified)",
            [
                Column("kind", "circuit"),
                Column("cells", "cells"),
                Column("right", "right", "{:.1%}"),
                Column("said", "cannot tell", "{:.1%}"),
                Column("wrong", "wrong and certain", "{:.2%}"),
                Column("identified", "all arcs identified"),
                Column("decided", "of these decided", "{:.1%}"),
                Column("tellable", "could be told"),
                Column("told", "of these decided", "{:.1%}"),
                Column("met", ""),
            ],
            role_rows(drawn, results),
        ),
        Table(
            "units",
            "Geometry in a wrong unit, where the bulk arc lies in the window (goal: at least 99 % flagged)",
            [
                Column("mistake", "mistake"),
                Column("cells", "cells"),
                Column("flagged", "flagged", "{:.1%}"),
                Column("named", "its unit named", "{:.1%}"),
                Column("met", ""),
            ],
            unit_rows(drawn, results),
        ),
    ]
    finish("assignment", __doc__, options, tables)


if __name__ == "__main__":
    main()
