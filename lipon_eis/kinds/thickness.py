"""Thickness series: films of several thicknesses between the same contacts, and what their contacts resist.

R·A = d/σ + ASR of both interfaces, with errors of d and of R·A (`lipon_eis.physics.errors_in_variables`). R is that of
the bulk arc alone, never with the lead's: 10 Ω at 1 cm² would pass for 10 Ω cm² of interface. What is found at d = 0 is
what hides in the bulk arc: an interface that shows an arc of its own has its resistance there and stands beside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lipon_eis.analysis import Task
from lipon_eis.errors import InvalidOption
from lipon_eis.fitting.uncertainty import student_t
from lipon_eis.kinds.film_points import Chosen, FilmPoint, choose, films_by_group, interfaces_of, quantity
from lipon_eis.kinds.thickness_doubts import FEW, reasons_of
from lipon_eis.kinds.thickness_films import Film, ThicknessLine, line_of
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.constants import VACUUM_PERMITTIVITY
from lipon_eis.physics.errors_in_variables import FEWEST, Deviation, deviations, fit_line
from lipon_eis.quantity_series import Axis, Curve, Point, Quantity, QuantitySeries, SeriesFigure
from lipon_eis.result import FitResult, plain
from lipon_eis.temperature_series import estimate_dict
from lipon_eis.verdict import Reason

STRAY = 100e-12  # F: a capacitance below holds the cable's
ROLE = "bulk"
UNKNOWN = Estimate(math.nan, math.nan, (math.nan, math.nan))


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
    films, series = line_of(label, chosen)
    if series is None:
        return _too_few(label, chosen, films)
    apart = deviations(series.line)
    return QuantitySeries(
        kind="thickness",
        label=label,
        role=ROLE,
        members=tuple(m.label for film in films for m in film.members),
        excluded=chosen.excluded,
        quantities=_quantities(series),
        reasons=tuple(reasons_of(series, apart)),
        figure=_figure(series),
        method="errors in variables",
        more=_more(series, apart),
    )


def _too_few(label: str, chosen: Chosen, films: Sequence[Film]) -> QuantitySeries:
    count = len(films)
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


def _quantities(series: ThicknessLine) -> dict[str, Quantity]:
    told = math.isfinite(series.line.slope.value)
    why = "" if told else "R A does not grow with thickness: only a bound"
    words = "ASR(interface), per side" if series.sides == 2 else "ASR(interfaces), sum of both sides"
    found = {
        "sigma_S_per_cm": quantity(series.conductivity, "S/cm", "σ", why),
        "asr_interface_ohm_cm2": quantity(series.per_side(series.line.intercept), "ohm cm2", words),
    }
    for role in dict.fromkeys(role for p in series.chosen.points for role in interfaces_of(p.result)):
        found[f"asr_{role}_ohm_cm2"] = _visible(role, series.chosen.points)
    return found


def _visible(role: str, points: Sequence[FilmPoint]) -> Quantity:
    """Return the mean of an interface that has an arc of its own, with the scatter of the films as its error."""
    derived = [d for p in points if (d := p.result.derived.get(f"asr_{role}")) and math.isfinite(d.value)]
    words = f"ASR({role.replace('_', ' ')}), own arc, mean of {len(derived)}"
    if not derived:
        return Quantity(UNKNOWN, "ohm cm2", words, "not known of any film")
    if len(derived) == 1:
        return Quantity(Estimate(derived[0].value, derived[0].stderr, derived[0].interval), "ohm cm2", words)
    values = np.array([d.value for d in derived])
    stderr = float(values.std(ddof=1)) / math.sqrt(values.size)
    quantile = float(student_t(np.array(values.size - 1)))
    return Quantity(Estimate.plain(float(values.mean()), stderr, quantile), "ohm cm2", words)


def _figure(series: ThicknessLine) -> SeriesFigure:
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


def _more(series: ThicknessLine, apart: Sequence[Deviation]) -> Mapping[str, Any]:
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
                    "sigma_alone_bias": series.bias_of_one(film.thickness),
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


def _by_capacitance(series: ThicknessLine) -> dict[str, Any] | None:
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
