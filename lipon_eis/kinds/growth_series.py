"""How one arc grows along a series: the laws compared, the layer that its capacitance tells of, and the figure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipon_eis.fitting.uncertainty import NORMAL
from lipon_eis.kinds.compared_arcs import spoken
from lipon_eis.physics.arc_change import Change, Values, change_at_once
from lipon_eis.physics.arrhenius import Estimate
from lipon_eis.physics.growth_laws import (
    CONSTANT,
    LINEAR,
    LOGARITHMIC,
    ROOT,
    Growth,
    Law,
    compare_growth,
    telling_time,
)
from lipon_eis.physics.pictures import GROWING_LAYER, MORE_AREA, Judgement, judge_change
from lipon_eis.quantity_series import Axis, Curve, Point, Quantity, QuantitySeries, SeriesFigure
from lipon_eis.result import plain
from lipon_eis.temperature_series import estimate_dict
from lipon_eis.verdict import Reason

Floats = NDArray[np.float64]

FEW, FACTOR = 4, 3.0  # points, and last over first time after 0, that a law wants
FEWEST = 3  # points below which no law is fitted
STEPS = 120  # of a curve
UNKNOWN = Estimate(math.nan, math.nan, (math.nan, math.nan))
FORMULAS = {
    CONSTANT: "R = a",
    ROOT: "R = a + b √t",
    LINEAR: "R = a + b t",
    LOGARITHMIC: "R = a + b ln(1 + t/t0)",
}
SHORT = {CONSTANT: "constant", ROOT: "√t", LINEAR: "linear", LOGARITHMIC: "logarithmic"}
POWERS = {ROOT: "^-1/2", LINEAR: "^-1"}


@dataclass(frozen=True, eq=False)
class Course:
    """One arc over a series.

    Attributes:
        label: Of the cell.
        role: Of the arc.
        variable: ``time`` or ``cycle``.
        circuit: That all were fitted with.
        labels: Of the spectra that show it.
        along: Time [h] or cycle, shape (n,).
        logarithm: ln R [Ω] and ln C [F], shape (n, 2).
        covariance: Shape (n, 2, n, 2).
        exponent: Of the arc.
        degrees_of_freedom: Of the noise.
        asr_factor: ASR/R [cm2], NaN where R itself is shown.
        relabelled: Whether arcs of a spectrum go by other roles than in its own result.
        excluded: (label, why).
        reasons: What was found on the way.
    """

    label: str
    role: str
    variable: str
    circuit: str
    labels: tuple[str, ...]
    along: Floats
    logarithm: Floats
    covariance: Floats
    exponent: float
    degrees_of_freedom: int
    asr_factor: float
    relabelled: tuple[bool, ...]
    excluded: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]

    @property
    def per_area(self) -> bool:
        """Whether the resistance is shown as an ASR."""
        return math.isfinite(self.asr_factor)

    @property
    def unit(self) -> str:
        """Of the resistance that is shown."""
        return "ohm cm2" if self.per_area else "ohm"

    @property
    def of_unit(self) -> str:
        """Of the variable."""
        return "h" if self.variable == "time" else "cycle"

    @property
    def resistance(self) -> Floats:
        """R [Ω] or ASR [ohm cm2], shape (n,)."""
        result: Floats = np.exp(self.logarithm[:, 0]) * (self.asr_factor if self.per_area else 1.0)
        return result

    def stderr(self, which: int) -> Floats:
        """Return the relative standard errors of R (0) or C (1), shape (n,)."""
        result: Floats = np.sqrt(np.einsum("iaia->ia", self.covariance)[:, which])
        return result

    def change(self) -> Change:
        """Return the change from the first to the last spectrum."""
        ends = [0, len(self.along) - 1]
        pair = self.covariance[np.ix_(ends, [0, 1], ends, [0, 1])]
        after = np.array([False, True])
        return change_at_once(Values(self.logarithm[ends], pair, after, np.full(2, math.nan), self.degrees_of_freedom))


def growth_series(course: Course) -> QuantitySeries:
    """Return the series of one arc: its law, its rate, and what its capacitance says."""
    growth = _growth(course)
    change = course.change() if len(course.along) > 1 else None
    judgement = None
    if change is not None and change.known:
        judgement = judge_change(change.logarithm, change.covariance, course.exponent, change.degrees_of_freedom)
    return QuantitySeries(
        kind="time",
        label=course.label,
        role=course.role,
        members=course.labels,
        excluded=course.excluded,
        quantities=_quantities(course, growth, change, judgement),
        reasons=(*course.reasons, *_doubts(course, growth)),
        figure=_figure(course, growth),
        method="joint, shared exponents",
        more=_more(course, growth, change, judgement),
    )


def _growth(course: Course) -> Growth | None:
    if len(course.along) < FEWEST or np.unique(course.along).size < FEWEST:
        return None
    log_r = np.log(course.resistance)
    try:
        return compare_growth(course.along, log_r, course.covariance[:, 0, :, 0])
    except np.linalg.LinAlgError:
        return None


def _rate_unit(course: Course, law: Law) -> str:
    power = POWERS.get(law.name)
    return f"{course.unit} {course.of_unit}{power}" if power else course.unit


def _quantities(
    course: Course, growth: Growth | None, change: Change | None, judgement: Judgement | None
) -> dict[str, Quantity]:
    role, words = course.role, spoken(course.role)
    letter, found = "ASR" if course.per_area else "R", {}
    if growth is not None:
        best = growth.laws[0]
        start = growth.estimate(best, 0)
        at = "" if best.name == CONSTANT else f" at {'t' if course.variable == 'time' else 'n'} = 0"
        found[f"{letter.lower() if course.per_area else 'resistance'}_{role}_initial"] = Quantity(
            start, course.unit, f"{letter}{at}"
        )
        if best.name == CONSTANT:
            rate = Quantity(UNKNOWN, "", "growth rate", "a constant describes the points best")
        else:
            said = SHORT[best.name] if growth.decided else f"if {SHORT[best.name]}"
            rate = Quantity(growth.estimate(best, 1), _rate_unit(course, best), f"growth rate ({said})")
        found[f"growth_rate_{role}"] = rate
    else:
        found[f"growth_rate_{role}"] = Quantity(UNKNOWN, "", "growth rate", f"fewer than {FEWEST} times")
    if change is not None and change.known:
        found[f"ratio_{role}_resistance"] = Quantity(change.ratio(0), "", f"R({words}) last/first")
        found[f"ratio_{role}_capacitance"] = Quantity(change.ratio(1), "", f"C({words}) last/first")
        if judgement is not None and judgement.call in (GROWING_LAYER, MORE_AREA):
            inverse = Change(-change.logarithm, change.covariance, change.quantile, change.degrees_of_freedom)
            found[f"relative_thickness_{role}"] = Quantity(
                inverse.ratio(1), "", "thickness last/first, if it is a layer"
            )
    return found


def _doubts(course: Course, growth: Growth | None) -> Iterator[Reason]:
    t = course.along
    later = t[t > 0]
    span = float(later.max() / later.min()) if later.size else 0.0
    name = "times" if course.variable == "time" else "cycles"
    if np.unique(t).size < FEW or span < FACTOR:
        text = (
            f"{np.unique(t).size} {name}, the last {span:.3g} times the first after 0: a law wants {FEW} over a factor "
            f"of {FACTOR:g}"
        )
        yield Reason("few-times", "check", text)
    if growth is None:
        return
    if growth.scale.estimated:
        text = "the points scatter about every law more than their errors say: errors are widened by what they show"
        yield Reason("growth-scatter", "check", text)
    if not growth.decided:
        yield Reason("growth-law-unclear", "note", _law_words(course, growth))
    wide = course.stderr(0)
    worse = [label for label, error in zip(course.labels, wide.tolist(), strict=True) if error > 0.1]
    if worse:
        more = f" and {len(worse) - 3} more" if len(worse) > 3 else ""
        text = (
            f"the resistance of {', '.join(worse[:3])}{more} is known to no better than 10 %, as where arcs cross: "
            "it counts for little"
        )
        yield Reason("point-uncertain", "note", text)


def _law_words(course: Course, growth: Growth) -> str:
    """Say which law describes the points, or what would tell."""
    best = growth.laws[0]
    if growth.decided:
        after = growth.laws[1]
        return (
            f"{SHORT[best.name]}, {FORMULAS[best.name]}; next {SHORT[after.name]}, ΔAICc {after.aicc - best.aicc:.1f}"
        )
    if len(growth.rivals) < 2:
        return f"{SHORT[best.name]}: the only law that so few points allow"
    names = [SHORT[law.name] for law in growth.rivals]
    if CONSTANT in (law.name for law in growth.rivals):
        others = [name for name in names if name != SHORT[CONSTANT]]
        return f"no growth is seen for certain: constant fits as well as {' or '.join(others)} (ΔAICc below 2)"
    text = f"cannot tell {', '.join(names[:-1])} from {names[-1]} (ΔAICc below 2)"
    later = telling_time(growth, course.along, float(np.median(course.stderr(0))))
    if math.isfinite(later):
        return f"{text}; a spectrum at {later:.3g} {'h' if course.variable == 'time' else 'cycles'} would tell"
    return f"{text}; measure longer, or with less noise"


def _layer_words(course: Course, change: Change, judgement: Judgement) -> str:
    """Say what the change from the first to the last spectrum goes with."""
    ratios = ", ".join(f"{name}\u00a0×\u00a0{change.ratio(k).value:.4g}" for k, name in enumerate("RC"))
    if judgement.call == GROWING_LAYER:
        thicker = change.ratio(0).value
        return f"C falls as R grows ({ratios}): a layer {thicker:.3g} times as thick, or active area lost"
    if judgement.call == MORE_AREA:
        return f"C grows as R falls ({ratios}): more active area, or a layer that thins"
    return f"from first to last {ratios}: {judgement.call}"


def _figure(course: Course, growth: Growth | None) -> SeriesFigure | None:
    if not len(course.along):
        return None
    values, errors = course.resistance, course.resistance * course.stderr(0)
    points = tuple(
        Point(label, x, y, y_stderr=e)
        for label, x, y, e in zip(course.labels, course.along.tolist(), values.tolist(), errors.tolist(), strict=True)
    )
    curves = []
    if growth is not None:
        x = np.linspace(0.0 if course.along.min() > 0 else course.along.min(), course.along.max(), STEPS)
        for line, law in enumerate(growth.laws):
            curve = tuple(law.value(x).tolist())
            curves.append(Curve(SHORT[law.name], tuple(x.tolist()), curve, line, fitted=line == 0))
    x_axis = Axis("time", "h") if course.variable == "time" else Axis("cycle", "")
    words = f"{'ASR' if course.per_area else 'R'}({spoken(course.role)})"
    return SeriesFigure(x_axis, Axis(words, course.unit), points, tuple(curves))


def _more(course: Course, growth: Growth | None, change: Change | None, judgement: Judgement | None) -> dict[str, Any]:
    words = []
    if growth is not None:
        words.append(f"{spoken(course.role)}: {_law_words(course, growth)}")
    if change is not None and judgement is not None:
        words.append(f"{spoken(course.role)}: {_layer_words(course, change, judgement)}")
    return {
        "variable": "time_h" if course.variable == "time" else "cycle",
        "circuit": course.circuit,
        "exponent": plain(course.exponent),
        "points": [_point(course, i) for i in range(len(course.labels))],
        "laws": [] if growth is None else [_law(course, growth, k) for k in range(len(growth.laws))],
        "law_decided": growth is not None and growth.decided,
        "picture": None if judgement is None else judgement.call,
        "findings": words,
    }


def _point(course: Course, i: int) -> dict[str, Any]:
    r, c = (Estimate.of_log(float(course.logarithm[i, k]), float(course.stderr(k)[i]), NORMAL) for k in range(2))
    return {
        "label": course.labels[i],
        "time_h" if course.variable == "time" else "cycle": float(course.along[i]),
        "resistance_ohm": estimate_dict(r),
        "capacitance_F": estimate_dict(c),
        "relabelled": course.relabelled[i],
    }


def _law(course: Course, growth: Growth, k: int) -> dict[str, Any]:
    law = growth.laws[k]
    names = ("a", "b", "t0")[: len(law.parameters)]
    units = (course.unit, _rate_unit(course, law), course.of_unit)
    return {
        "law": law.name,
        "formula": FORMULAS[law.name],
        "aicc": plain(law.aicc),
        "delta": plain(law.aicc - growth.laws[0].aicc),
        "weight": plain(float(growth.weights[k])),
        "chi2": plain(law.chi2),
        "degrees_of_freedom": growth.points - len(law.parameters),
        "parameters": {
            name: {**estimate_dict(growth.estimate(law, i)), "unit": units[i]} for i, name in enumerate(names)
        },
    }
