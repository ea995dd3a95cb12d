"""How many digits are right on problems whose answers are certified.

    python benchmarks/certified.py [--write]

Circuits: values and standard errors known to 12 digits, no start given to ours; impedance.py beside it from a start
within a factor 2. NIST's StRD problems go through the solver alone, from both published starts. Digits are
−log10 of the relative error, the least over the parameters; 15 where none differs.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from contestants import fit_all
from record import Column, Row, Table, finish, parser

from lipon_eis.fitting.options import Options
from lipon_eis.fitting.solver import inverse_information, minimise, polish
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS / "fitting"))

from nist_problems import MODELS, Problem  # noqa: E402  (lives with the tests that use it)

GOALS = {"values": 9.0, "errors": 7.0}
NIST_GOALS = {"values": 7.0, "errors": 5.0}


def digits(found: np.ndarray, right: np.ndarray) -> float:
    """Return the least number of right digits; 0 where there is none.

    >>> digits(np.array([1.001, 2.0]), np.array([1.0, 2.0]))
    3.0
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        each = -np.log10(np.abs(np.asarray(found) / np.asarray(right) - 1))
    return float(np.clip(np.nan_to_num(each, nan=0.0, posinf=15.0), 0.0, 15.0).min().round(9))


def circuit_row(path: Path, rng: np.random.Generator) -> Row:
    truth = json.loads(path.read_text())
    f, re, im = np.loadtxt(path.with_suffix(".csv"), delimiter=",", skiprows=1).T
    circuit, spectrum = Circuit(truth["circuit"]), Spectrum(f, re + 1j * im)
    values, errors = (np.array([float(truth["certified"][n][k]) for n in circuit.names]) for k in ("value", "stderr"))
    (fit,) = fit_all(circuit, [spectrum], Options(weighting=truth["weighting"].partition(":")[0]))
    row: Row = {
        "problem": path.stem,
        "circuit": circuit.text,
        "values": digits(fit.used_values, values),
        "errors": digits(np.array(list(fit.stderr.values())), errors),
        "starts": fit.starts,
        "agreeing": fit.starts_agreeing,
        "impedance.py": digits(_impedance_py(circuit, spectrum, truth, rng), values),
    }
    return row | {"met": all(row[what] >= goal for what, goal in GOALS.items())}


def _impedance_py(circuit: Circuit, spectrum: Spectrum, truth: dict[str, Any], rng: np.random.Generator) -> np.ndarray:
    from impedance.models.circuits import CustomCircuit

    log = np.array([p.log for p in circuit.parameters])
    true = circuit.values(truth["truth"])
    spread = rng.uniform(-1, 1, size=log.size)
    start = np.where(log, true * 2**spread, np.clip(true + 0.1 * spread, 0.5, 0.999))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = CustomCircuit(circuit.text, initial_guess=start.tolist())
            fitted.fit(spectrum.frequency, spectrum.impedance, weight_by_modulus=True)
    except (RuntimeError, ValueError):
        return np.full(log.size, np.nan)
    return fitted.parameters_


def nist_row(name: str) -> Row:
    problem = Problem.read(name)
    near = minimise(problem.residuals, problem.starts, damping=100.0, max_iterations=6000, tolerance=1e-12)
    end = polish(problem.residuals, near, max_iterations=30)
    r, jacobian = problem.residuals(end.q, np.arange(2))
    noise = (r**2).sum(axis=1) / (problem.y.size - problem.values.size)
    inverse = inverse_information(jacobian, np.ones(end.q.shape, bool))
    deviations = np.sqrt(np.diagonal(inverse, axis1=1, axis2=2) * noise[:, None])
    row: Row = {
        "problem": name,
        "parameters": problem.values.size,
        "observations": problem.y.size,
        "first": digits(end.q[0], problem.values),
        "second": digits(end.q[1], problem.values),
        "errors": digits(deviations, np.stack([problem.deviations] * 2)),
        "evaluations": end.iterations.tolist(),
    }
    met = min(row["first"], row["second"]) >= NIST_GOALS["values"] and row["errors"] >= NIST_GOALS["errors"]
    return row | {"met": met}


def main() -> None:
    options = parser(__doc__).parse_args()
    rng = np.random.default_rng(options.seed)
    digit = "{:.1f}"
    tables = [
        Table(
            "circuits",
            "Circuits, no start given (goal: 9 digits of values, 7 of standard errors)",
            [
                Column("problem", "problem"),
                Column("circuit", "circuit"),
                Column("values", "digits of values", digit),
                Column("errors", "of standard errors", digit),
                Column("met", ""),
                Column("agreeing", "runs that agreed"),
                Column("starts", "of"),
                Column("impedance.py", "impedance.py: digits of values", digit),
            ],
            [circuit_row(path, rng) for path in sorted((TESTS / "certified").glob("*.json"))],
        ),
        Table(
            "nist",
            "NIST StRD, the solver alone (goal: 7 digits of values, 5 of standard deviations)",
            [
                Column("problem", "problem"),
                Column("parameters", "parameters"),
                Column("observations", "observations"),
                Column("first", "digits of values, start 1", digit),
                Column("second", "start 2", digit),
                Column("errors", "of standard deviations", digit),
                Column("met", ""),
            ],
            [nist_row(name) for name in MODELS],
        ),
    ]
    finish("certified", __doc__, options, tables)


if __name__ == "__main__":
    main()
