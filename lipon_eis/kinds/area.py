"""Area series: dots of several sizes on one film, and how much larger than their mask they act.

Regressions of 1/R and of C (`lipon_eis.physics.dots`) give the width of the edge twice, and conductivity and
permittivity without its share. Dots are taken for round: r = √(A/π); the edge of a square is 0.886 of what is found.
A resistance that all dots have in common is no different from the lead's, and stands in R0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lipon_eis.analysis import Task
from lipon_eis.errors import InvalidOption
from lipon_eis.fitting.uncertainty import NORMAL
from lipon_eis.kinds.film_points import Chosen, FilmPoint, choose, films_by_group, names, quantity, with_common
from lipon_eis.physics.arrhenius import DOUBT, Estimate, probability_of_chi2
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.dots import EdgeRegression, regress_dots
from lipon_eis.physics.errors_in_variables import FEWEST, deviations
from lipon_eis.quantity_series import Axis, Curve, Point, Quantity, QuantitySeries, SeriesFigure
from lipon_eis.result import FitResult, plain
from lipon_eis.rounding import format_value
from lipon_eis.verdict import Reason

FEW_SIZES, NARROW = 3, 2.0  # sizes, and ratio of the largest diameter to the smallest, that a trusted edge has
APART = 0.01  # probability, over all dots, below which one stands apart
DIFFER = 3.0  # standard errors by which the edges of current and field may differ
ROLE = "bulk"
METHOD = "errors in variables"
UNKNOWN = Estimate(math.nan, math.nan, (math.nan, math.nan))


@dataclass(frozen=True, eq=False)
class _Dots:
    """Dots of one film, small ones first, and their regressions; by capacitance where all have one."""

    chosen: Chosen
    points: tuple[FilmPoint, ...]
    by_current: EdgeRegression
    by_field: EdgeRegression | None
    area_known: bool
    thickness: float
    common: float

    @property
    def radius(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        return _radius(self.points)


def joint_area_series(results: Sequence[FitResult], task: Task) -> tuple[QuantitySeries, ...]:
    """Return the series of every group with dots of several sizes; without groups all spectra are one film.

    Args:
        results: Of spectra fitted alone.
        task: What was asked of these fits; the regression needs nothing of it.

    Raises:
        InvalidOption: No group has dots of more than one size.
    """
    groups = {
        label: members
        for label, members in films_by_group(results).items()
        if len({r.sample.area for r in members} - {None}) > 1
    }
    if not groups:
        raise InvalidOption(
            "an area series needs dots of several sizes on one film: fill area_mm2 (or another unit) and group in the "
            "sample sheet; dots of one size cannot tell their edge"
        )
    return tuple(_of_group(label or "dots", members) for label, members in groups.items())


def _of_group(label: str, results: Sequence[FitResult]) -> QuantitySeries:
    chosen = choose(results, ("area",), {"thickness": "thickness", "stack": "stack", "state": "state"})
    points = tuple(sorted(chosen.points, key=lambda point: point.area))
    if len(points) < FEWEST or points[0].area == points[-1].area:
        return _too_few(label, chosen, points)
    dots = _regressed(chosen, points)
    return QuantitySeries(
        kind="area",
        label=label,
        role=ROLE,
        members=tuple(point.label for point in points),
        excluded=chosen.excluded,
        quantities=_quantities(dots),
        reasons=tuple(_reasons(dots)),
        figure=_figure(dots),
        method=METHOD,
        more=_more(dots),
    )


def _too_few(label: str, chosen: Chosen, points: Sequence[FilmPoint]) -> QuantitySeries:
    sizes = len({point.area for point in points})
    why = f"{len(points)} of {FEWEST} dots" if len(points) < FEWEST else f"{sizes} size of dots"
    text = f"{why} left: an edge needs {FEWEST} dots of several sizes; add smaller or larger ones"
    return QuantitySeries(
        kind="area",
        label=label,
        role=ROLE,
        members=tuple(point.label for point in points),
        excluded=chosen.excluded,
        quantities={
            "edge_width_m": Quantity(UNKNOWN, "m", "edge", why),
            "sigma_S_per_cm": Quantity(UNKNOWN, "S/cm", "σ without the edges", why),
        },
        reasons=(Reason("few-dots", "check", text), *chosen.reasons),
        method=METHOD,
    )


def _radius(points: Sequence[FilmPoint]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.sqrt(np.array([point.area for point in points]) / math.pi)


def _regressed(chosen: Chosen, points: tuple[FilmPoint, ...]) -> _Dots:
    radius = _radius(points)
    relative = np.array([(p.sample.area_stderr or 0.0) / (p.sample.area or math.nan) / 2 for p in points])
    area_known = bool((relative > 0).any())
    relative = np.where(relative > 0, relative, relative.max())
    of_radius = (relative * radius).tolist() if area_known else None
    conductance = 1 / np.array([p.resistance for p in points])
    by_current = regress_dots(
        radius.tolist(), conductance.tolist(), [g * p.relative for g, p in zip(conductance, points, strict=True)],
        radius_stderr=of_radius,
    )  # fmt: skip
    by_field = None
    if all(p.capacitance > 0 and p.capacitance_relative > 0 for p in points):
        by_field = regress_dots(
            radius.tolist(),
            [p.capacitance for p in points],
            [p.capacitance * p.capacitance_relative for p in points],
            radius_stderr=of_radius,
        )
    samples = [p.sample for p in points if p.sample.thickness is not None]
    thickness = samples[0].thickness if samples and samples[0].thickness else math.nan
    own = max(((s.thickness_stderr or 0.0) / thickness for s in samples), default=0.0)
    common = math.hypot(own, max((s.thickness_scale_stderr or 0.0 for s in samples), default=0.0))
    return _Dots(chosen, points, by_current, by_field, area_known, thickness, common)


def _quantities(dots: _Dots) -> dict[str, Quantity]:
    found = {"edge_width_m": quantity(dots.by_current.edge, "m", "edge, by current")}
    why = "" if math.isfinite(dots.thickness) else "no thickness"
    sigma = _times(dots.by_current.conductance, dots.thickness / 100, dots.common)
    found["sigma_S_per_cm"] = quantity(sigma, "S/cm", "σ without the edges", why)
    if dots.by_field is not None:
        found["edge_width_capacitance_m"] = quantity(dots.by_field.edge, "m", "edge, by field")
        eps = _times(dots.by_field.conductance, dots.thickness / VACUUM_PERMITTIVITY, dots.common)
        found["eps_r"] = quantity(eps, "", "ε_r without the edges", why)
    return found


def _times(estimate: Estimate, factor: float, common: float) -> Estimate:
    low, high = estimate.interval
    scaled = Estimate(estimate.value * factor, estimate.stderr * factor, (low * factor, high * factor))
    return with_common(scaled, common, NORMAL)


def _reasons(dots: _Dots) -> list[Reason]:
    return [
        *_of_number(dots),
        *_of_errors(dots),
        *_of_dots(dots),
        *dots.chosen.reasons,
        _of_edge(dots),
        *_of_both(dots),
    ]


def _of_number(dots: _Dots) -> list[Reason]:
    sizes, span = len({p.area for p in dots.points}), float(dots.radius[-1] / dots.radius[0])
    if sizes >= FEW_SIZES and span >= NARROW:
        return []
    wanted = f"a trusted edge wants {FEW_SIZES} over a factor {NARROW:g} of the diameter"
    return [Reason("few-dots", "check", f"{sizes} sizes, the largest {span:.2g} times the smallest; {wanted}")]


def _of_errors(dots: _Dots) -> list[Reason]:
    line = dots.by_current.line
    if not dots.area_known:
        text = (
            f"no area carries an error: that of every diameter is taken to be {100 * line.x_scatter:.2g} %, as the "
            "dots scatter about the line; intervals use Student's t"
        )
        return [Reason("area-errors-unknown", "note", text)]
    if line.scale.estimated:
        level = "check" if probability_of_chi2(line.chi2, line.degrees_of_freedom) < DOUBT else "note"
        text = (
            f"the dots scatter about the line {math.sqrt(line.scale.variance):.2g} times as much as their errors say; "
            "intervals are widened by that and use Student's t"
        )
        return [Reason("dots-scatter", level, text)]
    return []


def _of_dots(dots: _Dots) -> list[Reason]:
    apart = [
        point.label
        for point, one in zip(dots.points, deviations(dots.by_current.line), strict=True)
        if one.probability < APART / len(dots.points)
    ]
    if not apart:
        return []
    text = f"{names(apart)} off the line of the other dots: shorted, badly contacted, or of another size than given?"
    return [Reason("dot-apart", "check", text)]


def _of_edge(dots: _Dots) -> Reason:
    edge = dots.by_current.edge
    smallest = f"{dots.points[0].label} ({format_value(2 * float(dots.radius[0]), unit='m', digits=3)})"
    if not dots.by_current.has_edge:
        low, high = (100 * ((1 + end / float(dots.radius[0])) ** 2 - 1) for end in edge.interval)
        text = (
            f"R A is the same of all sizes within errors; σ of {smallest} is wrong by {low:.2g} to {high:.2g} % at most"
        )
        return Reason("edge-zero", "note", text)
    text = (
        f"σ of the drawn area of {smallest} is {abs(100 * float(dots.by_current.bias[0])):.2g} % too "
        f"{'large' if edge.value > 0 else 'small'}: current at the edge, the mask's opening, or a leak along the "
        "perimeter, which dots cannot tell apart"
    )
    return Reason("edge-found", "note", text)


def _of_both(dots: _Dots) -> list[Reason]:
    if dots.by_field is None:
        return []
    one, other = dots.by_current.edge, dots.by_field.edge
    if not abs(one.value - other.value) > DIFFER * math.hypot(one.stderr, other.stderr):
        return []
    text = (
        f"the edge is {format_value(one.value, one.stderr, 'm')} by current and "
        f"{format_value(other.value, other.stderr, 'm')} by field: a larger one by field is fringing past the film, or "
        "stray capacitance, a larger one by current a leak along the perimeter"
    )
    return [Reason("edges-differ", "note", text)]


def _figure(dots: _Dots) -> SeriesFigure:
    k, w = dots.by_current.conductance.value, dots.by_current.edge.value
    relative = dots.by_current.line.points.x_relative
    points = [
        Point(
            p.label,
            2 * float(r),
            p.resistance_area,
            x_stderr=float(2 * r * u) or math.nan,
            y_stderr=p.resistance_area * math.hypot(p.relative, 2 * float(u)),
        )
        for p, r, u in zip(dots.points, dots.radius, relative, strict=True)
    ]
    hidden = dots.chosen.hidden
    points += [
        Point(p.label, 2 * float(r), p.resistance_area, used=False)
        for p, r in zip(hidden, _radius(hidden), strict=True)
    ]
    r = np.linspace(float(dots.radius[0]) * 0.9, float(dots.radius[-1]) * 1.03, 60)
    with_edge = Curve("with an edge", tuple((2 * r).tolist()), tuple((1e4 / k * (r / (r + w)) ** 2).tolist()))
    without = Curve("without", (float(2 * r[0]), float(2 * r[-1])), (1e4 / k, 1e4 / k), fitted=False)
    return SeriesFigure(
        Axis("diameter of the dots", "m"), Axis("R A of the bulk arc", "ohm cm2"), tuple(points), (with_edge, without)
    )


def _more(dots: _Dots) -> Mapping[str, Any]:
    line = dots.by_current.line
    points = [
        {
            "label": p.label,
            "area_m2": p.area,
            "diameter_m": 2 * float(r),
            "resistance_area_ohm_cm2": p.resistance_area,
            "relative_stderr": p.relative,
            "capacitance_F": plain(p.capacitance),
            "sigma_drawn_area_bias": float(bias),
        }
        for p, r, bias in zip(dots.points, dots.radius, dots.by_current.bias, strict=True)
    ]
    return {
        "chi2": line.chi2,
        "degrees_of_freedom": line.degrees_of_freedom,
        "scale_estimated": line.scale.estimated,
        "diameter_scatter": plain(line.x_scatter),
        "common_relative_stderr": dots.common,
        "points": points,
    }
