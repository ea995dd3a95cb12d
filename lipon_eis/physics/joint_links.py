"""What the spectra of one film at several temperatures have in common, as links of a joint fit.

Fitted for each spectrum: the blocking electrode, the interfaces, and the deviation of its true temperature from
the reading. Shared by all:

- the resistance of bulk and grain boundary: a line in 1/kT (`ARRHENIUS`), or for comparison free in each spectrum;
- their capacitance and exponent: a level and a slope in 1/T that is held near zero. An arc whose Q is constant has
  ln C ∝ ln R, a line in 1/T; to that a permittivity that changes with T is close enough;
- leads and contacts: the resistance likewise with a slope in T, as that of metals has; the inductance one level.

Linked coordinates are ln R, ln C = ln τ − ln R and n; the fit's own have ln τ in place of ln C.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.joint import Links
from lipon_eis.fitting.problem import Problem
from lipon_eis.physics.arcs import RoleArc
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM, inverse_temperature

Floats = NDArray[np.float64]

ARCS = ("bulk", "grain_boundary")
LEADS = ("lead.resistance", "series.resistance")
INDUCTANCE = "lead.inductance"
#: Standard deviation of the slope that a shared quantity may have over `SPAN`: of ln C, of n, of ln R0.
SLOPES = {"capacitance": 0.5, "exponent": 0.05, "lead": 0.1}
SPAN = 100.0  # K


@dataclass(frozen=True)
class Link:
    """One coordinate that spectra share.

    Attributes:
        name: Of the parameter, for messages.
        kind: ``resistance`` (Arrhenius), ``capacitance``, ``exponent``, ``lead`` or ``inductance``.
        index: Of the coordinate.
        under: Of the resistance that a capacitance is counted from, else None.
        role: Of its arc, empty for leads.
    """

    name: str
    kind: str
    index: int
    under: int | None = None
    role: str = ""


def links_of(problem: Problem, roles: Mapping[str, str], arcs: Sequence[RoleArc]) -> tuple[Link, ...]:
    """Return what the spectra of a film share, whatever the circuit; held parameters are no matter of links.

    Args:
        problem: Of all spectra, in coordinates.
        roles: By parameter name.
        arcs: Of the circuit, by role.
    """
    names, timed = problem.circuit.names, {arc.q: arc.r for arc in problem.coordinates.arcs}
    found = []
    for arc in arcs:
        if arc.role not in ARCS or problem.fixed[arc.r]:
            continue
        found.append(Link(names[arc.r], "resistance", arc.r, role=arc.role))
        if arc.part is None:
            continue
        if arc.part.q is not None and timed.get(arc.part.q) == arc.r and not problem.fixed[arc.part.q]:
            found.append(Link(names[arc.part.q], "capacitance", arc.part.q, arc.r, arc.role))
        if arc.part.n is not None and not problem.fixed[arc.part.n]:
            found.append(Link(names[arc.part.n], "exponent", arc.part.n, role=arc.role))
    for index, name in enumerate(names):
        if not problem.fixed[index] and roles.get(name) in LEADS:
            found.append(Link(name, "lead", index))
        elif not problem.fixed[index] and roles.get(name) == INDUCTANCE:
            found.append(Link(name, "inductance", index))
    return tuple(found)


@dataclass(frozen=True)
class Model:
    """How resistances are linked.

    Attributes:
        arrhenius: False leaves the resistance of each spectrum free.
        hopping: σT instead of σ follows the line.
        bent: The line has a quadratic term.
    """

    arrhenius: bool = True
    hopping: bool = False
    bent: bool = False


@dataclass(frozen=True, eq=False)
class Thermometer:
    """Temperatures of the spectra.

    Attributes:
        reading: [K], shape (n,).
        scatter: Standard error of each [K], shape (n,).
    """

    reading: Floats
    scatter: Floats

    def along(self, kind: str) -> Floats:
        """Return along what a kind of link is a straight line, shape (n,).

        Of leads it is T from the mean, of what belongs to an arc 1/T, turned and scaled so that its slope at the mean
        is that in T; both in units of `SPAN`.
        """
        mean = self.reading.mean()
        result: Floats = (self.reading - mean) / SPAN
        return result if kind == "lead" else result * mean / self.reading


@dataclass(frozen=True)
class Column:
    """One shared parameter: ``level``, ``slope``, ``energy`` or ``bend`` of a link."""

    link: Link
    what: str


def columns_of(links: Sequence[Link], model: Model) -> tuple[Column, ...]:
    """Return the shared parameters of a model, in order."""
    found = []
    for link in links:
        if link.kind == "resistance":
            wanted = ["level", "energy", *(["bend"] if model.bent else [])] if model.arrhenius else []
        else:
            wanted = ["level"] if link.kind == "inductance" else ["level", "slope"]
        found += [Column(link, what) for what in wanted]
    return tuple(found)


def own_coordinates(problem: Problem, links: Sequence[Link], model: Model) -> list[int]:
    """Return the coordinates that each spectrum has for itself; they come first among the local parameters."""
    linked = {link.index for link in links if model.arrhenius or link.kind != "resistance"}
    return [q for q in range(problem.lower.shape[1]) if q not in linked and not problem.fixed[q]]


def build(
    problem: Problem,
    links: Sequence[Link],
    model: Model,
    thermometer: Thermometer,
    energies: Mapping[str, float],
    strays: Mapping[int, float],
    known: Mapping[int, tuple[float, float]],
    held: frozenset[int] = frozenset(),
) -> Links:
    """Return the links of a model.

    Args:
        problem: Of all spectra.
        links: What is shared.
        model: How resistances are.
        thermometer: Of the series.
        energies: Role → Ea [eV] from before, by which a kelvin of scatter is turned into ln R.
        strays: Index of a shared coordinate → how far each spectrum may stray from it.
        known: Index of a lead → (ln of its value, relative error), measured apart.
        held: Indices of exponents that rest on their limit and have no slope there.
    """
    n, k = problem.lower.shape
    columns = columns_of(links, model)
    abscissa = inverse_temperature(thermometer.reading)
    basis = {"level": np.ones(n), "energy": abscissa, "bend": abscissa**2}
    shared, constant = np.zeros((n, k, len(columns))), np.zeros((n, k))
    precision = np.zeros(len(columns))
    lower, upper = np.full(len(columns), -np.inf), np.full(len(columns), np.inf)
    free = np.ones(len(columns), bool)
    for i, column in enumerate(columns):
        q = column.link.index
        shared[:, q, i] = thermometer.along(column.link.kind) if column.what == "slope" else basis[column.what]
        if column.what == "slope":
            precision[i] = SLOPES[column.link.kind] ** -2.0
            free[i] = q not in held
        elif column.what == "level" and column.link.kind in ("exponent", "lead", "inductance"):
            lower[i], upper[i] = problem.lower[:, q].min(), problem.upper[:, q].max()
            if q in known:
                value, error = known[q]
                constant[:, q], precision[i] = value, max(error, 1e-6) ** -2.0
                lower[i], upper[i] = -np.inf, np.inf

    held_values = np.broadcast_to(np.where(problem.held, problem.held_values, 1.0), (n, k))
    constant += np.where(problem.fixed, problem.coordinates.from_natural(held_values), 0.0)
    resistances = [link for link in links if link.kind == "resistance"]
    if model.arrhenius and model.hopping:
        for link in resistances:
            constant[:, link.index] += np.log(thermometer.reading / ROOM)

    own = own_coordinates(problem, links, model)
    straying = list(strays)
    local = np.zeros((n, k, len(own) + len(straying) + model.arrhenius))
    for j, q in enumerate(own):
        local[:, q, j] = 1.0
    for j, q in enumerate(straying, len(own)):
        local[:, q, j] = strays[q]
    if model.arrhenius:
        t = thermometer.reading
        for link in resistances:
            energy = energies[link.role] - (BOLTZMANN_EV * t if model.hopping else 0.0)
            local[:, link.index, -1] = -energy * thermometer.scatter / (BOLTZMANN_EV * t**2)
    for link in links:  # ln τ = ln C + ln R
        if link.under is not None:
            shared[:, link.index] += shared[:, link.under]
            local[:, link.index] += local[:, link.under]
            constant[:, link.index] += constant[:, link.under]
    bounds = [problem.lower[:, own], problem.upper[:, own]]
    endless = np.full((n, local.shape[2] - len(own)), np.inf)
    return Links(
        constant=constant,
        shared=shared,
        local=local,
        deviation=np.arange(local.shape[2]) >= len(own),
        precision=precision,
        lower=lower,
        upper=upper,
        local_lower=np.hstack([bounds[0], -endless]),
        local_upper=np.hstack([bounds[1], endless]),
        free=free,
        local_free=np.ones((n, local.shape[2]), bool),
    )
