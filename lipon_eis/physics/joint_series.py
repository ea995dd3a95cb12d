"""One least squares for all spectra of a film at several temperatures.

Cold spectra, whose arc lies inside the window, determine permittivity, exponent and lead resistance; these make the
intercept of a hot spectrum, whose arc has left the window, a resistance with two-sided errors. Every spectrum has its
own deviation of temperature, of the size that is said of the thermometer: a hard Arrhenius law would take that
scatter for information and give intervals far too narrow.

Three fits are made: resistances free (the points of the plot, and the measure for the next two), and the two Arrhenius
conventions. The differences of their costs tell whether what is shared is, and whether the points scatter about
the line by more than the thermometer does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.errors import CannotFit
from lipon_eis.fitting.joint import JointSolution, minimise_jointly
from lipon_eis.fitting.options import Options
from lipon_eis.fitting.problem import Problem
from lipon_eis.fitting.result import Fit
from lipon_eis.fitting.uncertainty import NORMAL
from lipon_eis.fitting.weights import weights
from lipon_eis.model.circuit import Circuit
from lipon_eis.physics.arcs import role_arcs
from lipon_eis.physics.arrhenius import SHIFT, Estimate, Scale, probability_of_chi2, scale_of
from lipon_eis.physics.joint_links import Column, Link, Model, Thermometer, build, columns_of, links_of, own_coordinates
from lipon_eis.physics.joint_problem import FilmProblem, straight
from lipon_eis.spectrum import Spectrum, SpectrumStack

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ROUNDS = 4  # of turning the scatter of temperature into that of ln R with the energy found before
SETTLED = 1e-4  # eV


@dataclass(frozen=True, eq=False)
class ResistanceLine:
    """An Arrhenius line in one convention, ln R = level + Ea (1/kT − 1/kT_room), of σT with ln(T/T_room) added.

    Attributes:
        parameters: ln R [Ω] at 25 °C and Ea [eV], shape (2,).
        covariance: From noise, scatter and offset, shape (2, 2).
        quantile: Standard errors to the ends of 95 % intervals.
    """

    parameters: Floats
    covariance: Floats
    quantile: float


@dataclass(frozen=True, eq=False)
class ArcLine:
    """The lines of one arc's resistance.

    Attributes:
        role: ``bulk`` or ``grain_boundary``.
        plain: In the convention of σ.
        hopping: In that of σT.
        bend: Probability that a straight line bends as much, in the convention that bends less; NaN for three.
        resistance: R of each spectrum, free of the line [Ω].
    """

    role: str
    plain: ResistanceLine
    hopping: ResistanceLine
    bend: float
    resistance: tuple[Estimate, ...]


@dataclass(frozen=True, eq=False)
class Shared:
    """A quantity that the spectra share: its value at the middle of the series, and how it goes with temperature.

    Attributes:
        name: Of the parameter; of a capacitance it is C, not Q.
        role: Of its arc, empty for leads.
        kind: See `Link`.
        value: SI.
        slope: Change over 100 K at the mean, of n as it is, of the others relative; None where there is none.
        stray: By how much single spectra stray from it, likewise; 0 where they do not.
    """

    name: str
    role: str
    kind: str
    value: Estimate
    slope: Estimate | None
    stray: float


@dataclass(frozen=True, eq=False)
class JointTemperatures:
    """What a joint fit found.

    Attributes:
        lines: One an arc.
        shared: What the spectra have in common.
        temperature_deviation: Of each reading from the true temperature, as the line sees it [K], shape (n,).
        chi2: By how much the line costs more than free resistances, in variances.
        degrees_of_freedom: Of that.
        shared_chi2: By how much free resistances with all else shared cost more than separate fits.
        shared_degrees_of_freedom: Of that.
        scale_estimated: The points scatter more than errors say about the lines of both conventions; errors are
            widened where they do, and intervals use Student's t.
        converged: Whether all fits reached their minimum.
    """

    lines: tuple[ArcLine, ...]
    shared: tuple[Shared, ...]
    temperature_deviation: Floats
    chi2: float
    degrees_of_freedom: int
    shared_chi2: float
    shared_degrees_of_freedom: int
    scale_estimated: bool
    converged: bool


def fit_temperatures(
    circuit: Circuit,
    roles: Mapping[str, str],
    spectra: Sequence[Spectrum],
    fits: Sequence[Fit],
    temperature: Floats,
    scatter: Floats,
    offset: float,
    *,
    resolved: Mapping[str, Bools],
    options: Options | None = None,
    known_leads: Mapping[str, tuple[float, float]] | None = None,
) -> JointTemperatures:
    """Fit the spectra of one film together.

    Args:
        circuit: Of all of them.
        roles: By parameter name.
        spectra: At three temperatures or more.
        fits: Of each spectrum alone, with this circuit: where the joint fit starts, and the size of the noise.
        temperature: Readings [K], shape (n,).
        scatter: Standard error of each [K], shape (n,).
        offset: That of all in common [K].
        resolved: Role → spectra in whose window its arc lies, shape (n,); the line starts from these.
        options: Of the fits; guesses are not needed, and ties are refused.
        known_leads: Lead resistance measured apart, by parameter: (value, standard error) [Ω].

    Raises:
        CannotFit: Fewer than two spectra show the arc, or no arc is of bulk or grain boundary.
    """
    options = replace(options or Options(), guess={})
    if options.tie:
        raise CannotFit("a joint fit shares parameters between spectra and knows no ties within one: leave out --tie")
    stack = SpectrumStack.of(spectra)
    problem = Problem.of(circuit, stack, weights(stack, options.weighting, options.space), options)
    arcs = role_arcs(circuit, roles)
    noise = np.array([np.sqrt(max(fit.noise, 1e-300)) * fit.widening for fit in fits])
    film = FilmProblem(
        problem=problem,
        links=links_of(problem, roles, arcs),
        noise=noise,
        start=problem.coordinates.from_natural(np.array([fit.used_values for fit in fits])),
        moves=np.array([~fit.at_bound for fit in fits]) & ~problem.fixed,
        resolved=resolved,
        thermometer=Thermometer(np.asarray(temperature, float), np.asarray(scatter, float)),
        known={
            circuit.names.index(name): (float(np.log(max(value, 1e-130))), error / max(value, 1e-130))
            for name, (value, error) in (known_leads or {}).items()
            if not problem.fixed[circuit.names.index(name)]
        },
    )
    if not any(link.kind == "resistance" for link in film.links):
        raise CannotFit("no arc of this circuit is the bulk or a grain boundary: there is no conductivity to fit")
    for link in film.links:
        if link.kind == "resistance" and resolved[link.role].sum() < 2:
            place = link.role.replace("_", " ")
            raise CannotFit(
                f"fewer than two spectra show the arc of the {place} in the window: measure colder or warmer"
            )
    return _together(film, offset)


def _together(film: FilmProblem, offset: float) -> JointTemperatures:
    resistances = [link for link in film.links if link.kind == "resistance"]
    unlinked = Model(arrhenius=False)
    setting = _Setting(film, film.freedom())
    free = _fit(setting, unlinked, {}, film.start_on_lines())
    ideal = frozenset(
        column.link.index
        for column, bound in zip(free.columns, free.solution.at_bound, strict=True)
        if bound and column.what == "level" and column.link.kind == "exponent"
    )
    if ideal:
        setting = replace(setting, ideal=ideal)
        free = _fit(setting, unlinked, {}, film.start_on_lines())
    first = {link.role: float(film.line(link)[1]) for link in resistances}
    n, linked = len(film.start), sum(link.kind != "resistance" for link in film.links)
    dof = len(resistances) * (n - 2)
    conventions = [_convention(setting, hopping, first, free, offset, dof) for hopping in (False, True)]
    return JointTemperatures(
        lines=tuple(_line(link, free.solution, conventions) for link in resistances),
        shared=_shared(setting, free),
        temperature_deviation=conventions[0].fit.solution.local[:, -1] * film.thermometer.scatter,
        chi2=conventions[0].chi2,
        degrees_of_freedom=dof,
        shared_chi2=max(free.solution.cost - film.cost_alone, 0.0),
        shared_degrees_of_freedom=n * linked - len(free.columns),
        scale_estimated=all(convention.scale.estimated for convention in conventions),
        converged=all(found.solution.converged for found in (free, *(c.fit for c in conventions))),
    )


@dataclass(frozen=True, eq=False)
class _Setting:
    """What all fits of a film have in common: freedom and ideal exponents by index of the coordinate."""

    film: FilmProblem
    freedom: Mapping[int, float]
    ideal: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class _Fitted:
    """The solution of one model, with its shared parameters by link and meaning."""

    columns: tuple[Column, ...]
    solution: JointSolution

    @property
    def shared(self) -> dict[tuple[int, str], float]:
        pairs = zip(self.columns, self.solution.shared.tolist(), strict=True)
        return {(column.link.index, column.what): value for column, value in pairs}

    def at(self, link: Link, *whats: str) -> list[int]:
        return [i for i, column in enumerate(self.columns) if column.link == link and column.what in whats]


@dataclass(frozen=True, eq=False)
class _Convention:
    """The fit of one convention: its cost, how an offset of the thermometer moves it, what a bend gains by role."""

    fit: _Fitted
    chi2: float
    scale: Scale
    by_offset: Floats
    bend: Mapping[str, float]


def _convention(
    setting: _Setting, hopping: bool, first: Mapping[str, float], free: _Fitted, offset: float, dof: int
) -> _Convention:
    model, energies = Model(hopping=hopping), dict(first)
    film, fitted = setting.film, free
    resistances = [link for link in film.links if link.kind == "resistance"]
    for _ in range(ROUNDS):
        fitted = _fit(setting, model, energies, fitted.solution.x, fitted)
        found = {link.role: fitted.shared[link.index, "energy"] for link in resistances}
        settled = max(abs(found[role] - energies[role]) for role in found) < SETTLED
        energies = found
        if settled:
            break
    shifted = _fit(replace(setting, film=film.shifted(SHIFT)), model, energies, fitted.solution.x, fitted)
    bend = {}
    if np.unique(film.thermometer.reading).size > 3:
        bent = _fit(setting, replace(model, bent=True), energies, fitted.solution.x, fitted)
        for link in resistances:
            (i,) = bent.at(link, "bend")
            bend[link.role] = float(bent.solution.shared[i] ** 2 / bent.solution.covariance[i, i])
    chi2 = max(fitted.solution.cost - free.solution.cost, 0.0)
    by_offset = (shifted.solution.shared - fitted.solution.shared) / SHIFT * offset
    return _Convention(fitted, chi2, scale_of(chi2, dof), by_offset, bend)


def _fit(
    setting: _Setting, model: Model, energies: Mapping[str, float], x: Floats, before: _Fitted | None = None
) -> _Fitted:
    """Fit one model from coordinates, and from the shared parameters of another fit where it has them."""
    film = setting.film
    columns = columns_of(film.links, model)
    links = build(
        film.problem, film.links, model, film.thermometer, energies, setting.freedom, film.known, setting.ideal
    )
    earlier = {} if before is None else before.shared
    g = np.zeros(len(columns))
    for i, column in enumerate(columns):
        key = column.link.index, column.what
        if key in earlier:
            g[i] = earlier[key]
        elif column.what in ("level", "energy", "slope") and column.link.index not in film.known:
            along, precision = film.abscissa(column.link)
            y, spread = film.seen(column.link) if before is None else (x[:, column.link.index], np.ones(len(x)))
            g[i] = straight(along, y, spread, precision)[0 if column.what == "level" else 1]
    w = np.zeros((len(x), links.local.shape[2]))
    own = own_coordinates(film.problem, film.links, model)
    w[:, : len(own)] = x[:, own]
    return _Fitted(columns, minimise_jointly(film.residuals, links, g, w, max_step=film.problem.max_step))


def _line(link: Link, free: JointSolution, conventions: Sequence[_Convention]) -> ArcLine:
    found = []
    for convention in conventions:
        solution, pair = convention.fit.solution, convention.fit.at(link, "level", "energy")
        by_offset = convention.by_offset[pair]
        covariance = solution.covariance[np.ix_(pair, pair)] * convention.scale.variance + np.outer(
            by_offset, by_offset
        )
        found.append(ResistanceLine(solution.shared[pair], covariance, convention.scale.quantile))
    bends = [
        probability_of_chi2(convention.bend[link.role] / convention.scale.variance, 1)
        for convention in conventions
        if link.role in convention.bend
    ]
    spread = np.sqrt(free.x_covariance[:, link.index, link.index])
    return ArcLine(
        role=link.role,
        plain=found[0],
        hopping=found[1],
        bend=max(bends, default=float("nan")),
        resistance=tuple(
            Estimate.of_log(x, s, NORMAL) for x, s in zip(free.x[:, link.index].tolist(), spread.tolist(), strict=True)
        ),
    )


def _shared(setting: _Setting, free: _Fitted) -> tuple[Shared, ...]:
    """Return what the spectra share as values; the level of a lead that was given is its deviation from that."""
    found, strays = [], setting.film.strays()
    for link in setting.film.links:
        if link.kind == "resistance":
            continue
        error = np.sqrt(np.diagonal(free.solution.covariance))
        (level,) = free.at(link, "level")
        value = free.solution.shared[level] + setting.film.known.get(link.index, (0.0, 0.0))[0]
        spread = float(error[level]) if not free.solution.at_bound[level] else float("nan")
        plain = link.kind == "exponent"
        estimate = (
            Estimate.plain(float(value), spread, NORMAL) if plain else Estimate.of_log(float(value), spread, NORMAL)
        )
        slope = None
        for i in free.at(link, "slope"):
            if link.index not in setting.ideal:
                slope = Estimate.plain(float(free.solution.shared[i]), float(error[i]), NORMAL)
        found.append(Shared(link.name, link.role, link.kind, estimate, slope, strays.get(link.index, 0.0)))
    return tuple(found)
