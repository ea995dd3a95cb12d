"""Thickness series: films of several thicknesses between the same contacts, and what their contacts resist.

R·A = d/σ + ASR of both interfaces, with errors of d and of R·A (`lipon_eis.physics.errors_in_variables`). R is that of
the bulk arc alone, never with the lead's: 10 Ω at 1 cm² would pass for 10 Ω cm² of interface. What is found at d = 0 is
what hides in the bulk arc: an interface that shows an arc of its own has its resistance there and stands beside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.analysis import Task
from lipon_eis.errors import InvalidOption
from lipon_eis.film_points import Chosen, FilmPoint, choose, films_by_group, interfaces_of, names, with_common
from lipon_eis.fitting.uncertainty import NORMAL, student_t
from lipon_eis.physics.arrhenius import DOUBT, Estimate, probability_of_chi2
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.errors_in_variables import FEWEST, Deviation, Line, deviations, fit_line
from lipon_eis.physics.sides import sides_of
from lipon_eis.quantity_series import Axis, Curve, Point, Quantity, QuantitySeries, SeriesFigure
from lipon_eis.result import FitResult, plain
from lipon_eis.rounding import format_value
from lipon_eis.stack import parse_stack
from lipon_eis.temperature_series import estimate_dict
from lipon_eis.verdict import Reason

FEW, NARROW = 4, 2.0  # thicknesses, and ratio of the largest to the smallest, that a trusted line has
APART = 0.01  # probability, over all films, below which one stands apart
FOLLOWS = 0.35  # share of a deviation by which the permittivity may miss it and still tell of the same thickness
STRAY = 100e-12  # F: a capacitance below holds the cable's
QUIET = 0.02  # probability of so small a chi2 below which errors are likely those of the gauge, common to all
ROLE = "bulk"
UNKNOWN = Estimate(math.nan, math.nan, (math.nan, math.nan))
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Film:
    """Spectra of equal thickness: one reading of the gauge, whose error they share.

    Attributes:
        members: The spectra.
        thickness: [m].
        resistance_area: Mean of R·A [Ω cm²].
        relative: Its relative standard error, of all that is the film's own.
    """

    members: tuple[FilmPoint, ...]
    thickness: float
    resistance_area: float
    relative: float

    @property
    def label(self) -> str:
        return "/".join(member.label for member in self.members[:2]) + ("/…" if len(self.members) > 2 else "")

    @property
    def permittivity(self) -> float:
        """ε_r = C d/(ε0 A), the mean; NaN where a capacitance is not known."""
        found = [m.capacitance * self.thickness / (VACUUM_PERMITTIVITY * m.area) for m in self.members]
        return float(np.mean(found))


@dataclass(frozen=True, eq=False)
class _Series:
    label: str
    chosen: Chosen
    films: tuple[_Film, ...]
    line: Line
    common: float  # relative error of σ that all films share: of gauge and of area
    common_area: float
    sides: int  # 2: equal sides, the intercept is halved
    stack_known: bool

    def per_side(self, intercept: Estimate) -> Estimate:
        """Return an intercept [Ω cm²] as it is reported, with the error of the common area."""
        low, high = intercept.interval
        halved = Estimate(
            intercept.value / self.sides, intercept.stderr / self.sides, (low / self.sides, high / self.sides)
        )
        return with_common(halved, self.common_area, NORMAL)

    @property
    def conductivity(self) -> Estimate:
        """σ [S/cm]."""
        slope, (low, high) = self.line.slope.value * 1e-2, self.line.slope.interval  # Ω cm² per m
        sigma = Estimate(1 / slope, self.line.slope.stderr * 1e-2 / slope**2, (1e2 / high, 1e2 / low))
        return with_common(sigma, self.common, NORMAL)


def joint_thickness_series(results: Sequence[FitResult], task: Task) -> tuple[QuantitySeries, ...]:
    """Return the series of every group with several thicknesses; without groups all spectra are one.

    Args:
        results: Of spectra fitted alone.
        task: What was asked of these fits; the line needs nothing of it.

    Raises:
        InvalidOption: No group has more than one thickness.
    """
    groups = {
        label: members
        for label, members in films_by_group(results).items()
        if len({r.sample.thickness for r in members} - {None}) > 1
    }
    if not groups:
        raise InvalidOption(
            "a thickness series needs films of several thicknesses in one group: fill thickness_um (or another unit) "
            "and group in the sample sheet"
        )
    return tuple(_of_group(label or "films", members) for label, members in groups.items())


def _of_group(label: str, results: Sequence[FitResult]) -> QuantitySeries:
    chosen = choose(results, ("thickness", "area"), {"stack": "stack", "state": "state"})
    common_area, own_area = _errors_of_area(chosen.points)
    films = _films(chosen.points, own_area)
    if len({film.thickness for film in films}) < FEWEST:
        return _too_few(label, chosen, films)
    line = fit_line(
        [film.thickness for film in films],
        [film.resistance_area for film in films],
        _errors_of_thickness(films),
        [film.relative for film in films],
    )
    scale = max((p.sample.thickness_scale_stderr or 0.0 for p in chosen.points), default=0.0)
    sides, stack_known = _sides(chosen.points)
    series = _Series(label, chosen, films, line, math.hypot(scale, common_area), common_area, sides, stack_known)
    apart = deviations(line)
    return QuantitySeries(
        kind="thickness",
        label=label,
        role=ROLE,
        members=tuple(m.label for film in films for m in film.members),
        excluded=chosen.excluded,
        quantities=_quantities(series),
        reasons=tuple(_reasons(series, apart)),
        figure=_figure(series),
        method="errors in variables",
        more=_more(series, apart),
    )


def _too_few(label: str, chosen: Chosen, films: Sequence[_Film]) -> QuantitySeries:
    count = len({film.thickness for film in films})
    why = f"{count} of {FEWEST} thicknesses"
    text = f"{why} that a line with errors needs; {FEW} make one that can be trusted"
    return QuantitySeries(
        kind="thickness",
        label=label,
        role=ROLE,
        members=tuple(m.label for film in films for m in film.members),
        excluded=chosen.excluded,
        quantities={
            "sigma_S_per_cm": Quantity(UNKNOWN, "S/cm", "σ", why),
            "asr_interface_ohm_cm2": Quantity(UNKNOWN, "ohm cm2", "ASR of the interfaces", why),
        },
        reasons=(Reason("few-thicknesses", "check", text), *chosen.reasons),
        method="errors in variables",
    )


def _errors_of_area(points: Sequence[FilmPoint]) -> tuple[float, list[float]]:
    """Return the relative error of area that all films share, and that of each: of one mask the former alone."""
    relative = [(p.sample.area_stderr or 0.0) / (p.sample.area or math.nan) for p in points]
    if len({p.area for p in points}) == 1:
        return max(relative, default=0.0), [0.0] * len(points)
    return 0.0, relative


def _films(points: Sequence[FilmPoint], own_area: Sequence[float]) -> tuple[_Film, ...]:
    """Put spectra of equal thickness together, thin films first; dots that scatter beyond their errors widen them."""
    groups: dict[float, list[tuple[FilmPoint, float]]] = {}
    for point, relative in zip(points, own_area, strict=True):
        groups.setdefault(point.sample.thickness or math.nan, []).append((point, math.hypot(point.relative, relative)))
    films = []
    for thickness, members in sorted(groups.items(), key=lambda pair: pair[0]):
        log = np.log([point.resistance_area for point, _ in members])
        weight = 1 / np.array([relative for _, relative in members]) ** 2
        mean = float(np.average(log, weights=weight))
        excess = float((weight * (log - mean) ** 2).sum()) / max(len(members) - 1, 1)
        relative = math.sqrt(max(excess, 1.0) / weight.sum())
        films.append(_Film(tuple(point for point, _ in members), thickness, math.exp(mean), relative))
    return tuple(films)


def _errors_of_thickness(films: Sequence[_Film]) -> list[float] | None:
    """Return the relative errors of thickness; films without one have the largest of the others, None without any."""
    given = [max((m.sample.thickness_stderr or 0.0) / film.thickness for m in film.members) for film in films]
    return [one or max(given) for one in given] if max(given) > 0 else None


def _sides(points: Sequence[FilmPoint]) -> tuple[int, bool]:
    """Return 2 where both sides are alike, as stack or circuit say, and whether anything says it."""
    for point in points:
        if point.sample.stack:
            stack = parse_stack(point.sample.stack)
            left, right = (None if side is None else side.casefold() for side in stack.electrodes)
            return (2 if left == right and left is not None and not stack.interlayers else 1), left is not None
    circuits = [sides_of(p.result.circuit.sides, p.sample) for p in points]
    equal = all(any(count == 2 for count in sides.values()) for sides in circuits)
    return (2, True) if equal else (1, False)


def _quantities(series: _Series) -> dict[str, Quantity]:
    told = math.isfinite(series.line.slope.value)
    why = "" if told else "R A does not grow with thickness: only a bound"
    words = "ASR(interface), per side" if series.sides == 2 else "ASR(interfaces), sum of both sides"
    found = {
        "sigma_S_per_cm": Quantity(series.conductivity, "S/cm", "σ", why),
        "asr_interface_ohm_cm2": Quantity(series.per_side(series.line.intercept), "ohm cm2", words),
    }
    for role in dict.fromkeys(role for p in series.chosen.points for role in interfaces_of(p.result)):
        found[f"asr_{role}_ohm_cm2"] = _visible(role, series.chosen.points)
    return found


def _visible(role: str, points: Sequence[FilmPoint]) -> Quantity:
    """Return the mean of an interface that has an arc of its own, with the scatter of the films as its error."""
    asr = [p.result.derived[f"asr_{role}"].value for p in points if f"asr_{role}" in p.result.derived]
    values = np.array([value for value in asr if math.isfinite(value)])
    words = f"ASR({role.replace('_', ' ')}), own arc, mean of {values.size}"
    if values.size < 2:
        value = float(values[0]) if values.size else math.nan
        return Quantity(Estimate(value, math.nan, (math.nan, math.nan)), "ohm cm2", words, "one film: no scatter")
    stderr = float(values.std(ddof=1)) / math.sqrt(values.size)
    quantile = float(student_t(np.array(values.size - 1)))
    return Quantity(Estimate.plain(float(values.mean()), stderr, quantile), "ohm cm2", words)


def _reasons(series: _Series, apart: Sequence[Deviation]) -> list[Reason]:
    line, films = series.line, series.films
    reasons = [*_of_number(films), *_of_errors(line), *_of_films(films, apart), *series.chosen.reasons]
    reasons += _of_circuits(series.chosen.points)
    if not series.stack_known:
        text = "no stack says whether both sides are alike: the resistance of the interfaces is that of both together"
        reasons.append(Reason("sides-unknown", "note", text))
    reasons.append(_of_intercept(series))
    return reasons


def _of_number(films: Sequence[_Film]) -> list[Reason]:
    span = films[-1].thickness / films[0].thickness
    if len(films) >= FEW and span >= NARROW:
        return []
    wanted = f"a trusted line wants {FEW} over a factor {NARROW:g}"
    text = f"{len(films)} thicknesses, the largest {span:.2g} times the smallest; {wanted}"
    return [Reason("few-thicknesses", "check", text)]


def _of_errors(line: Line) -> list[Reason]:
    if math.isfinite(line.x_scatter):
        text = (
            f"no thickness carries an error: that of all is taken to be {100 * line.x_scatter:.2g} %, as the films "
            "scatter about the line; intervals use Student's t"
        )
        return [Reason("thickness-errors-unknown", "note", text)]
    probability = probability_of_chi2(line.chi2, line.degrees_of_freedom)
    if probability > 1 - QUIET:
        text = (
            "the films scatter far less about the line than their thickness errors say: if these are the gauge's, and "
            "common to all films, give them as thickness_scale_stderr; σ is then less certain, the interface more"
        )
        return [Reason("thickness-errors-large", "note", text)]
    if line.scale.estimated:
        level = "check" if probability < DOUBT else "note"
        factor = math.sqrt(line.scale.variance)
        text = (
            f"the films scatter about the line {factor:.2g} times as much as their errors say; intervals are widened "
            "by that and use Student's t"
        )
        return [Reason("thickness-scatter", level, text)]
    return []


def _of_films(films: Sequence[_Film], apart: Sequence[Deviation]) -> list[Reason]:
    """Name films that stand apart, and tell a wrong thickness from another material by the capacitance."""
    reasons = []
    logs = np.log([film.permittivity for film in films])
    for k, one in enumerate(apart):
        if not one.probability < APART / len(films):
            continue
        size = f"{100 * abs(math.expm1(one.log_ratio)):.2g} %"
        side = "larger" if one.log_ratio > 0 else "smaller"
        by_capacitance = float(logs[k] - np.median(np.delete(logs, k)))
        if abs(by_capacitance - one.log_ratio) < FOLLOWS * abs(one.log_ratio):
            text = (
                f"{films[k].label}: its thickness over area is {size} {side} than R A and the other films say, and its "
                "permittivity is off by as much: resistance and capacitance agree that the geometry is wrong; measure "
                "the thickness again"
            )
            reasons.append(Reason("thickness-doubtful", "check", text))
        else:
            tells = "no capacitance tells" if math.isnan(by_capacitance) else "its permittivity does not follow"
            text = (
                f"{films[k].label} is off the line of the others, as if its thickness were {size} {side} than it is; "
                f"{tells}: another material, temperature or contact?"
            )
            reasons.append(Reason("film-apart", "check", text))
    return reasons


def _of_circuits(points: Sequence[FilmPoint]) -> list[Reason]:
    """Say which interfaces stand beside the line, and that a line through films some of which show theirs is mixed."""
    with_arc = [p for p in points if interfaces_of(p.result)]
    if not with_arc:
        return []
    if len(with_arc) < len(points):
        text = (
            f"{names([p.label for p in with_arc])} show an arc of an interface beside the bulk's, the others do not: "
            "what hides in the bulk arc is not the same in all; fit all with one circuit (--circuit)"
        )
        return [Reason("mixed-circuits", "check", text)]
    text = "the interface that shows an arc of its own stands beside; the line tells what hides in the bulk arc"
    return [Reason("interface-beside", "note", text)]


def _of_intercept(series: _Series) -> Reason:
    low, high = series.line.intercept.interval
    limit = format_value(series.line.upper / series.sides, unit="ohm cm2", digits=2)
    side = ", per side" if series.sides == 2 else ""
    if high < 0:
        text = (
            "R A at no thickness is negative beyond its error, which no interface is: are all thicknesses too large by "
            "a constant, or the thin films others?"
        )
        return Reason("interface-negative", "check", text)
    if not low > 0:
        bound = f"; it is below {limit}{side} (95 %, one-sided)" if series.line.upper > 0 else ""
        return Reason("interface-zero", "note", f"no interface resistance is seen in the bulk arc{bound}")
    thinnest = series.films[0]
    bias = _bias(series.line, thinnest.thickness)
    text = (
        f"an interface hides in the bulk arc: σ = d/(R A) of {thinnest.label} "
        f"({format_value(thinnest.thickness, unit='m', digits=3)}) alone would be {100 * abs(bias):.2g} % too small"
    )
    return Reason("interface-hidden", "note", text)


def _bias(line: Line, thickness: float) -> float:
    """Return the relative error of σ = d/(R A) of one film whose thickness is exact."""
    return -line.intercept.value / float(line.at(np.array(thickness)))


def _figure(series: _Series) -> SeriesFigure:
    line, thick = series.line, np.array([film.thickness for film in series.films])
    errors = line.points.x_relative * thick
    points = [
        Point(
            m.label,
            film.thickness,
            m.resistance_area,
            x_stderr=float(error) or math.nan,
            y_stderr=m.resistance_area * film.relative,
        )
        for film, error in zip(series.films, errors, strict=True)
        for m in film.members
    ]
    points += [
        Point(p.label, p.sample.thickness or math.nan, p.resistance_area, used=False) for p in series.chosen.hidden
    ]
    x = np.linspace(0, float(thick.max()) * 1.03, 40)
    curve = Curve("d/σ + ASR", tuple(x.tolist()), tuple(line.at(x).tolist()))
    return SeriesFigure(Axis("thickness d", "m"), Axis("R A of the bulk arc", "ohm cm2"), tuple(points), (curve,))


def _more(series: _Series, apart: Sequence[Deviation]) -> Mapping[str, Any]:
    line = series.line
    points = []
    for film, true_x, of_x, deviation in zip(
        series.films, line.true_x.tolist(), line.points.x_relative.tolist(), apart, strict=True
    ):
        for m in film.members:
            points.append(
                {
                    "label": m.label,
                    "thickness_m": film.thickness,
                    "thickness_relative_stderr": of_x or None,
                    "thickness_on_line_m": true_x,
                    "area_m2": m.area,
                    "resistance_area_ohm_cm2": m.resistance_area,
                    "relative_stderr": film.relative,
                    "sigma_alone_S_per_cm": film.thickness * 1e2 / m.resistance_area,
                    "sigma_alone_bias": _bias(line, film.thickness),
                    "eps_r": plain(film.permittivity),
                    "deviation": plain(deviation.score),
                    "deviation_probability": plain(deviation.probability),
                }
            )
    return {
        "sides": series.sides,
        "asr_interface_upper_ohm_cm2": plain(line.upper / series.sides),
        "interface_as_thickness_m": plain(line.shift.value),
        "chi2": line.chi2,
        "degrees_of_freedom": line.degrees_of_freedom,
        "scale_estimated": line.scale.estimated,
        "thickness_scatter": plain(line.x_scatter),
        "common_relative_stderr": series.common,
        "by_capacitance": _by_capacitance(series),
        "points": points,
    }


def _by_capacitance(series: _Series) -> dict[str, Any] | None:
    """Return what the line of R·A over A/C says: no gauge has a part in it; None where a capacitance is not known.

    A/C = d/(ε0 ε_r), so that the slope is ε0 ε_r/σ. A film that is thinner than its gauge says moves along the line.
    """
    members = [m for film in series.films for m in film.members]
    if len(members) < FEWEST or not all(m.capacitance > STRAY and m.capacitance_relative < 1 for m in members):
        return None
    x = [m.area * 1e4 / m.capacitance for m in members]  # cm²/F
    if max(x) == min(x):
        return None
    line = fit_line(x, [m.resistance_area for m in members], None, [m.relative for m in members])
    slope = line.slope.value  # Ω F
    return {
        "asr_interface_ohm_cm2": estimate_dict(series.per_side(line.intercept)),
        "sigma_over_eps_r_S_per_cm": plain(VACUUM_PERMITTIVITY * 1e-2 / slope),
    }
