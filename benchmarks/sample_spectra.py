"""How well the sample spectra are understood, over fresh noise.

    python benchmarks/sample_spectra.py [seeds]

Each shipped spectrum is simulated again from its truth with other noise of the same size, and the
whole set goes through ``circuit="auto"`` with the shipped sample sheet, as `lipon-eis demo` does.
Counted is what a user would trip over: another circuit, an alarm, a truth outside three standard
errors, an answer or a conductivity that is off by more than 2 %.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from lipon_eis.batch import fit_batch
from lipon_eis.library import load_circuit
from lipon_eis.readers import read
from lipon_eis.result import FitResult
from lipon_eis.sheet import read_sheet
from lipon_eis.simulation import simulate

FIRST_SEED = 1000
CLOSE = 0.02


@dataclass(frozen=True)
class Found:
    """What became of one spectrum.

    Attributes:
        label: Of the spectrum.
        circuit_right: Whether the circuit, its roles and an inductance are those that were simulated.
        alarms: Codes of reasons above ``note`` that the cell does not deserve.
        pulls: (found − truth)/standard error by name of parameter or derived quantity, without the geometry's
            error, which the simulation has not; NaN where nothing was found.
        errors: |found/truth − 1| of answers and conductivities, by name.
    """

    label: str
    circuit_right: bool
    alarms: tuple[str, ...]
    pulls: dict[str, float]
    errors: dict[str, float]


def truths(folder: Path) -> list[dict[str, Any]]:
    """Return what was simulated, one entry a spectrum."""
    found: list[dict[str, Any]] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["spectra"]
    return found


def compare(result: FitResult, truth: dict[str, Any]) -> Found:
    """Hold a result against its truth."""
    answers = load_circuit(truth["circuit"]["name"]).answers
    pulls, errors = {}, {}
    for name, value in truth["values"].items():
        found = result.values.get(name, np.nan)
        pulls[name] = (found - value) / result.stderr.get(name, np.nan)
        if name in answers:
            errors[name] = abs(found / value - 1)
    for name, value in truth["derived"].items():
        derived = result.derived.get(name)
        pulls[name] = (derived.value - value) / derived.stderr_fit if derived else np.nan
        if name.startswith("sigma"):
            errors[name] = abs(derived.value / value - 1) if derived else np.nan
    circuit = {"name": result.circuit.name, "text": result.fit.circuit.text}
    deserved = truth.get("alarms", [])
    alarms = tuple(r.code for r in result.reasons if r.level != "note" and r.code not in deserved)
    return Found(truth["label"], circuit == truth["circuit"], alarms, pulls, errors)


def measure(seeds: range) -> list[Found]:
    """Simulate every sample spectrum once a seed, fit them all, hold them against their truths."""
    with as_file(files("lipon_eis.sample_spectra")) as folder:
        sheet = read_sheet(folder / "samples.csv")
        spectra, expected = [], []
        for number, truth in enumerate(truths(folder)):
            path, index = folder / truth["file"], truth["spectrum"]
            frequency = read(path)[index].frequency
            for seed in seeds:
                noise = truth["noise"]["standard_deviation"]
                text, values = truth["circuit"]["text"], truth["values"]
                spectrum = simulate(text, values, frequency, noise=noise, seed=1000 * seed + number)
                spectra.append(replace(spectrum, meta={"source": path.as_posix(), "spectrum": index}))
                expected.append(truth)
        batch = fit_batch(spectra, samples=sheet)
    if batch.failures:
        raise SystemExit(f"{len(batch.failures)} could not be fitted: {batch.failures[0].message}")
    return [compare(result, truth) for result, truth in zip(batch.results, expected, strict=True)]


@dataclass(frozen=True)
class Score:
    """Shares and extremes over many spectra."""

    count: int
    circuit_right: float
    passed: float
    within_three: float
    unknown: int
    close: float
    worst_error: float
    alarms: Counter[str]
    outside: Counter[str]


def score(found: list[Found]) -> Score:
    """Sum up."""
    pulls = np.array([pull for f in found for pull in f.pulls.values()])
    errors = np.array([error for f in found for error in f.errors.values()])
    known = np.isfinite(pulls)
    return Score(
        count=len(found),
        circuit_right=float(np.mean([f.circuit_right for f in found])),
        passed=float(np.mean([not f.alarms for f in found])),
        within_three=float(np.mean(np.abs(pulls[known]) <= 3)),
        unknown=int((~known).sum()),
        close=float(np.mean(errors <= CLOSE)),
        worst_error=float(errors.max()),
        alarms=Counter(code for f in found for code in f.alarms),
        outside=Counter(name for f in found for name, pull in f.pulls.items() if abs(pull) > 3),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("seeds", nargs="?", type=int, default=100, help="noise seeds a spectrum (100)")
    count = parser.parse_args().seeds
    began = time.perf_counter()
    found = measure(range(FIRST_SEED, FIRST_SEED + count))
    took = time.perf_counter() - began

    by_label: dict[str, list[Found]] = {}
    for f in found:
        by_label.setdefault(f.label, []).append(f)
    print(f"{'spectrum':32} {'n':>5} {'circuit':>8} {'pass':>8} {'|pull|≤3':>9} {'≤2 %':>8} {'worst':>7}  remarks")
    for label, some in [*by_label.items(), ("all", found)]:
        s = score(some)
        shares = f"{s.circuit_right:8.2%} {s.passed:8.2%} {s.within_three:9.2%} {s.close:8.2%} {s.worst_error:7.2%}"
        remarks = [f"{k} unknown" for k in [s.unknown] if k] + [f"{code} ×{k}" for code, k in s.alarms.items()]
        outside = ", ".join(f"{name} ×{k}" for name, k in s.outside.most_common(4))
        print(f"{label:32} {s.count:5} {shares}  {'; '.join(remarks + ([f'outside: {outside}'] if outside else []))}")
    print(f"{len(found)} spectra in {took:.1f} s")


if __name__ == "__main__":
    main()
