"""Which arc is which: the fit orders arcs by time constant, this tells them apart by what they are.

Every arc is normalised by the film's geometry; each way to give the arcs to the roles of the circuit is weighed by
how well permittivities, capacitances and resistances per area go with the roles (`plausibility`), and by what holds
for layers in series: the thickest has the smallest capacitance, and from high to low frequency come bulk, boundaries,
layers, the anode's side, the cathode's. That a thickness or an area was given in a wrong unit is one of the
possibilities weighed. The share of the ways that agree is the confidence. Without geometry the ratio of the
capacitances alone tells the bulk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.order import interchangeable
from lipon_eis.fitting.result import Fit
from lipon_eis.physics.arcs import RoleArc, indices, role_arcs
from lipon_eis.physics.naming import CERTAIN, LIKELY, ArcRole, named_role
from lipon_eis.physics.normalise import Seen, blocking_capacitance, see_all
from lipon_eis.physics.overlap import CLOSE
from lipon_eis.physics.plausibility import ELECTRODE_CAPACITANCE, THICKNESS, Normalised, belongs, log_density
from lipon_eis.rounding import format_value
from lipon_eis.sample import Sample

Floats = NDArray[np.float64]

SIZE_ORDER = 1.0  # of ln ratio of capacitances; two arcs exchanged differ by twice that: three times as large, 9 to 1
UNSEEN_BULK = math.log(3)  # cost, without a geometry, of taking for the bulk what is not seen, beside an arc that is
UNTOLD = 0.5  # largest confidence in an arc that may be none
DOUBTFUL = (
    0.15,
    0.03,
)  # share of the weight from which a wrong unit is worth a warning: at all, and where the bulk is unclear
STEEPEST = 3.0  # limit of it where geometry is known too
OUT_OF_ORDER = math.log(10)  # cost of two arcs against the usual sequence of frequencies
SEQUENCE = ("grain_boundary", "interface_film", "anode_layer", "anode_interface", "cathode_layer", "charge_transfer")

WRONG_UNITS: tuple[tuple[float, float, float, str], ...] = (
    (1.0, 1.0, 0.90, ""),
    (1e3, 1.0, 0.02, "a thickness 1000 times as large"), (1e-3, 1.0, 0.02, "a thickness 1000 times as small"),
    (1.0, 1e2, 0.02, "an area 100 times as large"), (1.0, 1e-2, 0.02, "an area 100 times as small"),
    (1.0, 1e4, 0.002, "an area 10⁴ times as large"), (1.0, 1e-4, 0.002, "an area 10⁴ times as small"),
    (10.0, 1.0, 0.002, "a thickness 10 times as large"), (0.1, 1.0, 0.002, "a thickness 10 times as small"),
    (1e4, 1.0, 0.002, "a thickness 10⁴ times as large"), (1e-4, 1.0, 0.002, "a thickness 10⁴ times as small"),
    (1e3, 1e2, 0.001, "thickness and area 1000 and 100 times as large"),
    (1e-3, 1e-2, 0.001, "thickness and area 1000 and 100 times as small"),
)  # fmt: skip
"""(true over given thickness, true over given area, weight before any arc is looked at, in words)."""


@dataclass(frozen=True)
class Assignment:
    """A fit whose arcs stand in the places of their roles.

    Attributes:
        fit: The fit, its arcs exchanged where needed.
        clear: False where the bulk is a guess.
        why: The comparison in words.
        roles: What is thought of each arc, in the order of the circuit.
        mistake: Empty, or the other unit of thickness or area that the arcs go well with, too.
    """

    fit: Fit
    clear: bool
    why: str
    roles: tuple[ArcRole, ...] = ()
    mistake: str = ""


def assign(
    fit: Fit,
    roles: Mapping[str, str],
    sample: Sample | None = None,
    *,
    family: str = "",
    sides: Mapping[str, int] | None = None,
    highest: float = np.inf,
    clean: bool = True,
) -> Assignment:
    """Put every arc in the place of the role that it goes with best.

    An arc with a fixed parameter stays where it is, and so does one that the bounds of another place would
    not admit; where that leaves the bulk with an arc that is none, it is not clear.

    Args:
        fit: With interchangeable arcs ordered by time constant.
        roles: By parameter name.
        sample: Thickness and area.
        family: Of the film, ``amorphous`` or ``polycrystalline``.
        sides: Role → number of equal sides that its arc stands for.
        highest: Frequency of the window's upper end [Hz]; arcs above have no capacitance.
        clean: Whether cable and fixture were subtracted, so that their capacitance is in no arc.
    """
    sample, family, sides = sample or Sample(), family or "amorphous", sides or {}
    arcs = {arc.r: arc for arc in role_arcs(fit.circuit, roles)}
    by_arc = see_all(fit, roles, tuple(arcs.values()), sample, highest, clean=clean)
    clear, why, mistake = True, "", ""
    sure: dict[int, float] = {}
    places = _places(fit, arcs)
    if places:
        seen = [by_arc[arc.r] for arc in places]
        rest = [(arc.role, by_arc[arc.r].normalised) for arc in arcs.values() if arc not in places]
        film = Film(sample.thickness, blocking_capacitance(fit, roles, sample, sides.get("electrode", 1)), tuple(rest))
        ways, weights, (mistake, chance) = _weigh(places, seen, film, family, sides)
        best = ways[int(weights.argmax())]
        order = np.arange(len(fit.used_values))
        for place, occupant in zip(places, best, strict=True):
            order[list(indices(place))] = indices(places[occupant])
        if not _admitted(fit, order):
            at = next(i for i, arc in enumerate(places) if arc.role == "bulk")
            held, other = (fit.circuit.names[places[i].r] for i in (at, best[at]))
            why = f"{held} is held in the place of the bulk, but the arc of {other} goes with it better"
            clear, mistake, sure = False, "", dict.fromkeys((arc.r for arc in places), 0.0)
        else:
            if len(places) > 1:
                sure = _shares(places, seen, ways, weights, best, family, sides)
                at = next(i for i, arc in enumerate(places) if arc.role == "bulk")
                clear, why = sure[places[at].r] >= CERTAIN, _comparison(seen, best[at])
            fit = permuted(fit, order)
            mistake = mistake if chance > (DOUBTFUL[0] if clear else DOUBTFUL[1]) else ""
    now = see_all(fit, roles, tuple(arcs.values()), sample, highest, clean=clean)
    found = tuple(
        named_role(arc, now[arc.r], fit, family, sides.get(arc.role, 1), sure.get(arc.r)) for arc in arcs.values()
    )
    return Assignment(fit, clear, why, found, mistake)


def _places(fit: Fit, arcs: Mapping[int, RoleArc]) -> list[RoleArc]:
    """Return the arcs that may change places with the bulk, itself included; nothing where there is no bulk."""
    for group in interchangeable(fit.circuit):
        places = [arcs[part.r] for part in group if part.r in arcs]
        if "bulk" in {arc.role for arc in places}:
            return places
    return [arc for arc in arcs.values() if arc.role == "bulk"][:1]


def _shares(
    places: Sequence[RoleArc],
    seen: Sequence[Seen],
    ways: Sequence[tuple[int, ...]],
    weights: Floats,
    best: tuple[int, ...],
    family: str,
    sides: Mapping[str, int],
) -> dict[int, float]:
    """Return the confidence in the arc that the best way puts into each place, by the place's resistance.

    What stands in a place and does not belong there may have taken it from another, and of an arc that is not seen
    beside one that is, nobody knows which is the greater part of their sum. The bulk is told without the others.
    """
    arcs = [seen[i] for i in best]
    own = [
        belongs(place.role, arc.normalised, family, sides.get(place.role, 1))
        for place, arc in zip(places, arcs, strict=True)
    ]
    sure = {}
    for at, (place, arc) in enumerate(zip(places, arcs, strict=True)):
        alike = [other.role == place.role for other in places]
        right = [any(alike[i] and way[i] == best[at] for i in range(len(places))) for way in ways]
        share = float(weights[right].sum()) * own[at]
        beside = [i for i, other in enumerate(places) if i != at and "bulk" not in (other.role, place.role)]
        hidden = (arcs[i] for i in beside if arcs[i].phantom)
        if arc.phantom or any(abs(other.log_tau - arc.log_tau) < math.log(CLOSE) for other in hidden):
            share = min(share, UNTOLD)
        if arc.disputed or any(own[i] < UNTOLD for i in beside):
            share = min(share, LIKELY)
        sure[place.r] = share
    return sure


@dataclass(frozen=True)
class Film:
    """What the geometry says beside the arcs that are to be told apart.

    Attributes:
        thickness: As given [m], or None.
        electrode: C/A of blocking contacts with the area as given [F/cm2], or None.
        arcs: Role and normalised quantities of arcs whose place is not in question.
    """

    thickness: float | None
    electrode: float | None
    arcs: tuple[tuple[str, Normalised], ...] = ()

    def log_density(self, thickness: float, area: float, family: str, sides: Mapping[str, int]) -> float:
        """Return ln of how well all this goes with a film so many times as thick and an area so many times as large."""
        total = sum(
            log_density(role, arc.scaled(thickness, area), family, sides.get(role, 1)) for role, arc in self.arcs
        )
        if self.thickness is not None:
            total += THICKNESS[family].log_density(self.thickness * thickness)
        if self.electrode is not None:
            total += ELECTRODE_CAPACITANCE.log_density(self.electrode / area)
        return total


def _weigh(
    places: Sequence[RoleArc], seen: Sequence[Seen], film: Film, family: str, sides: Mapping[str, int]
) -> tuple[list[tuple[int, ...]], Floats, tuple[str, float]]:
    """Return the ways to fill the places (which arc stands in each), their weights, and the likeliest wrong unit."""
    ways = list(permutations(range(len(places))))
    units = WRONG_UNITS if any(s.normalised.asr is not None for s in seen) else WRONG_UNITS[:1]
    scores = np.empty((len(units), len(ways)))
    for row, (thickness, area, prior, _) in enumerate(units):
        scaled = [s.normalised.scaled(thickness, area) for s in seen]
        table = np.array([[log_density(arc.role, s, family, sides.get(arc.role, 1)) for s in scaled] for arc in places])
        scores[row] = [math.log(prior) + table[range(len(places)), way].sum() for way in ways]
        scores[row] += film.log_density(thickness, area, family, sides)
    scores += [_in_order(places, [seen[i] for i in way]) for way in ways]
    weights = np.exp(scores - scores.max())
    by_unit = weights.sum(axis=1) / weights.sum()
    at = next(i for i, arc in enumerate(places) if arc.role == "bulk")
    shown = [seen[ways[way][at]].visible for way in weights.argmax(axis=1)]  # a bulk that is not seen accuses no unit
    accusing = np.where(shown, by_unit, 0.0)[1:]
    mistake = (units[int(accusing.argmax()) + 1][3], float(accusing.sum())) if accusing.any() else ("", 0.0)
    return ways, weights.sum(axis=0) / weights.sum(), mistake


def _in_order(places: Sequence[RoleArc], seen: Sequence[Seen]) -> float:
    """Return how well a way goes with the usual sequences of capacitances and of time constants, as ln of a weight."""
    total = 0.0
    bulk = next(s for arc, s in zip(places, seen, strict=True) if arc.role == "bulk")
    if bulk.phantom and bulk.normalised.asr is None and any(s.visible for s in seen):
        total -= UNSEEN_BULK
    rest = [(arc.role, s) for arc, s in zip(places, seen, strict=True) if arc.role != "bulk" and not s.phantom]
    for role, s in rest:
        known = s.normalised.eps is not None and bulk.normalised.eps is not None
        if s.visible and bulk.visible and not (known and role in ("anode_interface", "charge_transfer")):
            larger = SIZE_ORDER * math.log(s.capacitance / bulk.capacitance)
            total += max(min(larger, STEEPEST), -STEEPEST) if known else larger
    for i, (role, s) in enumerate(rest):
        for later, t in rest[i + 1 :]:
            if SEQUENCE.index(role) < SEQUENCE.index(later) and s.log_tau > t.log_tau:
                total -= OUT_OF_ORDER
            if SEQUENCE.index(role) > SEQUENCE.index(later) and s.log_tau < t.log_tau:
                total -= OUT_OF_ORDER
            if role == later and s.log_tau > t.log_tau:
                total -= 1e-6  # of equal roles the fastest first
    return total


def _comparison(seen: Sequence[Seen], bulk: int) -> str:
    """Say how the bulk's capacitance compares with the next."""
    smallest = min(range(len(seen)), key=lambda i: seen[i].capacitance)
    size = format_value(seen[bulk].capacitance, unit="F", digits=3)
    others = [s.capacitance for i, s in enumerate(seen) if i != bulk]
    ratio = min(others) / seen[bulk].capacitance
    if bulk == smallest:
        text = f"the bulk is the arc of smallest capacitance, {size}; the next has {ratio:.3g} times that"
    else:
        text = f"the bulk is the arc of {size}, though another has {ratio:.3g} times that"
    if (eps := seen[bulk].normalised.eps) is not None:
        text += f"; its relative permittivity would be {eps:.3g}"
    return text


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
