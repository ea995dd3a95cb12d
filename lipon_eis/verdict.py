"""The verdict on a fit: PASS, CHECK or FAIL, with reasons.

One function per check, one table of them at the end; the checks of what the film's geometry has to
do with stand in `film_checks`. A reason has a code (listed in docs/verdicts.md), a level and a
sentence that says what was seen and what to do. The verdict is the worst level; notes pass.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lipon_eis.case import LEVELS, VERDICTS, Case, Check, Reason, worst
from lipon_eis.film_checks import (
    columns,
    diffusion,
    geometry,
    header,
    in_plane,
    mistaken_unit,
    narrow_gap,
    other_roles,
    permittivity,
    roles,
    stack,
    unused,
)
from lipon_eis.fitting.residuals import neighbour_correlation
from lipon_eis.physics.overlap import overlaps
from lipon_eis.rounding import format_value

__all__ = ["CHECKS", "LEVELS", "VERDICTS", "Case", "Reason", "judge", "worst"]

STRUCTURED = 0.5  # lag-1 correlation of the residuals; white noise of 60 points stays below 0.2
FEW = 4  # points up to which a correlation of neighbours says nothing
SEEN = 0.005  # relative misfit above which structure matters to a result
BAD, HOPELESS, USELESS = 0.02, 0.05, 0.15
UNCERTAIN = 0.10
INSEPARABLE = 0.98  # correlation beyond which two parameters are known by one combination only
INSULATING = 1e3  # times the ions' resistance from which a leak is no matter


def judge(case: Case) -> tuple[str, tuple[Reason, ...]]:
    """Return the verdict and its reasons, the worst first."""
    reasons = [reason for check in CHECKS for reason in check(case)]
    reasons.sort(key=lambda reason: -LEVELS.index(reason.level))
    return worst(reasons), tuple(reasons)


def residuals(case: Case) -> Iterator[Reason]:
    """Residuals that are structured, or large."""
    fit, used = case.fit, case.spectrum.used
    relative = (fit.impedance[used] - case.spectrum.impedance[used]) / np.abs(case.spectrum.impedance[used])
    rms = float(np.sqrt(np.mean(np.abs(relative) ** 2) / 2))
    correlation = (
        float(neighbour_correlation(np.concatenate([relative.real, relative.imag])[None])[0])
        if used.sum() > FEW
        else 0.0
    )
    shape = f"rms residual {100 * rms:.2g} % of |Z|, correlation of neighbours {correlation:.2f}"
    if not fit.converged:
        text = (
            "the fit reached its limit of work before its minimum: some of its parameters cannot be told apart, "
            "or --max-work is too small"
        )
        yield Reason("not-converged", "check", text)
    if (rms > HOPELESS and correlation > STRUCTURED) or rms > USELESS:
        yield Reason("misfit", "fail", f"the circuit does not describe the data: {shape}")
    elif rms > SEEN and correlation > STRUCTURED:
        yield Reason("residuals-structured", "check", f"the circuit leaves a trend in the residuals: {shape}")
    elif rms > BAD:
        yield Reason("noisy", "check", f"noise is large: {shape}")


def correlated_residuals(case: Case) -> Iterator[Reason]:
    """Residuals whose neighbours err alike: fewer independent points than measured."""
    if case.fit.widening > 1:
        text = (
            f"neighbouring residuals err alike: intervals are widened {case.fit.widening:.1f} times, statistical only"
        )
        yield Reason("intervals-widened", "note", text)


def minima(case: Case) -> Iterator[Reason]:
    """Other minima that the data do not exclude, with an answer that differs."""
    fit = case.fit
    answers = [name for name in case.named.answers if name in fit.circuit.names]
    for rival in fit.rivals:
        for name in sorted(answers):
            here, there = float(fit.used_values[fit.index(name)]), rival.values[name]
            if abs(np.log(there / here)) > UNCERTAIN:
                yield Reason(
                    "starts-disagree",
                    "check",
                    f"another minimum fits as well (chi2 {rival.chi2:.4g} against {fit.chi2:.4g}) with "
                    f"{name} = {format_value(there, None, 'ohm')} instead of {format_value(here, None, 'ohm')}",
                )
                return


def answers(case: Case) -> Iterator[Reason]:
    """Answers that are unknown, at a bound, or uncertain."""
    fit = case.fit
    for i, name in enumerate(fit.circuit.names):
        answer = name in case.named.answers
        role = case.named.roles.get(name, "").partition(".")[0].replace("_", " ")
        called = f"{name} ({role})" if role else name
        if not fit.known[i]:
            if answer and fit.interval_method[i] != "intercept":
                yield Reason("answer-unknown", "check", f"{called} is bounded by the data from one side only")
            elif not answer and fit.interval_method[i] != "intercept":
                yield Reason("one-sided", "note", f"{called} is too small or too large to be seen: a bound is given")
        elif fit.at_bound[i] and not fit.fixed[i]:
            low, high = fit.bounds[i]
            end = low if abs(fit.used_values[i] - low) <= abs(fit.used_values[i] - high) else high
            level = "check" if answer else "note"
            yield Reason("at-bound", level, f"{called} rests on its bound {end:g}: its error is not known")
        elif answer and not fit.fixed[i]:
            relative = fit.stderr[name] / abs(fit.used_values[i])
            if not relative <= UNCERTAIN:
                size = f"{100 * relative:.0f} %" if np.isfinite(relative) else "undetermined"
                yield Reason("answer-uncertain", "check", f"the standard error of {called} is {size}")


def correlations(case: Case) -> Iterator[Reason]:
    """Answers that the data know only together with another parameter."""
    pairs = case.fit.correlated_pairs(INSEPARABLE)
    said = [f"{one} and {other} ({rho:.3f})" for one, other, rho in pairs if {one, other} & set(case.named.answers)]
    if said:
        more = f" and {len(said) - 3} more" if len(said) > 3 else ""
        text = f"strongly correlated: {', '.join(said[:3])}{more}: known better together than apart"
        yield Reason("correlated", "note", text)


def overlap(case: Case) -> Iterator[Reason]:
    """Neighbouring arcs that run into one another: their sum is known where they are not."""
    for found in overlaps(case.fit):
        one, other = found.names
        low, high = (format_value(end, unit="ohm", digits=4) for end in found.interval)
        known = "well known" if found.stderr <= UNCERTAIN * found.total else "what the data know best"
        level = "check" if found.worst > UNCERTAIN else "note"
        text = (
            f"the arcs of {one} and {other} overlap (time constants {found.ratio:.2g} times apart); their sum "
            f"{one} + {other} = {format_value(found.total, found.stderr, 'ohm')} (95 %: {low} to {high}) is {known}"
        )
        yield Reason("arcs-overlap", level, text)


def outliers(case: Case) -> Iterator[Reason]:
    """Points that stand apart from the rest, and whether they move an answer."""
    points = case.outliers.points
    if not points:
        return
    worst = sorted(points, key=lambda point: -point.studentised)[:3]
    shown = ", ".join(f"{format_value(point.frequency, unit='Hz')} ({point.studentised:.1f} σ)" for point in worst)
    more = f" and {len(points) - 3} more" if len(points) > 3 else ""
    said = f"{len(points)} outlier{'s' * (len(points) > 1)}: {shown}{more}"
    moved = [
        f"{name} by {abs(case.outliers.shift[name]) / error:.1f} of its standard errors"
        for name, error in case.fit.stderr.items()
        if name in case.named.answers and abs(case.outliers.shift[name]) > error
    ]
    level = "check" if moved else "note"
    one = len(case.outliers.points) == 1
    effect = f"; leaving {'it' if one else 'them'} out (--mask outliers) moves {', '.join(moved)}" if moved else ""
    yield Reason("outliers", level, said + effect)


def window(case: Case) -> Iterator[Reason]:
    """Arcs at the edge of the measured window or beyond it."""
    bounded = {arc.role for arc in case.arcs if not case.fit.known[arc.r]}
    for position in case.positions:
        arc = f"the {position.role.replace('_', ' ')} arc peaks at {format_value(position.peak, unit='Hz', digits=3)}"
        limit = format_value(position.limit, unit="Hz", digits=3)
        if position.place == "far above" and position.role in bounded:
            yield Reason(
                "arc-above-window",
                "check",
                f"{arc}, far above the highest frequency {limit}: only the sum with the lead resistance is measured; "
                "measure colder, or give the lead resistance by --fix",
            )
        elif position.place in ("above", "far above"):
            yield Reason(
                "arc-above-window",
                "check",
                f"{arc}, above the highest frequency {limit}: its capacitance is not known; measure colder",
            )
        elif position.place == "upper edge":
            yield Reason("arc-near-edge", "note", f"{arc}, near the highest frequency {limit}")
        elif position.place == "below":
            yield Reason(
                "arc-below-window",
                "check",
                f"{arc}, below the lowest frequency {limit}: its resistance is extrapolated",
            )


def leak(case: Case) -> Iterator[Reason]:
    """Direct current past blocking electrodes: an electronic leak, or a short."""
    resistance = {case.named.roles.get(name, ""): value for name, value in case.fit.values.items()}
    electronic, ionic = resistance.get("leak.resistance", np.nan), resistance.get("bulk.resistance", np.nan)
    if not np.isfinite(electronic) or electronic > INSULATING * ionic:
        return
    size = format_value(electronic, unit="ohm", digits=3)
    if np.isfinite(ionic):
        beside = f", {electronic / ionic:.3g} times the resistance of the ions' path"
    else:
        beside = "; the film beside it is not seen, and there is no ionic conductivity"
    condition = "if the electrodes block ions: " if case.assignment else ""
    text = f"{condition}{size} past ion-blocking electrodes{beside}: electrons in the film, or a pinhole"
    yield Reason("electronic-leak", "check", text)


def own_elements(case: Case) -> Iterator[Reason]:
    """Own elements without derivatives of their own."""
    if numeric := [element.symbol for element in case.fit.circuit.own_elements if element.numeric]:
        yield Reason("numeric-derivatives", "note", f"derivatives of {', '.join(numeric)} were taken numerically")


def data(case: Case) -> Iterator[Reason]:
    """What was done to the data, and decided on the way."""
    for note in case.spectrum.notes:
        yield Reason("data", "note", note)
    yield from case.remarks


CHECKS: tuple[Check, ...] = (
    residuals,
    correlated_residuals,
    outliers,
    minima,
    answers,
    overlap,
    correlations,
    window,
    permittivity,
    mistaken_unit,
    diffusion,
    roles,
    other_roles,
    geometry,
    in_plane,
    narrow_gap,
    columns,
    unused,
    stack,
    header,
    leak,
    own_elements,
    data,
)
"""Every check, in the order in which its reasons are given."""
