"""The steps of a fit in order: weights, starts, descent from each, the best, its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit, InvalidOption, UnknownParameter, nearest
from lipon_eis.fitting.coordinates import Coordinates
from lipon_eis.fitting.dictionary import decades
from lipon_eis.fitting.order import order_arcs
from lipon_eis.fitting.result import Fit, Rival
from lipon_eis.fitting.solver import Residuals, inverse_information, minimise, polish
from lipon_eis.fitting.starts import find_starts
from lipon_eis.fitting.uncertainty import intervals, student_t, upper_limits
from lipon_eis.fitting.weights import weights
from lipon_eis.fitting.window import natural_limits
from lipon_eis.model.circuit import Circuit
from lipon_eis.spectrum import Spectrum, SpectrumStack, padded_width

Floats = NDArray[np.float64]

MAX_STEP_LOG, MAX_STEP_EXPONENT = 3.0, 0.3
AGREEMENT = 1e-3  # relative excess of cost up to which two runs found the same minimum
CHUNK = 256  # spectra that are fitted together; bounds the memory


@dataclass(frozen=True)
class Options:
    """How to fit; values are SI and by parameter name.

    Attributes:
        weighting: One of `lipon_eis.fitting.weights.WEIGHTINGS`.
        guess: One more start; parameters it does not name come from the best automatic one.
        fix: Parameters that are held.
        bounds: (low, high) of parameters; None leaves an end open.
        ranges: Bounds that belong to the circuit, not to one arc: unlike ``bounds`` they do not keep arcs in place.
        seed: For circuits whose starts are quasi-random.
        max_iterations: Limit of evaluations from one start.
    """

    weighting: str = "modulus"
    guess: Mapping[str, float] = field(default_factory=dict)
    fix: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    seed: int = 0
    max_iterations: int = 100

    def check(self, circuit: Circuit) -> None:
        """Refuse names that the circuit does not have and values outside their bounds.

        Raises:
            UnknownParameter: A name is none of the circuit's.
            InvalidOption: A value lies outside its bounds, or bounds are reversed.
        """
        for what, mapping in (("guess", self.guess), ("fix", self.fix), ("bounds", self.bounds)):
            for name in mapping:
                if name not in circuit.names:
                    known = ", ".join(circuit.names)
                    raise UnknownParameter(
                        f"{what}: {circuit.text} has no parameter {name!r}{nearest(name, circuit.names)} (it has {known})"
                    )
        for parameter in circuit.parameters:
            low, high = self.limits(parameter.name, parameter.lower, parameter.upper)
            if not low < high:
                raise InvalidOption(f"bounds of {parameter.name}: {low:g} is not below {high:g}")
            for what, mapping in (("guess", self.guess), ("fix", self.fix)):
                value = mapping.get(parameter.name)
                zero = what == "fix" and value == 0 and parameter.log
                if value is not None and not zero and not low <= value <= high:
                    side, bound = ("below its lower", low) if value < low else ("above its upper", high)
                    raise InvalidOption(f"{what} {parameter.name} = {value:g} is {side} bound {bound:g}")

    def limits(self, name: str, lower: float, upper: float) -> tuple[float, float]:
        """Return the bounds of a parameter: the caller's inside the element's own."""
        for low, high in (self.ranges.get(name, (None, None)), self.bounds.get(name, (None, None))):
            lower, upper = lower if low is None else max(lower, low), upper if high is None else min(upper, high)
        return lower, upper


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
    outcome: list[Fit | CannotFit] = [_refusal(circuit, s, options) for s in spectra]  # type: ignore[misc]
    able = [row for row, refused in enumerate(outcome) if refused is None]
    for rows in _batches(spectra, able):
        fits = fit_stack(circuit, [spectra[row] for row in rows], options)
        for row, fit in zip(rows, fits, strict=True):
            outcome[row] = fit
    return outcome


def _batches(spectra: Sequence[Spectrum], rows: Sequence[int]) -> list[list[int]]:
    """Group spectra that may be fitted together: of one width and one dictionary, equal frequencies side by side."""
    groups: dict[tuple[int, int], list[tuple[bytes, int]]] = {}
    for row in rows:
        frequency = spectra[row].frequency[spectra[row].used]
        key = (padded_width(spectra[row]), int(decades(frequency[None])[0]))
        groups.setdefault(key, []).append((frequency.tobytes(), row))
    ordered = [[row for _, row in sorted(group)] for group in groups.values()]
    return [group[i : i + CHUNK] for group in ordered for i in range(0, len(group), CHUNK)]


def fit_stack(circuit: Circuit, spectra: Sequence[Spectrum], options: Options) -> list[Fit]:
    """Fit spectra that are known to be fittable, all at once."""
    stack = SpectrumStack.of(spectra)
    n, k = len(stack), len(circuit.parameters)
    omega = 2 * np.pi * stack.frequency
    weight = weights(stack, options.weighting)
    log = np.array([p.log for p in circuit.parameters])
    fixed = np.array([name in options.fix for name in circuit.names])
    bounded = np.array([name in options.bounds for name in circuit.names])
    own = set(np.flatnonzero((fixed | bounded) & log).tolist())
    coordinates = Coordinates.of(circuit, _reference(omega, stack.used), own)
    residuals = _residuals(circuit, coordinates, omega, stack.impedance, weight)

    starts = find_starts(circuit, omega, stack.impedance, weight.mean(axis=2), seed=options.seed)
    starts = _with_guess(starts, circuit, options)
    lower, upper = natural_limits(circuit, coordinates, omega, stack, options.limits)
    n_starts = starts.shape[1]

    rows = np.repeat(np.arange(n), n_starts)
    usable = np.isfinite(starts).all(axis=2).ravel()
    x = coordinates.take(rows).from_natural(np.nan_to_num(starts.reshape(-1, k), nan=1.0))
    max_step = np.where(log, MAX_STEP_LOG, MAX_STEP_EXPONENT)
    box = {"lower": lower[rows][usable], "upper": upper[rows][usable], "free": ~fixed}
    runs = minimise(
        residuals, x[usable], rows=rows[usable], max_step=max_step, max_iterations=options.max_iterations, **box
    )
    cost = np.full(n * n_starts, np.inf)
    ends = x.copy()
    cost[usable], ends[usable] = runs.cost, runs.q
    cost, ends = cost.reshape(n, n_starts), ends.reshape(n, n_starts, k)
    converged = np.zeros(n * n_starts, bool)
    converged[usable] = runs.converged
    best = cost.argmin(axis=1)
    agreeing = (cost <= cost[np.arange(n), best][:, None] * (1 + AGREEMENT)).sum(axis=1)

    winner = minimise(
        residuals, ends[np.arange(n), best], lower=lower, upper=upper, free=~fixed, max_step=max_step, tolerance=1e-12
    )
    winner = polish(residuals, winner, lower=lower, upper=upper, free=~fixed)
    natural = coordinates.to_natural(winner.q)
    natural[:, fixed] = np.array([options.fix[name] for name, held in zip(circuit.names, fixed, strict=True) if held])
    order = order_arcs(circuit, natural, keep=fixed | bounded)
    natural = np.take_along_axis(natural, order, axis=1)
    at_bound = np.take_along_axis(winner.at_bound, order, axis=1)
    x = coordinates.from_natural(natural)

    r, jacobian = residuals(x, np.arange(n))
    chi2 = np.einsum("nm,nm->n", r, r)
    dof = 2 * stack.used.sum(axis=1) - int((~fixed).sum())
    noise = np.ones(n) if options.weighting == "sigma" else chi2 / dof
    moves = ~fixed & ~at_bound
    covariance = _covariance(coordinates, jacobian, moves, x, natural) * noise[:, None, None]
    stderr = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    bounds = np.array([options.limits(p.name, p.lower, p.upper) for p in circuit.parameters])
    t = student_t(dof)
    interval = intervals(natural, stderr, t, log, np.broadcast_to(bounds, (n, k, 2)))
    known = np.ones((n, k), bool)
    runaway = at_bound & log & ~bounded
    if runaway.any():
        known &= ~runaway
        vanished = runaway & (x <= 0.5 * (lower + upper))
        by_natural = np.linalg.solve(np.swapaxes(coordinates.slope(x, natural), 1, 2), jacobian)
        interval[runaway] = np.nan
        interval[..., 1] = np.where(
            vanished, upper_limits(natural, by_natural, r, vanished, moves, noise, t), interval[..., 1]
        )

    fits = []
    for row, spectrum in enumerate(spectra):
        curve, _ = circuit.evaluate(2j * np.pi * _positive(spectrum.frequency)[None], natural[row : row + 1])
        impedance = np.where(spectrum.frequency > 0, curve[0], np.nan)
        used = spectrum.used
        relative = np.abs(impedance[used] / spectrum.impedance[used] - 1) ** 2
        fits.append(
            Fit(
                circuit=circuit,
                used_values=natural[row],
                known=known[row],
                covariance=covariance[row],
                intervals=interval[row],
                interval_method=tuple(
                    "" if held else "bound" if bound else "covariance"
                    for held, bound in zip(fixed, at_bound[row], strict=True)
                ),
                fixed=fixed,
                at_bound=at_bound[row],
                bounds=bounds,
                weighting=options.weighting,
                chi2=float(chi2[row]),
                degrees_of_freedom=int(dof[row]),
                relative_chi2=float(relative.sum()),
                n_used=int(used.sum()),
                starts=int(np.isfinite(cost[row]).sum()),
                starts_agreeing=int(agreeing[row]),
                rivals=_rivals(circuit, coordinates, ends[row], cost[row], row, chi2[row], noise[row]),
                converged=bool(winner.converged[row]),
                impedance=impedance,
            )
        )
    return fits


def _refusal(circuit: Circuit, spectrum: Spectrum, options: Options) -> CannotFit | None:
    free = sum(name not in options.fix for name in circuit.names)
    points = int(spectrum.used.sum())
    if 2 * points <= free:
        return CannotFit(
            f"{points} usable point{'s' * (points != 1)} cannot determine the {free} parameters of {circuit.text}: "
            f"at least {free // 2 + 1} are needed; fix some with --fix or choose a simpler circuit"
        )
    frequencies = spectrum.frequency[spectrum.used]
    if frequencies[0] == frequencies[-1]:
        return CannotFit(f"all {points} points are at {frequencies[0]:g} Hz: a fit needs a range of frequencies")
    if options.weighting == "sigma" and spectrum.sigma is None:
        return CannotFit("weighting 'sigma' needs a standard deviation for every point: give Spectrum(sigma=…)")
    return None


def _reference(omega: Floats, used: NDArray[np.bool_]) -> Floats:
    """ln ω at which a tail's |Z| is a coordinate: a quarter up the window, where tails are seen."""
    high, low = np.log(omega.max(axis=1)), np.log(omega.min(axis=1))
    result: Floats = low + 0.25 * (high - low)
    return result


def _residuals(
    circuit: Circuit, coordinates: Coordinates, omega: Floats, z: NDArray[np.complex128], weight: Floats
) -> Residuals:
    """Weighted residuals and their derivatives as real arrays, Re and Im side by side."""
    s, root = 1j * omega, np.sqrt(weight).reshape(len(weight), -1)
    k = len(circuit.parameters)

    def residuals(x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        here = coordinates.take(rows)
        p = here.to_natural(x)
        model, jacobian = circuit.evaluate(s[rows], p)
        scale = root[rows]
        with np.errstate(all="ignore"):  # a step that overflows is refused by its cost
            here.pull_back(jacobian, x, p)
            r = (model - z[rows]).view(float) * scale
            derivatives = jacobian.view(float).reshape(len(x), k, -1)
            derivatives *= scale[:, None, :]
        return r, derivatives

    return residuals


def _with_guess(starts: Floats, circuit: Circuit, options: Options) -> Floats:
    """Append the caller's guess as one more start and write fixed values into all of them."""
    if options.guess:
        guess = starts[:, :1].copy()
        for name, value in options.guess.items():
            guess[..., circuit.names.index(name)] = value
        middle = np.where([p.log for p in circuit.parameters], 1.0, 0.9)
        starts = np.concatenate([starts, np.where(np.isfinite(guess), guess, middle)], axis=1)
    for name, value in options.fix.items():
        starts[..., circuit.names.index(name)] = value
    return starts


def _covariance(
    coordinates: Coordinates, jacobian: Floats, moves: NDArray[np.bool_], x: Floats, natural: Floats
) -> Floats:
    """(JᵀJ)⁻¹ in natural parameters; NaN in the rows of those that do not move."""
    inverse = inverse_information(jacobian, moves)
    slope = coordinates.slope(x, natural)
    filled = np.where(moves[:, :, None] & moves[:, None, :], inverse, 0.0)
    with np.errstate(invalid="ignore"):  # an undetermined direction is inf, and inf · 0 is no number
        result = slope @ filled @ slope.swapaxes(1, 2)
    result = np.where(np.isnan(result), np.inf, result)
    return np.where(moves[:, :, None] & moves[:, None, :], result, np.nan)


def _rivals(
    circuit: Circuit, coordinates: Coordinates, ends: Floats, cost: Floats, row: int, chi2: float, noise: float
) -> tuple[Rival, ...]:
    """Minima other than the best whose cost the data do not exclude at three standard deviations."""
    here = coordinates.take(np.array([row]))
    found: list[Rival] = []
    levels = [chi2]
    for index in np.argsort(cost):
        apart = all(cost[index] > level * (1 + AGREEMENT) for level in levels)
        if np.isfinite(cost[index]) and apart and cost[index] - chi2 < 9 * noise:
            natural = here.to_natural(ends[index][None])
            order = order_arcs(circuit, natural, keep=np.zeros(natural.shape[1], bool))
            values = np.take_along_axis(natural, order, axis=1)[0]
            found.append(Rival(dict(zip(circuit.names, values.tolist(), strict=True)), float(cost[index])))
            levels.append(float(cost[index]))
    return tuple(found)


def _positive(frequency: Floats) -> Floats:
    return np.where(frequency > 0, frequency, 1.0)
