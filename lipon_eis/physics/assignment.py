"""Which arc is which: the fit orders arcs by time constant, this tells them apart by what they are.

For layers in series of like permittivity the thickest has the smallest capacitance, so the bulk of a
film is the arc of smallest capacitance whatever the conductivities. Capacitances are compared with
each other, never with a table made for bulk samples of unit cell constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.order import interchangeable
from lipon_eis.fitting.result import Fit
from lipon_eis.physics.arcs import RoleArc, role_arcs
from lipon_eis.rounding import format_value

CLEAR_RATIO = 3.0  # of the two smallest capacitances: below it the bulk cannot be told


@dataclass(frozen=True)
class Assignment:
    """A fit whose arcs stand in the places of their roles.

    Attributes:
        fit: The fit, its arcs exchanged where needed.
        clear: False where two arcs have like capacitances and the bulk is a guess.
        why: The comparison in words.
    """

    fit: Fit
    clear: bool
    why: str


def assign(fit: Fit, roles: Mapping[str, str]) -> Assignment:
    """Put the arc of smallest capacitance in the place of the bulk, the others in order of time constant.

    An arc with a fixed parameter stays where it is, and so does one that the bounds of another place would
    not admit; where that leaves the bulk with another than the smallest capacitance, it is not clear.

    Args:
        fit: With interchangeable arcs ordered by time constant.
        roles: By parameter name.
    """
    arcs = {arc.r: arc for arc in role_arcs(fit.circuit, roles)}
    for group in interchangeable(fit.circuit):
        places = [arcs[part.r] for part in group if part.r in arcs]
        if len(places) < 2 or "bulk" not in {arc.role for arc in places}:
            continue
        capacitance = np.array([_capacitance(arc, fit) for arc in places])
        by_size = np.argsort(capacitance, kind="stable")
        smallest = int(by_size[0])
        bulk = next(i for i, arc in enumerate(places) if arc.role == "bulk")
        rest = [i for i in range(len(places)) if i != smallest]
        occupants = [smallest if arc.role == "bulk" else rest.pop(0) for arc in places]
        order = np.arange(len(fit.used_values))
        for place, occupant in zip(places, occupants, strict=True):
            order[list(_indices(place))] = _indices(places[occupant])
        if not _admitted(fit, order):
            names = [fit.circuit.names[places[i].r] for i in (bulk, smallest)]
            why = f"{names[0]} is held in the place of the bulk, but the arc of {names[1]} has the smaller capacitance"
            return Assignment(fit, False, why)
        ratio = float(capacitance[by_size[1]] / capacitance[smallest])
        size = format_value(float(capacitance[smallest]), unit="F", digits=3)
        why = f"the bulk is the arc of smallest capacitance, {size}; the next has {ratio:.3g} times that"
        return Assignment(permuted(fit, order), ratio >= CLEAR_RATIO, why)
    return Assignment(fit, True, "")


def _admitted(fit: Fit, order: NDArray[np.intp]) -> bool:
    """Tell whether parameters may change places: none of them fixed, all within the bounds of their new place.

    A tie has to hold in the new order too.
    """
    moved = order != np.arange(len(order))
    values = fit.used_values[order]
    inside = (fit.bounds[:, 0] <= values) & (values <= fit.bounds[:, 1])
    tied = all(values[fit.index(one)] == values[fit.index(other)] for one, other in fit.ties.items())
    return tied and not (moved & (fit.fixed | ~inside)).any()


def permuted(fit: Fit, order: NDArray[np.intp]) -> Fit:
    """Return the fit with parameter i replaced by parameter ``order[i]`` in every array."""
    names = fit.circuit.names
    rivals = tuple(
        replace(rival, values={name: rival.values[names[i]] for name, i in zip(names, order, strict=True)})
        for rival in fit.rivals
    )
    return replace(
        fit,
        used_values=fit.used_values[order],
        known=fit.known[order],
        covariance=fit.covariance[np.ix_(order, order)],
        intervals=fit.intervals[order],
        interval_method=tuple(fit.interval_method[i] for i in order),
        at_bound=fit.at_bound[order],
        rivals=rivals,
    )


def _indices(arc: RoleArc) -> tuple[int, ...]:
    return (arc.r,) if arc.part is None else arc.part.indices


def _capacitance(arc: RoleArc, fit: Fit) -> float:
    log_tau = arc.log_tau(fit.used_values)
    return np.inf if log_tau is None else float(np.exp(log_tau) / fit.used_values[arc.r])
