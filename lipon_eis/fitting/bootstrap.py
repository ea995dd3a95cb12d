"""Bootstrap intervals: the spread of refits to resampled residuals, on request.

Residuals are resampled in blocks of neighbouring frequencies (moving blocks, Künsch 1989, Ann. Stat.
17, 1217), so that their correlation survives; added to the fitted curve they make new spectra, which
are fitted from the minimum. The interval is that of the middle 95 % of the refits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.options import Options
from lipon_eis.fitting.order import order_arcs
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.solver import minimise
from lipon_eis.fitting.weights import weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum, SpectrumStack

Floats = NDArray[np.float64]

REFITS = 400
METHOD = "bootstrap"


def with_bootstrap(circuit: Circuit, spectra: Sequence[Spectrum], fits: Sequence[Fit], options: Options) -> list[Fit]:
    """Return the fits with intervals of all estimated parameters from a residual bootstrap.

    Args:
        circuit: Of all fits.
        spectra: That were fitted.
        fits: Of these spectra.
        options: With which they were made; ``seed`` is that of the resampling.
    """
    return [_resampled(circuit, spectrum, fit, options) for spectrum, fit in zip(spectra, fits, strict=True)]


def _resampled(circuit: Circuit, spectrum: Spectrum, fit: Fit, options: Options) -> Fit:
    one = SpectrumStack.of([spectrum])
    weight = weights(one, options.weighting, options.space)
    problem = Problem.of(circuit, one, weight, options)
    x = problem.coordinates.from_natural(fit.used_values[None])
    residual, _ = problem.residuals(x, np.zeros(1, int))
    n_used = int(one.used.sum())
    pairs = residual.reshape(2, -1).T[:n_used]
    scaled = (pairs - pairs.mean(axis=0)) * np.sqrt(2 * n_used / fit.degrees_of_freedom)

    rng = np.random.default_rng(options.seed)
    length = max(1, round(n_used ** (1 / 3))) if fit.widening > 1 else 1
    firsts = rng.integers(0, n_used - length + 1, size=(REFITS, -(-n_used // length)))
    index = (firsts[..., None] + np.arange(length)).reshape(REFITS, -1)[:, :n_used]
    noise = np.zeros((REFITS, 2, residual.shape[1] // 2))
    noise[..., :n_used] = np.swapaxes(scaled[index], 1, 2)
    # A refit's residual is the fit's own less the resampled one: the curve moves, data and weights stay.
    shift = residual + noise.reshape(REFITS, -1)

    def residuals(points: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        r, jacobian = problem.residuals(points, np.zeros(len(points), int))
        return r - shift[rows], jacobian

    runs = minimise(
        residuals,
        np.repeat(x, REFITS, axis=0),
        lower=problem.lower,
        upper=problem.upper,
        free=~problem.fixed,
        max_step=problem.max_step,
        max_iterations=40,
        tolerance=1e-6,
    )
    values = problem.natural(runs.q, np.zeros(REFITS, int))
    order = order_arcs(circuit, values, keep=problem.keep)
    values = np.take_along_axis(values, order, axis=1)
    ends = np.quantile(values, [0.025, 0.975], axis=0).T
    moved = ~fit.fixed & fit.known
    return replace(
        fit,
        intervals=np.where(moved[:, None], ends, fit.intervals),
        interval_method=tuple(
            METHOD if moves else method for moves, method in zip(moved, fit.interval_method, strict=True)
        ),
    )
