"""Why a thickness series is not to be trusted without looking, and what to know of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lipon_eis.kinds.film_points import FilmPoint, interfaces_of, names
from lipon_eis.kinds.thickness_films import Film, ThicknessLine
from lipon_eis.physics.arrhenius import DOUBT, probability_of_chi2
from lipon_eis.physics.errors_in_variables import Deviation, Line
from lipon_eis.rounding import format_value
from lipon_eis.verdict import Reason

FEW, NARROW = 4, 2.0  # thicknesses, and ratio of the largest to the smallest, that a trusted line has
APART = 0.01  # probability, over all films, below which one stands apart
FOLLOWS = 0.35  # share of a deviation by which the permittivity may miss it and still tell of the same thickness
QUIET = 0.02  # probability of so small a chi2 below which errors are likely those of the gauge, common to all


def reasons_of(series: ThicknessLine, apart: Sequence[Deviation]) -> list[Reason]:
    """Return the reasons.

    Args:
        series: The line.
        apart: How each film lies to the line of the others.
    """
    line, films = series.line, series.films
    reasons = [*_of_number(films), *_of_errors(line), *_of_films(films, apart), *series.chosen.reasons]
    reasons += _of_circuits(series.chosen.points)
    if not series.stack_known:
        text = "no stack says whether both sides are alike: the resistance of the interfaces is that of both together"
        reasons.append(Reason("sides-unknown", "note", text))
    reasons.append(_of_intercept(series))
    return reasons


def _of_number(films: Sequence[Film]) -> list[Reason]:
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


def _of_films(films: Sequence[Film], apart: Sequence[Deviation]) -> list[Reason]:
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


def _of_intercept(series: ThicknessLine) -> Reason:
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
    bias = series.bias_of_one(thinnest.thickness)
    text = (
        f"an interface hides in the bulk arc: σ = d/(R A) of {thinnest.label} "
        f"({format_value(thinnest.thickness, unit='m', digits=3)}) alone would be {100 * abs(bias):.2g} % too small"
    )
    return Reason("interface-hidden", "note", text)
