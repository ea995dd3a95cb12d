"""The steps of a fit in order: weights, starts, descent from each, the best, its errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.bootstrap import with_bootstrap
from lipon_eis.fitting.dictionary import decades
from lipon_eis.fitting.minima import Minima, descend
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.order import in_every_place
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.profile import with_profiles
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.starts import find_starts, n_scouts
from lipon_eis.fitting.ties import follow, pairs_of, share_limits
from lipon_eis.fitting.uncertainty import Errors, estimate_errors
from lipon_eis.fitting.weights import NO_SIGMA, weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum, SpectrumStack, padded_width

__all__ = ["Options", "finish_intervals", "fit_spectra", "fit_stack"]

Floats = NDArray[np.float64]

CHUNK = 512  # spectra that are fitted together; bounds the memory


def fit_spectra(circuit: Circuit, spectra: Sequence[Spectrum], options: Options | None = None) -> list[Fit | CannotFit]:
    """Fit every spectrum; one that cannot be fitted gives its error in its place and costs the others nothing.

    Args:
        circuit: The circuit.
        spectra: Of any lengths and frequencies.
        options: See `Options`.

    Raises:
        UnknownParameter, InvalidOption: The options do not suit the circuit.
        CannotFit: The weighting does not exist.
    """
    options = options or Options()
    options.check(circuit)
    refusals = [_refusal(circuit, spectrum, options) for spectrum in spectra]
    outcome: dict[int, Fit | CannotFit] = {row: refused for row, refused in enumerate(refusals) if refused}
    able = [row for row in range(len(spectra)) if row not in outcome]
    for rows in _batches(spectra, able):
        some = [spectra[row] for row in rows]
        fits = finish_intervals(circuit, some, fit_stack(circuit, some, options), options)
        outcome.update(zip(rows, fits, strict=True))
    return [outcome[row] for row in range(len(spectra))]


def fit_stack(circuit: Circuit, spectra: Sequence[Spectrum], options: Options) -> list[Fit]:
    """Fit spectra that are known to be fittable, all at once."""
    stack = SpectrumStack.of(spectra)
    weight = weights(stack, options.weighting, options.space)
    problem = Problem.of(circuit, stack, weight, options)
    glimpse = problem.thinned() or problem
    starts = find_starts(
        circuit, glimpse.omega, glimpse.z, glimpse.weight_of_z(), seed=options.seed, bounds=options.limits
    )
    starts = in_every_place(starts, circuit, problem.keep)
    starts = _with_wishes(starts, circuit, options)
    scouts = None if options.guess or problem.keep.any() else n_scouts(circuit)  # a wish is always followed up
    minima = descend(problem, starts, options.max_iterations, options.max_work, scouts)

    n_free = int((~problem.fixed).sum())
    dof = 2 * stack.used.sum(axis=1) - n_free
    bounds = np.array([options.limits(p.name, p.lower, p.upper) for p in circuit.parameters])
    share_limits(bounds[:, 0], bounds[:, 1], problem.ties)
    errors = estimate_errors(
        problem, minima.values, minima.at_bound, dof, bounds, noise_is_known=options.weighting == "sigma"
    )
    return _records(spectra, stack, problem, minima, errors, options)


def finish_intervals(circuit: Circuit, spectra: Sequence[Spectrum], fits: Sequence[Fit], options: Options) -> list[Fit]:
    """Return the fits with their intervals by the method that the options ask for.

    Apart from `fit_stack`, because a ranking of many circuits needs intervals of the winner only.
    """
    ties = pairs_of(circuit, options.tie)
    if options.interval == "covariance":
        return follow(fits, ties)
    method = with_profiles if options.interval == "auto" else with_bootstrap
    outcome = dict(enumerate(fits))
    for rows in _batches(spectra, range(len(spectra))):
        better = method(circuit, [spectra[row] for row in rows], [fits[row] for row in rows], options)
        outcome.update(zip(rows, better, strict=True))
    return follow([outcome[row] for row in range(len(fits))], ties)


def _batches(spectra: Sequence[Spectrum], rows: Sequence[int]) -> list[list[int]]:
    """Group spectra that may be fitted together: of one width and one dictionary, equal frequencies side by side."""
    groups: dict[tuple[int, int], list[tuple[bytes, int]]] = {}
    for row in rows:
        frequency = spectra[row].frequency[spectra[row].used]
        key = padded_width(frequency.size), decades(frequency[0], frequency[-1])
        groups.setdefault(key, []).append((frequency.tobytes(), row))
    ordered = [[row for _, row in sorted(group)] for group in groups.values()]
    return [group[i : i + CHUNK] for group in ordered for i in range(0, len(group), CHUNK)]


def _refusal(circuit: Circuit, spectrum: Spectrum, options: Options) -> CannotFit | None:
    """Say why a spectrum cannot determine the circuit, if so."""
    free = sum(name not in options.fix and name not in options.tie for name in circuit.names)
    points = int(spectrum.used.sum())
    if free == 0:
        return CannotFit(f"every parameter of {circuit.text} is fixed: nothing to fit")
    if 2 * points <= free:
        return CannotFit(
            f"{points} usable point{'s' * (points != 1)} cannot determine the {free} parameters of {circuit.text}: "
            f"at least {free // 2 + 1} are needed; fix some or choose a simpler circuit"
        )
    frequencies = spectrum.frequency[spectrum.used]
    if frequencies[0] == frequencies[-1]:
        return CannotFit(f"all {points} points are at {frequencies[0]:g} Hz: a fit needs a range of frequencies")
    if options.weighting == "sigma" and spectrum.sigma is None:
        return CannotFit(NO_SIGMA)
    return None


def _with_wishes(starts: Floats, circuit: Circuit, options: Options) -> Floats:
    """Append the caller's guess as one more start and write fixed values into all of them."""
    if options.guess:
        neutral = np.where([p.log for p in circuit.parameters], 1.0, 0.9)
        guess = np.where(np.isfinite(starts[:, :1]), starts[:, :1], neutral)
        for name, value in options.guess.items():
            guess[..., circuit.names.index(name)] = value
        starts = np.concatenate([starts, guess], axis=1)
    for name, value in options.fix.items():
        starts[..., circuit.names.index(name)] = value
    return starts


def _curve(
    circuit: Circuit, spectrum: Spectrum, values: Floats, of_used: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """Return the fitted Z at every frequency of a spectrum, given it at the used ones."""
    if not spectrum.n_masked:
        return of_used[: len(spectrum)]
    usable = np.where(spectrum.frequency > 0, spectrum.frequency, 1.0)
    curve, _ = circuit.evaluate(2j * np.pi * usable[None], values[None])
    return np.where(spectrum.frequency > 0, curve[0], np.nan)


def _records(
    spectra: Sequence[Spectrum],
    stack: SpectrumStack,
    problem: Problem,
    minima: Minima,
    errors: Errors,
    options: Options,
) -> list[Fit]:
    """Collect what was found of each spectrum."""
    circuit, held, ties = problem.circuit, problem.held, dict(options.tie)
    curves = problem.impedance(minima.values)
    relative = np.where(stack.used, np.abs(curves / stack.impedance - 1) ** 2, 0.0).sum(axis=1).tolist()
    n_used = stack.used.sum(axis=1).tolist()
    chi2, widening = errors.chi2.tolist(), errors.widening.tolist()
    degrees_of_freedom = errors.degrees_of_freedom.tolist()
    methods = [
        tuple("" if f else "bound" if b else "covariance" for f, b in zip(problem.fixed.tolist(), row, strict=True))
        for row in minima.at_bound.tolist()
    ]
    rivals = minima.rivals(problem, errors.chi2, errors.noise)
    return [
        Fit(
            circuit=circuit,
            used_values=minima.values[row],
            known=errors.known[row],
            covariance=errors.covariance[row],
            intervals=errors.intervals[row],
            interval_method=methods[row],
            fixed=held,
            at_bound=minima.at_bound[row],
            bounds=errors.bounds,
            weighting=options.weighting,
            space=options.space,
            ties=ties,
            chi2=chi2[row],
            degrees_of_freedom=degrees_of_freedom[row],
            relative_chi2=relative[row],
            n_used=n_used[row],
            starts=int(minima.starts[row]),
            starts_agreeing=int(minima.agreeing[row]),
            rivals=rivals[row],
            converged=bool(minima.converged[row]),
            impedance=_curve(circuit, spectrum, minima.values[row], curves[row]),
            widening=widening[row],
        )
        for row, spectrum in enumerate(spectra)
    ]
