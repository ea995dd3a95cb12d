"""What a measurement will tell before it is made: the expected spectrum and the expected errors.

A film, its electrodes and an instrument say what spectrum to expect; the derivatives of that spectrum say how well each
parameter can be known from it. No unbiased estimate scatters less than the inverse of the Fisher information
(Cramér 1946, Mathematical Methods of Statistics, ch. 32; Rao 1945), and a weighted least-squares fit of a few per cent
of noise reaches it. The expected errors then pass through the same rules as those of a fit: derived quantities with the
geometry's share, and a bound instead of a value for an arc too far above the window.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.circuit_file import NamedCircuit
from lipon_eis.errors import InvalidOption
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.solver import inverse_information
from lipon_eis.fitting.uncertainty import student_t, symmetric_intervals
from lipon_eis.fitting.weights import weights
from lipon_eis.library import load_circuit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.derived import Derived, derive_all
from lipon_eis.physics.planned_values import planned_values
from lipon_eis.physics.window import Position, bound_unseen_bulk, locate
from lipon_eis.sample import Sample
from lipon_eis.spectrum import Spectrum, SpectrumStack

Floats = NDArray[np.float64]

BOLTZMANN = 8.617333262e-5  # eV/K, CODATA 2018
ROOM = 298.15  # K, where σ is given
IDENTIFIED = 0.10  # relative standard error up to which an expected error is one
LEANS = 0.1  # share of the expected variance that comes from weak parts
LOST = 1.0  # relative standard error from which a quantity is not identified at all
PER_DECADE = 500  # points, beyond which nobody measures


@dataclass(frozen=True)
class Measurement:
    """A film between electrodes and how it is to be measured; SI.

    Attributes:
        sigma: Conductivity of the film at 25 °C [S/m].
        thickness: [m].
        area: [m²].
        thickness_error: Relative standard error of the thickness; None where it is not known.
        area_error: Likewise of the area.
        eps_r: Relative permittivity of the film.
        temperature: Of the measurement [K].
        activation_energy: Of σ in σ = σ0 exp(−Ea/kT) [eV]; it says what another temperature does.
        f_min: Lowest frequency [Hz].
        f_max: Highest frequency [Hz].
        points_per_decade: Of frequency.
        noise: Standard deviation of each of Re and Im as a fraction of |Z|.
        circuit: A name, a circuit string with roles, or a path.
        values: Parameter name → value to expect instead of an assumed one.
        fixed: Names of parameters that are known and held in the fit.
    """

    sigma: float
    thickness: float
    area: float
    thickness_error: float | None = None
    area_error: float | None = None
    eps_r: float = 16.6
    temperature: float = ROOM
    activation_energy: float = 0.55
    f_min: float = 1.0
    f_max: float = 1e6
    points_per_decade: float = 10
    noise: float = 0.003
    circuit: str | NamedCircuit = "lipon-blocking"
    values: Mapping[str, float] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        positive = ("sigma", "thickness", "area", "eps_r", "temperature", "f_min", "f_max", "points_per_decade")
        for name in (*positive, "noise"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise InvalidOption(f"{name.replace('_', ' ')} has to be positive, found {value!r}")
        if self.eps_r < 1:
            raise InvalidOption(f"eps r has to be at least 1, found {self.eps_r!r}")
        if self.noise >= 1:
            raise InvalidOption(f"noise is a fraction of |Z| such as 0.003, not {self.noise!r}")
        if not (math.isfinite(self.activation_energy) and self.activation_energy >= 0):
            raise InvalidOption(f"activation energy has to be zero or more [eV], found {self.activation_energy!r}")
        if self.f_min >= self.f_max:
            raise InvalidOption(f"the window from {self.f_min:g} to {self.f_max:g} Hz is empty")
        if self.points_per_decade > PER_DECADE:
            raise InvalidOption(f"{self.points_per_decade:g} points a decade: at most {PER_DECADE}")
        for name in ("thickness_error", "area_error"):
            error = getattr(self, name)
            if error is not None and not 0 < error < 1:
                raise InvalidOption(f"{name.replace('_', ' ')} is a relative error such as 0.05, not {error!r}")

    @property
    def activation(self) -> float:
        """σ at the temperature of the measurement over σ at 25 °C."""
        return math.exp(-self.activation_energy / BOLTZMANN * (1 / self.temperature - 1 / ROOM))

    @property
    def frequency(self) -> Floats:
        """From high to low, evenly spaced in the logarithm, both ends included [Hz]."""
        steps = max(1, round(self.points_per_decade * math.log10(self.f_max / self.f_min)))
        return np.geomspace(self.f_max, self.f_min, steps + 1)

    @property
    def sample(self) -> Sample:
        """The film as an analysis would know it."""
        return Sample(
            thickness=self.thickness,
            thickness_stderr=None if self.thickness_error is None else self.thickness_error * self.thickness,
            area=self.area,
            area_stderr=None if self.area_error is None else self.area_error * self.area,
            temperature=self.temperature,
        )

    @property
    def expected_values(self) -> Floats:
        """Parameters of the circuit, in its order, SI, shape (k,)."""
        named = load_circuit(self.circuit)
        for name in (*self.values, *self.fixed):
            if name not in named.circuit.names:
                raise InvalidOption(f"{named.circuit.text} has no parameter {name!r} (it has {_listed(named)})")
        return planned_values(
            named,
            sigma=self.sigma * self.activation,
            eps_r=self.eps_r,
            thickness=self.thickness,
            area=self.area,
            activation=self.activation,
            given=self.values,
        )


def _listed(named: NamedCircuit) -> str:
    return ", ".join(named.circuit.names)


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be expected of one measurement.

    Attributes:
        measurement: What was asked.
        named: Its circuit.
        spectrum: The expected spectrum, without noise.
        fit: The expected fit: the true values with their expected covariance.
        positions: Where the arcs lie in the window.
        derived: Derived quantities with their expected errors, by name.
        weak: Resistances of arcs, and times of diffusion, that are known to no better than 10 %.
        leaning: Quantities of which a tenth or more of the expected variance comes from these.
    """

    measurement: Measurement
    named: NamedCircuit
    spectrum: Spectrum
    fit: Fit
    positions: tuple[Position, ...]
    derived: Mapping[str, Derived]
    weak: tuple[str, ...] = ()
    leaning: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Derived quantities, then the parameters that are not held."""
        free = [name for name in self.fit.circuit.names if name not in self.measurement.fixed]
        return (*self.derived, *free)

    def relative_error(self, name: str) -> float:
        """Return the expected relative standard error of a derived quantity or a parameter; inf where it has none.

        Raises:
            InvalidOption: The plan has no quantity of this name.
        """
        if name in self.derived:
            quantity = self.derived[name]
            value, stderr = quantity.value, quantity.stderr
        elif name in self.fit.circuit.names:
            value, stderr = self.fit.values[name], self.fit.stderr[name]
        else:
            known = ", ".join((*self.derived, *self.fit.circuit.names))
            raise InvalidOption(f"no quantity {name!r} is expected of this measurement (there are {known})")
        return stderr / value if math.isfinite(stderr) and value > 0 else math.inf

    def identified(self, name: str) -> str:
        """Say how well a quantity will be known: ``identified``, ``weak`` or ``not identified``.

        One that leans on a weak arc is weak itself, however small its expected error: an arc known to 20 % is
        no linear matter, and some fits in a hundred will end far away.
        """
        error = self.relative_error(name)
        if error <= IDENTIFIED and name not in self.leaning:
            return "identified"
        return "weak" if error < LOST else "not identified"


def plan(measurement: Measurement) -> Plan:
    """Return what is to be expected of a measurement.

    Raises:
        InvalidOption: A parameter that the circuit has not, or one whose value nothing says; too few points.
        UnknownCircuit: There is no such circuit.

    >>> expected = plan(Measurement(sigma=2e-4, thickness=1e-6, area=1e-6))
    >>> f"{expected.derived['sigma_bulk'].value:.1e} S/cm, {expected.relative_error('sigma_bulk'):.2%}"
    '2.0e-06 S/cm, 0.15%'
    """
    return plan_many([measurement])[0]


def plan_many(measurements: Sequence[Measurement]) -> list[Plan]:
    """Return the plans of many measurements with one circuit, in one computation.

    Raises:
        InvalidOption: As `plan`, or the circuits differ.
    """
    first = measurements[0]
    if any(m.circuit != first.circuit or m.fixed != first.fixed for m in measurements):
        raise InvalidOption("measurements that are planned together need one circuit and the same fixed parameters")
    named = load_circuit(first.circuit)
    values = np.array([m.expected_values for m in measurements])
    spectra = [
        Spectrum(m.frequency, named.circuit.impedance(m.frequency, p), label="expected", temperature=m.temperature)
        for m, p in zip(measurements, values, strict=True)
    ]
    fits = _expected_fits(named, spectra, values, np.array([m.noise for m in measurements]), first.fixed)
    return [_weighed(_plan_of(*those, named)) for those in zip(measurements, spectra, fits, strict=True)]


def _weighed(plan: Plan) -> Plan:
    """Return the plan with what is weak in it, and the quantities that lean on that."""
    circuit, roles = plan.fit.circuit, plan.named.roles
    parts = [circuit.names[arc.r] for arc in role_arcs(circuit, roles)]
    parts += [name for name in circuit.names if roles.get(name) == "diffusion.time"]
    weak = tuple(name for name in parts if name in plan.names and plan.relative_error(name) > IDENTIFIED)
    if not weak:
        return plan
    fixed = (*plan.measurement.fixed, *weak)
    if len(fixed) == len(circuit.names):
        return replace(plan, weak=weak)
    values, noise = plan.fit.used_values[None], np.array([plan.measurement.noise])
    (held,) = _expected_fits(plan.named, [plan.spectrum], values, noise, fixed)
    without = _plan_of(replace(plan.measurement, fixed=fixed), plan.spectrum, held, plan.named)
    leaning = [
        name
        for name in plan.names
        if name in without.names and without.relative_error(name) < math.sqrt(1 - LEANS) * plan.relative_error(name)
    ]
    return replace(plan, weak=weak, leaning=frozenset(leaning))


def _plan_of(measurement: Measurement, spectrum: Spectrum, fit: Fit, named: NamedCircuit) -> Plan:
    """Read an expected fit as an analysis reads one that was made."""
    arcs = role_arcs(fit.circuit, named.roles)
    positions = locate(fit, arcs, measurement.f_min, measurement.f_max)
    leads = [i for i, name in enumerate(fit.circuit.names) if named.roles.get(name) in LEAD_ROLES]
    fit = bound_unseen_bulk(fit, arcs, positions, tuple(leads))
    unresolved = {p.role: "the arc peaks above the window" for p in positions if p.place in ("above", "far above")}
    derived = derive_all(fit, named.roles, measurement.sample, sides=named.sides, unresolved=unresolved)
    return Plan(measurement, named, spectrum, fit, tuple(positions), derived)


LEAD_ROLES = ("lead.resistance", "series.resistance")


def _expected_fits(
    named: NamedCircuit, spectra: Sequence[Spectrum], values: Floats, noise: Floats, fixed: tuple[str, ...]
) -> list[Fit]:
    """Return the fits to be expected: true values, and the inverse of the Fisher information as covariance."""
    circuit = named.circuit
    stack = SpectrumStack.of(spectra)
    options = Options(fix={name: float(values[0, circuit.names.index(name)]) for name in fixed})
    free = len(circuit.names) - len(fixed)
    dof = 2 * stack.used.sum(axis=1) - free
    if (dof < 1).any() or not free:
        raise InvalidOption(
            f"{int(stack.used.sum(axis=1).min())} points cannot determine the {free} free parameters of {circuit.text}"
        )
    problem = Problem.of(circuit, stack, weights(stack), options)
    x = problem.coordinates.from_natural(values)
    _, jacobian = problem.residuals(x, np.arange(len(values)))
    moves = np.broadcast_to(~problem.fixed, values.shape)
    covariance = _covariance(inverse_information(jacobian, moves), problem.coordinates.slope(x, values), moves)
    covariance *= noise[:, None, None] ** 2
    bounds = np.array([options.limits(p.name, p.lower, p.upper) for p in circuit.parameters])
    stderr = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    intervals = symmetric_intervals(
        values, stderr, student_t(dof), problem.log, np.broadcast_to(bounds, (*values.shape, 2))
    )
    method = tuple("" if held else "covariance" for held in problem.fixed)
    nothing = np.zeros(len(circuit.names), bool)
    return [
        Fit(
            circuit=circuit,
            used_values=values[row],
            known=~nothing,
            covariance=covariance[row],
            intervals=intervals[row],
            interval_method=method,
            fixed=problem.fixed,
            at_bound=nothing,
            bounds=bounds,
            weighting="modulus",
            chi2=float(noise[row] ** 2 * dof[row]),
            degrees_of_freedom=int(dof[row]),
            relative_chi2=float(noise[row] ** 2 * dof[row]),
            n_used=len(spectrum),
            starts=0,
            starts_agreeing=0,
            rivals=(),
            converged=True,
            impedance=spectrum.impedance,
        )
        for row, spectrum in enumerate(spectra)
    ]


def _covariance(inverse: Floats, slope: Floats, moves: NDArray[np.bool_]) -> Floats:
    """Carry the inverse information to natural parameters; NaN where nothing moves, inf where nothing is known."""
    both = moves[:, :, None] & moves[:, None, :]
    with np.errstate(invalid="ignore"):  # an undetermined direction is inf, and inf · 0 is no number
        natural = slope @ np.where(both, inverse, 0.0) @ slope.swapaxes(1, 2)
    return np.where(both, np.where(np.isnan(natural), np.inf, natural), np.nan)


def with_knob(measurement: Measurement, knob: str, value: float) -> Measurement:
    """Return the measurement with one thing changed; a resistance that was given does not follow the geometry."""
    changed: dict[str, float] = {knob: value}
    return replace(measurement, **changed)  # type: ignore[arg-type]
