"""Fitted films as points of a series over their geometry, and which of them can stand on one line.

A line through films of several thicknesses, or dots of several sizes, is one of R·A at one temperature, of one
material between the same contacts. Spectra that do not fit in are named and left out here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lipon_eis.physics.arcs import INTERFACES, role_arcs
from lipon_eis.physics.arrhenius import BOLTZMANN_EV, ROOM, Estimate
from lipon_eis.physics.window import locate
from lipon_eis.quantity_series import Quantity
from lipon_eis.result import FitResult
from lipon_eis.sample import Sample
from lipon_eis.verdict import Reason

ENERGY = 0.55  # eV, of Bates's LiPON as quoted by Dai et al., Materials Futures 2022: what a thermometer's scatter does
SAME_TEMPERATURE = 1.0  # K
SHOWN = ("inside", "upper edge")
NAMED = 4


@dataclass(frozen=True, eq=False)
class FilmPoint:
    """One fitted film; NaN for what is not known.

    Attributes:
        label: Of the spectrum.
        result: The fit.
        area: True area [m²], a roughness factor included.
        resistance: Of the bulk arc [Ω], never with the lead's.
        relative: Relative standard error of the resistance: of the fit and of the film's temperature.
        capacitance: Of the bulk arc [F].
        capacitance_relative: Its relative standard error, of the fit.
    """

    label: str
    result: FitResult
    area: float
    resistance: float
    relative: float
    capacitance: float
    capacitance_relative: float

    @property
    def sample(self) -> Sample:
        """What is known of the film."""
        return self.result.sample

    @property
    def resistance_area(self) -> float:
        """R·A [Ω cm²]."""
        return self.resistance * self.area * 1e4


@dataclass(frozen=True, eq=False)
class Chosen:
    """The films of a group that one line can hold.

    Attributes:
        points: Those.
        excluded: (label, why) of the others.
        hidden: Others whose R·A is known all the same, to be drawn hollow.
        reasons: What was mixed.
    """

    points: tuple[FilmPoint, ...]
    excluded: tuple[tuple[str, str], ...]
    hidden: tuple[FilmPoint, ...]
    reasons: tuple[Reason, ...]


def films_by_group(results: Sequence[FitResult]) -> dict[str, list[FitResult]]:
    """Return results by the group of the sample sheet; those without one are a group of their own."""
    groups: dict[str, list[FitResult]] = {}
    for result in results:
        groups.setdefault(result.sample.group or "", []).append(result)
    return groups


def choose(results: Sequence[FitResult], needed: Sequence[str], same: Mapping[str, str]) -> Chosen:
    """Return the films of a group that one line can hold.

    Args:
        results: Of a group.
        needed: Properties of the sample without which a film has no place on the line.
        same: Property in which all films of a line are alike → how it is called.
    """
    points: list[FilmPoint] = []
    excluded: list[tuple[str, str]] = []
    hidden: list[FilmPoint] = []
    for result in results:
        label = result.sample.label or result.spectrum.label
        why = _why_unfit(result, needed)
        if why:
            excluded.append((label, why))
        else:
            points.append(_point(label, result))
    reasons = []
    if (centre := _temperature([p.sample.temperature for p in points])) is not None:
        off = [p for p in points if p.sample.temperature and abs(p.sample.temperature - centre) > SAME_TEMPERATURE]
        at = f"{centre - 273.15:.4g} °C"
        for point in off:
            kelvin = point.sample.temperature or math.nan
            excluded.append((point.label, f"at {kelvin - 273.15:.4g} °C, the others at {at}"))
        if off:
            text = f"spectra at several temperatures; those within {SAME_TEMPERATURE:g} K of {at} are used"
            reasons.append(Reason("mixed-temperatures", "check", text))
        hidden += off
        points = [_at(point, centre) for point in points if point not in off]
    for name, words in same.items():
        values = Counter(value for p in points if (value := _folded(p.sample, name)) is not None)
        if len(values) > 1:
            usual = values.most_common(1)[0][0]
            off = [p for p in points if _folded(p.sample, name) not in (None, usual)]
            excluded += [(p.label, f"another {words} than most of its group") for p in off]
            text = f"{words} differs within the group; {names([p.label for p in off])} left out"
            reasons.append(Reason("mixed-films", "check", text))
            hidden += off
            points = [p for p in points if p not in off]
    if unclear := [p.label for p in points if any(r.code == "roles-ambiguous" for r in p.result.reasons)]:
        text = f"which arc is the bulk's is not clear of {names(unclear)}: the line may go through another's resistance"
        reasons.append(Reason("roles-ambiguous", "check", text))
    return Chosen(tuple(points), tuple(excluded), tuple(hidden), tuple(reasons))


def names(labels: Sequence[str]) -> str:
    """Return ``A, B, C, D and 3 more``."""
    more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
    return f"{', '.join(labels[:NAMED])}{more}"


def interfaces_of(result: FitResult) -> tuple[str, ...]:
    """Return the roles of interfaces that have an arc of their own in a fit."""
    return tuple(arc.role for arc in role_arcs(result.fit.circuit, result.circuit.roles) if arc.role in INTERFACES)


def with_common(estimate: Estimate, relative: float, quantile: float) -> Estimate:
    """Return an estimate with a relative error that all points have in common; that of a positive one in its logarithm.

    Args:
        estimate: Of a slope or an intercept, both of which go with that error as a whole.
        relative: Standard error.
        quantile: Standard errors to the ends of an interval.
    """
    value, (low, high) = estimate.value, estimate.interval
    if not relative > 0:
        return estimate
    stderr = math.hypot(estimate.stderr, relative * value)
    common = quantile * relative
    if not math.isfinite(value):
        return Estimate(value, stderr, (low * math.exp(-common), high * math.exp(common)))
    if low > 0:
        below, above = (math.hypot(math.log(end / value), common) for end in (low, high))
        return Estimate(value, stderr, (value * math.exp(-below), value * math.exp(above)))
    below, above = (math.hypot(end - value, common * value) for end in (low, high))
    return Estimate(value, stderr, (value - below, value + above))


def quantity(estimate: Estimate, unit: str, words: str, why: str = "") -> Quantity:
    """Return a quantity of a line; what points bound from one side only, or not at all, has no value.

    Args:
        estimate: What the line says.
        unit: As in results.json.
        words: How people call it.
        why: Why it has no value, where that is known; else an open interval says it.
    """
    if not math.isnan(estimate.value) and any(math.isnan(end) for end in estimate.interval):
        bounded = not all(math.isnan(end) for end in estimate.interval)
        why = why or ("bounded from one side only" if bounded else "the points do not bound it")
        estimate = Estimate(math.nan, math.nan, estimate.interval)
    return Quantity(estimate, unit, words, why)


def _folded(sample: Sample, name: str) -> object:
    value = getattr(sample, name)
    return value.casefold() if isinstance(value, str) else value


def _why_unfit(result: FitResult, needed: Sequence[str]) -> str:
    if result.verdict == "fail":
        codes = ", ".join(dict.fromkeys(r.code for r in result.reasons if r.level == "fail"))
        return f"judged FAIL: {codes}"
    if result.sample.geometry == "in-plane":
        return "measured in plane"
    if missing := [name for name in needed if getattr(result.sample, name) is None]:
        return f"no {' and no '.join(missing)}"
    bulk = result.by_role("bulk.resistance")
    if not bulk:
        return "its circuit has no bulk arc"
    used = result.spectrum.frequency[result.spectrum.used]
    arcs = role_arcs(result.fit.circuit, result.circuit.roles)
    places = {p.role: p.place for p in locate(result.fit, arcs, float(used.min()), float(used.max()))}
    place = places.get("bulk", "inside")
    if place not in SHOWN and not (bulk[0].interval_method == "intercept" and math.isfinite(bulk[0].value)):
        return f"its bulk arc lies {place.removeprefix('far ')} the window"
    if not math.isfinite(bulk[0].value):
        return "its bulk resistance is not known"
    return "" if math.isfinite(bulk[0].stderr) else "the error of its bulk resistance is not known"


def _point(label: str, result: FitResult) -> FilmPoint:
    (bulk, *_) = result.by_role("bulk.resistance")
    capacitance = result.derived.get("capacitance_bulk")
    c, c_stderr = (math.nan, math.nan) if capacitance is None else (capacitance.value, capacitance.stderr_fit)
    return FilmPoint(
        label=label,
        result=result,
        area=(result.sample.area or math.nan) * (result.sample.roughness_factor or 1.0),
        resistance=bulk.value,
        relative=result.fit.widening * bulk.stderr / bulk.value,
        capacitance=c,
        capacitance_relative=c_stderr / c,
    )


def _at(point: FilmPoint, centre: float) -> FilmPoint:
    """Add what the scatter of the thermometer, where it is stated, and the way to the common temperature do to R."""
    kelvin, stated = point.sample.temperature, point.sample.temperature_stderr or 0.0
    if kelvin is None:
        return point
    of_temperature = ENERGY / (BOLTZMANN_EV * centre**2) * math.hypot(stated, kelvin - centre)
    return FilmPoint(**{**point.__dict__, "relative": math.hypot(point.relative, of_temperature)})


def _temperature(temperatures: Sequence[float | None]) -> float | None:
    """Return the temperature at which most spectra were taken [K], the nearest to 25 °C of several; None: not known."""
    known = np.array([t for t in temperatures if t is not None])
    if not known.size:
        return None
    near = np.abs(known[:, None] - known[None]) <= SAME_TEMPERATURE
    count = near.sum(axis=1)
    best = min(np.flatnonzero(count == count.max()).tolist(), key=lambda k: abs(known[k] - ROOM))
    return float(np.median(known[near[best]]))
