"""What takes part in the comparison of speed; each runs alone in its own process, on one thread.

    python benchmarks/contestants.py NAME FAMILY COUNT SEED

prints JSON: CPU seconds of each spectrum, the cost that was reached, and the memory before and at the peak.
All get the same spectra. Those that need a start get one within half a decade of the truth; ours gets none.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Sequence

import families
import numpy as np

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.fit import Options, fit_spectra
from lipon_eis.fitting.result import Fit
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum

DECADES = 0.5  # a start's distance from the truth in every positive parameter
EXPONENTS = 0.1  # and in every exponent
NOISE = 0.003

Measured = tuple[list[float], np.ndarray]
"""CPU seconds of each spectrum, and the parameters that were found, shape (n, k)."""


def starts_near(circuit: Circuit, truths: np.ndarray, seed: int) -> np.ndarray:
    """Return starts, shape (n, k): positive parameters within half a decade, exponents within a tenth."""
    spread = np.random.default_rng(seed).uniform(-1, 1, size=truths.shape)
    log = np.array([p.log for p in circuit.parameters])
    moved = np.clip(truths + EXPONENTS * spread, 0.5, 0.999)
    return np.where(log, truths * 10 ** (DECADES * spread), moved)


def one_by_one(fit: Callable[[Spectrum, np.ndarray], np.ndarray], spectra, starts) -> Measured:
    """Time a function that fits one spectrum from a start; one that raises found nothing."""
    seconds, found = [], []
    fit(spectra[-1], starts[-1])  # imports and caches are not what is measured
    for spectrum, start in zip(spectra, starts, strict=True):
        began = time.process_time()
        try:
            values = fit(spectrum, start)
        except (RuntimeError, ValueError):
            values = np.full(start.shape, np.nan)
        seconds.append(time.process_time() - began)
        found.append(values)
    return seconds, np.array(found)


def impedance_py(circuit: Circuit, spectra: Sequence[Spectrum], starts: np.ndarray) -> Measured:
    """impedance.py as its manual has it, weighted by the modulus."""
    from impedance.models.circuits import CustomCircuit

    warnings.simplefilter("ignore")

    def fit(spectrum: Spectrum, start: np.ndarray) -> np.ndarray:
        fitted = CustomCircuit(circuit.text, initial_guess=start.tolist())
        fitted.fit(spectrum.frequency, spectrum.impedance, weight_by_modulus=True)
        return fitted.parameters_

    return one_by_one(fit, spectra, starts)


def scipy_trf(circuit: Circuit, spectra: Sequence[Spectrum], starts: np.ndarray) -> Measured:
    """What an expert writes: logarithms, exponents bounded by 1, exact derivatives."""
    return one_by_one(_hand_written(circuit, "trf"), spectra, starts)


def scipy_lm(circuit: Circuit, spectra: Sequence[Spectrum], starts: np.ndarray) -> Measured:
    """The same by MINPACK, which is faster and knows no bounds: an exponent may end above 1."""
    return one_by_one(_hand_written(circuit, "lm"), spectra, starts)


def _hand_written(circuit: Circuit, method: str) -> Callable[[Spectrum, np.ndarray], np.ndarray]:
    from scipy.optimize import least_squares

    log = np.array([p.log for p in circuit.parameters])
    bounds = (np.where(log, -np.inf, 0.0), np.where(log, np.inf, 1.0))
    how = {"bounds": bounds} if method == "trf" else {}

    def fit(spectrum: Spectrum, start: np.ndarray) -> np.ndarray:
        s, z, size = 2j * np.pi * spectrum.frequency[None], spectrum.impedance, np.abs(spectrum.impedance)

        def natural(x):
            return np.where(log, np.exp(np.minimum(x, 300.0)), x)

        def residuals(x):
            return ((circuit.evaluate(s, natural(x)[None])[0][0] - z) / size).view(float)

        def jacobian(x):
            p = natural(x)
            slopes = circuit.evaluate(s, p[None])[1][0] * np.where(log, p, 1.0)[:, None] / size
            return slopes.view(float).T

        x = np.where(log, np.log(start), start)
        return natural(least_squares(residuals, x, jac=jacobian, method=method, **how).x)

    return fit


def ours(circuit: Circuit, spectra: Sequence[Spectrum], starts: np.ndarray) -> Measured:
    """A batch, automatic starts and standard errors included, as the others give them."""
    return _batch(circuit, spectra, Options(interval="covariance"))


def ours_in_full(circuit: Circuit, spectra: Sequence[Spectrum], starts: np.ndarray) -> Measured:
    """The same with profile likelihood intervals of what is weakly determined, which is the default."""
    return _batch(circuit, spectra, Options())


def fit_all(circuit: Circuit, spectra: Sequence[Spectrum], options: Options | None = None) -> list[Fit]:
    """Fit without a guess; a spectrum that cannot be fitted stops the measurement."""
    fits = []
    for fit in fit_spectra(circuit, spectra, options):
        if isinstance(fit, CannotFit):
            raise fit
        fits.append(fit)
    return fits


def _batch(circuit: Circuit, spectra: Sequence[Spectrum], options: Options) -> Measured:
    fit_all(circuit, spectra[-10:], options)
    began = time.process_time()
    fits = fit_all(circuit, spectra, options)
    spent = time.process_time() - began
    return [spent / len(spectra)] * len(spectra), np.array([fit.used_values for fit in fits])


CONTESTANTS = {
    "impedance.py": impedance_py,
    "scipy trf": scipy_trf,
    "scipy lm": scipy_lm,
    "lipon_eis": ours,
    "with profiles": ours_in_full,
}
BATCHED = ("lipon_eis", "with profiles")


def costs(circuit: Circuit, spectra: Sequence[Spectrum], values: np.ndarray) -> list[float]:
    """Return the modulus-weighted sum of squares of each spectrum; inf where nothing was found."""
    reached = []
    for spectrum, p in zip(spectra, values, strict=True):
        z = spectrum.impedance
        cost = float((np.abs(circuit.impedance(spectrum.frequency, p) / z - 1) ** 2).sum())
        reached.append(cost if np.isfinite(cost) else float("inf"))
    return reached


def main(name: str, family: str, count: str, seed: str) -> None:
    circuit, spectra, truths = families.spectra(family, int(count), seed=int(seed), noise=NOISE)
    starts = starts_near(circuit, truths, int(seed) + 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    seconds, values = CONTESTANTS[name](circuit, spectra, starts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {"seconds": seconds, "cost": costs(circuit, spectra, values), "before": before, "peak": peak}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
