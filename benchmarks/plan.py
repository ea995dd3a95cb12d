"""Whether the errors that `plan` expects are those that fits of simulated spectra then have.

    python benchmarks/plan.py [--count N] [--seed S] [--write]

Each case is a film or a cell with a window and a noise. Its spectrum is simulated many times, with errors of thickness
and area drawn anew where they have any, and analysed as `lipon-eis fit` would: with no start values, and a lead
inductance where the data ask for one. The scatter of a quantity about the truth, in its logarithm, is set against the
expected relative error: from the standard deviation and, because a few fits in a thousand end elsewhere, from the
median too. Judged is every quantity that `plan` calls identified; the others are listed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from record import Column, Row, Table, finish, parser

from lipon_eis.analysis import Task, analyse
from lipon_eis.fitting.options import Options
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.plan import Measurement, Plan, plan
from lipon_eis.result import FitResult
from lipon_eis.spectrum import Spectrum

GOAL = 0.20
MIDDLE = 0.6744897501960817  # median of |x| where x is standard normal
CM2 = 1e-4

CASES: dict[str, Measurement] = {
    "film of the brief": Measurement(2e-4, 1e-6, 1e-6),
    "large film": Measurement(2e-4, 1.2e-6, 0.5 * CM2, values={"R0": 5.0}),
    "film, 5 % in d": Measurement(2e-4, 1e-6, 0.05 * CM2, thickness_error=0.05, area_error=0.02),
    "film, 7 MHz": Measurement(2e-4, 1e-6, 0.1 * CM2, f_max=7e6, noise=0.01),
    "film at 60 °C": Measurement(2e-4, 1e-6, 1e-6, temperature=333.15, f_max=5e6),
    "cold film": Measurement(2e-4, 1e-6, 0.1 * CM2, temperature=253.15, noise=0.01),
    "40 nm dot": Measurement(5e-5, 4e-8, np.pi * 2.5e-4**2, f_min=20, eps_r=18),
    "resistive film": Measurement(1e-6, 5e-7, 0.2 * CM2, f_min=0.1, noise=0.01),
    "flat arc": Measurement(1e-4, 1e-6, 0.1 * CM2, values={"CPE1_1": 0.88}),
    "few points": Measurement(2e-4, 1e-6, 1e-6, points_per_decade=5),
    "leads known": Measurement(2e-4, 1e-6, 0.05 * CM2, fixed=("R0",)),
    "interface film": Measurement(2e-4, 1e-6, 0.1 * CM2, circuit="lipon-blocking-interface", f_min=0.1),
    "polycrystalline": Measurement(1e-3, 2e-6, 0.1 * CM2, circuit="polycrystalline-blocking", eps_r=40, f_max=7e6),
    "Li/LiPON/Li": Measurement(2e-4, 1.2e-6, 0.5 * CM2, circuit="li-lipon-li", f_max=5e6, noise=0.002),
    "Li/LiPON/LCO": Measurement(
        1e-4, 1.2e-6, 0.3 * CM2, circuit="li-lipon-lco", f_min=1e-2, noise=0.002, values={"R2": 120.0}
    ),
}


def simulated(expected: Plan, count: int, rng: np.random.Generator) -> tuple[list[Spectrum], np.ndarray]:
    """Return spectra of the planned film with fresh noise, and the true parameters of each, shape (count, k).

    Where the geometry has errors it is another film each time, and the analysis is told the nominal geometry.
    """
    measurement, named = expected.measurement, expected.named
    values = np.tile(expected.fit.used_values, (count, 1))
    d, a = (
        1 + (error or 0.0) * rng.normal(size=count) for error in (measurement.thickness_error, measurement.area_error)
    )
    for arc in role_arcs(named.circuit, named.roles):
        if arc.role == "bulk" and arc.part is not None:
            values[:, arc.r] *= d / a
            values[:, arc.part.q] *= a / d  # τ stays, and Q = τⁿ/R
    exact = named.circuit.impedance(measurement.frequency, values)
    scatter = rng.normal(size=(2, *exact.shape))
    z = exact + measurement.noise * np.abs(exact) * (scatter[0] + 1j * scatter[1])
    return [Spectrum(measurement.frequency, row, temperature=measurement.temperature) for row in z], values


def scatter_of(expected: Plan, name: str, found: list[tuple[FitResult, np.ndarray]]) -> Row:
    """Return the scatter of a quantity about its truth against what was expected of it."""
    relative = expected.relative_error(name)
    row: Row = {"quantity": name, "expected": relative, "state": expected.identified(name)}
    if name in expected.derived:
        truth = np.full(len(found), expected.derived[name].value)
        values = np.array([result.derived[name].value for result, _ in found])
    else:
        truth = np.array([true[expected.fit.index(name)] for _, true in found])
        values = np.array([result.values[name] for result, _ in found])
    deviation = np.log(values / truth)
    deviation = deviation[np.isfinite(deviation)]
    if not np.isfinite(relative) or deviation.size < 10:
        return row | {"known": int(deviation.size)}
    rms = float(np.sqrt((deviation**2).mean()))
    row |= {"known": int(deviation.size), "found": rms, "middle": float(np.median(np.abs(deviation))) / MIDDLE}
    row["ratio"] = relative / rms
    if row["state"] == "identified":
        row["met"] = bool(1 - GOAL <= row["ratio"] <= 1 + GOAL)
    return row


def rows_of(case: str, measurement: Measurement, count: int, rng: np.random.Generator) -> Iterator[Row]:
    """Plan one case, simulate and analyse it, and compare every quantity."""
    expected = plan(measurement)
    spectra, truths = simulated(expected, count, rng)
    fix = {name: float(expected.fit.used_values[expected.fit.index(name)]) for name in measurement.fixed}
    task = Task(circuit=measurement.circuit, options=Options(fix=fix, interval="covariance"))
    results = analyse(spectra, [measurement.sample] * count, task)
    found = [(result, true) for result, true in zip(results, truths, strict=True) if isinstance(result, FitResult)]
    uncertain = measurement.thickness_error or measurement.area_error
    for name in expected.names:
        quantity = expected.derived.get(name)
        if quantity and any(name not in result.derived for result, _ in found):
            continue  # given where two formulas differ, which they do in some spectra only
        if uncertain and quantity and name not in ("sigma_bulk", "eps_r_bulk", "peak_frequency_bulk"):
            continue  # it truly differs from film to film
        yield {"case": case, "spectra": len(found), **scatter_of(expected, name, found)}


def main() -> None:
    options = parser(__doc__, seed=401, count=(600, "spectra a case")).parse_args()
    rows = [
        row
        for number, (case, measurement) in enumerate(CASES.items())
        for row in rows_of(case, measurement, options.count, np.random.default_rng([options.seed, number]))
    ]
    columns = [
        Column("case", "case"),
        Column("quantity", "quantity"),
        Column("expected", "expected error", "{:.2%}"),
        Column("found", "RMS of fits", "{:.2%}"),
        Column("middle", "from the median", "{:.2%}"),
        Column("ratio", "expected / RMS", "{:.2f}"),
        Column("known", "of spectra", "{:,}"),
        Column("met", ""),
    ]
    judged = [row for row in rows if "met" in row]
    summary = [
        {
            "cases": len(CASES),
            "judged": len(judged),
            "within": sum(row["met"] for row in judged),
            "lowest": min(row["ratio"] for row in judged),
            "highest": max(row["ratio"] for row in judged),
            "met": all(row["met"] for row in judged),
        }
    ]
    short = [
        Column("cases", "cases"),
        Column("judged", "identified quantities"),
        Column("within", "within 20 %"),
        Column("lowest", "lowest expected / RMS", "{:.2f}"),
        Column("highest", "highest", "{:.2f}"),
        Column("met", ""),
    ]
    others = [row for row in rows if "met" not in row and np.isfinite(row["expected"])]
    tables = [
        Table("summary", "In short", short, summary),
        Table("identified", "Identified quantities (goal: 0.80–1.20)", columns, judged),
        Table("others", "Quantities that are not identified (no goal)", columns[:-1], others),
    ]
    finish("plan", __doc__, options, tables)


if __name__ == "__main__":
    main()
