"""What two states of a cell tell of one role: ratios, pictures, activation energies, in numbers and in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lipon_eis.kinds.compared_arcs import spoken
from lipon_eis.physics.arc_change import Change
from lipon_eis.physics.arcs import BULK_LIKE
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.equivalence import MARGIN, UNDECIDED, EnergyChange
from lipon_eis.physics.pictures import (
    BARRIER,
    CANNOT_TELL,
    DOUBT,
    GROWING_LAYER,
    MORE_AREA,
    NO_CHANGE,
    NONE,
    OPPOSITE,
    Judgement,
)
from lipon_eis.physics.pictures import MARGIN as SAME
from lipon_eis.quantity_series import Axis, Curve, Point, Quantity, SeriesFigure
from lipon_eis.result import plain
from lipon_eis.temperature_series import FEW, NARROW, estimate_dict
from lipon_eis.verdict import Reason

UNKNOWN = Estimate(math.nan, math.nan, (math.nan, math.nan))
KEYS = {NO_CHANGE: "no_change", OPPOSITE: "rc_constant", BARRIER: "barrier"}
LAYERS = ("interface_film", "anode_layer", "cathode_layer")


@dataclass(frozen=True, eq=False)
class RoleChange:
    """What is known of one role in both states.

    Attributes:
        role: Of the arc.
        change: Of R and C.
        judgement: The pictures.
        exponent: Of the arc.
        each: The change at each temperature.
        energy: Of the activation energies, None where a state has not three temperatures.
    """

    role: str
    change: Change | None
    judgement: Judgement | None
    exponent: float
    each: tuple[Change, ...]
    energy: EnergyChange | None

    @property
    def kind(self) -> str:
        """The role without the number of a second arc."""
        return self.role.rstrip("_0123456789")


def change_words(one: RoleChange) -> str:
    """Say which picture the change of R and C goes with, and what the data cannot tell."""
    call, film, layer = one.judgement.call if one.judgement else "", one.kind in BULK_LIKE, one.kind in LAYERS
    assert one.judgement is not None
    if call == NO_CHANGE:
        return f"unchanged within {100 * SAME:g} %"
    if call == BARRIER:
        own = "barrier: R changed; C, or the Q of its constant phase element, did not"
        return "the conductivity changed, the permittivity did not" if film else own
    if call in (MORE_AREA, GROWING_LAYER) and film:
        which = "larger area or thinner film" if call == MORE_AREA else "smaller area or thicker film"
        return f"R·C is constant: the geometry, not the material: {which}"
    if call == MORE_AREA:
        one_reading, other = "more active area", "a layer that thinned"
        return f"{other}, or {one_reading}" if layer else f"{one_reading}; {other} would look the same"
    if call == GROWING_LAYER:
        return "growing layer; active area that was lost would look the same"
    if call == CANNOT_TELL and NO_CHANGE in one.judgement.fitting:
        return "no change is seen, but one of more than " + f"{100 * SAME:g} % is not excluded"
    if call == CANNOT_TELL:
        return f"cannot tell: {' and '.join(one.judgement.fitting)} both fit"
    likelier = max((OPPOSITE, BARRIER), key=one.judgement.probabilities.__getitem__)
    return f"no single picture fits (all have a probability below {100 * DOUBT:g} %), the nearest is {likelier}"


def energy_words(energy: EnergyChange) -> str:
    """Say whether the activation energy changed."""
    low, high = energy.interval_90
    return f"Ea {energy.call} (90 %: {low:+.3f} to {high:+.3f} eV, margin ±{MARGIN:g} eV)"


def findings(roles: Iterable[RoleChange]) -> list[str]:
    """Return a sentence a role."""
    found = []
    for one in roles:
        parts = []
        if one.change is not None:
            ratios = ", ".join(f"{name}\u00a0×\u00a0{one.change.ratio(k).value:.4g}" for k, name in enumerate("RC"))
            parts.append(f"{change_words(one)} ({ratios})")
        if one.energy is not None:
            parts.append(energy_words(one.energy))
        if parts:
            found.append(f"{spoken(one.role)}: {'; '.join(parts)}")
    return found


def role_doubts(one: RoleChange) -> Iterator[Reason]:
    """Yield why what is said of a role is not to be trusted without looking, and what to know of it."""
    role = spoken(one.role)
    if one.change is not None and one.change.scattered:
        text = f"the ratios of {role} at single temperatures scatter more than their errors say: errors are widened"
        yield Reason("ratios-scatter", "check", text)
    if one.judgement is not None and one.judgement.call in (CANNOT_TELL, NONE):
        yield Reason("change-unclear", "note", f"{role}: {change_words(one)}")
    if one.energy is not None:
        lines = (one.energy.before, one.energy.after)
        if any(line.degrees_of_freedom + 2 < FEW or line.highest - line.lowest < NARROW for line in lines):
            text = f"Ea of {role}: a state has fewer than {FEW} temperatures or less than {NARROW:.0f} K between them"
            yield Reason("few-temperatures", "check", text)
        if any(line.bent for line in lines):
            text = f"the points of {role} bend: one activation energy does not describe a state"
            yield Reason("arrhenius-curved", "check", text)
        if one.energy.call == UNDECIDED:
            yield Reason("energy-undecided", "note", f"{role}: {energy_words(one.energy)}")


def quantities(roles: Mapping[str, RoleChange], missing: Mapping[str, str]) -> dict[str, Quantity]:
    """Return the quantities of all roles by their names in results.json; ``missing``: role → why it has no ratio."""
    found = {}
    for role in (*roles, *(role for role in missing if role not in roles)):
        one, words = roles.get(role), spoken(role)
        change = None if one is None else one.change
        for which, (name, letter) in enumerate((("resistance", "R"), ("capacitance", "C"))):
            ratio = UNKNOWN if change is None else change.ratio(which)
            why = "" if change is not None else missing.get(role, "not compared")
            found[f"ratio_{role}_{name}"] = Quantity(ratio, "", f"{letter}({words}) after/before", why)
        if role == "bulk" and change is not None:
            inverse = Change(-change.logarithm, change.covariance, change.quantile, change.degrees_of_freedom)
            found["ratio_bulk_conductivity"] = Quantity(inverse.ratio(0), "", "σ(bulk) after/before")
        if one is not None and one.energy is not None:
            name = f"delta_activation_energy_{role}_eV"
            found[name] = Quantity(one.energy.sigma, "eV", f"ΔEa({words}), {one.energy.call}")
    return found


def figure(roles: Iterable[RoleChange]) -> SeriesFigure | None:
    """Return the plane of both ratios, with the lines of the pictures; a role is a point."""
    seen = [(one, one.change) for one in roles if one.change is not None]
    if not seen:
        return None
    points, curves = [], []
    for line, (one, change) in enumerate(seen):
        r, c = change.ratio(0), change.ratio(1)
        points.append(Point(one.role, r.value, c.value, r.stderr, c.stderr, line=line))
        curves.append(Curve(spoken(one.role), (r.value,), (c.value,), line))
    reach = 1.2 * max(0.1, *(float(np.abs(change.logarithm).max()) for _, change in seen))
    along = np.linspace(-reach, reach, 41)
    x, flat = tuple(np.exp(along).tolist()), tuple(np.exp(-along).tolist())
    curves.append(Curve("R·C constant: area, layer", x, flat, len(seen), fitted=False))
    curves.append(Curve("C constant: barrier", x, (1.0,) * len(x), len(seen) + 1, fitted=False))
    return SeriesFigure(
        Axis("R after/before", "", logarithmic=True), Axis("C after/before", "", logarithmic=True), tuple(points),
        tuple(curves),
    )  # fmt: skip


def role_entry(one: RoleChange) -> dict[str, object]:
    """Return a role as it stands in results.json."""
    entry: dict[str, object] = {"role": one.role}
    if one.change is not None and one.judgement is not None:
        entry |= {
            "exponent": plain(one.exponent),
            "ln_ratios": plain(one.change.logarithm),
            "ln_ratios_covariance": plain(one.change.covariance),
            "degrees_of_freedom": plain(float(one.change.degrees_of_freedom)),
            "pictures": {KEYS[name]: plain(p) for name, p in one.judgement.probabilities.items()},
            "picture": one.judgement.call,
            "words": change_words(one),
            "at": [
                {
                    "temperature_K": plain(change.temperature),
                    "resistance": estimate_dict(change.ratio(0)),
                    "capacitance": estimate_dict(change.ratio(1)),
                }
                for change in one.each
            ],
        }
    if one.energy is not None:
        entry["delta_activation_energy_eV"] = {
            "sigma": estimate_dict(one.energy.sigma),
            "sigma_T": estimate_dict(one.energy.sigma_T),
            "interval_90": plain(list(one.energy.interval_90)),
            "call": one.energy.call,
        }
    return entry
