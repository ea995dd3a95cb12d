"""How well activation energies and σ(25 °C) come out of temperature series: the joint fit against two steps.

    python benchmarks/series.py [--count N] [--seed S] [--write]

Films of the family below, measured from −20 to 80 °C in steps of 10 K. Up to 1 MHz, so that the arc leaves the window,
and up to 100 MHz, where every arc is resolved and both ways must agree. The thermometer is wrong by a scatter of 0.5 K
and a common offset of 0.5 K, or not at all, and both ways are told so. The permittivity does not change with
temperature, or, as a third case, Q does not (then C goes with R^((1-n)/n)). Either convention is the law of half of the
series; its Ea is judged in these, σ(25 °C) in those of σ. The goal is the joint fit's: a
coverage of 92 to 98 %, judged as measured, and where the arc leaves the window a smaller error of Ea than two steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from coverage import binomial_interval
from record import Column, Row, Table, finish, parser

import lipon_eis as le
from lipon_eis.batch import make_task
from lipon_eis.kinds.temperature import joint_temperature_series
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM, Estimate
from lipon_eis.temperature_series import TemperatureSeries, temperature_series

CIRCUIT = "lipon-blocking"
CELSIUS = np.arange(-20.0, 81.0, 10.0)
NOISE = 0.003
PERMITTIVITY = 8.8541878128e-12  # F/m
GOAL = (0.92, 0.98)
RESOLVED = 1e8  # Hz: up to there every arc is
PORTION = 50  # series that are fitted in one batch


@dataclass(frozen=True)
class Case:
    """How series are measured: highest frequency [Hz], scatter and offset of the thermometer [K]; what is constant."""

    name: str
    highest: float
    scatter: float
    offset: float
    constant_q: bool = False


CASES = (
    Case("arc leaves the window", 1e6, 0.5, 0.5),
    Case("the same, exact thermometer", 1e6, 0.0, 0.0),
    Case("the same, Q is constant", 1e6, 0.5, 0.5, constant_q=True),
    Case("every arc resolved", RESOLVED, 0.5, 0.5),
)


@dataclass(frozen=True)
class Film:
    """A film, SI, its Ea in eV, and whether that is of σT."""

    thickness: float
    area: float
    room: float
    energy: float
    hopping: bool
    permittivity: float
    exponent: float
    lead: float
    tail: float
    tail_exponent: float

    def resistance(self, t: np.ndarray) -> np.ndarray:
        """Return R of the bulk at true temperatures [Ω]."""
        sigma = self.room * np.exp(-self.energy / BOLTZMANN_EV * (1 / t - 1 / ROOM))
        return self.thickness / (self.area * sigma * (ROOM / t if self.hopping else 1.0))


def draw(rng: np.random.Generator, hopping: bool) -> Film:
    """Draw a film of the family: blocking contacts, amorphous, 0.50 to 0.60 eV."""
    area = np.exp(rng.uniform(*np.log([0.05, 1.0]))) * 1e-4
    return Film(
        thickness=rng.uniform(0.5e-6, 2e-6),
        area=area,
        room=np.exp(rng.uniform(*np.log([1e-6, 4e-6]))) * 100,
        energy=rng.uniform(0.50, 0.60),
        hopping=hopping,
        permittivity=rng.normal(16, 1),
        exponent=rng.uniform(0.93, 0.995),
        lead=np.exp(rng.uniform(*np.log([1.0, 20.0]))),
        tail=np.exp(rng.uniform(*np.log([5e-7, 5e-6]))) * area * 1e4,
        tail_exponent=rng.uniform(0.8, 0.95),
    )


def spectra(film: Film, case: Case, rng: np.random.Generator) -> list[le.Spectrum]:
    """Measure a film, ten points a decade down to 1 Hz."""
    actual = CELSIUS + 273.15 + case.scatter * rng.normal(size=CELSIUS.size) + case.offset * rng.normal()
    frequency = np.logspace(np.log10(case.highest), 0, round(10 * np.log10(case.highest)) + 1)
    capacitance = PERMITTIVITY * film.permittivity * film.area / film.thickness
    made = []
    for k, r in enumerate(film.resistance(actual)):
        of = float(film.resistance(np.array(ROOM))) if case.constant_q else r
        q = (of * capacitance) ** film.exponent / of
        values = [film.lead, r, q, film.exponent, film.tail, film.tail_exponent]
        seed = int(rng.integers(2**32))
        made.append(le.simulate(CIRCUIT, values, frequency, noise=NOISE, seed=seed, label=f"{CELSIUS[k]:.0f}"))
    return made


Outcome = dict[str, tuple[Estimate, float]]
"""What one way found of one film: quantity → (estimate, truth)."""


def measure(case: Case, count: int, seed: int) -> list[dict[str, Outcome | None]]:
    """Return for each film what both ways found; None where one gave nothing."""
    rng = np.random.default_rng(seed)
    films = [draw(rng, hopping=bool(k % 2)) for k in range(count)]
    outcomes: list[dict[str, Outcome | None]] = []
    for first in range(0, count, PORTION):
        some = dict(enumerate(films[first : first + PORTION], first))
        measured = {k: spectra(film, case, rng) for k, film in some.items()}
        samples = [
            le.Sample(
                thickness=some[k].thickness,
                area=some[k].area,
                temperature=t + 273.15,
                temperature_stderr=case.scatter,
                temperature_offset_stderr=case.offset,
                group=str(k),
            )
            for k in measured
            for t in CELSIUS
        ]
        flat = [spectrum for group in measured.values() for spectrum in group]
        batch = le.fit_batch(flat, CIRCUIT, samples=samples, interval="covariance")
        ways = {
            "joint": joint_temperature_series(batch.results, make_task(CIRCUIT)),
            "two-step": temperature_series(batch.results),
        }
        by_way = {
            way: {int(s.label): s for s in series if s.role == "bulk" and s.method == way}
            for way, series in ways.items()
        }
        for k, film in some.items():
            outcomes.append({way: _outcome(by_way[way].get(k), film) for way in ways})
    return outcomes


def _outcome(series: TemperatureSeries | None, film: Film) -> Outcome | None:
    if series is None:
        return None
    line = series.line
    if film.hopping:
        return {"Ea(σT)": (line.sigma_T, film.energy)}
    return {"Ea(σ)": (line.sigma, film.energy), "σ(25 °C)": (line.sigma_25C, film.room / 100)}


def rows(case: Case, outcomes: list[dict[str, Outcome | None]]) -> Iterator[Row]:
    """Yield a row a quantity and way; errors are relative, and of films that both ways gave."""
    both = [one for one in outcomes if all(one.values())]
    for quantity in ("Ea(σ)", "Ea(σT)", "σ(25 °C)"):
        errors: dict[str, float] = {}
        for way in ("two-step", "joint"):
            pairs = [one[way][quantity] for one in outcomes if one[way] and quantity in one[way]]
            common = [one[way][quantity] for one in both if quantity in one[way]]
            errors[way] = float(np.sqrt(np.mean([(e.value / truth - 1) ** 2 for e, truth in common])))
            hits = sum(e.interval[0] <= truth <= e.interval[1] for e, truth in pairs)
            low, high = binomial_interval(hits, len(pairs))
            yield {
                "case": case.name,
                "quantity": quantity,
                "way": way,
                "series": len(pairs),
                "error": errors[way],
                "ratio": errors[way] / errors["two-step"],
                "smaller": _smaller(case, quantity, way, errors),
                "bias": float(np.mean([e.value / truth - 1 for e, truth in common])),
                "stderr": float(np.sqrt(np.mean([(e.stderr / truth) ** 2 for e, truth in common]))),
                "coverage": hits / len(pairs),
                "low": low,
                "high": high,
                "met": GOAL[0] <= hits / len(pairs) <= GOAL[1] if way == "joint" else None,
            }


def _smaller(case: Case, quantity: str, way: str, errors: dict[str, float]) -> bool | None:
    """Tell whether the joint fit's error of Ea is smaller, where that is a goal."""
    goal = way == "joint" and quantity.startswith("Ea") and case.highest < RESOLVED
    return errors["joint"] < errors["two-step"] if goal else None


def agreement(case: Case, outcomes: list[dict[str, Outcome | None]]) -> Iterator[Row]:
    """Yield by how much the two ways differ, in standard errors of two steps."""
    both = [one for one in outcomes if all(one.values())]
    for quantity in ("Ea(σ)", "Ea(σT)", "σ(25 °C)"):
        apart = [
            (one["joint"][quantity][0].value - one["two-step"][quantity][0].value) / one["two-step"][quantity][0].stderr
            for one in both
            if quantity in one["joint"]
        ]
        yield {
            "case": case.name,
            "quantity": quantity,
            "series": len(apart),
            "apart": float(np.sqrt(np.mean(np.square(apart)))),
            "most": float(np.max(np.abs(apart))),
        }


def main() -> None:
    options = parser(__doc__, seed=11, count=(1200, "series a case, half of each convention")).parse_args()
    measured = [(case, measure(case, options.count, options.seed + i)) for i, case in enumerate(CASES)]
    first = [Column("case", "case"), Column("quantity", "quantity")]
    tables = [
        Table(
            "series",
            "Errors, relative, and coverage of 95 % intervals (goal: 92–98 %)",
            [
                *first,
                Column("way", "way"),
                Column("series", "series", "{:,}"),
                Column("error", "RMS error", "{:.3%}"),
                Column("ratio", "of two steps", "{:.2f}"),
                Column("smaller", "smaller"),
                Column("bias", "bias", "{:+.3%}"),
                Column("stderr", "said", "{:.3%}"),
                Column("coverage", "hold the truth", "{:.1%}"),
                Column("low", "99 % from", "{:.1%}"),
                Column("high", "to", "{:.1%}"),
                Column("met", ""),
            ],
            [row for case, outcomes in measured for row in rows(case, outcomes)],
        ),
        Table(
            "agreement",
            "By how much the joint fit differs from two steps, in standard errors of these",
            [
                *first,
                Column("series", "series", "{:,}"),
                Column("apart", "RMS", "{:.2f}"),
                Column("most", "most", "{:.2f}"),
            ],
            [row for case, outcomes in measured for row in agreement(case, outcomes)],
        ),
        Table(
            "missing",
            "Series that a way gave nothing of",
            [Column("case", "case"), Column("joint", "joint", "{:,}"), Column("two", "two steps", "{:,}")],
            [
                {
                    "case": case.name,
                    "joint": sum(one["joint"] is None for one in outcomes),
                    "two": sum(one["two-step"] is None for one in outcomes),
                }
                for case, outcomes in measured
            ],
        ),
    ]
    finish("series", __doc__, options, tables)


if __name__ == "__main__":
    main()
